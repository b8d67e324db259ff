import json

import pytest

from assistant.channels.gate import Gate
from assistant.channels.refusals import RefusedError
from assistant.channels.widget_requests import Feedback, Message, Opened, read_feedback, read_message, read_opened
from assistant.content.catalogue import Catalogue
from assistant.settings import read_settings

ID = "0b7e3b9e-1f53-4b8e-9a3e-5a1c2d3e4f50"


def refused(body: bytes, content: Catalogue) -> str:
    with pytest.raises(RefusedError) as caught:
        read_message(body, Gate(content, read_settings({})), 2000)
    return caught.value.code


def test_a_text_or_the_payload_of_a_button(content: Catalogue) -> None:
    gate = Gate(content, read_settings({}))
    assert read_message(json.dumps({"id": ID, "text": " Bonjour "}).encode(), gate, 9) == Message(ID, "Bonjour")
    body = json.dumps({"id": ID, "payload": "/definition", "sender": "x"}).encode()
    assert read_message(body, gate, 9) == Message(ID, "/definition")


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"id": ID},
        {"text": "a"},
        {"id": None, "text": "a"},
        {"id": 5, "text": "a"},
        {"id": "", "text": "a"},
        {"id": "abc", "text": "a"},
        {"id": ID.upper(), "text": "a"},
        {"id": ID + "\n", "text": "a"},
        {"id": ID + ".0", "text": "a"},
        {"id": ID, "text": 5},
        {"id": ID, "text": ["a"]},
        {"id": ID, "text": None},
        {"id": ID, "payload": {"a": 1}},
        {"id": ID, "text": "a", "payload": "/definition"},
    ],
)
def test_other_forms_are_bad_requests(message: dict[str, object], content: Catalogue) -> None:
    assert refused(json.dumps(message).encode(), content) == "bad_request"


def test_what_is_not_for_rasa_has_a_code_of_its_own(content: Catalogue) -> None:
    for code, part in (
        ("empty", {"text": "  "}),
        ("too_long", {"text": "a" * 2001}),
        ("unknown_payload", {"payload": "/no"}),
    ):
        assert refused(json.dumps({"id": ID, **part}).encode(), content) == code


def test_the_limit_is_named(content: Catalogue) -> None:
    with pytest.raises(RefusedError) as caught:
        read_message(json.dumps({"id": ID, "text": "a" * 2001}).encode(), Gate(content, read_settings({})), 2000)
    assert caught.value.details == {"max_characters": 2000}
    assert caught.value.status == 422


def test_feedback() -> None:
    assert read_feedback(json.dumps({"message_id": f"{ID}.0", "useful": False}).encode()) == Feedback(f"{ID}.0", False)
    for wrong in ({}, {"message_id": "a"}, {"message_id": "a", "useful": 1}, {"message_id": 1, "useful": True}):
        with pytest.raises(RefusedError, match="bad_request"):
            read_feedback(json.dumps(wrong).encode())


def test_opened() -> None:
    assert read_opened(json.dumps({"message_id": f"{ID}.0", "link": "Un don"}).encode()) == Opened(f"{ID}.0", "Un don")
    for wrong in (
        {},
        {"message_id": f"{ID}.0"},
        {"link": "x"},
        {"message_id": 1, "link": "x"},
        {"message_id": "", "link": []},
    ):
        with pytest.raises(RefusedError, match="bad_request"):
            read_opened(json.dumps(wrong).encode())
