import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from assistant.channels.gate import BodyTooLargeError, BodyTooSlowError, Gate, RefusedTextError, read_body
from assistant.content.catalogue import Catalogue
from assistant.settings import read_settings


@pytest.fixture
def gate(content: Catalogue) -> Gate:
    return Gate(content, read_settings({"MAX_CHARACTERS": "100"}))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("bonjour", "bonjour"),
        (" bon\u0000jour\n", "bon jour"),
        ("é" * 100, "é" * 100),
        ("/restart", "restart"),
        ('/definition{"cancer": "lung"}', 'definition{"cancer": "lung"}'),
        ("// /definition", "definition"),
    ],
)
def test_a_text_never_reaches_rasa_as_a_payload(gate: Gate, raw: str, text: str) -> None:
    assert gate.text(raw) == text


@pytest.mark.parametrize(
    ("raw", "code"), [("", "empty"), (" \n", "empty"), ("\u0000", "empty"), ("/", "empty"), ("é" * 101, "too_long")]
)
def test_texts_that_are_refused(gate: Gate, raw: str, code: str) -> None:
    for check in (gate.text, gate.text_or_payload):
        with pytest.raises(RefusedTextError) as caught:
            check(raw)
        assert caught.value.code == code
        assert caught.value.response in gate.content.answers


def test_only_buttons_that_exist(gate: Gate) -> None:
    assert gate.payload("/definition") == "/definition"
    assert gate.text_or_payload(" /definition ") == "/definition"
    for raw in ("/restart", "/emergency", "definition", "/", "", "/definition ", '/definition{"a": 1}', "//definition"):
        with pytest.raises(RefusedTextError) as caught:
            gate.payload(raw)
        assert caught.value.code == "unknown_payload"
    with pytest.raises(RefusedTextError, match="unknown_payload"):
        gate.text_or_payload("/restart")


class Stream:
    """What Sanic gives a streaming handler."""

    def __init__(self, chunks: list[bytes], pause: float = 0) -> None:
        self.chunks, self.pause = chunks, pause
        self.request_body: bool | None = True
        self.keep_alive = True
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            await asyncio.sleep(self.pause)
            self.taken += len(chunk)
            yield chunk
        self.request_body = None


def read(stream: Stream, limit: int, seconds: float = 5) -> bytes:
    return asyncio.run(read_body(SimpleNamespace(stream=stream), limit, seconds))


def test_a_body_is_read() -> None:
    stream = Stream([b"ab", b"cd"])
    assert read(stream, 4) == b"abcd"
    assert stream.keep_alive


def test_a_body_over_the_limit_is_not_kept() -> None:
    with pytest.raises(BodyTooLargeError):
        read(Stream([b"ab", b"cd"]), 3)


def test_a_body_without_end_is_not_awaited() -> None:
    stream = Stream([b"a" * 2**20] * 100)
    with pytest.raises(BodyTooLargeError):
        read(stream, 3)
    assert stream.taken <= 3 * 2**20
    assert not stream.keep_alive


def test_a_body_that_trickles_steadily_is_given_up() -> None:
    stream = Stream([b"a"] * 1000, pause=0.01)
    with pytest.raises(BodyTooSlowError):
        read(stream, 10_000, seconds=0.2)
    assert not stream.keep_alive
