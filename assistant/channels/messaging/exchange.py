"""One exchange with a person: what they wrote, as a provider delivered it, and the stored answers to it."""

import logging
import time
from contextlib import AbstractAsyncContextManager
from typing import Any

from rasa.core.actions.action import create_bot_utterance
from rasa.shared.core.events import Event, UserUttered

from assistant.channels.conversations import Conversation, StoredOutput
from assistant.channels.gate import FAILURE, RefusedTextError, report
from assistant.channels.messaging.calls import Delivery
from assistant.channels.messaging.commands import (
    OWN_CHOICES,
    Command,
    chosen,
    command,
    command_of_payload,
    decision,
)
from assistant.channels.refusals import RefusedError
from assistant.channels.rendering import widget_answer
from assistant.channels.turns import STORE_ERRORS
from assistant.channels.widget_requests import Message

logger = logging.getLogger(__name__)

NOTICE, TEXT_ONLY, TOO_FAST, ASK_DELETION, STOPPED = (
    "utter_notice",
    "utter_text_only",
    "utter_too_fast",
    "utter_ask_deletion",
    "utter_stopped",
)
_RESPONSES = {
    Command.START: "utter_greet",
    Command.HELP: "utter_channel_help",
    Command.STOP: STOPPED,
    Command.DELETE: ASK_DELETION,
    Command.KEEP: "utter_conversation_kept",
}
DELETED = "utter_conversation_deleted"
SAME_BATCH = 60  # seconds in which several pictures get one answer

Answers = list[dict[str, Any]]


class Exchange(Conversation):
    """A conversation on a messaging channel. Its methods want its lock to be held: see `held`."""

    def held(self) -> AbstractAsyncContextManager[Any]:
        """The conversation's lock."""
        return self._lock()

    async def turn(self, delivery: Delivery) -> Answers:
        """The answers to a delivery, which are stored once it returns; none where there is nothing to say.

        Raises:
            RefusedError: the turn could not be stored.
        """
        history = await self._messages()
        if any(message["id"] == delivery.id for message in history):
            return await self.stored(delivery)  # by a server that ended before it could note that
        return self._with_notice(delivery, await self._turn(delivery, history), not history)

    async def ask_to_wait(self, delivery: Delivery) -> Answers:
        """The answer to a delivery that is not read, as there were too many before it; it is stored."""
        return await self._own(delivery, TOO_FAST)

    async def stored(self, delivery: Delivery) -> Answers:
        """The answers to a delivery that was handled before."""
        history = await self._messages()
        answers = [message for message in history if message["id"].startswith(f"{delivery.id}.")]
        return self._with_notice(delivery, answers, bool(history) and history[0]["id"] == delivery.id)

    def _with_notice(self, delivery: Delivery, answers: Answers, is_first: bool) -> Answers:
        """The answers, with the notice at the end of the first turn; it is not stored, as it is no answer."""
        if not answers or not is_first or self._says_who_speaks(answers):
            return answers
        return [*answers, self._draw(NOTICE, f"{delivery.id}.{len(answers)}")]

    async def _turn(self, delivery: Delivery, history: Answers) -> Answers:
        last = _last_turn(history)
        names = [message["answer"] for message in last]
        if delivery.has_other and not (delivery.text or delivery.payload):
            if STOPPED in names or (TEXT_ONLY in names and time.time() - last[0]["time"] < SAME_BATCH):
                return []
            return await self._own(delivery, TEXT_ONLY)
        payload, text = delivery.payload, delivery.text or ""
        if payload is None:
            payload = _numbered(last, text)
        asked = self._command(payload, text, ASK_DELETION in names)
        if asked is Command.CONFIRM:
            await self._delete()
            return [self._draw(DELETED, f"{delivery.id}.0")]
        if asked:
            return await self._own(delivery, _RESPONSES[asked])
        answers = await self._understood(delivery.id, payload, text, delivery)
        if delivery.has_other:
            answers += await self._add(delivery, len(answers), TEXT_ONLY)
        return answers

    @staticmethod
    def _command(payload: str | None, text: str, deletion_was_asked: bool) -> Command | None:
        if payload is not None:
            asked = command_of_payload(payload)
        else:
            asked = (decision(text) if deletion_was_asked else None) or command(text)
        if asked is Command.CONFIRM and not deletion_was_asked:
            return Command.DELETE  # an old button: ask again
        return asked

    async def _understood(self, message_id: str, payload: str | None, text: str, delivery: Delivery) -> Answers:
        """Hands a text or a button's payload to Rasa."""
        try:
            checked = self._gate.payload(payload) if payload is not None else self._gate.text(text)
        except RefusedTextError as refusal:
            return await self._own(delivery, refusal.response)
        try:
            return await self._answer(Message(message_id, checked))
        except (RefusedError, *STORE_ERRORS):
            raise
        except Exception as problem:
            # Delivering it again would fail again; the person can write it again, and knows what to do meanwhile.
            report(problem)
            return await self._own(delivery, FAILURE)

    async def _own(self, delivery: Delivery, response: str) -> Answers:
        """Stores a turn that Rasa has no part in. The person's words are left out: they were a command, or nothing."""
        tracker = await self._agent.processor.fetch_tracker_and_update_session(self.sender, StoredOutput())
        answer = self._own_answer(response)
        events: list[Event] = [
            UserUttered("", input_channel=self._channel, message_id=delivery.id),
            create_bot_utterance(answer),
        ]
        for event in events:
            tracker.update(event)
        await self._store.save(tracker)
        return [self._draw(response, f"{delivery.id}.0")]

    async def _add(self, delivery: Delivery, number: int, response: str) -> Answers:
        """Stores one more answer of a turn."""
        await self._store.append(self.sender, create_bot_utterance(self._own_answer(response)))
        return [self._draw(response, f"{delivery.id}.{number}")]

    def _own_answer(self, response: str) -> dict[str, Any]:
        answer = self._gate.own_answer(response)
        if response == ASK_DELETION:
            answer["buttons"] = [{"title": title, "payload": payload} for payload, title in OWN_CHOICES.items()]
        return answer

    def _draw(self, response: str, message_id: str) -> dict[str, Any]:
        return widget_answer(self._own_answer(response), self._gate.content, message_id, time.time())

    def _says_who_speaks(self, answers: Answers) -> bool:
        known = self._gate.content.answers
        return any(answer["answer"] in known and known[answer["answer"]].notice for answer in answers)


def _last_turn(history: Answers) -> Answers:
    """What the assistant said last."""
    last: Answers = []
    for message in reversed(history):
        if message["from"] != "assistant":
            break
        last.insert(0, message)
    return last


def _numbered(last: Answers, text: str) -> str | None:
    """The payload of the choice whose number was typed, None if the text is no such number."""
    number = chosen(text)
    payloads = [button["payload"] for message in last for button in message["buttons"]]
    return payloads[number - 1] if number and number <= len(payloads) else None
