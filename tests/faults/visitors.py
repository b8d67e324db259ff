"""Visitors of the widget who talk at the same time, and note in a ledger what they were answered."""

import asyncio
import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp

TEXTS = (
    "c'est quoi l'immunothérapie ?",
    "quel est le taux de réponse ?",
    "et pour le foie ?",
    "lire la suite",
    "que raconte Xavier ?",
    "je voudrais faire un don",
    "merci",
)
PAUSE = 0.3  # seconds between an answer and the next message
AGAIN = 0.5  # seconds until a message that was not accepted is sent again
PATIENCE = 10  # seconds after which the widget gives up a request and says so (widget/src/api.ts)
PATH = "/webhooks/widget"
# What the widget says in clear French: the codes of its errors, and no connection at all.
CLEAR = ("unavailable", "internal", "no connection")


@dataclass(frozen=True)
class Request:
    """One request for an answer and what came of it.

    Attributes:
        began, ended: when, in seconds of the monotonic clock.
        outcome: `accepted` (200), the code of the error, `no connection`, `given up` for no answer in PATIENCE, or the
            status of what is no answer of ours.
        answers: the messages of the assistant, where it was accepted.
    """

    message_id: str
    text: str
    began: float
    ended: float
    outcome: str
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class Visitor:
    """One conversation, from an address of its own (127.0.0.…), and its part of the ledger."""

    base: str
    number: int
    token: str = ""
    ledger: list[Request] = field(default_factory=list)
    is_leaving: bool = False

    @property
    def sender(self) -> str:
        """The name of the conversation, which the server has put into the token."""
        claims = self.token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]

    @property
    def accepted(self) -> list[Request]:
        return [request for request in self.ledger if request.outcome == "accepted"]

    def session(self) -> aiohttp.ClientSession:
        address = f"127.0.{self.number // 200}.{self.number % 200 + 10}"
        connector = aiohttp.TCPConnector(local_addr=(address, 0))
        # Longer limits than ceil_threshold aiohttp would round up to the next second of its clock.
        limit = aiohttp.ClientTimeout(total=PATIENCE, ceil_threshold=PATIENCE + 1)
        return aiohttp.ClientSession(connector=connector, timeout=limit)

    async def talk(self) -> None:
        """Sends one message after the other until the visitor is told to leave."""
        async with self.session() as session:
            while not self.token:
                outcome, body = await call(session, "POST", f"{self.base}{PATH}/conversation", json={})
                if outcome == "accepted":
                    self.token = body["token"]
                else:
                    await asyncio.sleep(AGAIN)
            turn = self.number
            while not self.is_leaving:
                await self.send(session, str(uuid.uuid4()), TEXTS[turn % len(TEXTS)])
                await asyncio.sleep(PAUSE)
                turn += 1

    async def send(self, session: aiohttp.ClientSession, message_id: str, text: str) -> None:
        """Sends a message until it is accepted, as someone does who presses « Renvoyer »."""
        while True:
            began = time.monotonic()
            outcome, body = await call(
                session,
                "POST",
                f"{self.base}{PATH}/message",
                json={"id": message_id, "text": text},
                headers={"Authorization": f"Bearer {self.token}"},
            )
            answers = body["messages"] if outcome == "accepted" else []
            self.ledger.append(Request(message_id, text, began, time.monotonic(), outcome, answers))
            if outcome == "accepted":
                return
            await asyncio.sleep(AGAIN)

    async def history(self) -> list[dict[str, Any]]:
        async with self.session() as session:
            headers = {"Authorization": f"Bearer {self.token}"}
            outcome, body = await call(session, "GET", f"{self.base}{PATH}/conversation", headers=headers)
        assert outcome == "accepted", outcome
        return body["messages"]


async def call(session: aiohttp.ClientSession, method: str, url: str, **request: Any) -> tuple[str, dict[str, Any]]:
    """The outcome of a request (see Request) and the body of the answer."""
    try:
        async with session.request(method, url, **request) as answer:
            text = await answer.text()
    except asyncio.TimeoutError:
        return "given up", {}
    except aiohttp.ClientError:
        return "no connection", {}
    try:
        body = json.loads(text)
    except ValueError:
        return f"status {answer.status}", {}
    return ("accepted" if answer.status in (200, 201) else str(body.get("error", answer.status))), body
