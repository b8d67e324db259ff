"""The tracker store: Rasa's own for SQL, at the address that the environment gives."""

from pathlib import Path
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import make_url

from assistant.settings import settings


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
