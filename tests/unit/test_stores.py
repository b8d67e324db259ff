import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from assistant.settings import read_settings
from assistant.stores import lock, tracker
from assistant.stores.feedback import FeedbackGiven
from assistant.stores.opened import LinkOpened
from assistant.stores.senders import SenderError


def test_locks_are_of_this_process_unless_redis_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "settings", lambda: read_settings({}))
    assert isinstance(lock.ConfiguredLockStore(), lock.ProcessLockStore)
    monkeypatch.setattr(lock, "settings", lambda: read_settings({"REDIS_URL": "rediss://me:p%40ss@cache:7000/3"}))
    store = lock.ConfiguredLockStore()
    assert isinstance(store, lock.QueueLockStore)
    options = store._redis.connection_pool.connection_kwargs
    assert (options["host"], options["port"], options["db"], options["password"]) == ("cache", 7000, 3, "p@ss")


def test_locks_of_this_process_are_given_in_order_and_forgotten() -> None:
    store, order = lock.ProcessLockStore(), []

    async def turn(number: int) -> None:
        async with store.lock("a"):
            order.append(number)
            await asyncio.sleep(0.001)
            order.append(number)

    async def main() -> None:
        async with store.lock("b"):
            await asyncio.gather(*(turn(number) for number in range(5)))
            assert list(store._locks) == ["b"]

    asyncio.run(main())
    assert order == [number for number in range(5) for _ in range(2)]


def test_conversations_go_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "c.db"
    monkeypatch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": f"sqlite:///{file}"}))
    tracker.ConversationStore(domain=Domain.empty(), host="ignored")
    assert file.exists()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tracker.ConversationStore:
    monkeypatch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'c.db'}"}))
    return tracker.ConversationStore(domain=Domain.empty())


def keep(store: tracker.ConversationStore, sender: str, *texts: str) -> None:
    events = [event for text in texts for event in (UserUttered(text), BotUttered(f"Réponse à {text}"))]
    asyncio.run(store.save(DialogueStateTracker.from_events(sender, [SessionStarted(), *events])))


def test_what_is_deleted_is_not_left_in_the_file(store: tracker.ConversationStore, tmp_path: Path) -> None:
    keep(store, "one", "secretunique " * 50)
    keep(store, "two", "autrephrase")
    file = tmp_path / "c.db"
    assert b"secretunique" in file.read_bytes()
    asyncio.run(store.delete("one"))
    assert b"secretunique" not in file.read_bytes()
    assert b"autrephrase" in file.read_bytes()
    assert asyncio.run(store.shown_events("one")) == []
    asyncio.run(store.delete("one"))


def test_the_newest_events_over_all_sessions(store: tracker.ConversationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, "one", "a", "b")
    asyncio.run(store.append("one", SessionStarted()))
    asyncio.run(store.append("one", UserUttered("c")))
    keep(store, "two", "d")
    texts = [event["text"] for event in asyncio.run(store.shown_events("one"))]
    assert texts == ["a", "Réponse à a", "b", "Réponse à b", "c"]
    monkeypatch.setattr(tracker, "NEWEST", 2)
    assert [event["text"] for event in asyncio.run(store.shown_events("one"))] == ["Réponse à b", "c"]


def test_a_turn_is_found_by_the_id_of_its_message(store: tracker.ConversationStore) -> None:
    def turn(message_id: str, text: str) -> list[Any]:
        return [UserUttered(text, message_id=message_id), BotUttered(f"Réponse à {text}")]

    spoof = 'du texte, "message_id": "m_1", et "sender_id"'
    events = [*turn("m_1", "a"), *turn("mx1", "b"), *turn("m%", spoof), *turn('m"\\é', "d")]
    asyncio.run(store.save(DialogueStateTracker.from_events("one", [SessionStarted(), *events])))
    asyncio.run(store.save(DialogueStateTracker.from_events("two", [SessionStarted(), *turn("m3", "e")])))

    def found(message_id: str) -> list[str]:
        return [event["text"] for event in asyncio.run(store.turn_events("one", message_id))]

    assert found("m_1")[:4] == ["a", "Réponse à a", "b", "Réponse à b"]
    assert found("mx1")[0] == "b"
    assert found("m%") == [spoof, f"Réponse à {spoof}", "d", "Réponse à d"]
    assert found('m"\\é') == ["d", "Réponse à d"]
    assert [found(other) for other in ("m", "m1", "m3", "", "m__")] == [[]] * 5


def test_of_a_long_conversation_only_the_newest_events_are_read(
    store: tracker.ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracker, "READ", 3)
    keep(store, "one", "a", "b")
    for text_ in "cdefg":
        state = asyncio.run(store.retrieve("one"))
        assert len(state.events) == 3
        state.update(UserUttered(text_))
        asyncio.run(store.save(state))
        asyncio.run(store.save(state))
    assert [event.text for event in state.events] == [*"defg"]
    assert [event["text"] for event in asyncio.run(store.shown_events("one"))][-6:] == ["Réponse à b", *"cdefg"]
    assert len(asyncio.run(store.retrieve_full_tracker("one")).events) == 10


def test_an_opened_link_is_kept(store: tracker.ConversationStore) -> None:
    asyncio.run(store.save(DialogueStateTracker.from_events("one", [SessionStarted()])))
    opened = LinkOpened("a.0", "donation")
    asyncio.run(store.append("one", opened))
    assert asyncio.run(store.retrieve("one")).events[-1] == opened
    assert asyncio.run(store.shown_events("one")) == []


def test_feedback_is_kept_and_changes_nothing_else(store: tracker.ConversationStore) -> None:
    keep(store, "one", "a")
    before = asyncio.run(store.retrieve("one"))
    feedback = FeedbackGiven("a.0", "utter_x", True)
    asyncio.run(store.append("one", feedback))
    after = asyncio.run(store.retrieve("one"))
    assert after.events[-1] == feedback
    assert list(after.events)[:-1] == list(before.events)
    assert after.past_states(Domain.empty()) == before.past_states(Domain.empty())
    assert (after.latest_message, after.latest_action) == (before.latest_message, before.latest_action)
    assert asyncio.run(store.shown_events("one"))[-1]["useful"] is True


class Stream(EventBroker):
    """An event stream that keeps what is published."""

    def __init__(self) -> None:
        self.published: list[dict] = []

    def publish(self, event: dict) -> None:
        self.published.append(event)

    @classmethod
    async def from_endpoint_config(cls, broker_config: object, event_loop: object = None) -> "Stream":
        return cls()


def test_neither_store_nor_event_stream_holds_personal_data(store: tracker.ConversationStore) -> None:
    """Also of messages that came by a way that has no gate, such as Rasa's shell."""
    store.event_broker = stream = Stream()
    keep(store, "one", "mon numéro est le 06 12 34 56 78", "et mon mail jean.secret@exemple.fr")
    texts = [event["text"] for event in stream.published if event["event"] == "user"]
    assert texts == ["mon numéro est le [numéro de téléphone]", "et mon mail [adresse e-mail]"]
    shown = asyncio.run(store.shown_events("one"))
    assert [event["text"] for event in shown if event["event"] == "user"] == texts


def test_a_database_that_fails_is_quoted_without_the_message(store: tracker.ConversationStore) -> None:
    with store.engine.connect() as connection:
        connection.execute(text("DROP TABLE events"))
    with pytest.raises(SQLAlchemyError) as caught, store.session_scope() as session:
        session.add(store.SQLEvent(sender_id="one", type_name="user", data="secretunique"))
        session.commit()
    assert "secretunique" not in str(caught.value)
    assert "INSERT" in str(caught.value)


def test_a_turn_is_stored_after_what_it_has_seen_or_not_at_all(store: tracker.ConversationStore) -> None:
    keep(store, "one", "a")
    first, late = (asyncio.run(store.retrieve("one")) for _ in range(2))
    first.update(UserUttered("b"))
    late.update(UserUttered("c"))
    asyncio.run(store.save(first))
    with pytest.raises(tracker.ConversationMovedError):
        asyncio.run(store.save(late))
    with pytest.raises(tracker.ConversationMovedError):
        keep(store, "one", "d")
    first.update(UserUttered("e"))
    asyncio.run(store.save(first))
    asyncio.run(store.save(first))
    assert [event["text"] for event in asyncio.run(store.shown_events("one"))] == ["a", "Réponse à a", "b", "e"]


def test_a_message_is_stored_once_also_by_who_saw_it_new_and_read_later(store: tracker.ConversationStore) -> None:
    keep(store, "one", "a")

    def save(message_id: str) -> None:
        state = asyncio.run(store.retrieve("one"))
        for event_ in (SessionStarted(), UserUttered("b", message_id=message_id), BotUttered("c")):
            state.update(event_)
        asyncio.run(store.save(state))

    save("m")
    with pytest.raises(tracker.ConversationMovedError):
        save("m")
    save("n")
    assert [event["text"] for event in asyncio.run(store.shown_events("one"))][2:] == ["b", "c", "b", "c"]


def test_a_clock_that_is_put_back_loses_and_doubles_nothing(store: tracker.ConversationStore) -> None:
    state = DialogueStateTracker.from_events("one", [SessionStarted(timestamp=5000), UserUttered("a", timestamp=5001)])
    asyncio.run(store.save(state))
    for hour, word in enumerate("bcd"):
        state = asyncio.run(store.retrieve("one"))
        state.update(UserUttered(word, timestamp=4000 - hour))
        asyncio.run(store.save(state))
    assert [event.text for event in asyncio.run(store.retrieve("one")).events if isinstance(event, UserUttered)] == [
        *"abcd"
    ]
    assert [event["text"] for event in asyncio.run(store.shown_events("one"))] == [*"abcd"]


def test_a_full_disk_is_an_error_and_leaves_no_half_of_a_turn(store: tracker.ConversationStore) -> None:
    keep(store, "one", "a")

    def full(connection: Any, _: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(store.engine, "connect", full)
    state = asyncio.run(store.retrieve("one"))
    for event_ in (UserUttered("b"), BotUttered("réponse " * 1000)):
        state.update(event_)
    with pytest.raises(SQLAlchemyError, match="full"):
        asyncio.run(store.save(state))
    event.remove(store.engine, "connect", full)
    assert [event_["text"] for event_ in asyncio.run(store.shown_events("one"))] == ["a", "Réponse à a"]
    asyncio.run(store.save(state))
    assert len(asyncio.run(store.shown_events("one"))) == 4


def test_names_that_the_database_cannot_keep_are_refused(store: tracker.ConversationStore) -> None:
    for sender in ("a\0b", "a" * 256):
        with pytest.raises(SenderError):
            keep(store, sender, "a")
        with pytest.raises(SenderError):
            asyncio.run(store.retrieve(sender))
    keep(store, "a" * 255, "a")


def test_rasas_wrapper_that_hides_errors_is_taken_off(store: tracker.ConversationStore) -> None:
    class Agent:
        tracker_store = FailSafeTrackerStore(store)
        processor = SimpleNamespace(tracker_store=tracker_store)

    agent = Agent()
    for _ in range(2):
        tracker.use_directly(agent)
        assert agent.tracker_store is agent.processor.tracker_store is store
