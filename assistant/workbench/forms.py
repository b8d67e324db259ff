"""Reading the forms of the workbench. Pure functions; what they return is safe to hand on."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from assistant.channels.gate import Gate, RefusedTextError
from assistant.channels.messaging.drawing import plain
from assistant.channels.refusals import RefusedError
from assistant.channels.widget_requests import Message, is_message_id

TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 20
MAX_TURNS = 40  # of a conversation; a try with other words says all of them again

Form = Mapping[str, str]


class FormError(ValueError):
    """Something that was typed cannot be taken; the text says why, in French.

    Attributes:
        field: name of the field.
    """

    def __init__(self, field: str, text: str) -> None:
        """Takes the name of the field and the text."""
        super().__init__(text)
        self.field = field


def read_form(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form.

    Args:
        content_type: the header of this name.
        body: the body as it was sent.

    Raises:
        RefusedError: the body is no form.
    """
    if content_type.split(";")[0].strip().lower() != TYPE:
        raise RefusedError("bad_type")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, encoding="utf-8", errors="strict"
        )
    except ValueError:
        raise RefusedError("bad_request") from None
    return dict(pairs)


def read_message(form: Form, gate: Gate, turns: int) -> Message:
    """The message of a form: the id that the page gave it, and a text or the payload of a button.

    Args:
        form: its fields.
        gate: decides which texts and payloads Rasa may see.
        turns: how many the conversation has.

    Raises:
        FormError: the text cannot be taken, or the conversation is too long.
        RefusedError: the form is not one of the page.
    """
    if not is_message_id(form.get("id")):
        raise RefusedError("bad_request")
    if turns >= MAX_TURNS:
        raise FormError("text", f"La conversation a déjà {MAX_TURNS} messages\u00a0: commencez-en une nouvelle.")
    if "payload" in form:
        try:
            return Message(form["id"], gate.payload(form["payload"]))
        except RefusedTextError as refusal:
            raise RefusedError(refusal.code) from None
    return Message(form["id"], read_words(form, gate))


def read_words(form: Form, gate: Gate) -> str:
    """The text of a form as Rasa may see it. Raises FormError if it is empty or too long."""
    try:
        return gate.text(form.get("text", ""))
    except RefusedTextError as refusal:
        raise FormError("text", plain(gate.own_answer(refusal.response)["text"])) from None


def turn_number(text: str | None, turns: int) -> int:
    """The number of a turn, from 1. Raises RefusedError if the conversation has none of this number."""
    number = int(text) if re.fullmatch("[1-9][0-9]?", text or "") and text else 0
    if not 1 <= number <= turns:
        raise RefusedError("not_found")
    return number
