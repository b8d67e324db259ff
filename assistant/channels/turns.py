"""How long a visitor waits for an answer, and what is raised where a store does not answer."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from rasa.core.lock_store import LockError
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from assistant.stores.tracker import ConversationMovedError

# A proxy that has waited a little longer may ask another assistant, and the visitor still has an answer within 10 s.
TURN_SECONDS = 4

T = TypeVar("T")


class TurnTimeoutError(Exception):
    """A turn took longer than TURN_SECONDS. What it stores later is the answer if the same message is sent again."""


# What is raised where a store does not answer in time, or has the turn of another process instead.
STORE_ERRORS = (LockError, RedisError, SQLAlchemyError, ConversationMovedError, TurnTimeoutError)


async def in_time(turn: Awaitable[T]) -> T:
    """What a turn gives, if it takes no longer than TURN_SECONDS. It is cancelled then, and not waited for.

    Raises:
        TurnTimeoutError: it took longer.
    """
    task = asyncio.ensure_future(turn)
    try:
        done, _ = await asyncio.wait({task}, timeout=TURN_SECONDS)
        if done:
            return task.result()
        raise TurnTimeoutError
    finally:
        if not task.done():
            task.add_done_callback(_drop)
            task.cancel()


def _drop(task: asyncio.Future) -> None:
    """Takes what nobody waits for any more; asyncio would log it."""
    if not task.cancelled():
        task.exception()
