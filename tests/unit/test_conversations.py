"""Conversations of the widget with a Rasa that fails, and with a real store and real locks."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import SQLAlchemyError

from assistant.channels.conversations import Conversation
from assistant.channels.gate import TURNS_AT_ONCE, Gate
from assistant.channels.refusals import RefusedError
from assistant.channels.widget_requests import Feedback, Message
from assistant.content.catalogue import Catalogue
from assistant.settings import read_settings
from assistant.stores import tracker
from assistant.stores.lock import ProcessLockStore

ID = "0b7e3b9e-1f53-4b8e-9a3e-5a1c2d3e4f50"
MESSAGE = Message(ID, "bonjour")


class FakeAgent:
    """As much of Rasa's agent as a conversation needs; it is its own processor."""

    def __init__(self, store: tracker.ConversationStore) -> None:
        self.tracker_store = store
        self.lock_store = ProcessLockStore()
        self.processor = self
        self.answers = ["un", "deux"]
        self.handled = self.at_once = self.most_at_once = 0
        self.problem: Exception | None = None

    def is_ready(self) -> bool:
        return True

    async def handle_message(self, message: UserMessage) -> None:
        self.handled += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.05)
        self.at_once -= 1
        if self.problem:
            raise self.problem
        state = await self.tracker_store.retrieve(message.sender_id)
        state = state or DialogueStateTracker.from_events(message.sender_id, [SessionStarted()])
        state.update(UserUttered(message.text, input_channel=message.input_channel, message_id=message.message_id))
        for text in self.answers:
            state.update(BotUttered(text, metadata={"answer": "utter_x"}))
        await self.tracker_store.save(state)


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeAgent:
    monkeypatch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'c.db'}"}))
    return FakeAgent(tracker.ConversationStore(domain=Domain.empty()))


@pytest.fixture
def talk(agent: FakeAgent, content: Catalogue) -> Conversation:
    return Conversation(agent, Gate(content, read_settings({})), "widget-a")


def run(work: Awaitable[Any]) -> Any:
    async def main() -> Any:
        return await work

    return asyncio.run(main())


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]


def test_one_id_is_handled_once_even_at_the_same_time(agent: FakeAgent, talk: Conversation) -> None:
    async def at_once() -> list[Any]:
        return await asyncio.gather(*(talk.answer(MESSAGE) for _ in range(10)))

    answers = asyncio.run(at_once())
    assert all(answer == answers[0] for answer in answers)
    assert texts(answers[0]) == ["un", "deux"]
    assert agent.handled == 1
    assert texts(run(talk.history())) == ["bonjour", "un", "deux"]


def test_two_servers_that_both_have_the_lock_store_a_message_once(agent: FakeAgent, content: Catalogue) -> None:
    """One hung while it held the lock, and has lost it; it goes on after the other has seen that the message is new."""

    class Late(FakeAgent):
        async def handle_message(self, message: UserMessage) -> None:
            if not self.handled:
                answers.append(await conversation(agent).answer(MESSAGE))
            await super().handle_message(message)

    def conversation(of: FakeAgent) -> Conversation:
        return Conversation(of, Gate(content, read_settings({})), "widget-a")

    answers: list[list[dict[str, Any]]] = []
    late = conversation(Late(agent.tracker_store))
    with pytest.raises(tracker.ConversationMovedError):
        run(late.answer(MESSAGE))
    assert run(late.answer(MESSAGE)) == answers[0]
    assert texts(run(late.history())) == ["bonjour", "un", "deux"]


def test_a_crowd_is_answered_a_few_at_a_time_in_order(agent: FakeAgent, talk: Conversation) -> None:
    order: list[int] = []

    async def answer(number: int) -> None:
        await Conversation(agent, talk._gate, f"widget-{number}").answer(MESSAGE)
        order.append(number)

    async def crowd() -> None:
        await asyncio.gather(*(answer(number) for number in range(3 * TURNS_AT_ONCE)))

    asyncio.run(crowd())
    assert agent.most_at_once == TURNS_AT_ONCE
    assert {number // TURNS_AT_ONCE for number in order[:TURNS_AT_ONCE]} == {0}


def test_what_fails_midway_leaves_nothing_and_can_be_sent_again(agent: FakeAgent, talk: Conversation) -> None:
    agent.problem = RuntimeError("bonjour")
    with pytest.raises(RuntimeError):
        run(talk.answer(MESSAGE))
    assert run(talk.history()) == []
    agent.problem = None
    assert texts(run(talk.answer(MESSAGE))) == ["un", "deux"]
    assert texts(run(talk.history())) == ["bonjour", "un", "deux"]


def test_a_message_without_a_word_gets_one_that_is_kept(agent: FakeAgent, talk: Conversation) -> None:
    agent.answers = []
    (first,) = run(talk.answer(MESSAGE))
    assert (first["id"], first["answer"]) == (f"{ID}.0", "utter_unavailable")
    assert run(talk.answer(MESSAGE)) == [first]
    assert run(talk.history())[1:] == [first]
    assert agent.handled == 1


def test_two_servers_that_both_have_the_lock_give_one_word(
    agent: FakeAgent, talk: Conversation, content: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Conversation(FakeAgent(agent.tracker_store), Gate(content, read_settings({})), "widget-a")
    turn_events, answers = agent.tracker_store.turn_events, []

    async def then_the_other(sender: str, message_id: str) -> list[dict[str, Any]]:
        events = await turn_events(sender, message_id)
        if events and not answers:
            monkeypatch.setattr(agent.tracker_store, "turn_events", turn_events)
            answers.append(await other.answer(MESSAGE))
        return events

    agent.answers = []
    monkeypatch.setattr(agent.tracker_store, "turn_events", then_the_other)
    assert run(talk.answer(MESSAGE)) == answers[0]
    assert len(run(talk.history())) == 2


def test_a_turn_that_the_database_did_not_take_is_no_answer(
    agent: FakeAgent, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(state: DialogueStateTracker) -> None:
        raise SQLAlchemyError

    with monkeypatch.context() as broken:
        broken.setattr(agent.tracker_store, "save", fail)
        with pytest.raises(SQLAlchemyError):
            run(talk.answer(MESSAGE))
    assert run(talk.history()) == []
    assert texts(run(talk.answer(MESSAGE))) == ["un", "deux"]


def test_feedback_is_for_an_answer_of_this_conversation(agent: FakeAgent, talk: Conversation) -> None:
    run(talk.answer(MESSAGE))
    other = Conversation(agent, talk._gate, "widget-b")
    for conversation, message_id in ((talk, ID), (talk, f"{ID}.2"), (talk, ""), (other, f"{ID}.0")):
        with pytest.raises(RefusedError, match="unknown_message"):
            run(conversation.judge(Feedback(message_id, True)))
    run(talk.judge(Feedback(f"{ID}.1", True)))
    assert [message.get("useful") for message in run(talk.history())] == [None, None, True]
    run(talk.judge(Feedback(f"{ID}.1", False)))
    assert [message["useful"] for message in run(talk.answer(MESSAGE))] == [None, False]


def test_deleting_waits_for_the_message_that_is_being_handled(agent: FakeAgent, talk: Conversation) -> None:
    async def both() -> None:
        sending = asyncio.create_task(talk.answer(MESSAGE))
        await asyncio.sleep(0.01)
        await talk.delete()
        await sending

    asyncio.run(both())
    assert agent.handled == 1
    assert run(talk.history()) == []


def test_an_agent_without_a_model_is_not_asked(
    agent: FakeAgent, content: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "is_ready", lambda: False)
    with pytest.raises(RefusedError, match="unavailable"):
        Conversation(agent, Gate(content, read_settings({})), "widget-a")
