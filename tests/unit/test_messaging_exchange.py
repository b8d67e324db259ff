"""Exchanges with a Rasa that fails, and with a real store and real locks."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import OutputChannel
from rasa.core.lock_store import LockError
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from assistant.channels.gate import Gate
from assistant.channels.messaging.calls import Delivery, Reply
from assistant.channels.messaging.channel import TelegramChannel, TwilioChannel
from assistant.channels.messaging.exchange import Exchange
from assistant.content.catalogue import Catalogue
from assistant.settings import read_settings
from assistant.stores import tracker
from tests.messaging.rules import VALUES
from tests.unit.test_conversations import FakeAgent


class Agent(FakeAgent):
    """With what an exchange needs besides."""

    async def fetch_tracker_and_update_session(self, sender: str, _: OutputChannel) -> DialogueStateTracker:
        state = await self.tracker_store.retrieve(sender)
        return state or DialogueStateTracker.from_events(sender, [SessionStarted()])


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Agent:
    monkeypatch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'c.db'}"}))
    return Agent(tracker.ConversationStore(domain=Domain.empty()))


@pytest.fixture
def exchange(agent: Agent, content: Catalogue) -> Exchange:
    return Exchange(agent, Gate(content, read_settings({})), "telegram:5", "telegram")


def run(work: Awaitable[Any]) -> Any:
    async def main() -> Any:
        return await work

    return asyncio.run(main())


def names(exchange: Exchange, number: int, text: str | None = None, **delivery: Any) -> list[str]:
    return [answer["answer"] for answer in run(exchange.turn(Delivery(f"m{number}", "5", {}, text, **delivery)))]


def test_the_notice_is_said_once_and_is_no_answer(exchange: Exchange) -> None:
    assert names(exchange, 1, "bonjour") == ["utter_x", "utter_x", "utter_notice"]
    assert names(exchange, 2, "et donc ?") == ["utter_x", "utter_x"]
    assert [message["answer"] for message in run(exchange.history()) if message["from"] == "assistant"] == [
        "utter_x"
    ] * 4
    # said again where the answer is sent again
    again = run(exchange.stored(Delivery("m1", "5", {})))
    assert [answer["answer"] for answer in again] == ["utter_x", "utter_x", "utter_notice"]


def test_a_turn_that_is_stored_is_not_handled_again(agent: Agent, exchange: Exchange) -> None:
    assert names(exchange, 1, "bonjour") == names(exchange, 1, "bonjour")
    assert agent.handled == 1


def test_what_rasa_cannot_handle_is_told_to_the_person(agent: Agent, exchange: Exchange) -> None:
    agent.problem = RuntimeError("bonjour")
    assert names(exchange, 1, "bonjour") == ["utter_error", "utter_notice"]
    agent.problem = None
    assert names(exchange, 2, "bonjour") == ["utter_x", "utter_x"]


def test_a_store_that_does_not_answer_is_left_to_the_provider(
    agent: Agent, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.problem = LockError("down")
    with pytest.raises(LockError):
        names(exchange, 1, "bonjour")
    agent.problem = None

    async def fail(state: DialogueStateTracker) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(agent.tracker_store, "save", fail)
        with pytest.raises(OperationalError):
            names(exchange, 1, "bonjour")
    assert names(exchange, 1, "bonjour") == ["utter_x", "utter_x", "utter_notice"], "delivered again"


def test_texts_that_rasa_must_not_see(agent: Agent, exchange: Exchange) -> None:
    assert names(exchange, 1, "a" * 3000)[0] == "utter_message_too_long"
    assert names(exchange, 2, "\u0000 /")[0] == "utter_empty_message"
    assert names(exchange, 3, payload="/restart") == ["utter_unknown_button"]
    assert agent.handled == 0


def test_deletion_only_where_it_was_just_asked(exchange: Exchange) -> None:
    names(exchange, 1, "bonjour")
    assert names(exchange, 2, payload="/confirm_deletion") == ["utter_ask_deletion"]
    assert names(exchange, 3, "autre chose") == ["utter_x", "utter_x"]
    assert names(exchange, 4, "oui") == ["utter_x", "utter_x"]
    assert names(exchange, 5, "supprimer mes données") == ["utter_ask_deletion"]
    assert names(exchange, 6, "2") == ["utter_conversation_kept"]
    assert names(exchange, 7, "supprimer mes données") == ["utter_ask_deletion"]
    assert names(exchange, 8, "1") == ["utter_conversation_deleted"]
    assert run(exchange.history()) == []


def test_where_nothing_is_delivered_twice_the_person_is_told_at_once(content: Catalogue) -> None:
    config = read_settings({**VALUES, "SIGNED_REPLY_URL": "https://other.example/"})
    reply = TwilioChannel(content, config)._unavailable(Reply(503))
    assert reply.status == 200
    assert reply.body.startswith("<Response><Message>Je n’ai pas pu traiter votre message.")
    assert "112" in reply.body
    assert TelegramChannel(content, config)._unavailable(Reply(503)).status == 503


def test_a_channel_that_is_badly_set_says_so_and_starts_all_the_same(
    content: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    channel = TelegramChannel(content, read_settings({"TELEGRAM_TOKEN": "not a token"}))
    assert channel._provider is None
    assert "TELEGRAM_SECRET manque" in caplog.text
    assert "TELEGRAM_TOKEN n’a pas la forme attendue" in caplog.text
    assert "not a token" not in caplog.text
    caplog.clear()
    TelegramChannel(content, read_settings({}))
    assert caplog.text == ""
