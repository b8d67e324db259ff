"""Many messages of one sender over two processes, with a lock store: `python -m tests.faults.two_processes`.

Each process handles its messages as Rasa does: it reads the conversation, takes a while, and writes it back.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import redis.asyncio
from rasa.core.lock_store import LockStore, RedisLockStore

from assistant.settings import ROOT
from assistant.stores.lock import QueueLockStore
from tests.faults.visitors import PATIENCE

SENDER = "one"
CONVERSATION = "test:conversation"
READY = "test:ready"
START = "test:start"  # when the first messages are sent, by the clock of the machine
URL = "LOCKS_URL"  # the variable with the address of Redis, which holds its password
PROCESSES = 2
MESSAGES = 20
SETTLES = 0.1  # seconds until then, in which all processes see it
TURN_SECONDS = 0.02


def lock_store(kind: str, url: str) -> LockStore:
    """Rasa's own store on Redis (`stock`) or ours."""
    parts = urlsplit(url)
    if kind == "stock":
        return RedisLockStore(host=parts.hostname or "", port=parts.port or 0, db=0, password=parts.password)
    return QueueLockStore(url)


async def handle(kind: str, url: str, numbers: range, processes: int) -> list[int]:
    """Handles messages at once, with as many other processes, and returns those that were answered in PATIENCE."""
    store, client = lock_store(kind, url), redis.asyncio.Redis.from_url(url)

    async def turn(number: int) -> int | None:
        try:
            async with store.lock(SENDER, wait_time_in_seconds=0.05):
                conversation = json.loads(await client.get(CONVERSATION) or "[]")
                await asyncio.sleep(TURN_SECONDS)
                await client.set(CONVERSATION, json.dumps([*conversation, number]))
            return number
        except Exception:
            return None

    if await client.incr(READY) == processes:  # all have imported Rasa
        await client.set(START, time.time() + SETTLES)
    while (start := await client.get(START)) is None:
        await asyncio.sleep(0.01)
    await asyncio.sleep(float(start) - time.time())
    tasks = [asyncio.create_task(turn(number)) for number in numbers]
    done, late = await asyncio.wait(tasks, timeout=PATIENCE)
    for task in late:
        task.cancel()
    answered = [number for task in done if (number := task.result()) is not None]
    await asyncio.sleep(0.1)
    return answered


async def hold(kind: str, url: str) -> None:
    """Takes the lock of the conversation, says so, and keeps it until the process is killed."""
    async with lock_store(kind, url).lock(SENDER):
        print("held", flush=True)
        await asyncio.sleep(600)


@dataclass(frozen=True)
class Result:
    """How many messages were sent, how many answered, and how many of the answered ones stored."""

    sent: int
    answered: int
    stored: int

    @property
    def is_good(self) -> bool:
        """Every message was answered and stored."""
        return self.answered == self.stored == self.sent


def compare(kind: str, url: str, processes: int = PROCESSES) -> Result:
    """Sends MESSAGES at the same time, in equal parts to each of the processes."""
    client = redis.Redis.from_url(url)
    client.flushdb()
    count = MESSAGES // processes
    started = [_start(url, kind, str(first * count), str(count), str(processes)) for first in range(processes)]
    answered = {number for process in started for number in json.loads(process.communicate(timeout=90)[0])}
    stored = json.loads(client.get(CONVERSATION) or b"[]")
    assert len(stored) == len(set(stored))
    return Result(processes * count, len(answered), len(answered & set(stored)))


def first_fault(kind: str, url: str, rounds: int) -> Result | None:
    """The first result that is not good, None if there is none in so many rounds."""
    return next((result for _ in range(rounds) if not (result := compare(kind, url)).is_good), None)


def wait_after_kill(kind: str, url: str) -> float:
    """How long a message waits for the lock of a process that was killed: seconds, PATIENCE if it gives up."""
    redis.Redis.from_url(url).flushdb()
    holder = _start(url, kind)
    assert holder.stdout and holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()

    async def take() -> float:
        began = time.monotonic()
        async with lock_store(kind, url).lock(SENDER, wait_time_in_seconds=0.05):
            return time.monotonic() - began

    async def take_in_time() -> float:
        done, late = await asyncio.wait({task := asyncio.create_task(take())}, timeout=PATIENCE)
        task.cancel()
        return PATIENCE if late else done.pop().result()

    return asyncio.run(take_in_time())


def _start(url: str, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.faults.two_processes", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, URL: url}, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    _, kind, *rest = sys.argv
    if rest:
        first, count, processes = map(int, rest)
        print(json.dumps(asyncio.run(handle(kind, os.environ[URL], range(first, first + count), processes))))
    else:
        asyncio.run(hold(kind, os.environ[URL]))
