"""Does something to the cluster while visitors talk, and says what they saw of it."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psutil

from assistant.cluster.parts import Part
from assistant.cluster.topology import Cluster
from tests.faults.ledger import Differences, compare, stored_turns
from tests.faults.visitors import CLEAR, PATIENCE, Visitor

VISITORS = 6
QUIET = 3  # seconds of talk before the fault, and after all is well again
RECOVERY_SECONDS = 60
LATE = 0.5  # seconds by which the harness itself may be late when it gives up a request

Fault = Callable[[Cluster], Awaitable[None]]


@dataclass(frozen=True)
class Outcome:
    """What a fault did.

    Attributes:
        name: of the fault.
        accepted: messages that were answered.
        errors: how often each error was seen.
        longest: the longest wait for an answer or an error, in seconds.
        disturbed: from the beginning of the fault to the last error or wait of over a second, in seconds.
        recovery: from the end of the fault until every visitor was answered again, in seconds.
        differences: of the ledger and the database.
        expected: an error besides those of CLEAR that this fault calls for: `given up` where nothing is left that could
            answer, so that only the widget itself can speak.
    """

    name: str
    accepted: int
    errors: Counter[str]
    longest: float
    disturbed: float
    recovery: float
    differences: Differences
    expected: str | None = None

    @property
    def is_good(self) -> bool:
        """Nothing lost, doubled or mixed; always an answer or a clear error within 10 s; well again by itself."""
        clear = set(self.errors) <= {*CLEAR, self.expected}
        in_time = self.longest < PATIENCE + LATE
        return self.differences.are_none and clear and in_time and self.recovery < RECOVERY_SECONDS


def tree(part: Part) -> list[psutil.Process]:
    """A part's process and all that it has started (PostgreSQL's are in groups of their own)."""
    assert part.process
    try:
        first = psutil.Process(part.process.pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def send_signal(part: Part, number: signal.Signals) -> None:
    for process in tree(part):
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            continue


async def supervise(cluster: Cluster) -> None:
    """Starts parts that have ended again, as systemd or a container engine does."""
    while True:
        await asyncio.sleep(0.5)
        cluster.start_ended()


async def observe(
    cluster: Cluster, name: str, fault: Fault, *, number: int = VISITORS, expected: str | None = None
) -> Outcome:
    """Lets visitors talk, does the fault, waits until all is well, and compares.

    Args:
        cluster: the running cluster.
        name: of the fault.
        fault: does it, and undoes what does not end by itself.
        number: how many visitors talk at the same time.
        expected: see Outcome.
    """
    visitors = [Visitor(cluster.base, one) for one in range(number)]
    talks = [asyncio.create_task(visitor.talk()) for visitor in visitors]
    supervisor = asyncio.create_task(supervise(cluster))
    try:
        await asyncio.sleep(QUIET)
        began = time.monotonic()
        await fault(cluster)
        ended = time.monotonic()
        recovery = await _recovery(visitors, ended)
        await asyncio.sleep(QUIET)
        for visitor in visitors:
            visitor.is_leaving = True
        await asyncio.wait_for(asyncio.gather(*talks), RECOVERY_SECONDS)
        histories = [await visitor.history() for visitor in visitors]
    finally:
        for task in (supervisor, *talks):
            task.cancel()
    senders = {visitor.sender for visitor in visitors}
    turns = [turn for turn in stored_turns(cluster.database_url) if turn.sender in senders]
    requests = [request for visitor in visitors for request in visitor.ledger]
    disturbed = [
        request.ended
        for request in requests
        if request.ended > began and (request.outcome != "accepted" or request.seconds > 1)
    ]
    return Outcome(
        name,
        sum(request.outcome == "accepted" for request in requests),
        Counter(request.outcome for request in requests if request.outcome != "accepted"),
        max(request.seconds for request in requests),
        max(disturbed, default=began) - began,
        recovery,
        compare(visitors, turns, histories),
        expected,
    )


async def _recovery(visitors: list[Visitor], ended: float) -> float:
    """The seconds until all were accepted with a request that began after the fault, at most RECOVERY_SECONDS."""
    while time.monotonic() < ended + RECOVERY_SECONDS:
        firsts = [
            min((request.ended for request in visitor.accepted if request.began > ended), default=None)
            for visitor in visitors
        ]
        if None not in firsts:
            return max(first for first in firsts if first is not None) - ended
        await asyncio.sleep(0.1)
    return RECOVERY_SECONDS
