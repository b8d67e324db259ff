"""Deleting, erasing and exporting, on a real SQLite file and a real PostgreSQL."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from assistant.keeping import review
from assistant.privacy import records
from assistant.privacy.records import DAY, erase, events_of, open_database, purge, vacuum
from assistant.privacy.retention import purge_once
from assistant.settings import ROOT, read_settings
from assistant.stores import tracker
from assistant.stores.feedback import FeedbackGiven
from tests.server.postgresql import postgresql

LINE = 30 * DAY


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('records') / 'c.db'}"
    else:
        with postgresql() as url:
            yield url


@pytest.fixture
def store(address: str, monkeypatch: pytest.MonkeyPatch) -> tracker.ConversationStore:
    """The assistant's own store, empty."""
    monkeypatch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": address}))
    store = tracker.ConversationStore(domain=Domain.empty())
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM events"))
    return store


@pytest.fixture
def engine(address: str) -> Engine:
    return open_database(address)


def keep(store: tracker.ConversationStore, sender: str, *days_ago: float, said: str = "bonjour") -> None:
    """Stores a conversation with one exchange for each of these ages."""
    events = [SessionStarted(timestamp=time.time() - max(days_ago) * DAY - 1)]
    for days in days_ago:
        at = time.time() - days * DAY
        events += [UserUttered(said, timestamp=at, message_id=f"{days}"), BotUttered("Bonjour.", timestamp=at + 1)]
    asyncio.run(store.save(DialogueStateTracker.from_events(sender, events)))


def stored(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(text("SELECT DISTINCT sender_id FROM events")).scalars())


def before() -> float:
    return time.time() - LINE


def test_what_is_old_is_deleted_and_what_went_on_is_kept_whole(
    store: tracker.ConversationStore, engine: Engine
) -> None:
    keep(store, "old", 40, 31)
    keep(store, "just in time", 29.9)
    keep(store, "old but went on", 90, 1)
    keep(store, "new", 0)
    whole = len(events_of(engine, "old but went on"))
    assert purge(engine, before()) == 1
    assert stored(engine) == ["just in time", "new", "old but went on"]
    assert len(events_of(engine, "old but went on")) == whole
    assert purge(engine, before()) == 0


def test_more_than_one_batch_by_several_servers_at_once(
    store: tracker.ConversationStore, address: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "BATCH", 7)
    for number in range(40):
        keep(store, f"old-{number}", 31)
    keep(store, "new", 0)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: purge(open_database(address), before()), range(4)))
    assert stored(engine) == ["new"]
    assert sum(counts) >= 40


def test_a_visitor_who_comes_back_while_it_runs_loses_nothing(
    store: tracker.ConversationStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old conversation has been chosen, then somebody writes, then it would be deleted."""
    keep(store, "back", 31)
    erasing = records._erasing

    def with_a_visitor(of: Engine) -> object:
        monkeypatch.setattr(records, "_erasing", erasing)
        asyncio.run(store.append("back", UserUttered("me revoilà")))
        return erasing(of)

    monkeypatch.setattr(records, "_erasing", with_a_visitor)
    purge(engine, before())
    assert [event["text"] for event in events_of(engine, "back") if event["event"] == "user"] == [
        "bonjour",
        "me revoilà",
    ]


def test_an_event_without_a_time_is_not_kept_for_ever(store: tracker.ConversationStore, engine: Engine) -> None:
    keep(store, "timeless", 0)
    with engine.begin() as connection:
        connection.execute(text("UPDATE events SET timestamp = NULL"))
    assert purge(engine, before()) == 1


def test_one_conversation_is_erased_and_no_other(store: tracker.ConversationStore, engine: Engine) -> None:
    keep(store, "one", 1, 0)
    keep(store, "one%", 0)
    keep(store, "One", 0)
    assert erase(engine, "one") == 5
    assert stored(engine) == ["One", "one%"]
    assert erase(engine, "one") == 0
    assert erase(engine, "' OR '1'='1") == 0
    vacuum(engine)
    assert stored(engine) == ["One", "one%"]


def test_the_daily_purge_counts_what_it_deletes(store: tracker.ConversationStore, engine: Engine) -> None:
    keep(store, "old", 31)
    keep(store, "older", 50)
    assert asyncio.run(purge_once(engine, 30)) == 2
    assert asyncio.run(purge_once(engine, 30)) == 0
    if engine.dialect.name == "postgresql":  # which keeps deleted rows until it is told to give them up
        with engine.connect() as connection:
            query = text("SELECT last_vacuum IS NOT NULL FROM pg_stat_user_tables WHERE relname = 'events'")
            assert connection.execute(query).scalar()


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_nothing_is_left_in_the_files_of_sqlite(journal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"sqlite:///{tmp_path / 'c.db'}"
    monkeypatch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": address}))
    store = tracker.ConversationStore(domain=Domain.empty())
    with store.engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA journal_mode = {journal}")).scalar() == journal
    keep(store, "old", 31, said="secretancien " * 400)
    keep(store, "asked", 0, said="secreteffacé " * 400)
    keep(store, "kept", 0, said="autrephrase")
    store.engine.dispose()

    def files() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"secretancien" in files()
    engine = open_database(address)
    purge(engine, before())
    erase(engine, "asked")
    assert b"secretancien" not in files()
    assert b"secreteffac" not in files()
    assert b"autrephrase" in files()


# The command that staff use.


def command(address: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    environ = {**os.environ, "DATABASE_URL": address, **variables}
    return subprocess.run(
        [sys.executable, "-m", "assistant.privacy", *arguments],
        check=False,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_export_erase_and_purge_by_command(
    store: tracker.ConversationStore, address: str, engine: Engine, tmp_path: Path
) -> None:
    marked = tmp_path / "misunderstood.jsonl"
    for day in (date(2020, 1, 1), date.today()):
        review.add(review.Misunderstood(f"une question du {day}", "greet", "definition", day), marked)
    keep(store, "one", 0, said="/response_rate")
    asyncio.run(store.append("one", FeedbackGiven("0.0", "utter_greet", False)))
    keep(store, "old", 3)
    shown = command(address, "export", "one")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "— Vous\u00a0: [" in shown.stdout
    assert "/response_rate" not in shown.stdout
    assert "— L’assistant\u00a0: Bonjour." in shown.stdout
    assert "— Votre avis sur une réponse\u00a0: pas utile" in shown.stdout
    exported = json.loads(command(address, "export", "--json", "one").stdout)
    assert exported == {"conversation": "one", "events": events_of(engine, "one")}
    assert (
        command(address, "purge", RETENTION_DAYS="2", REVIEW_FILE=str(marked)).stdout
        == "Conversations de plus de 2 jours supprimées\u00a0: 1.\n"
        "Messages mal compris, marqués depuis plus longtemps, supprimés\u00a0: 1.\n"
    )
    assert [record.day for record in review.records_in(marked)] == [date.today()]
    assert command(address, "erase", "one").stdout == "Événements effacés\u00a0: 4.\n"
    assert stored(engine) == []
    again = command(address, "erase", "one")
    assert (again.returncode, again.stdout) == (1, "Aucune conversation de ce nom n’est enregistrée.\n")
    assert command(address, "export", "one").returncode == 1


def test_the_command_without_a_database(tmp_path: Path) -> None:
    empty = f"sqlite:///{tmp_path / 'none.db'}"
    assert command(empty, "purge", REVIEW_FILE=str(tmp_path / "none.jsonl")).returncode == 0
    assert command(empty, "erase", "one").returncode == 1
    down = command("postgresql://tests:geheim@127.0.0.1:1/x", "purge")
    assert down.returncode == 2
    assert "La base de données ne répond pas" in down.stderr
    assert "Traceback" not in down.stderr
    assert "geheim" not in down.stderr


def test_make_passes_the_name_of_the_conversation(
    store: tracker.ConversationStore, address: str, engine: Engine
) -> None:
    keep(store, "it's $HOME; one", 0)
    environ = {**os.environ, "DATABASE_URL": address}
    made = [
        subprocess.run(
            ["make", "--no-print-directory", target, "SENDER=it's $$HOME; one"],
            check=False,
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
        )
        for target in ("export", "erase")
    ]
    assert "Bonjour." in made[0].stdout
    assert "Événements effacés\u00a0: 3." in made[1].stdout
    assert stored(engine) == []


def test_all_conversations_are_read_without_names_and_nothing_can_be_written(
    store: tracker.ConversationStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "BATCH", 2)
    for name, said in (("one", "a"), ("two", "b"), ("three", "c")):
        keep(store, name, 1, 0, said=said)
    found = list(records.all_conversations(engine, ["user"]))
    assert sorted([event["text"] for event in events] for events in found) == [["a", "a"], ["b", "b"], ["c", "c"]]
    assert not any("sender_id" in event for events in found for event in events)
    with records._reading(engine) as connection, pytest.raises(DBAPIError, match=r"read-?only"):
        connection.execute(text("DELETE FROM events"))
    assert len(list(records.all_conversations(engine, ["user"]))) == 3
