"""Conversations that go on at the same time, each sending its next message as soon as it has an answer. aiohttp."""

import asyncio
import itertools
import random
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from assistant.evaluation.sets import FOLDER, read_set

TURNS = 8  # messages of one conversation, after which the next one begins
PATIENCE = 60  # seconds
WIDGET = "/webhooks/widget"
SEED = 6
ACCEPTED = (200, 201)
LATER = 503  # our assistant's answer where a turn takes too long


class NoAnswerError(RuntimeError):
    """A message was not answered: what was measured is no speed of answering."""


@dataclass(frozen=True)
class Answered:
    """A message and its answer.

    Attributes:
        in_time: whether it was answered; if not, the server has said in time that it should be sent again.
        turn: which of its conversation, from 0.
        seconds: from sending it to the end of the answer.
        ended: when that was, in seconds of the monotonic clock.
    """

    in_time: bool
    turn: int
    seconds: float
    ended: float


class Speaker(Protocol):
    """One conversation of one channel."""

    async def say(self, text: str) -> bool:
        """Sends a message and waits for its answer; whether it is one, and not the request to send it again later.

        Raises:
            NoAnswerError: it is neither.
        """


class RestSpeaker:
    """A conversation over Rasa's REST channel, or ours."""

    may_be_silent = False

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        """Takes the address of the server, without path."""
        self._session = session
        self._url = f"{base}/webhooks/rest/webhook"
        self._sender = uuid.uuid4().hex

    async def say(self, text: str) -> bool:
        """Sends a message (see Speaker)."""
        async with self._session.post(self._url, json={"sender": self._sender, "message": text}) as answer:
            content = await answer.json()
            return _is_answer(answer.status, content or self.may_be_silent)


class StockSpeaker(RestSpeaker):
    """The same with stock Rasa: its policies, which have learned little, let it say nothing at times."""

    may_be_silent = True


class WidgetSpeaker:
    """A conversation over the website widget's channel; it begins with its first message."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        """Takes the address of the service, without path."""
        self._session = session
        self._base = f"{base}{WIDGET}"
        self._headers: dict[str, str] = {}

    async def say(self, text: str) -> bool:
        """Sends a message (see Speaker)."""
        if not self._headers:
            async with self._session.post(f"{self._base}/conversation", json={}) as answer:
                token = (await answer.json()).get("token")
                if not _is_answer(answer.status, token):
                    return False
                self._headers = {"Authorization": f"Bearer {token}"}
        body = {"id": str(uuid.uuid4()), "text": text}
        async with self._session.post(f"{self._base}/message", json=body, headers=self._headers) as answer:
            return _is_answer(answer.status, (await answer.json()).get("messages"))


def _is_answer(status: int, content: object) -> bool:
    if status == LATER:
        return False
    if not content or status not in ACCEPTED:
        raise NoAnswerError(f"no answer, HTTP status {status}")
    return True


@dataclass(frozen=True)
class Load:
    """What is sent.

    Attributes:
        base: address of the server.
        texts: the messages, said in turn.
        conversations: how many at the same time.
        speaker: the kind of conversation.
        turns: messages of each before the next begins in its place.
    """

    base: str
    texts: Sequence[str]
    conversations: int
    speaker: type[RestSpeaker] | type[WidgetSpeaker] = RestSpeaker
    turns: int = TURNS


def in_scope_texts() -> list[str]:
    """The messages of the evaluation's set in scope, in an order that is always the same."""
    texts = [message.text for message in read_set(FOLDER / "in_scope.jsonl")]
    random.Random(SEED).shuffle(texts)
    return texts


async def answers(load: Load, seconds: float | None = None, messages: int | None = None) -> list[Answered]:
    """Sends until the time is over or so many messages are sent, one of which has to be given.

    Raises:
        NoAnswerError: a message got no answer.
        aiohttp.ClientError: the server could not be reached.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    texts = itertools.cycle(load.texts)
    budget: Iterator[int] = itertools.count() if messages is None else iter(range(messages))
    found: list[Answered] = []
    visitors = itertools.count()
    tasks = [
        asyncio.create_task(_converse(load, visitors, texts, budget, deadline, found))
        for _ in range(load.conversations)
    ]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    return found


def measured(load: Load, seconds: float | None = None, messages: int | None = None) -> list[Answered]:
    """The same, for callers without an event loop."""
    return asyncio.run(answers(load, seconds, messages))


async def _converse(
    load: Load,
    visitors: Iterator[int],
    texts: Iterator[str],
    budget: Iterator[int],
    deadline: float | None,
    found: list[Answered],
) -> None:
    while True:
        visitor = next(visitors)
        # An address of its own for each, as visitors have: nginx counts the requests of an address.
        connector = aiohttp.TCPConnector(local_addr=(f"127.0.{1 + visitor // 200 % 200}.{visitor % 200 + 10}", 0))
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
            speaker = load.speaker(session, load.base)
            for turn in range(load.turns):
                if (deadline and time.monotonic() >= deadline) or next(budget, None) is None:
                    return
                began = time.monotonic()
                in_time = await speaker.say(next(texts))
                ended = time.monotonic()
                found.append(Answered(in_time, turn, ended - began, ended))
