"""Rasa's REST channel, made safe: every request gets a French answer or a clear HTTP error.

The sender is chosen by the client, so this channel is for servers and for trying: keep it on an inner address.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.action_server import ActionServer
from assistant.answers import compose
from assistant.channels.incoming import BadRequestError, clean_text, is_payload, parse_body, without_slash
from assistant.channels.rendering import rest_message
from assistant.content.catalogue import Catalogue, catalogue
from assistant.settings import Settings, settings

logger = logging.getLogger(__name__)

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
        self._known: OrderedDict[str, None] = OrderedDict()

    @classmethod
    def name(cls) -> str:
        """The channel's name and the place of its addresses."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "RestChannel":
        """Makes the channel; it has no credentials."""
        return cls(catalogue(), settings())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel (see the base class)."""
        blueprint = Blueprint("rest_channel")

        @blueprint.listener("after_server_start")
        async def take_action_server(app: Sanic, *_: Any) -> None:
            app.ctx.agent.action_endpoint = ActionServer(self._config.action_server_url, self._config.action_timeout)
            if app.ctx.agent.processor:
                app.ctx.agent.processor.action_endpoint = app.ctx.agent.action_endpoint

        @blueprint.get("/")
        async def ready(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            model = bool(agent and agent.is_ready())
            actions = model and await agent.action_endpoint.is_up()
            status = "ok" if model and actions else "not ready"
            return response.json(
                {"status": status, "model": model, "action_server": actions}, status=200 if status == "ok" else 503
            )

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not request.content_type.lower().startswith("application/json"):
                return _error(415, "Envoyez la requête avec l’en-tête Content-Type: application/json.")
            if len(request.body) > self._config.max_body_bytes:
                return _error(413, "Le message est trop long.")
            try:
                incoming = parse_body(request.body)
            except BadRequestError as problem:
                return _error(400, str(problem))
            refusal, text = self._refusal(clean_text(incoming.text))
            if refusal:
                return response.json([self._own_message(incoming.sender, refusal)])
            output = RestOutput()
            try:
                is_new = await self._is_new(request.app, incoming.sender)
                await on_new_message(UserMessage(text, output, incoming.sender, input_channel=self.name()))
            except Exception as problem:
                # The text of the exception may quote the message: only its kind is logged.
                logger.error("A message could not be handled: %s", type(problem).__name__)
                return _error(500, self._own_message(incoming.sender, "utter_error")["text"])
            if not output.messages:
                output.messages.append(self._own_message(incoming.sender, "utter_unavailable"))
            if is_new and not self._says_who_speaks(output.messages):
                output.messages.append(self._own_message(incoming.sender, "utter_notice"))
            return response.json(output.messages)

        return blueprint

    def _refusal(self, text: str) -> tuple[str | None, str]:
        """The response for a text that Rasa must not see, or None and the text that it may see."""
        if not text:
            return "utter_empty_message", text
        if len(text) > self._config.max_characters:
            return "utter_message_too_long", text
        if is_payload(text):
            return (None, text) if text[1:] in self._content.offers() else ("utter_unknown_button", text)
        text = without_slash(text)
        return (None, text) if text else ("utter_empty_message", text)

    def _own_message(self, sender: str, response_name: str) -> dict[str, Any]:
        values = {"max_characters": str(self._config.max_characters)}
        return rest_message(sender, compose(self._content, self._content.answers[response_name], values))

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


def _error(status: int, text: str) -> HTTPResponse:
    return response.json({"error": text}, status=status)
