"""The database: how it is connected to, and how long it may take."""

import select
import time
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import POLL_ERROR, POLL_OK, POLL_READ, set_wait_callback
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.sql import text

DATABASE_SECONDS = 2  # for connecting, and for each statement
CONNECTIONS = 10  # at most, of one process
_TABLES = "assistant: tables"  # the name of what those wait for who make the tables


def open_database(address: str) -> Engine:
    """An engine whose every call ends in DATABASE_SECONDS or so, with a result or an SQLAlchemyError.

    It connects when it is used. Its errors never quote the values of a statement.

    Args:
        address: an SQLAlchemy address. The folder of a SQLite file is made.
    """
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return create_engine(url, hide_parameters=True, connect_args={"timeout": DATABASE_SECONDS})
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=DATABASE_SECONDS,
        pool_pre_ping=True,  # a database that was restarted costs nobody an error
    )
    if engine.driver == "psycopg2":
        set_wait_callback(_wait)
        event.listen(engine, "connect", _limit_statements)
    return engine


def threads_for(engine: Engine) -> int:
    """How many threads may use it at once: SQLite has one writer, and threads that wait for it would only poll."""
    return 1 if engine.dialect.name == "sqlite" else CONNECTIONS


def create_tables(engine: Engine, metadata: Any) -> None:
    """Makes the tables that are missing; of several processes that try at once, one after the other.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    with engine.begin() as connection:
        wait_for_others(connection, _TABLES)
        metadata.create_all(connection)


def wait_for_others(transaction: Connection | Session, name: str) -> None:
    """Waits for those who called this with the same name until their transactions are over, and makes others wait.

    Call it before anything else in a transaction. On databases other than PostgreSQL and SQLite it does nothing.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: they took too long.
    """
    dialect = transaction.get_bind().dialect.name if isinstance(transaction, Session) else transaction.dialect.name
    if dialect == "postgresql":
        transaction.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
    elif dialect == "sqlite":
        transaction.execute(text("BEGIN IMMEDIATE"))


def _limit_statements(connection: Any, _: Any) -> None:
    """Tells PostgreSQL to give up what nobody waits for any more."""
    with connection.cursor() as cursor:
        # A little sooner than we stop waiting, so that the connection can be used again.
        cursor.execute(f"SET statement_timeout = {DATABASE_SECONDS * 900}")  # in ms
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{DATABASE_SECONDS * 5}s'")
    connection.commit()


def _wait(connection: Any) -> None:
    """Waits for PostgreSQL with a limit, for psycopg2, which would wait for ever for a server that hangs.

    Raises:
        psycopg2.OperationalError: it took too long; psycopg2 closes the connection.
    """
    deadline = time.monotonic() + DATABASE_SECONDS
    while True:
        state = connection.poll()
        if state == POLL_OK:
            return
        if state == POLL_ERROR:
            raise psycopg2.OperationalError("PostgreSQL reports an error of the connection.")
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            raise psycopg2.OperationalError(f"PostgreSQL has not answered in {DATABASE_SECONDS} s.")
