"""Sending answers: in order within a conversation, again where a provider fails, and given up within a bound."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import tenacity
from rasa.core.lock_store import LockStore

from assistant.channels.gate import report
from assistant.channels.messaging.calls import Delivery, Outgoing, Verdict
from assistant.channels.messaging.drawing import Drawable
from assistant.channels.messaging.provider import Provider
from assistant.channels.turns import STORE_ERRORS
from assistant.watching.figures import GIVEN_UP, OUTCOMES, REFUSED, RETRIED, SENT, figures

logger = logging.getLogger(__name__)

REQUEST_SECONDS = 10
MAX_ANSWER_BYTES = 65_536
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # seconds between two tries, where the provider names none
LOCK_POLL = 0.1
CONNECTIONS = 50
CLOSING = 5  # seconds; a server that is told to stop has ten


class _AgainError(Exception):
    """A request that is worth trying again."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.why)
        self.verdict = verdict


class _RefusedError(Exception):
    """A request that the provider will not take, however often it is tried."""


class Post:
    """Sends the answers of one channel, and counts what becomes of them."""

    def __init__(self, provider: Provider, seconds: float) -> None:
        """Takes the provider, and how long the sending of one turn may take."""
        self._provider = provider
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()
        self._counts = {outcome: figures().deliveries.labels(provider.name, outcome) for outcome in OUTCOMES}

    def start(
        self,
        lock_store: LockStore,
        sender: str,
        delivery: Delivery,
        turn: Sequence[Drawable],
        finished: Callable[[], Awaitable[None]],
    ) -> asyncio.Task[None]:
        """Begins to send a turn, after those of the conversation that were begun before.

        Call it with the conversation's lock held, and let the task run once before that is given up: then the order of
        the turns is also kept over several servers.

        Args:
            lock_store: holds the place in the queue.
            sender: the conversation.
            delivery: what is answered.
            turn: the answers.
            finished: called when the turn is sent or given up.
        """
        task = asyncio.create_task(self._send_in_turn(lock_store, sender, delivery, turn, finished))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Waits a moment for what is being sent, and closes the connections; what is left is sent later."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=min(CLOSING, self._seconds))
        if self._session:
            await self._session.close()
            self._session = None

    async def ask(self, request: Outgoing) -> Verdict:
        """Sends a request once, and says what the answer means; no answer at all is worth trying again."""
        timeout = aiohttp.ClientTimeout(total=min(REQUEST_SECONDS, self._seconds))
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=True)
        try:
            async with self._session.request(
                request.method,
                request.url,
                json=request.json,
                data=request.form or request.data,
                params=dict(request.params),
                headers=dict(request.headers),
                auth=aiohttp.BasicAuth(*request.auth) if request.auth else None,
                timeout=timeout,
                allow_redirects=False,  # the credentials are for this address only
            ) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                content = await answer.content.read(MAX_ANSWER_BYTES)
                return self._provider.verdict(answer.status, headers, _json(content))
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as problem:
            return Verdict(False, True, 0.0, type(problem).__name__)

    async def _send_in_turn(
        self,
        lock_store: LockStore,
        sender: str,
        delivery: Delivery,
        turn: Sequence[Drawable],
        finished: Callable[[], Awaitable[None]],
    ) -> None:
        name = f"sending:{sender}"
        queue = self._queues.setdefault(name, asyncio.Lock())
        async with queue, AsyncExitStack() as stack:
            try:
                lock = lock_store.lock(name, lock_lifetime=2 * self._seconds, wait_time_in_seconds=LOCK_POLL)
                # A server that was killed may have left its place in the queue.
                await asyncio.wait_for(stack.enter_async_context(lock), self._seconds)
            except (asyncio.TimeoutError, *STORE_ERRORS) as problem:  # an answer out of order is better than none
                logger.warning("%s: sending without a lock: %s", self._provider.name, type(problem).__name__)
            try:
                await self._send_turn(delivery, turn)
                await finished()
            except Exception as problem:
                report(problem)

    async def _send_turn(self, delivery: Delivery, turn: Sequence[Drawable]) -> None:
        for note in self._provider.notes(delivery):
            await self.ask(note)
        deadline = asyncio.get_running_loop().time() + self._seconds
        for number, message in enumerate(self._provider.draw(turn)):
            left = deadline - asyncio.get_running_loop().time()
            try:
                # A new request for each try: a signature may hold the time.
                await self._insist(partial(self._provider.request, delivery, message, number), left)
            except _RefusedError as problem:
                self._counts[REFUSED].inc()
                logger.error("%s refuses a message: %s", self._provider.title, problem)
                return  # the rest would not be understood without it
            except (_AgainError, asyncio.TimeoutError) as problem:
                self._counts[GIVEN_UP].inc()
                logger.error("%s: a message was given up: %s", self._provider.title, problem or "no answer")
                return
            self._counts[SENT].inc()

    async def _insist(self, make: Callable[[], Outgoing], seconds: float) -> None:
        """Sends until the provider takes it or refuses it, or the time is over."""
        pause = tenacity.wait_exponential_jitter(FIRST_PAUSE, LONGEST_PAUSE, jitter=FIRST_PAUSE)

        def wait(state: tenacity.RetryCallState) -> float:
            problem = state.outcome.exception() if state.outcome else None
            asked = problem.verdict.wait if isinstance(problem, _AgainError) else 0.0
            return max(asked, pause(state))

        async def once() -> None:
            verdict = await self.ask(make())
            if verdict.taken:
                return
            if not verdict.again:
                raise _RefusedError(verdict.why)
            raise _AgainError(verdict)

        def count(_: tenacity.RetryCallState) -> None:
            self._counts[RETRIED].inc()

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(_AgainError),
            wait=wait,
            stop=tenacity.stop_before_delay(max(seconds, 0)),
            before_sleep=count,
            reraise=True,
        )
        await asyncio.wait_for(retrying(once), max(seconds, 0.1))


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
