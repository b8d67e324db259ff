"""The staff's conversations: like a visitor's, but counted nowhere, and gone after a day."""

import uuid
from collections.abc import Sequence
from typing import Any

from rasa.core.agent import Agent

from assistant.channels.conversations import Conversation
from assistant.channels.gate import Gate
from assistant.channels.turns import in_time
from assistant.channels.widget_requests import Message
from assistant.history import Event

CHANNEL = "workbench"


class Trial(Conversation):
    """A conversation of the staff. It raises what its base class raises."""

    def __init__(self, agent: Agent, gate: Gate, sender: str) -> None:
        """Takes the agent, the gate and the name of the conversation (see the base class)."""
        super().__init__(agent, gate, sender, CHANNEL)

    async def answer(self, message: Message) -> list[dict[str, Any]]:
        """Handles a message as the base class does, without counting it among the visitors'."""
        async with self._lock():
            return await self._answer(message)

    async def events(self) -> list[Event]:
        """All that is stored, oldest first."""
        tracker = await self._store.retrieve_full_tracker(self.sender)
        return [event.as_dict() for event in tracker.events] if tracker else []

    async def hold_anew(self, texts: Sequence[str]) -> None:
        """Forgets what is stored and says these texts and payloads, one after the other."""
        await in_time(self.delete())
        for text in texts:
            await in_time(self.answer(Message(str(uuid.uuid4()), text)))
