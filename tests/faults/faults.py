"""The faults, one by one and together."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg2

from assistant.cluster.parts import own, unprivileged
from assistant.cluster.topology import Cluster
from tests.faults.harness import Fault, send_signal, tree

HANG = 12  # seconds for which a part hangs
FULL = 6  # seconds for which the disk is full
SLOW = 8  # seconds for which the database is slow
SPACE = "16m"  # the size of the disk that is filled


def kill(*names: str) -> Fault:
    """kill -9 of parts at once; they are started again by what supervises them."""

    async def fault(cluster: Cluster) -> None:
        for name in names:
            send_signal(cluster.parts[name], signal.SIGKILL)
        await asyncio.sleep(1)
        for name in names:
            while not await asyncio.to_thread(cluster.parts[name].is_ready):
                await asyncio.sleep(0.2)

    return fault


def hang(*names: str) -> Fault:
    """SIGSTOP of parts for a while."""

    async def fault(cluster: Cluster) -> None:
        stopped = [process.pid for name in names for process in tree(cluster.parts[name])]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(HANG)
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
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(b"0" * 2**16)
                    file.flush()
            except OSError:
                pass
    except OSError:
        pass
    # What is free inside the table's own pages would take the messages of a quarter of an hour.
    _execute(cluster, "VACUUM FREEZE events")
    try:
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
        subprocess.run(["umount", str(disk)], check=True)


def clock_jump(seconds: int, clock: Path) -> Fault:
    """The clock of the assistants, the action servers and Redis jumps (see `run.py`), and jumps back."""

    async def fault(_: Cluster) -> None:
        clock.write_text(f"{seconds:+d}")
        try:
            await asyncio.sleep(6)
        finally:
            clock.write_text("+0")
        await asyncio.sleep(2)

    return fault


async def rolling_update(cluster: Cluster) -> None:
    """The assistants and the action servers are stopped and started, one after the other, as an update does."""
    for name in [name for name in cluster.parts if name.startswith(("actions", "assistant"))]:
        part = cluster.parts[name]
        await asyncio.to_thread(part.stop)
        part.start()
        await asyncio.to_thread(part.wait)


def _execute(cluster: Cluster, *statements: str) -> None:
    connection = psycopg2.connect(cluster.database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()
