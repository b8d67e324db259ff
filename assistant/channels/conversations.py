"""What can be done with one stored conversation, each under the conversation's lock where it writes."""

import time
from contextlib import AbstractAsyncContextManager
from typing import Any

from rasa.core.actions.action import create_bot_utterance
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from assistant.channels.gate import NO_ANSWER, Gate
from assistant.channels.refusals import RefusedError
from assistant.channels.rendering import widget_answer, widget_messages
from assistant.channels.widget_requests import Feedback, Message, Opened
from assistant.content.links import named
from assistant.stores.feedback import FeedbackGiven
from assistant.stores.opened import LinkOpened
from assistant.watching.figures import turn

CHANNEL = "widget"
MAX_HISTORY = 200  # messages


class StoredOutput(OutputChannel):
    """Takes the answers of a turn and drops them: they are read from the stored conversation."""

    @classmethod
    def name(cls) -> str:
        """The name of this output, as responses see it; none of them depends on it."""
        return "stored"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Drops the answer (see the base class)."""


def opening(gate: Gate) -> dict[str, Any]:
    """What the assistant says before anything is asked; it belongs to no conversation and is not stored."""
    return widget_answer(gate.own_answer("utter_greet"), gate.content, "opening.0", time.time())


class Conversation:
    """One conversation. Every method raises one of STORE_ERRORS (see turns.py) if a store fails.

    Attributes:
        sender: its name.
    """

    def __init__(self, agent: Agent, gate: Gate, sender: str, channel: str = CHANNEL) -> None:
        """Takes the agent, the gate of the channel, and the names of the conversation and of the channel.

        Raises:
            RefusedError: the agent has no model yet.
        """
        if not agent.is_ready():
            raise RefusedError("unavailable")
        self._agent = agent
        self._gate = gate
        self._channel = channel
        self.sender = sender
        self._store = agent.tracker_store

    async def history(self) -> list[dict[str, Any]]:
        """The newest messages, oldest first; none if nothing is stored."""
        return (await self._messages())[-MAX_HISTORY:]

    async def answer(self, message: Message) -> list[dict[str, Any]]:
        """Handles a message, unless it has been handled, and returns the answers to it.

        Raises:
            RefusedError: the turn could not be stored.
            Exception: whatever Rasa raises while it handles the message; nothing of it is stored then.
        """
        with turn(self._channel, self.sender, self._gate.content) as current:
            async with self._lock():
                answers = await self._answer(message)
            current.answered(answer["answer"] for answer in answers)
        return answers

    async def delete(self) -> None:
        """Deletes all that is stored."""
        async with self._lock():
            await self._delete()

    async def judge(self, feedback: Feedback) -> None:
        """Keeps what the visitor thinks of an answer; the last word counts.

        Raises:
            RefusedError: there is no such answer in this conversation.
        """
        async with self._lock():
            answer = await self._given(feedback.message_id)
            event = FeedbackGiven(feedback.message_id, answer["answer"], feedback.useful)
            await self._store.append(self.sender, event)

    async def open(self, opened: Opened) -> None:
        """Keeps that the visitor opened a link.

        Raises:
            RefusedError: there is no such answer in this conversation, or no such link in it.
        """
        async with self._lock():
            answer = await self._given(opened.message_id)
            link = named(self._gate.content.links.values(), opened.title)
            if link is None or opened.title not in [shown["title"] for shown in answer["links"]]:
                raise RefusedError("unknown_link")
            await self._store.append(self.sender, LinkOpened(opened.message_id, link.name))

    async def _given(self, message_id: str) -> dict[str, Any]:
        """An answer of this conversation. Raises RefusedError if there is none."""
        for message in await self._messages():
            if message["id"] == message_id and message["from"] == "assistant":
                return message
        raise RefusedError("unknown_message")

    async def _answer(self, message: Message) -> list[dict[str, Any]]:
        """See `answer`; with the lock held."""
        answers = await self._answers(message.id)
        if answers is None:
            said = UserMessage(
                message.text, StoredOutput(), self.sender, input_channel=self._channel, message_id=message.id
            )
            async with self._gate.turns:
                await self._agent.processor.handle_message(said)
            answers = await self._answers(message.id)
        if answers is None:
            raise RefusedError("unavailable")
        if not answers:
            await self._say_something(message.id)
            answers = await self._answers(message.id)
        return answers or []

    async def _answers(self, message_id: str) -> list[dict[str, Any]] | None:
        """The answers to a message, None if the message is not stored."""
        messages = widget_messages(await self._store.turn_events(self.sender, message_id), self._gate.content)
        if not messages:
            return None
        return [message for message in messages if message["id"].startswith(f"{message_id}.")]

    async def _say_something(self, message_id: str) -> None:
        """Adds an answer to a message that Rasa handled without a word, unless another process has done so."""
        tracker = await self._store.retrieve(self.sender)
        if tracker is None:
            return
        said = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered | BotUttered)), None)
        if isinstance(said, UserUttered) and said.message_id == message_id:
            tracker.update(create_bot_utterance(self._gate.own_answer(NO_ANSWER)))
            await self._store.save(tracker)

    async def _delete(self) -> None:
        await self._store.delete(self.sender)

    def _lock(self) -> AbstractAsyncContextManager[Any]:
        return self._agent.lock_store.lock(self.sender)

    async def _messages(self) -> list[dict[str, Any]]:
        return widget_messages(await self._store.shown_events(self.sender), self._gate.content)
