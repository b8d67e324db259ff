"""Reading what a client sends, before Rasa sees any of it. Pure functions, shared by the channels."""

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from assistant.channel_settings import CHANNELS
from assistant.stores.senders import MAX_SENDER_CHARACTERS

MAX_NESTING = 20
WIDGET_PREFIX = "widget-"  # begins the conversations that the widget channel names
WORKBENCH_PREFIX = "workbench-"  # begins those of the staff, who try the assistant (assistant/workbench)
# What begins the conversations of the other channels; whoever chooses a sender may not use them.
RESERVED_PREFIXES = (WIDGET_PREFIX, WORKBENCH_PREFIX, *(f"{name}:" for name in CHANNELS))
_PAYLOAD = re.compile(r"/[A-Za-z_]\w*\s*(\{.*\})?\s*", re.DOTALL)


class BadRequestError(ValueError):
    """A request that cannot be understood as a message; the text says why, in French."""


@dataclass(frozen=True)
class Incoming:
    """A message as a client sent it: who (their conversation) and what."""

    sender: str
    text: str


def _depth(value: Any, limit: int) -> int:
    if limit <= 0 or not isinstance(value, (dict, list)):
        return 0
    children = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(child, limit - 1) for child in children), default=0)


def parse_object(body: bytes) -> dict[str, Any]:
    """Reads a JSON object.

    Args:
        body: the bytes of a request, UTF-8.

    Raises:
        BadRequestError: the bytes are no JSON object, or one that is nested deeper than MAX_NESTING.
    """
    try:
        content = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadRequestError("La requête n’est pas du JSON valide en UTF-8.") from None
    if not isinstance(content, dict):
        raise BadRequestError("La requête doit être un objet JSON.")
    if _depth(content, MAX_NESTING + 1) > MAX_NESTING:
        raise BadRequestError("La requête contient trop de niveaux.")
    return content


def _reserved_prefix(sender: str) -> str | None:
    """The prefix of another channel that a database could find in the sender, whatever it thinks of letters."""
    plain = unicodedata.normalize("NFKC", sender).strip().casefold()
    return next((prefix for prefix in RESERVED_PREFIXES if plain.startswith(prefix)), None)


def parse_body(body: bytes) -> Incoming:
    """Reads the JSON body `{"sender": …, "message": …}` of Rasa's REST channel.

    Raises:
        BadRequestError: the body is not such an object.
    """
    content = parse_object(body)
    sender, message = content.get("sender"), content.get("message")
    if not isinstance(sender, str) or not sender.strip():
        raise BadRequestError("Il manque « sender », l’identifiant de la conversation, sous forme de texte.")
    if len(sender) > MAX_SENDER_CHARACTERS or any(unicodedata.category(char) in ("Cc", "Cs") for char in sender):
        raise BadRequestError("« sender » est trop long ou contient un caractère interdit.")
    prefix = _reserved_prefix(sender)
    if prefix:
        raise BadRequestError(f"« sender » ne peut pas commencer par « {prefix} ».")
    if not isinstance(message, str):
        raise BadRequestError("Il manque « message », le texte du message.")
    return Incoming(sender, message)


def clean_text(text: str) -> str:
    """The text without control, direction and surrogate characters, with plain white space.

    Joiners inside emoji and scripts (category Cf) that show are kept; directional marks are not.
    """
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif category == "Cs" or char in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff":
            continue
        else:
            kept.append(char)
    return re.sub(r"\s+", " ", "".join(kept)).strip()


def is_payload(text: str) -> bool:
    """Whether Rasa would read the text as the payload of a button, `/intent` or `/intent{…}`."""
    return _PAYLOAD.fullmatch(text) is not None


def without_slash(text: str) -> str:
    """The text without leading slashes, which Rasa would take for a payload."""
    return text.lstrip("/ ")
