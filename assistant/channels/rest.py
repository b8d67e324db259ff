"""Rasa's REST channel, made safe: every request gets a French answer or a clear HTTP error.

The sender is chosen by the client, so this channel is for servers and for trying: keep it on an inner address.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import action_server
from assistant.channels.gate import (
    FAILURE,
    NO_ANSWER,
    BodyTooLargeError,
    BodyTooSlowError,
    Gate,
    RefusedTextError,
    read_body,
    report,
)
from assistant.channels.incoming import BadRequestError, parse_body
from assistant.channels.rendering import rest_message
from assistant.channels.turns import STORE_ERRORS, in_time
from assistant.content.catalogue import Catalogue, catalogue
from assistant.privacy import logs
from assistant.settings import Settings, settings
from assistant.watching.figures import figures, turn
from assistant.watching.readiness import readiness

KNOWN_CONVERSATIONS = 10_000


class RestOutput(CollectingOutputChannel):
    """Collects the answers of one turn, each as one message."""

    @classmethod
    def name(cls) -> str:
        """The channel's name, as responses and actions see it."""
        return "rest"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Adds an answer (see the base class); its shape is described in assistant/answers.py."""
        self.messages.append(rest_message(recipient_id, message))


class RestChannel(InputChannel):
    """`POST /webhooks/rest/webhook` with `{"sender": …, "message": …}`; `GET /webhooks/rest/` tells if all is ready."""

    def __init__(self, content: Catalogue, config: Settings) -> None:
        """Keeps the content and the limits."""
        self._content = content
        self._config = config
        self._gate = Gate(content, config)
        self._known: OrderedDict[str, None] = OrderedDict()

    @classmethod
    def name(cls) -> str:
        """The channel's name and the place of its addresses."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "RestChannel":
        """Makes the channel; it has no credentials."""
        logs.configure()
        return cls(catalogue(), settings())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel (see the base class)."""
        blueprint = Blueprint("rest_channel")

        @blueprint.listener("after_server_start")
        async def take_action_server(app: Sanic, *_: Any) -> None:
            action_server.connect(app, self._config)

        @blueprint.get("/")
        async def ready(request: Request) -> HTTPResponse:
            parts = await readiness(request.app.ctx.agent)
            return response.json(parts, status=200 if all(parts.values()) else 503)

        @blueprint.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            if not request.content_type.lower().startswith("application/json"):
                return _error(415, "Envoyez la requête avec l’en-tête Content-Type: application/json.", "bad_type")
            try:
                incoming = parse_body(await read_body(request, self._config.max_body_bytes))
            except BodyTooLargeError:
                return _error(413, "Le message est trop long.", "too_large")
            except BodyTooSlowError:
                return _error(408, "La requête n’est pas arrivée à temps.", "too_slow")
            except BadRequestError as problem:
                return _error(400, str(problem), "bad_request")
            try:
                text = self._gate.text_or_payload(incoming.text)
            except RefusedTextError as refusal:
                figures().refused.labels(self.name(), refusal.code).inc()
                return response.json([self._own_message(incoming.sender, refusal.response)])
            try:
                return response.json(await self._answers(request.app, on_new_message, incoming.sender, text))
            except Exception as problem:
                report(problem)
                self._known.pop(incoming.sender, None)
                status = 503 if isinstance(problem, STORE_ERRORS) else 500
                return response.json({"error": self._own_message(incoming.sender, FAILURE)["text"]}, status=status)

        return blueprint

    async def _answers(
        self, app: Sanic, on_new_message: Callable[[UserMessage], Awaitable[Any]], sender: str, text: str
    ) -> list[dict[str, Any]]:
        """Handles a message and returns the answers to it; raises whatever Rasa raises."""
        output = RestOutput()
        with turn(self.name(), sender, self._content) as current:
            is_new = await in_time(self._is_new(app, sender))
            await in_time(on_new_message(UserMessage(text, output, sender, input_channel=self.name())))
            if not output.messages:
                output.messages.append(self._own_message(sender, NO_ANSWER))
            if is_new and not self._says_who_speaks(output.messages):
                output.messages.append(self._own_message(sender, "utter_notice"))
            current.answered(message.get("custom", {}).get("answer") for message in output.messages)
        return output.messages

    def _own_message(self, sender: str, response_name: str) -> dict[str, Any]:
        return rest_message(sender, self._gate.own_answer(response_name))

    def _says_who_speaks(self, messages: list[dict[str, Any]]) -> bool:
        names = [message.get("custom", {}).get("answer") for message in messages]
        return any(name in self._content.answers and self._content.answers[name].notice for name in names)

    async def _is_new(self, app: Sanic, sender: str) -> bool:
        """Whether this is the first exchange; asks the tracker store once a conversation."""
        if sender in self._known:
            self._known.move_to_end(sender)
            return False
        is_new = not await app.ctx.agent.tracker_store.exists(sender)
        self._known[sender] = None
        if len(self._known) > KNOWN_CONVERSATIONS:
            self._known.popitem(last=False)
        return is_new


def _error(status: int, text: str, code: str) -> HTTPResponse:
    figures().refused.labels(RestChannel.name(), code).inc()
    return response.json({"error": text}, status=status)
