"""The faults, one by one and together."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg2

from assistant.cluster.parts import own, unprivileged
from assistant.cluster.topology import Cluster
from tests.faults.harness import Fault, send_signal, tree

HANG = 12  # seconds for which a part hangs
FULL = 6  # seconds for which the disk is full
SLOW = 8  # seconds for which the database is slow
SPACE = "64m"  # the size of the disk that is filled
RETURN = 6  # seconds after which nginx comes back to an upstream that had failed
PAGE = 4096  # bytes
JUMP = 6  # seconds for which the clock is wrong
FAKE_TIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"  # Debian: libfaketime


def kill(*names: str, is_waited_for: bool = True) -> Fault:
    """kill -9 of parts at once; they are started again by what supervises them, which is waited for or not."""

    async def fault(cluster: Cluster) -> None:
        for name in names:
            send_signal(cluster.parts[name], signal.SIGKILL)
        await asyncio.sleep(1)
        for name in names if is_waited_for else ():
            while not await asyncio.to_thread(cluster.parts[name].is_ready):
                await asyncio.sleep(0.2)

    return fault


def hang(*names: str, seconds: float = HANG) -> Fault:
    """SIGSTOP of parts for some seconds."""

    async def fault(cluster: Cluster) -> None:
        stopped = [process.pid for name in names for process in tree(cluster.parts[name])]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            for pid in stopped:
                try:
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    continue

    return fault


def both(*faults: Fault) -> Fault:
    """Several faults at once."""

    async def fault(cluster: Cluster) -> None:
        await asyncio.gather(*(one(cluster) for one in faults))

    return fault


def slow_database(seconds: float) -> Fault:
    """Every write takes some seconds."""

    async def fault(cluster: Cluster) -> None:
        _execute(
            cluster,
            "CREATE OR REPLACE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END $$",
            "CREATE TRIGGER be_slow BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION be_slow()",
        )
        try:
            await asyncio.sleep(SLOW)
        finally:
            _execute(cluster, "DROP TRIGGER be_slow ON events")

    return fault


async def locked_table(cluster: Cluster) -> None:
    """Something else locks the table, as a change of it does."""
    connection = psycopg2.connect(cluster.database_url)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(SLOW)
    connection.close()


async def dropped_connections(cluster: Cluster) -> None:
    """The database closes all connections, as a change-over to another one does."""
    for _ in range(5):
        _execute(
            cluster,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'assistant' "
            "AND pid <> pg_backend_pid()",
        )
        await asyncio.sleep(0.5)


async def full_disk(cluster: Cluster) -> None:
    """The disk of the table is full (see `small_disk`)."""
    filler = cluster.folder / "disk" / "filler"
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"0" * PAGE)
        await asyncio.sleep(FULL)
    finally:
        filler.unlink()


@asynccontextmanager
async def small_disk(cluster: Cluster) -> AsyncIterator[None]:
    """Keeps the table on a small disk of its own; needs root."""
    disk = cluster.folder / "disk"
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SPACE}", "tmpfs", str(disk)], check=True)
    space = disk / "space"
    space.mkdir()
    own(space, unprivileged("postgres"))
    try:
        _execute(
            cluster,
            f"CREATE TABLESPACE small LOCATION '{space}'",
            "TRUNCATE events",
            "ALTER TABLE events SET TABLESPACE small",
        )
        yield
    finally:
        _execute(cluster, "ALTER TABLE events SET TABLESPACE pg_default", "CHECKPOINT", "DROP TABLESPACE small")
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def use_false_clock(cluster: Cluster) -> None:
    """Makes assistants and action servers take the time from a file, from their next start on.

    Redis does not start with libfaketime, whose calls meet those of its allocator.

    Raises:
        FileNotFoundError: libfaketime is not installed.
    """
    libraries = list(Path("/").glob(FAKE_TIME.lstrip("/")))
    if not libraries:
        raise FileNotFoundError("libfaketime was not found. Run scripts/need-packages, or: apt-get install libfaketime")
    clock = cluster.folder / "clock"
    clock.write_text("+0")
    for name, part in cluster.parts.items():
        if name.startswith(("assistant", "actions")):
            part.environ.update(
                LD_PRELOAD=str(libraries[0]),
                FAKETIME_TIMESTAMP_FILE=str(clock),
                FAKETIME_NO_CACHE="1",
                FAKETIME_DONT_FAKE_MONOTONIC="1",
            )


def clock_jump(seconds: int) -> Fault:
    """The clock of assistants and action servers jumps (see `use_false_clock`), and jumps back."""

    async def fault(cluster: Cluster) -> None:
        clock = cluster.folder / "clock"
        clock.write_text(f"{seconds:+d}")
        try:
            await asyncio.sleep(JUMP)
        finally:
            clock.write_text("+0")
        await asyncio.sleep(JUMP)

    return fault


async def restart_of_everything(cluster: Cluster) -> None:
    """All parts are stopped and started, as when the machine is."""
    await asyncio.to_thread(cluster.stop)
    for part in cluster.parts.values():
        part.start()
    for part in cluster.parts.values():
        await asyncio.to_thread(part.wait)


async def rolling_update(cluster: Cluster) -> None:
    """The action servers and the assistants are stopped and started, one after the other, as by deploy/update-model."""
    for name in [name for name in cluster.parts if name.startswith(("actions", "assistant"))]:
        part = cluster.parts[name]
        await asyncio.to_thread(part.stop)
        part.start()
        await asyncio.to_thread(part.wait)
        await asyncio.sleep(RETURN)


def _execute(cluster: Cluster, *statements: str) -> None:
    connection = psycopg2.connect(cluster.database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()
