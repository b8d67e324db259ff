"""The lock store: one turn of a conversation at a time, in the order in which the messages came.

Within one process, or over all processes when the environment names a Redis. Rasa's own store on Redis reads, changes
and writes a lock in three steps, so that two processes lose each other's tickets; and a killed process leaves its own.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import ConnectionError, RedisError

from assistant.settings import settings

logger = logging.getLogger(__name__)

REDIS_SECONDS = 1.5  # for connecting, and for each command
REDIS_CONNECTIONS = 32
PLACE_SECONDS = 3  # for which a place in a queue is kept of someone who says nothing more
RENEWALS = 3  # in that time
POLL_SECONDS = 0.03  # between two looks of someone who waits
WAIT_SECONDS = 5  # the longest wait for a turn
LEAVE_SECONDS = 0.5  # the longest wait for Redis where a turn is over; the place is given up in the background

# Takes a place in the queue, or keeps it; 1 for the first. All in one step, by the clock of Redis.
# A place that could not have been kept for so long was kept before that clock was put back.
_TAKE_PLACE = """
local queue, places, token, kept = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for _, range in ipairs({{'-inf', now}, {'(' .. now + kept, '+inf'}}) do
  for _, left in ipairs(redis.call('ZRANGEBYSCORE', places, range[1], range[2])) do
    redis.call('LREM', queue, 0, left)
    redis.call('ZREM', places, left)
  end
end
if not redis.call('ZSCORE', places, token) then
  redis.call('RPUSH', queue, token)
end
redis.call('ZADD', places, now + kept, token)
redis.call('PEXPIRE', queue, kept)
redis.call('PEXPIRE', places, kept)
return redis.call('LINDEX', queue, 0) == token and 1 or 0
"""


class ConfiguredLockStore(LockStore):
    """Makes the lock store that `REDIS_URL` asks for: `redis://[user:password@]host[:port][/db]`, or none."""

    def __new__(cls, endpoint_config: EndpointConfig | None = None) -> LockStore:
        """Returns a store of another class than this one; Rasa passes the argument, it is not needed."""
        url = settings().redis_url
        return ProcessLockStore() if url is None else QueueLockStore(url)


class ProcessLockStore(LockStore):
    """Locks of one process. They ask no clock, so that none runs out when the clock is put forward."""

    def __init__(self) -> None:
        """Begins with no lock."""
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # of conversations in a turn

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncIterator[None]:
        """Holds the lock of a conversation for the length of a block (see the base class; the times are not used)."""
        lock = self._locks.get(conversation_id)
        if lock is None:
            lock = self._locks[conversation_id] = asyncio.Lock()
        async with lock:
            yield


class QueueLockStore(LockStore):
    """Locks of many processes: a queue for each conversation, on Redis.

    Who is first in the queue has the lock. A place has to be renewed: one of a process that was killed or hangs is
    free after PLACE_SECONDS. A process that goes on after that no longer has the lock, and cannot know it in time;
    that its turn changes nothing then is up to the tracker store.
    """

    def __init__(self, url: str) -> None:
        """Takes the address of Redis; connects when a lock is asked for."""
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=REDIS_CONNECTIONS,
            timeout=REDIS_SECONDS,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 1),  # over connections that a restart of Redis has closed
            retry_on_error=[ConnectionError],
        )
        self._redis: Redis = Redis(connection_pool=pool)
        self._take_place = self._redis.register_script(_TAKE_PLACE)

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncIterator[None]:
        """Holds the lock of a conversation for the length of a block (see the base class; the times are our own).

        Raises:
            LockError: Redis does not answer, or the turn did not come in WAIT_SECONDS.
        """
        place = _Place(self._redis, self._take_place, conversation_id)
        try:
            await place.wait()
            yield
        finally:
            leaving = asyncio.create_task(place.leave())
            await asyncio.wait({leaving}, timeout=LEAVE_SECONDS)


class _Place:
    """A place in the queue of a conversation.

    Cancelling a task does not always end it: redis-py takes a cancellation that comes at the wrong moment for the end
    of a time limit of its own. So nothing here goes on until it is cancelled.
    """

    def __init__(self, redis: Redis, take_place: AsyncScript, conversation_id: str) -> None:
        self._redis = redis
        self._take_place = take_place
        self._queue, self._places = (f"assistant:lock:{{{conversation_id}}}:{part}" for part in ("queue", "places"))
        self._token = secrets.token_hex(8)
        self._is_given_up = False
        self._timer: asyncio.TimerHandle | None = None
        self._renewal: asyncio.Task | None = None

    async def wait(self) -> None:
        """Waits until it is the first, and renews it from then on. Raises LockError (see QueueLockStore.lock)."""
        deadline = time.monotonic() + WAIT_SECONDS
        try:
            while not await self._is_first():
                if time.monotonic() > deadline:
                    raise LockError("The turn did not come in time.")
                await asyncio.sleep(POLL_SECONDS)
        except RedisError as error:
            raise LockError(f"Redis does not answer: {type(error).__name__}.") from error
        self._renew_later()

    async def leave(self) -> None:
        """Gives the place up."""
        self._is_given_up = True
        if self._timer:
            self._timer.cancel()
        if self._renewal:
            await asyncio.wait({self._renewal})  # else it could take the place again
        with suppress(RedisError):  # the place is free before long
            async with self._redis.pipeline() as pipeline:
                await pipeline.lrem(self._queue, 0, self._token).zrem(self._places, self._token).execute()

    async def _is_first(self) -> bool:
        keys = [self._queue, self._places]
        return bool(await self._take_place(keys=keys, args=[self._token, PLACE_SECONDS * 1000]))

    def _renew_later(self) -> None:
        if not self._is_given_up:
            self._timer = asyncio.get_running_loop().call_later(PLACE_SECONDS / RENEWALS, self._begin_renewal)

    def _begin_renewal(self) -> None:
        self._renewal = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        try:
            if not await self._is_first():
                logger.warning("A lock was lost while it was held.")
        except RedisError as error:
            logger.warning("A lock could not be renewed: %s.", type(error).__name__)
        self._renew_later()
