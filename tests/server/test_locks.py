"""The lock store on a real Redis, beside Rasa's own: what that loses, ours keeps."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
import redis
from rasa.core.lock_store import LockError

from assistant.stores import lock
from assistant.stores.lock import QueueLockStore
from tests.faults import two_processes
from tests.server.redis_server import redis_server

ROUNDS = 8  # at most, until Rasa's own store has shown its fault: the first shows it as a rule


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, subprocess.Popen]]:
    with redis_server() as found:
        yield found


@pytest.fixture
def redis_url(running: tuple[str, subprocess.Popen]) -> str:
    return running[0]


@pytest.fixture
def redis_process(running: tuple[str, subprocess.Popen]) -> subprocess.Popen:
    return running[1]


def test_over_two_processes_rasas_own_store_loses_messages_and_ours_none(redis_url: str) -> None:
    """If Rasa's own loses none, there is no reason for ours any more (`make faults` has the long form)."""
    assert two_processes.compare("ours", redis_url) == two_processes.Result(20, 20, 20)
    assert two_processes.first_fault("stock", redis_url, ROUNDS)


def test_the_lock_of_a_killed_process_is_soon_free(redis_url: str) -> None:
    assert two_processes.wait_after_kill("ours", redis_url) < lock.PLACE_SECONDS + 1


def test_locks_are_given_in_order(redis_url: str) -> None:
    stores, order = [QueueLockStore(redis_url) for _ in range(2)], []

    async def turn(number: int) -> None:
        async with stores[number % 2].lock("in order"):
            order.append(number)
            await asyncio.sleep(0.01)

    async def main() -> None:
        turns = []
        for number in range(12):
            turns.append(asyncio.create_task(turn(number)))
            await asyncio.sleep(0.005)
        await asyncio.gather(*turns)

    asyncio.run(main())
    assert order == list(range(12))
    assert redis.Redis.from_url(redis_url).keys("assistant:lock:{in order}*") == []


def test_a_lock_is_kept_while_it_is_held_and_free_when_its_holder_is_gone(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "WAIT_SECONDS", lock.PLACE_SECONDS + 0.5)

    async def main() -> float:
        first, second = QueueLockStore(redis_url), QueueLockStore(redis_url)
        place = lock._Place(first._redis, first._take_place, "held")
        await place.wait()
        with pytest.raises(LockError):  # the place is renewed for longer than it would be kept
            async with second.lock("held"):
                pass
        place._timer.cancel()  # as if the process were killed
        gone = time.monotonic()
        async with second.lock("held"):
            return time.monotonic() - gone

    assert asyncio.run(main()) < lock.PLACE_SECONDS + 1


def test_a_redis_that_hangs_is_an_error_soon(redis_url: str, redis_process: subprocess.Popen) -> None:
    async def main() -> None:
        async with QueueLockStore(redis_url).lock("a"):
            pass

    redis_process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(LockError):
            asyncio.run(main())
        assert time.monotonic() - began < 5
    finally:
        redis_process.send_signal(signal.SIGCONT)
