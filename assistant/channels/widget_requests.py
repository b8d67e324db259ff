"""Reading the bodies of the widget's requests. Pure functions; what they return is safe to hand on."""

import re
from dataclasses import dataclass
from typing import Any, TypeGuard

from assistant.channels.gate import Gate, RefusedTextError
from assistant.channels.incoming import BadRequestError, parse_object
from assistant.channels.refusals import RefusedError

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Message:
    """A message of a visitor: the id that the widget gave it, and the text or payload for Rasa."""

    id: str
    text: str


@dataclass(frozen=True)
class Feedback:
    """Whether one message of the assistant was useful."""

    message_id: str
    useful: bool


@dataclass(frozen=True)
class Opened:
    """Which link of one message of the assistant was opened, by the title that it was shown under."""

    message_id: str
    title: str


def is_message_id(value: Any) -> TypeGuard[str]:
    """Whether a client may give a message this id."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises RefusedError if it holds none."""
    try:
        return parse_object(body)
    except BadRequestError:
        raise RefusedError("bad_request") from None


def read_message(body: bytes, gate: Gate, max_characters: int) -> Message:
    """Reads `{"id": "<uuid>", "text": "…"}` or `{"id": "<uuid>", "payload": "/intent"}`.

    Args:
        body: the bytes of the request.
        gate: decides which texts and payloads Rasa may see.
        max_characters: the limit that the error for a longer text names.

    Raises:
        RefusedError: the body has another form, or its text or payload is not for Rasa.
    """
    content = read_object(body)
    message_id, text, payload = content.get("id"), content.get("text"), content.get("payload")
    if not is_message_id(message_id):
        raise RefusedError("bad_request")
    try:
        if isinstance(text, str) and payload is None:
            return Message(message_id, gate.text(text))
        if isinstance(payload, str) and text is None:
            return Message(message_id, gate.payload(payload))
    except RefusedTextError as refusal:
        details = {"max_characters": max_characters} if refusal.code == "too_long" else {}
        raise RefusedError(refusal.code, **details) from None
    raise RefusedError("bad_request")


def read_feedback(body: bytes) -> Feedback:
    """Reads `{"message_id": "…", "useful": true}`. Raises RefusedError if the body has another form."""
    content = read_object(body)
    message_id, useful = content.get("message_id"), content.get("useful")
    if not isinstance(message_id, str) or not isinstance(useful, bool):
        raise RefusedError("bad_request")
    return Feedback(message_id, useful)


def read_opened(body: bytes) -> Opened:
    """Reads `{"message_id": "…", "link": "<title>"}`. Raises RefusedError if the body has another form."""
    content = read_object(body)
    message_id, title = content.get("message_id"), content.get("link")
    if not isinstance(message_id, str) or not isinstance(title, str):
        raise RefusedError("bad_request")
    return Opened(message_id, title)
