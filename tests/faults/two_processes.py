"""Many messages of one sender over two processes, with a lock store: `python -m tests.faults.two_processes`.

Each process handles its messages as Rasa does: it reads the conversation, takes a while, and writes it back.
"""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

import redis.asyncio
from rasa.core.lock_store import LockStore, RedisLockStore

from assistant.settings import ROOT
from assistant.stores.lock import QueueLockStore

SENDER = "one"
CONVERSATION = "test:conversation"
READY = "test:ready"
PROCESSES = 2
TURN_SECONDS = 0.02
LIMIT = 20  # seconds that a message waits


def lock_store(kind: str, url: str) -> LockStore:
    """Rasa's own store on Redis (`stock`) or ours."""
    parts = urlsplit(url)
    if kind == "stock":
        return RedisLockStore(host=parts.hostname or "", port=parts.port or 0, db=0, password=parts.password)
    return QueueLockStore(url)


async def handle(kind: str, url: str, first: int, count: int) -> list[int]:
    """Handles messages at once, and returns those that were answered."""
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

    await client.incr(READY)  # both have imported Rasa before the first message is sent
    while int(await client.get(READY)) < PROCESSES:
        await asyncio.sleep(0.01)
    tasks = [asyncio.create_task(turn(number)) for number in range(first, first + count)]
    done, late = await asyncio.wait(tasks, timeout=LIMIT)
    for task in late:
        task.cancel()
    answered = [number for task in done if (number := task.result()) is not None]
    await asyncio.sleep(0.1)
    return answered


@dataclass(frozen=True)
class Result:
    """How many messages were sent, how many answered, and how many of the answered ones stored."""

    sent: int
    answered: int
    stored: int


def compare(kind: str, url: str, count: int = 10) -> Result:
    """Sends `count` messages to each of two processes at the same time."""
    client = redis.Redis.from_url(url)
    client.flushdb()
    command = [sys.executable, "-m", "tests.faults.two_processes", kind, url]
    processes = [
        subprocess.Popen([*command, str(number * count), str(count)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    answered = {number for process in processes for number in json.loads(process.communicate(timeout=90)[0])}
    stored = json.loads(client.get(CONVERSATION) or b"[]")
    assert len(stored) == len(set(stored))
    return Result(PROCESSES * count, len(answered), len(answered & set(stored)))


if __name__ == "__main__":
    _, kind, url, first, count = sys.argv
    print(json.dumps(asyncio.run(handle(kind, url, int(first), int(count)))))
