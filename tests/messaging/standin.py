"""The providers' APIs in one server on 127.0.0.1: checks every request by the providers' rules; can fail and delay."""

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.messaging.rules import CHECKS, VALUES, Seen
from tests.messaging.shown import SHOWN, Shown

TAKEN: dict[str, Any] = {
    "telegram": {"ok": True, "result": {"message_id": 1}},
    "messenger": {"recipient_id": "1", "message_id": "m_1"},
    "whatsapp": {"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]},
    "twilio": {"sid": "SM1", "status": "queued"},
    "slack": {"ok": True, "ts": "1.1"},
    "signed": {},
}
REFUSED: dict[str, tuple[int, Any]] = {
    "telegram": (400, {"ok": False, "error_code": 400, "description": "Bad Request"}),
    "messenger": (400, {"error": {"code": 100, "message": "Invalid parameter"}}),
    "whatsapp": (400, {"error": {"code": 100, "message": "Invalid parameter"}}),
    "twilio": (400, {"code": 21617, "message": "too long", "status": 400}),
    "slack": (200, {"ok": False, "error": "invalid_blocks"}),
    "signed": (400, {}),
}
UNAUTHORISED: dict[str, tuple[int, Any]] = {
    "telegram": (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}),
    "messenger": (400, {"error": {"code": 190, "type": "OAuthException", "message": "Invalid OAuth token"}}),
    "whatsapp": (401, {"error": {"code": 190, "type": "OAuthException", "message": "Invalid OAuth token"}}),
    "twilio": (401, {"code": 20003, "message": "Authenticate", "status": 401}),
    "slack": (200, {"ok": False, "error": "invalid_auth"}),
    "signed": (401, {}),
}


@dataclass
class Fault:
    """What happens to one request instead of its being taken.

    Attributes:
        status: the answer's status; 0 closes the connection without a word.
        body: its JSON.
        headers: its headers.
        delay: seconds before it.
        takes: whether the request is taken although the answer says something else.
    """

    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    takes: bool = False


@dataclass(frozen=True)
class Arrived:
    """A request that came in, and whether it was taken."""

    channel: str
    seen: Seen
    taken: bool
    at: float

    @property
    def shown(self) -> Shown | None:
        return SHOWN[self.channel](self.seen) if self.taken and self.seen.method == "POST" else None


def channel_of(path: str) -> str:
    for start, name in (("/bot", "telegram"), ("/2010-04-01", "twilio"), ("/api/", "slack"), ("/replies", "signed")):
        if path.startswith(start):
            return name
    return "messenger" if path.startswith("/v23.0/me") else "whatsapp"


class StandIn:
    """The server; see `running`."""

    def __init__(self) -> None:
        self.base = ""
        self.arrived: list[Arrived] = []
        self.problems: list[str] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)

    def environ(self) -> dict[str, str]:
        """The assistant's variables, with every channel on and its provider here."""
        return {
            **VALUES,
            "TELEGRAM_API_URL": self.base,
            "MESSENGER_API_URL": f"{self.base}/v23.0",
            "WHATSAPP_API_URL": f"{self.base}/v23.0",
            "TWILIO_API_URL": self.base,
            "SLACK_API_URL": f"{self.base}/api",
            "SIGNED_REPLY_URL": f"{self.base}/replies",
        }

    def screen(self, channel: str, to: str) -> list[Shown]:
        """What a person was sent."""
        shown = [request.shown for request in list(self.arrived) if request.channel == channel]
        return [message for message in shown if message and message.to == to]

    def tries(self, channel: str) -> list[Arrived]:
        """All requests that send a message, taken or not."""
        return [
            request
            for request in list(self.arrived)
            if request.channel == channel
            and request.seen.method == "POST"
            and "answerCallback" not in request.seen.path
        ]

    async def _answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen = Seen(request.method, request.path, request.query_string, headers, await request.read())
        channel = channel_of(request.path)
        problems = CHECKS[channel](seen)
        is_message = request.method == "POST" and not request.path.endswith(("getMe", "auth.test", "CallbackQuery"))
        fault = self.faults[channel].pop(0) if is_message and self.faults[channel] else None
        self.arrived.append(Arrived(channel, seen, not problems and (fault is None or fault.takes), time.time()))
        if fault:
            await asyncio.sleep(fault.delay)
            if fault.status == 0:
                assert request.transport
                request.transport.close()
                return web.Response()
            return web.json_response(fault.body, status=fault.status, headers=fault.headers)
        if any(problem.startswith("401") for problem in problems):
            status, body = UNAUTHORISED[channel]
            return web.json_response(body, status=status)
        if problems:
            self.problems += [f"{channel}: {problem}" for problem in problems]
            status, body = REFUSED[channel]
            return web.json_response(body, status=status)
        return web.json_response(TAKEN[channel], status=201 if channel == "twilio" and is_message else 200)

    async def _serve(self, ready: threading.Event) -> None:
        self.loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0]
        self.base = f"http://{host}:{port}"
        ready.set()
        await self.stopping.wait()
        await runner.cleanup()


@contextmanager
def running() -> Iterator[StandIn]:
    """A stand-in for the length of a block."""
    standin, ready = StandIn(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(standin._serve(ready)), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield standin
    standin.loop.call_soon_threadsafe(standin.stopping.set)
    thread.join(10)
