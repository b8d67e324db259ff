"""Which deliveries of the messaging channels were handled, and which answers are still to be sent.

Of a message only a hash of the provider's id is kept, so that this outlives the deletion of the conversation: a
delivery that comes again after it begins no new one. Where its answer goes is kept until it is sent.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

DAY = 86_400  # seconds
KEPT = 8 * DAY  # Meta delivers again for up to seven days
PRUNE_EVERY = 3_600  # seconds

T = TypeVar("T")

_TABLE = sa.Table(
    "channel_deliveries",
    sa.MetaData(),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("tried", sa.Float, nullable=False, index=True),
    sa.Column("unsent", sa.Text),
)


@dataclass(frozen=True)
class Handled:
    """A delivery that was handled.

    Attributes:
        key: its key in the table.
        tried: when its answer was last tried, in seconds since the epoch.
        unsent: where its answer goes, None when that is sent or given up.
    """

    key: str
    tried: float
    unsent: dict[str, Any] | None


class Deliveries:
    """The deliveries of one channel. Every method raises sqlalchemy.exc.SQLAlchemyError if the database is down."""

    def __init__(self, engine: sa.engine.Engine, channel: str) -> None:
        """Takes the connections of the tracker store, and the channel."""
        self._engine = engine
        self._channel = channel
        self._has_table = False
        self._pruned = 0.0

    async def find(self, delivery_id: str) -> Handled | None:
        """What is known of a delivery, None if it was not handled."""
        key = self._key(delivery_id)
        found = await self._in_thread(self._select, _TABLE.c.key == key)
        return found[0] if found else None

    async def keep(self, delivery_id: str, unsent: dict[str, Any] | None = None) -> None:
        """Notes that a delivery is handled, and where its answer goes; None where there is none, or none any more."""
        await self._in_thread(self._keep, self._key(delivery_id), unsent)

    async def overdue(self, before: float, after: float) -> list[Handled]:
        """The answers that were tried between two times and not sent: whoever tried has ended."""
        where = sa.and_(
            _TABLE.c.channel == self._channel,
            _TABLE.c.unsent.is_not(None),
            _TABLE.c.tried < before,
            _TABLE.c.tried > after,
        )
        return await self._in_thread(self._select, where)

    async def claim(self, handled: Handled) -> bool:
        """Takes the sending of an answer upon oneself; False if another server was faster."""
        return await self._in_thread(self._claim, handled)

    def _key(self, delivery_id: str) -> str:
        return hashlib.sha256(f"{self._channel}:{delivery_id}".encode()).hexdigest()

    async def _in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        def prepared() -> T:
            self._prepare()
            return work(*arguments)

        return await asyncio.to_thread(prepared)

    def _select(self, where: Any) -> list[Handled]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_TABLE).where(where).order_by(_TABLE.c.tried)).all()
        return [Handled(row.key, row.tried, json.loads(row.unsent) if row.unsent else None) for row in rows]

    def _keep(self, key: str, unsent: dict[str, Any] | None) -> None:
        values = {"tried": time.time(), "unsent": json.dumps(unsent) if unsent else None}
        with self._engine.begin() as connection:
            if connection.execute(_TABLE.update().where(_TABLE.c.key == key).values(values)).rowcount:
                return
        # Another server may have noted the same just now.
        with suppress(IntegrityError), self._engine.begin() as connection:
            connection.execute(_TABLE.insert().values(key=key, channel=self._channel, **values))

    def _claim(self, handled: Handled) -> bool:
        same = sa.and_(_TABLE.c.key == handled.key, _TABLE.c.tried == handled.tried)
        with self._engine.begin() as connection:
            return connection.execute(_TABLE.update().where(same).values(tried=time.time())).rowcount == 1

    def _prepare(self) -> None:
        if not self._has_table:
            with suppress(SQLAlchemyError):  # two servers that start at once both find no table
                _TABLE.create(self._engine, checkfirst=True)
            self._has_table = sa.inspect(self._engine).has_table(_TABLE.name)
        now = time.time()
        if now - self._pruned > PRUNE_EVERY:
            self._pruned = now
            with self._engine.begin() as connection:
                connection.execute(_TABLE.delete().where(_TABLE.c.tried < now - KEPT))
