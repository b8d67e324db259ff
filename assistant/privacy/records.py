"""What is kept of conversations in the database: deleting what is old, erasing or exporting one. No Rasa in here.

The table is that of Rasa's tracker store on SQL. Every function raises sqlalchemy.exc.SQLAlchemyError if the database
does not answer.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, column, create_engine, delete, func, inspect, select, table, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

BATCH = 500  # conversations; each batch is one transaction, so that visitors do not wait
DAY = 86_400  # seconds

_EVENTS = table("events", column("id"), column("sender_id"), column("type_name"), column("timestamp"), column("data"))
_OLD = (
    select(_EVENTS.c.sender_id)
    .group_by(_EVENTS.c.sender_id)
    .having(func.coalesce(func.max(_EVENTS.c.timestamp), 0) < bindparam("before"))
)


def open_database(url: str) -> Engine:
    """An engine for the database of a SQLAlchemy address, for work that may take its time and no visitor waits for.

    It keeps no connection open, and its errors never quote what is stored.
    """
    return create_engine(url, hide_parameters=True, poolclass=NullPool)


def has_conversations(engine: Engine) -> bool:
    """Whether there is a table of conversations; there is none before the assistant's first start."""
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        return False  # looking into it would make the file
    return bool(inspect(engine).has_table(_EVENTS.name))


@contextmanager
def _erasing(engine: Engine) -> Iterator[Connection]:
    """A transaction in which what is deleted is also overwritten in SQLite's file."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA secure_delete = ON"))  # else the texts stay in the file's free pages
        with connection.begin():
            yield connection
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))  # of no effect unless there is a WAL file


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """A connection on which the database itself refuses to write."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA query_only = ON"))
        yield connection.execution_options(postgresql_readonly=True)


def vacuum(engine: Engine) -> None:
    """Makes PostgreSQL give up the rows that were deleted; it keeps them until then. Nothing to do on SQLite."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM events"))


def erase(engine: Engine, sender: str) -> int:
    """Deletes all that is stored of a conversation; returns the number of events."""
    with _erasing(engine) as connection:
        count = connection.execute(delete(_EVENTS).where(_EVENTS.c.sender_id == sender)).rowcount
    return int(count)


def purge(engine: Engine, before: float, prefix: str = "") -> int:
    """Deletes the conversations whose last event is older; returns their number.

    Several servers may do it at once. A conversation that goes on at that moment is left alone.

    Args:
        engine: of the database.
        before: seconds since the epoch.
        prefix: what the names of the conversations begin with.
    """
    old = _OLD.where(_EVENTS.c.sender_id.startswith(prefix, autoescape=True)) if prefix else _OLD
    total = 0
    while True:
        with engine.connect() as connection:
            senders = connection.execute(old.limit(BATCH), {"before": before}).scalars().all()
        if not senders:
            break
        # Asked again in the same statement that deletes: somebody may have written in between.
        still_old = old.where(_EVENTS.c.sender_id.in_(senders))
        with _erasing(engine) as connection:
            connection.execute(delete(_EVENTS).where(_EVENTS.c.sender_id.in_(still_old)), {"before": before})
        total += len(senders)
    return total


def events_of(engine: Engine, sender: str) -> list[dict[str, Any]]:
    """All that is stored of a conversation, oldest first."""
    query = select(_EVENTS.c.data).where(_EVENTS.c.sender_id == sender).order_by(_EVENTS.c.id)
    with engine.connect() as connection:
        return [json.loads(data) for data in connection.execute(query).scalars()]


def all_conversations(engine: Engine, kinds: Collection[str], without: str = "") -> Iterator[list[dict[str, Any]]]:
    """The events of each conversation, oldest first, without its name. Changes nothing.

    Each batch is read by itself, so that no visitor waits: SQLite stores nothing while somebody reads.

    Args:
        engine: of the database.
        kinds: the types of events that are wanted; a conversation without any is left out.
        without: what the names of conversations begin with that are left out.
    """
    wanted = _EVENTS.c.type_name.in_(sorted(kinds))
    if without:
        wanted &= ~_EVENTS.c.sender_id.startswith(without, autoescape=True)
    with _reading(engine) as connection:
        senders = connection.execute(select(_EVENTS.c.sender_id).where(wanted).distinct()).scalars().all()
    ordered = select(_EVENTS.c.sender_id, _EVENTS.c.data).order_by(_EVENTS.c.sender_id, _EVENTS.c.id)
    for first in range(0, len(senders), BATCH):
        query = ordered.where(wanted, _EVENTS.c.sender_id.in_(senders[first : first + BATCH]))
        with _reading(engine) as connection:
            rows = connection.execute(query).all()
        for _, events in groupby(rows, key=lambda row: row.sender_id):
            yield [json.loads(event.data) for event in events]
