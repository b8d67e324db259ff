import json

import pytest

from assistant.channels.incoming import BadRequestError, clean_text, is_payload, parse_body, without_slash


def body(**content: object) -> bytes:
    return json.dumps(content).encode()


def test_a_message_is_read() -> None:
    incoming = parse_body(body(sender="s", message="Bonjour", metadata={"x": 1}, input_channel="other"))
    assert (incoming.sender, incoming.text) == ("s", "Bonjour")


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"bonjour",
        b"\xff\xfe",
        b"[]",
        b'"text"',
        b"null",
        b"[" * 100_000,
        body(message="Bonjour"),
        body(sender="", message="Bonjour"),
        body(sender="  ", message="Bonjour"),
        body(sender=5, message="Bonjour"),
        body(sender=["a"], message="Bonjour"),
        body(sender="a\u0000b", message="Bonjour"),
        body(sender="a\nb", message="Bonjour"),
        body(sender="a" * 256, message="Bonjour"),
        body(sender="widget-" + "a" * 32, message="Bonjour"),
        body(sender=" Widget-a", message="Bonjour"),
        body(sender="\uff57idget-a", message="Bonjour"),
        body(sender="s"),
        body(sender="s", message=None),
        body(sender="s", message=5),
        body(sender="s", message=["Bonjour"]),
        body(sender="s", message={"text": "Bonjour"}),
        b'{"sender": "s", "message": "m", "x": ' + b"[" * 50 + b"]" * 50 + b"}",
    ],
)
def test_bad_bodies_are_refused_in_french(wrong: bytes) -> None:
    with pytest.raises(BadRequestError) as caught:
        parse_body(wrong)
    assert str(caught.value).endswith(".")


def test_text_is_cleaned() -> None:
    assert clean_text(" Bon\u0000jour\n\tà\u2028tous \u202e!\ud800") == "Bon jour à tous !"
    assert clean_text("\u0007\u200f \n") == ""
    assert clean_text("👩\u200d⚕️ مرحبا") == "👩\u200d⚕️ مرحبا"


@pytest.mark.parametrize("text", ["/definition", '/definition{"a": 1}', "/restart ", '/x {"a":\n"b"}'])
def test_payloads_are_recognised(text: str) -> None:
    assert is_payload(text)


@pytest.mark.parametrize("text", ["définition", "/ bonjour", "/!\\ attention", "et/ou", "/definition s'il vous plaît"])
def test_sentences_are_no_payloads(text: str) -> None:
    assert not is_payload(text)


def test_slashes_that_rasa_would_take_for_a_payload_are_removed() -> None:
    assert without_slash("//definition svp") == "definition svp"
    assert without_slash("et/ou") == "et/ou"
