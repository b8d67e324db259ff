"""`make faults`: every fault with conversations running; prints a table and writes it to reports/faults.md."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from assistant.cluster.__main__ import reachable_folder
from assistant.cluster.parts import free_port
from assistant.cluster.topology import Cluster
from assistant.settings import ROOT
from assistant.stores.lock import PLACE_SECONDS
from tests.faults import two_processes
from tests.faults.faults import (
    HANG,
    both,
    clock_jump,
    dropped_connections,
    full_disk,
    hang,
    kill,
    locked_table,
    restart_of_everything,
    rolling_update,
    slow_database,
    small_disk,
    use_false_clock,
)
from tests.faults.harness import RECOVERY_SECONDS, VISITORS, Fault, Outcome, observe
from tests.faults.visitors import PATIENCE

REPORT = ROOT / "reports" / "faults.md"
DAY = 86_400  # seconds
# One conversation of the harness sends more than any visitor.
VARIABLES = {"WIDGET_MESSAGES": "10000/minute", "WIDGET_ADDRESS_MESSAGES": "10000/minute"}


async def no_fault(_: Cluster) -> None:
    """Nothing happens: what the other rows are to be compared with."""
    await asyncio.sleep(5)


async def crowd(_: Cluster) -> None:
    """More visitors than the machine can answer."""
    await asyncio.sleep(15)


CROWD = 200  # visitors who write again 0.3 s after each answer
EVERYTHING = ("nginx", "assistant-1", "assistant-2", "actions-1", "actions-2", "redis", "postgres")
FAULTS: dict[str, Fault] = {
    "none, for comparison": no_fault,
    "kill -9 of an assistant": kill("assistant-1"),
    "kill -9 of an action server": kill("actions-1"),
    "kill -9 of nginx": kill("nginx"),
    "kill -9 of Redis": kill("redis"),
    "kill -9 of PostgreSQL": kill("postgres"),
    f"an assistant hangs for {HANG} s": hang("assistant-1"),
    f"both assistants hang for {HANG} s": hang("assistant-1", "assistant-2"),
    f"an action server hangs for {HANG} s": hang("actions-1"),
    f"both action servers hang for {HANG} s": hang("actions-1", "actions-2"),
    f"nginx hangs for {HANG} s": hang("nginx"),
    f"Redis hangs for {HANG} s": hang("redis"),
    f"PostgreSQL hangs for {HANG} s": hang("postgres"),
    "writes take 1 s": slow_database(1),
    "writes take 3 s": slow_database(3),
    "the table is locked": locked_table,
    "PostgreSQL drops all connections, 5 times": dropped_connections,
    "kill -9 of an assistant, Redis and PostgreSQL": kill("assistant-1", "redis", "postgres"),
    "an assistant hangs, kill -9 of the other": both(hang("assistant-1"), kill("assistant-2")),
    "PostgreSQL hangs, kill -9 of Redis": both(hang("postgres"), kill("redis")),
    "an assistant and an action server hang, kill -9 of nginx": both(hang("assistant-2", "actions-1"), kill("nginx")),
    "kill -9 of everything": kill(*EVERYTHING),
    "rolling update": rolling_update,
    f"none, but {CROWD} visitors who write without a pause": crowd,
}
LOCK_STORES = "lock stores"  # what these faults are called where some are chosen
ROUNDS = 5
CLOCK_FAULTS: dict[str, Fault] = {
    "none, with a false clock that is right": no_fault,
    "the clock jumps an hour ahead, and back": clock_jump(3600),
    "the clock jumps an hour back, and ahead": clock_jump(-3600),
    "the clock jumps 40 days ahead, and back": clock_jump(40 * DAY),
}
# What a visitor is told there and nowhere else: a token is good for 30 days.
EXPECTED = {f"nginx hangs for {HANG} s": "given up", "the clock jumps 40 days ahead, and back": "expired_token"}
HEAD = """\
| Fault | Answered | Errors seen | Longest wait | Last trouble after | All answered again | Lost | Doubled | Mixed | Out of order | Halves |
| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""  # noqa: E501


def row(outcome: Outcome) -> str:
    """One line of the table."""
    errors = ", ".join(f"{count} × {name}" for name, count in outcome.errors.most_common()) or "none"
    found = outcome.differences
    recovery = f"{outcome.recovery:.1f} s" if outcome.recovery < RECOVERY_SECONDS else "not in time"
    cells = [
        outcome.name + ("" if outcome.is_good else " **(not good)**"),
        outcome.accepted,
        errors,
        f"{outcome.longest:.1f} s",
        f"{outcome.disturbed:.1f} s",
        recovery,
        *(found.missing, found.doubled, found.mixed, found.out_of_order, found.halves),
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster of its own."""
    folder = reachable_folder("faults")
    shutil.rmtree(folder, ignore_errors=True)
    cluster = Cluster(folder, free_port(), variables=VARIABLES)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


async def run(cluster: Cluster, chosen: str) -> bool:
    """Does those faults whose names hold `chosen`, and returns whether every outcome was good."""
    is_good = True

    async def one(name: str, fault: Fault) -> None:
        nonlocal is_good
        if chosen in name:
            number = CROWD if fault is crowd else VISITORS
            outcome = await observe(cluster, name, fault, number=number, expected=EXPECTED.get(name))
            is_good &= outcome.is_good
            note(row(outcome))

    for name, fault in FAULTS.items():
        await one(name, fault)
    if os.geteuid() == 0:
        async with small_disk(cluster):
            await one("the disk of the database is full", full_disk)
    else:
        note("| the disk of the database is full: not run, it needs root | | | | | | | | | | |\n")
    use_false_clock(cluster)
    await one("restart of everything", restart_of_everything)
    if any(chosen in name for name in CLOCK_FAULTS):
        if chosen not in "restart of everything":
            await restart_of_everything(cluster)
        for name, fault in CLOCK_FAULTS.items():
            await one(name, fault)
    return is_good


def note(text: str, mode: str = "a") -> None:
    """Prints a part of the report and adds it to the file."""
    print(text, end="", flush=True)
    with REPORT.open(mode) as file:
        file.write(text)


def compare_lock_stores(redis_url: str) -> bool:
    """Does the same to Rasa's lock store and to ours, and returns whether Rasa's shows its faults and ours none.

    With one process Rasa's has none either: what is lost over two is lost by its locks, not by the load.
    """
    note("\nTwenty messages of one sender at once:\n\n")
    note("| Lock store | Processes | Answered | Of these stored |\n| --- | ---: | ---: | ---: |\n")
    good: dict[tuple[str, int], list[bool]] = {}
    for kind, processes in product(("stock", "ours"), (1, 2)):
        for _ in range(ROUNDS):
            result = two_processes.compare(kind, redis_url, processes)
            good.setdefault((kind, processes), []).append(result.is_good)
            note(f"| {kind} | {processes} | {result.answered} | {result.stored} |\n")
    note("\nThe next message after a process was killed that held the lock:\n\n")
    note("| Lock store | Waits for |\n| --- | ---: |\n")
    waits = {kind: two_processes.wait_after_kill(kind, redis_url) for kind in ("stock", "ours")}
    for kind, seconds in waits.items():
        note(f"| {kind} | {'more than ' if seconds == PATIENCE else ''}{seconds:.1f} s |\n")
    shown = not all(good.pop(("stock", 2))) and waits["stock"] == PATIENCE
    is_good = shown and all(map(all, good.values())) and waits["ours"] < PLACE_SECONDS + 1
    note("" if is_good else f"\n**Not good**: {'ours has a fault' if shown else 'Rasa’s own shows no fault'}.\n")
    return is_good


def main(arguments: list[str]) -> int:
    """Does all faults, or those whose name holds the argument; `lock stores` compares these alone."""
    chosen = arguments[0] if arguments else ""
    REPORT.parent.mkdir(exist_ok=True)
    with running() as cluster:
        note(HEAD, "w")
        is_good = asyncio.run(run(cluster, chosen))
        if chosen in LOCK_STORES:
            is_good &= compare_lock_stores(cluster.redis_url)
    print(f"\nWritten to {Path(REPORT).relative_to(ROOT)}.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
