"""`make faults`: every fault with conversations running; prints a table and writes it to reports/faults.md."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.cluster.__main__ import reachable_folder
from assistant.cluster.parts import free_port
from assistant.cluster.topology import Cluster
from assistant.settings import ROOT
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
SILENT = (f"nginx hangs for {HANG} s",)
CLOCK_FAULTS: dict[str, Fault] = {
    "the clock jumps an hour ahead, and back": clock_jump(3600),
    "the clock jumps an hour back, and ahead": clock_jump(-3600),
    "the clock jumps 40 days ahead, and back": clock_jump(40 * DAY),
}
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
            outcome = await observe(cluster, name, fault, number=number, is_silent=name in SILENT)
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


def main(arguments: list[str]) -> int:
    """Does all faults, or those whose name holds the argument."""
    chosen = arguments[0] if arguments else ""
    REPORT.parent.mkdir(exist_ok=True)
    with running() as cluster:
        note(HEAD, "w")
        is_good = asyncio.run(run(cluster, chosen))
        if not chosen:
            note("\nTwenty messages of one sender at once over two processes:\n\n")
            note("| Lock store | Answered | Of these stored |\n| --- | ---: | ---: |\n")
            for kind in ("stock", "ours"):
                for _ in range(3):
                    result = two_processes.compare(kind, cluster.redis_url)
                    note(f"| {kind} | {result.answered} | {result.stored} |\n")
                    is_good &= kind == "stock" or result.answered == result.stored == result.sent
    print(f"\nWritten to {Path(REPORT).relative_to(ROOT)}.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
