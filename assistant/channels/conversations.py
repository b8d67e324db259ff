"""What can be done with one conversation of the widget, each under the conversation's lock where it writes."""

import time
from contextlib import AbstractAsyncContextManager
from typing import Any

from rasa.core.actions.action import create_bot_utterance
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage

from assistant.channels.gate import NO_ANSWER, Gate
from assistant.channels.refusals import RefusedError
from assistant.channels.rendering import widget_answer, widget_messages
from assistant.channels.widget_requests import Feedback, Message
from assistant.stores.feedback import FeedbackGiven

CHANNEL = "widget"
MAX_HISTORY = 200  # messages


class WidgetOutput(OutputChannel):
    """Takes the answers of a turn and drops them: they are read from the stored conversation."""

    @classmethod
    def name(cls) -> str:
        """The channel's name, as responses and actions see it."""
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Drops the answer (see the base class)."""


def opening(gate: Gate) -> dict[str, Any]:
    """What the assistant says before anything is asked; it belongs to no conversation and is not stored."""
    return widget_answer(gate.own_answer("utter_greet"), gate.content, "opening.0", time.time())


def _turn(messages: list[dict[str, Any]], message_id: str) -> list[dict[str, Any]] | None:
    """The answers to a message, None if the message is not there."""
    ids = [message["id"] for message in messages]
    if message_id not in ids:
        return None
    return [message for message in messages if message["id"].startswith(f"{message_id}.")]


class Conversation:
    """The conversation of one token. Every method raises one of STORE_ERRORS (see turns.py) if a store fails.

    Attributes:
        sender: its name.
    """

    def __init__(self, agent: Agent, gate: Gate, sender: str) -> None:
        """Takes the agent, the gate of the channel, and the name of the conversation.

        Raises:
            RefusedError: the agent has no model yet.
        """
        if not agent.is_ready():
            raise RefusedError("unavailable")
        self._agent = agent
        self._gate = gate
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
        async with self._lock():
            answers = _turn(await self._messages(), message.id)
            if answers is None:
                turn = UserMessage(
                    message.text, WidgetOutput(), self.sender, input_channel=CHANNEL, message_id=message.id
                )
                async with self._gate.turns:
                    await self._agent.processor.handle_message(turn)
                answers = _turn(await self._messages(), message.id)
            if answers is None:
                raise RefusedError("unavailable")
            if not answers:
                await self._store.append(self.sender, create_bot_utterance(self._gate.own_answer(NO_ANSWER)))
                answers = _turn(await self._messages(), message.id)
            return answers or []

    async def delete(self) -> None:
        """Deletes all that is stored."""
        async with self._lock():
            await self._store.delete(self.sender)

    async def judge(self, feedback: Feedback) -> None:
        """Keeps what the visitor thinks of an answer; the last word counts.

        Raises:
            RefusedError: there is no such answer in this conversation.
        """
        async with self._lock():
            for message in await self._messages():
                if message["id"] == feedback.message_id and message["from"] == "assistant":
                    event = FeedbackGiven(feedback.message_id, message["answer"], feedback.useful)
                    await self._store.append(self.sender, event)
                    return
        raise RefusedError("unknown_message")

    def _lock(self) -> AbstractAsyncContextManager[Any]:
        return self._agent.lock_store.lock(self.sender)

    async def _messages(self) -> list[dict[str, Any]]:
        return widget_messages(await self._store.shown_events(self.sender), self._gate.content)
