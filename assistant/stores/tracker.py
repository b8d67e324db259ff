"""The tracker store: Rasa's own for SQL, at the address that the environment gives."""

import json
from pathlib import Path
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import text
from sqlalchemy.engine import make_url

from assistant.content.catalogue import catalogue
from assistant.privacy.masking import Masking
from assistant.settings import settings
from assistant.stores.feedback import FeedbackGiven
from assistant.stores.masked import mask_events

SHOWN = (UserUttered.type_name, BotUttered.type_name, FeedbackGiven.type_name)
NEWEST = 1000  # events; what came before is not shown


class ConversationStore(SQLTrackerStore):
    """Conversations in the database of `DATABASE_URL`, by default a SQLite file in var/."""

    def __init__(self, domain: Domain | None = None, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        """Connects; Rasa passes the arguments (`host` is not used)."""
        url = make_url(settings().database_url)
        if url.drivername.startswith("sqlite") and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        kwargs.pop("host", None)
        # A full address as `host` is what SQLTrackerStore takes instead of its parts.
        super().__init__(domain=domain, host=settings().database_url, event_broker=event_broker, **kwargs)
        # Rasa logs the exceptions of the database, which quote the messages otherwise.
        self.engine.hide_parameters = True
        self._masking = Masking(catalogue().contacts.values())

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the new events of a conversation (see the base class), with personal data masked.

        The channels of this project have masked it already; Rasa's own shell and HTTP API have not.
        """
        mask_events(tracker.events, self._masking)
        await super().save(tracker)

    async def shown_events(self, sender_id: str) -> list[dict[str, Any]]:
        """What a visitor sees of a conversation, over all its sessions: the newest events of SHOWN, oldest first.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database does not answer.
        """
        with self.session_scope() as session:
            query = session.query(self.SQLEvent.data).filter(
                self.SQLEvent.sender_id == sender_id, self.SQLEvent.type_name.in_(SHOWN)
            )
            rows = query.order_by(self.SQLEvent.id.desc()).limit(NEWEST).all()
        return [json.loads(row.data) for row in reversed(rows)]

    async def append(self, sender_id: str, event: Event) -> None:
        """Adds an event to a conversation that is stored. Call it with the conversation's lock held.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database does not answer.
        """
        tracker = await self.retrieve(sender_id)
        tracker.update(event)
        await self.save(tracker)

    async def delete(self, sender_id: str) -> None:
        """Deletes every event of a conversation. Call it with the conversation's lock held.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database does not answer.
        """
        with self.session_scope() as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text("PRAGMA secure_delete = ON"))  # else the texts stay in the file's free pages
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete(synchronize_session=False)
            session.commit()


def database_of(wrapped: FailSafeTrackerStore) -> ConversationStore:
    """The store behind the one that Rasa puts around it, which would hide that the database does not answer."""
    return wrapped._tracker_store


def forget_fallback(wrapped: FailSafeTrackerStore, sender_id: str) -> None:
    """Forgets what Rasa's wrapping store has kept in memory of a conversation while the database did not answer."""
    wrapped.fallback_tracker_store.store.pop(sender_id, None)
