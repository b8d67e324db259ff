"""The tracker store: conversations in the SQL database at the address that the environment gives.

A turn is stored as a whole or not at all, after the one that it was an answer to or not at all, and whoever asks for
it is told. Rasa's own store answers when the database is down, and stores nothing.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import func, insert, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Query, Session, sessionmaker

from assistant.content.catalogue import catalogue
from assistant.privacy.masking import Masking
from assistant.settings import settings
from assistant.stores.database import create_tables, open_database, threads_for, wait_for_others
from assistant.stores.feedback import FeedbackGiven
from assistant.stores.masked import mask_events
from assistant.stores.senders import check_sender

logger = logging.getLogger(__name__)

SHOWN = (UserUttered.type_name, BotUttered.type_name, FeedbackGiven.type_name)
NEWEST = 1000  # events; what came before is not shown
# Events of a session that are read for its next message, some thirty turns: no answer looks further back, and a long
# conversation does not grow dearer with every message.
READ = 200

T = TypeVar("T")


class ConversationMovedError(RuntimeError):
    """Another process has stored a turn of the conversation, or deleted it, since it was looked at: nothing is stored.

    The turn may be one of the same message.
    """


@dataclass(frozen=True)
class Stored:
    """What is in the database of a tracker: how many of its events, and the id of the newest of its conversation."""

    events: int = 0
    newest: int | None = None


class ConversationStore(SQLTrackerStore):
    """Conversations in the database of `DATABASE_URL`, by default a SQLite file in var/.

    The coroutines wait for the database in threads, and raise sqlalchemy.exc.SQLAlchemyError if it does not answer,
    SenderError if it could not keep the name of the conversation.
    """

    def __init__(self, domain: Domain | None = None, event_broker: EventBroker | None = None, **_: Any) -> None:
        """Makes the tables, or leaves that for later if the database is down; Rasa passes the arguments."""
        self.engine = open_database(settings().database_url)
        self.sessionmaker = sessionmaker(bind=self.engine)
        self._threads = ThreadPoolExecutor(threads_for(self.engine), thread_name_prefix="database")
        self._has_tables = False
        self._masking = Masking(catalogue().contacts.values())
        TrackerStore.__init__(self, domain, event_broker)
        try:
            self._prepare()
        except SQLAlchemyError as error:
            logger.warning("The database does not answer yet: %s.", type(error).__name__)

    @contextmanager
    def session_scope(self) -> Iterator[Session]:
        """A session; what is not committed at its end is rolled back."""
        with self.sessionmaker() as session:
            yield session

    async def keys(self) -> Iterable[str]:
        """The names of all conversations."""
        return await self._in_thread(self._keys)

    async def exists(self, conversation_id: str) -> bool:
        """Whether anything is stored of a conversation."""
        return await self._in_thread(self._exists, check_sender(conversation_id))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores the events of a tracker that are new since it was read or saved, all or none, personal data masked.

        The channels of this project have masked it already; Rasa's own shell and HTTP API have not.

        Raises:
            ConversationMovedError: the conversation was changed meanwhile, or holds a message of the same id already.
        """
        check_sender(tracker.sender_id)
        count = _stored(tracker).events
        events = list(islice(tracker.events, count, None))
        if not events:
            return
        # Who sees that a message is new, and reads the conversation later, may have lost its lock in between.
        if not _message_ids(events).isdisjoint(_message_ids(islice(tracker.events, count))):
            raise ConversationMovedError
        mask_events(events, self._masking)
        await self._in_thread(self._add, tracker, events)
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, events, tracker.sender_id)

    async def shown_events(self, sender_id: str) -> list[dict[str, Any]]:
        """What a visitor sees of a conversation, over all its sessions: the newest events of SHOWN, oldest first."""
        return await self._in_thread(self._shown_events, check_sender(sender_id))

    async def turn_events(self, sender_id: str, message_id: str) -> list[dict[str, Any]]:
        """What a visitor sees from a message on, oldest first: the events of SHOWN. None if it is not stored."""
        return await self._in_thread(self._turn_events, check_sender(sender_id), message_id)

    async def append(self, sender_id: str, event: Event) -> None:
        """Adds an event to a conversation that is stored. Call it with the conversation's lock held."""
        tracker = await self.retrieve(sender_id)
        tracker.update(event)
        await self.save(tracker)

    async def delete(self, sender_id: str) -> None:
        """Deletes every event of a conversation. Call it with the conversation's lock held."""
        await self._in_thread(self._delete, check_sender(sender_id))

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        return await self._in_thread(self._read, check_sender(sender_id), fetch_events_from_all_sessions)

    async def _in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        def prepared() -> T:
            self._prepare()
            return work(*arguments)

        return await asyncio.get_running_loop().run_in_executor(self._threads, prepared)

    def _prepare(self) -> None:
        if not self._has_tables:
            create_tables(self.engine, self.Base.metadata)
            self._has_tables = True

    def _keys(self) -> list[str]:
        with self.session_scope() as session:
            return [row.sender_id for row in session.query(self.SQLEvent.sender_id).distinct()]

    def _exists(self, sender_id: str) -> bool:
        with self.session_scope() as session:
            return self._newest(session, sender_id) is not None

    def _newest(self, session: Session, sender_id: str) -> int | None:
        return session.query(func.max(self.SQLEvent.id)).filter(self.SQLEvent.sender_id == sender_id).scalar()

    def _event_query(self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool) -> Query:
        """The events of the latest session, or of all, in order (see the base class).

        The latest session begins with the newest id, not with the newest time: clocks are put back.
        """
        query = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            starts = session.query(func.max(self.SQLEvent.id)).filter(
                self.SQLEvent.sender_id == sender_id, self.SQLEvent.type_name == SessionStarted.type_name
            )
            query = query.filter(self.SQLEvent.id >= func.coalesce(starts.scalar_subquery(), 0))
        return query.order_by(self.SQLEvent.id)

    def _read(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        with self.session_scope() as session:
            query = self._event_query(session, sender_id, fetch_events_from_all_sessions)
            newest_first = query.with_entities(self.SQLEvent.id, self.SQLEvent.data).order_by(None)
            newest_first = newest_first.order_by(self.SQLEvent.id.desc())
            rows = newest_first.limit(None if fetch_events_from_all_sessions else READ).all()[::-1]
        if not rows:
            return None
        events = [event_of(json.loads(row.data)) for row in rows]
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        tracker.stored = Stored(len(tracker.events), rows[-1].id)
        return tracker

    def _add(self, tracker: DialogueStateTracker, events: list[Event]) -> None:
        rows = [row_of(tracker.sender_id, event) for event in events]
        with self.session_scope() as session:
            wait_for_others(session, tracker.sender_id)
            if self._newest(session, tracker.sender_id) != _stored(tracker).newest:
                raise ConversationMovedError
            session.execute(insert(self.SQLEvent.__table__), rows)
            newest = self._newest(session, tracker.sender_id)
            session.commit()
        tracker.stored = Stored(_stored(tracker).events + len(events), newest)

    def _shown_query(self, session: Session, sender_id: str) -> Query:
        """The texts of the events of SHOWN, newest first."""
        query = session.query(self.SQLEvent.data).filter(
            self.SQLEvent.sender_id == sender_id, self.SQLEvent.type_name.in_(SHOWN)
        )
        return query.order_by(self.SQLEvent.id.desc())

    def _shown_events(self, sender_id: str) -> list[dict[str, Any]]:
        with self.session_scope() as session:
            rows = self._shown_query(session, sender_id).limit(NEWEST).all()
        return [json.loads(row.data) for row in reversed(rows)]

    def _turn_events(self, sender_id: str, message_id: str) -> list[dict[str, Any]]:
        written = json.dumps({"message_id": message_id})[1:-1]  # as `row_of` writes it; a quoted text has other quotes
        with self.session_scope() as session:
            start = session.query(func.max(self.SQLEvent.id)).filter(
                self.SQLEvent.sender_id == sender_id,
                self.SQLEvent.type_name == UserUttered.type_name,
                self.SQLEvent.data.contains(written, autoescape=True),
            )
            rows = self._shown_query(session, sender_id).filter(self.SQLEvent.id >= start.scalar_subquery()).all()
        return [json.loads(row.data) for row in reversed(rows)]

    def _delete(self, sender_id: str) -> None:
        with self.session_scope() as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text("PRAGMA secure_delete = ON"))  # else the texts stay in the file's free pages
            wait_for_others(session, sender_id)
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete(synchronize_session=False)
            session.commit()


@cache
def _event_class(type_name: str) -> type[Event]:
    """The class of events of a type; Rasa searches all of them for every event that it reads."""
    return Event.resolve_by_type(type_name)


def event_of(data: dict[str, Any]) -> Event:
    """An event from its JSON. Raises ValueError if Rasa knows no such type."""
    return _event_class(data["event"])._from_parameters(data)


def row_of(sender_id: str, event: Event) -> dict[str, Any]:
    """The columns of an event in the table of Rasa's SQLTrackerStore."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _stored(tracker: DialogueStateTracker) -> Stored:
    """What is in the database of a tracker, as of its reading; nothing of one that was made anew."""
    return getattr(tracker, "stored", Stored())


def _message_ids(events: Iterable[Event]) -> set[str]:
    """The ids of the messages among events; Rasa's own shell gives none."""
    return {event.message_id for event in events if isinstance(event, UserUttered) and event.message_id}


def use_directly(agent: Agent) -> None:
    """Takes off the store that Rasa puts around ours, which would hide that the database does not answer.

    Doing it again does no harm.
    """
    if isinstance(agent.tracker_store, FailSafeTrackerStore):
        agent.tracker_store = agent.tracker_store._tracker_store
    if agent.processor:
        agent.processor.tracker_store = agent.tracker_store
