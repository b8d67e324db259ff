"""How often: limits on what an address and a conversation may ask for, in memory or on Redis."""

import asyncio
import math
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from limits import RateLimitItem
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from assistant.channels.refusals import RefusedError

REDIS_SECONDS = 1.5
THREADS = 32  # that may wait for Redis at once


class Rates:
    """Counts requests. In memory each process counts for itself; on Redis all count together."""

    def __init__(self, redis_url: str | None) -> None:
        """Takes the address of Redis, None for memory."""
        # The library's asynchronous storage wants a redis client that is newer than Rasa allows: see `count`.
        options = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS} if redis_url else {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="rates")
        storage = storage_from_string(redis_url or "memory://", **options)
        assert isinstance(storage, Storage)  # none of the asynchronous ones
        self._storage = storage
        self._limiter = FixedWindowRateLimiter(storage)

    async def count(self, rate: RateLimitItem, what: str, who: str) -> None:
        """Counts one request.

        Args:
            rate: how many are allowed in which time.
            what: what is counted, such as `message`.
            who: the address or the conversation that it is counted for.

        Raises:
            RefusedError: there were too many; `retry_after` are the seconds until the next one is taken.
            redis.RedisError: Redis does not answer.
        """
        # In a thread: a Redis that is slow must not hold up the other conversations.
        run = partial(asyncio.get_running_loop().run_in_executor, self._threads)
        if not await run(self._limiter.hit, rate, what, who):
            stats = await run(self._limiter.get_window_stats, rate, what, who)
            raise RefusedError("too_many", retry_after=max(1, math.ceil(stats.reset_time - time.time())))

    async def beyond(self, rate: RateLimitItem, what: str, who: str) -> int:
        """Counts one request, and says how far this window is beyond what is allowed: 0 if it is not.

        Args:
            rate: how many are allowed in which time.
            what: what is counted.
            who: whom it is counted for.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        key, seconds = rate.key_for(what, who), rate.get_expiry()
        run = asyncio.get_running_loop().run_in_executor
        counted: int = await run(self._threads, lambda: self._storage.incr(key, seconds))
        return max(0, counted - rate.amount)
