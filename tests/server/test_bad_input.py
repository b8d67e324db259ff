"""Bad input: a French answer or a clear HTTP error, never nothing, and the conversation goes on."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.server.conftest import Server


def still_works(server: Server, sender: str) -> None:
    assert server.names("qui a réalisé le dossier ?", sender) == ["utter_authors"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "utter_empty_message"),
        ("  \n\t ", "utter_empty_message"),
        ("\u0000\u0007\u202e", "utter_empty_message"),
        ("/", "utter_empty_message"),
        ("immunothérapie " * 700, "utter_message_too_long"),
        ("/restart", "utter_unknown_button"),
        ("/emergency", "utter_unknown_button"),
        ('/definition{"cancer": "lung"}', "utter_unknown_button"),
        ('/response_rate{"cancer": "hodgkin"}', "utter_unknown_button"),
        ("/no_such_intent", "utter_unknown_button"),
    ],
)
def test_texts_that_rasa_does_not_see(server: Server, text: str, name: str) -> None:
    sender = uuid.uuid4().hex
    (message,) = server.say(text, sender)
    assert message["custom"]["answer"] == name
    still_works(server, sender)


@pytest.mark.parametrize(
    "text",
    [
        "😀",
        "<script>alert(1)</script>",
        "<b>immunothérapie</b> c'est quoi ?",
        "\u202eمرحبا كيف حالك",
        "¿Qué es la inmunoterapia?",
        "c\u0007est\u0000 quoi l'immunothérapie",
        "'; DROP TABLE events; --",
        "{cancer} {home} %s {0}",
        "\\u0000 \\n ${HOME}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "?",
        "é" * 1999,
    ],
)
def test_strange_texts_get_a_french_answer(server: Server, text: str) -> None:
    sender = uuid.uuid4().hex
    messages = server.say(text, sender)
    assert messages
    assert all(message["text"] and "<script>" not in message["text"] for message in messages)
    still_works(server, sender)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"bonjour", 400),
        (b"[]", 400),
        (b'[{"sender": "a", "message": "b"}]', 400),
        (b'"text"', 400),
        (json.dumps({"message": "bonjour"}).encode(), 400),
        (json.dumps({"sender": 5, "message": "bonjour"}).encode(), 400),
        (json.dumps({"sender": "a\u0000b", "message": "bonjour"}).encode(), 400),
        (json.dumps({"sender": "a" * 300, "message": "bonjour"}).encode(), 400),
        (json.dumps({"sender": "a", "message": None}).encode(), 400),
        (json.dumps({"sender": "a", "message": 5}).encode(), 400),
        (json.dumps({"sender": "a", "message": ["b"]}).encode(), 400),
        (json.dumps({"sender": "a", "message": "b" * 1_000_000}).encode(), 413),
        (b"[" * 60_000, 400),
    ],
)
def test_bad_bodies_get_a_clear_error(server: Server, body: bytes, status: int) -> None:
    answer = server.post(data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert "Traceback" not in answer.text


def test_other_content_types_are_refused(server: Server) -> None:
    """A page of another origin can send text/plain without asking."""
    body = json.dumps({"sender": "a", "message": "bonjour"})
    assert server.post(data=body, headers={"Content-Type": "text/plain"}).status_code == 415


def test_the_http_api_is_off(server: Server) -> None:
    for path in ("/conversations/a/tracker", "/model/parse", "/domain", "/model/train"):
        assert requests.get(server.base + path, timeout=10).status_code in (404, 405)


def test_the_client_does_not_choose_the_channel(server: Server) -> None:
    body = {"sender": uuid.uuid4().hex, "message": "bonjour", "input_channel": "slack", "metadata": {"x": "y"}}
    assert server.post(json=body).json()[0]["custom"]["answer"] == "utter_greet"


def test_two_messages_of_one_person_at_once(server: Server) -> None:
    sender = uuid.uuid4().hex
    texts = ["qui a réalisé le dossier ?", "de quelle année date le dossier ?"] * 3
    with ThreadPoolExecutor(len(texts)) as pool:
        answers = list(pool.map(lambda text: server.names(text, sender), texts))
    assert answers == [["utter_authors"], ["utter_dossier_date"]] * 3


def test_no_conversation_reaches_another(server: Server) -> None:
    one, other = uuid.uuid4().hex, uuid.uuid4().hex
    server.say("que raconte Xavier dans le témoignage ?", one)
    server.say("quels sont les taux de réponse ?", other)
    assert "Témoignage" in server.say("lire la suite", one)[0]["text"]
    assert "Pour quels patients" in server.say("lire la suite", other)[0]["text"]
