"""The channel of the website's widget: `/webhooks/widget/…`, described in docs/widget-http.md.

The server names the conversation, in a signed token; nothing of a conversation can be reached without it.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic_cors.core import SANIC_CORS_EVALUATED

from assistant.channels.conversations import CHANNEL, Conversation, opening
from assistant.channels.gate import BodyTooLargeError, BodyTooSlowError, Gate, read_body, report
from assistant.channels.identity import Tokens, secret_of
from assistant.channels.mounting import mounted
from assistant.channels.origins import client_address, is_allowed
from assistant.channels.rates import Rates
from assistant.channels.refusals import RefusedError
from assistant.channels.static_files import DEMO_PAGES, demo_response, read_script, script_response
from assistant.channels.turns import STORE_ERRORS, in_time
from assistant.channels.widget_requests import (
    Feedback,
    Message,
    Opened,
    read_feedback,
    read_message,
    read_object,
    read_opened,
)
from assistant.content.catalogue import Catalogue, catalogue
from assistant.privacy import logs
from assistant.settings import Settings, settings
from assistant.watching.figures import figures

BASE = f"/webhooks/{CHANNEL}"
SCRIPT = "/widget.js"
PREFLIGHT_SECONDS = "600"

Handler = Callable[[Request], Awaitable[HTTPResponse]]


class WidgetChannel(InputChannel):
    """Serves the widget, and holds its conversations."""

    def __init__(self, content: Catalogue, config: Settings, secret: str) -> None:
        """Takes the content, the limits and the key that signs the tokens."""
        self._content = content
        self._config = config
        self._gate = Gate(content, config)
        self._tokens = Tokens(secret, config.widget_token_days)
        self._rates = Rates(config.redis_url)
        self._routes: dict[str, dict[str, Handler]] = {
            "/": {"GET": self._home},
            SCRIPT: {"GET": self._script},
            "/opening": {"GET": self._opening},
            "/conversation": {"GET": self._history, "POST": self._begin, "DELETE": self._delete},
            "/message": {"POST": self._message},
            "/feedback": {"POST": self._feedback},
            "/opened": {"POST": self._opened},
            **{path: {"GET": self._demo} for path in DEMO_PAGES},
        }

    @classmethod
    def name(cls) -> str:
        """The channel's name and the place of its addresses."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "WidgetChannel":
        """Makes the channel; its credentials are the settings'."""
        logs.configure()
        config = settings()
        return cls(catalogue(), config, secret_of(config))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel (see the base class).

        Messages go to the agent itself, not to `on_new_message`, which takes the conversation's lock again.
        """
        return mounted("widget_channel", BASE, self._receive, self._config)

    async def _receive(self, request: Request) -> HTTPResponse:
        """Answers any request: the headers of all answers, and the errors."""
        path = request.path.removeprefix(BASE).rstrip("/") or "/"
        origin = request.headers.get("origin")
        is_welcome = origin is None or is_allowed(origin, request.scheme, request.host, self._config.widget_origins)
        try:
            if not is_welcome and path != SCRIPT:
                raise RefusedError("bad_origin")
            answer = await self._dispatch(request, path)
        except RefusedError as refusal:
            figures().refused.labels(CHANNEL, refusal.code).inc()
            answer = _error(refusal)
        except STORE_ERRORS as problem:
            report(problem)
            answer = _error(RefusedError("unavailable"))
        except Exception as problem:
            report(problem)
            answer = _error(RefusedError("internal"))
        await _finish(request, self._config.max_body_bytes)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        if path != SCRIPT:
            answer.headers["Vary"] = "Origin"
            if origin and is_welcome:
                answer.headers["Access-Control-Allow-Origin"] = origin
        setattr(request.ctx, SANIC_CORS_EVALUATED, True)  # Rasa's CORS adds nothing to this answer
        return answer

    async def _dispatch(self, request: Request, path: str) -> HTTPResponse:
        handlers = self._routes.get(path)
        if handlers is None:
            raise RefusedError("not_found")
        if request.method == "OPTIONS":
            headers = {
                "Access-Control-Allow-Methods": ", ".join(handlers),
                "Access-Control-Allow-Headers": "authorization, content-type",
                "Access-Control-Max-Age": PREFLIGHT_SECONDS,
            }
            return response.empty(headers=headers)
        handler = handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            answer = _error(RefusedError("bad_method"))
            answer.headers["Allow"] = ", ".join([*handlers, "OPTIONS"])
            return answer
        return await handler(request)

    async def _home(self, request: Request) -> HTTPResponse:
        return response.redirect(f"{BASE}/demo")

    async def _script(self, request: Request) -> HTTPResponse:
        content = read_script(self._config.widget_script)
        if content is None:
            raise RefusedError("not_built")
        headers = request.headers
        return script_response(content, headers.get("accept-encoding", ""), headers.get("if-none-match", ""))

    async def _demo(self, request: Request) -> HTTPResponse:
        is_built = read_script(self._config.widget_script) is not None
        return demo_response(request.path.removeprefix(BASE).rstrip("/"), is_built)

    async def _opening(self, request: Request) -> HTTPResponse:
        home = self._content.links["home"].url
        messages = [opening(self._gate)]
        return _json({"messages": messages, "privacy_url": self._config.privacy_url, "home_url": home})

    async def _begin(self, request: Request) -> HTTPResponse:
        read_object(await self._body(request))
        await in_time(self._rates.count(self._config.widget_new_conversations, "conversation", self._address(request)))
        token, expires = self._tokens.issue()
        return _json({"token": token, "expires": expires}, status=201)

    async def _history(self, request: Request) -> HTTPResponse:
        return _json({"messages": await in_time(self._conversation(request).history())})

    async def _delete(self, request: Request) -> HTTPResponse:
        await in_time(self._conversation(request).delete())
        return _empty()

    async def _message(self, request: Request) -> HTTPResponse:
        conversation = self._conversation(request)
        message = read_message(await self._body(request), self._gate, self._config.max_characters)
        return _json({"messages": await in_time(self._answer(request, conversation, message))})

    async def _answer(self, request: Request, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        await self._count(request, conversation)
        return await conversation.answer(message)

    async def _feedback(self, request: Request) -> HTTPResponse:
        conversation = self._conversation(request)
        feedback = read_feedback(await self._body(request))
        await in_time(self._judge(request, conversation, feedback))
        return _empty()

    async def _judge(self, request: Request, conversation: Conversation, feedback: Feedback) -> None:
        await self._count(request, conversation)
        await conversation.judge(feedback)

    async def _opened(self, request: Request) -> HTTPResponse:
        conversation = self._conversation(request)
        opened = read_opened(await self._body(request))
        await in_time(self._open(request, conversation, opened))
        return _empty()

    async def _open(self, request: Request, conversation: Conversation, opened: Opened) -> None:
        await self._count(request, conversation)
        await conversation.open(opened)

    def _conversation(self, request: Request) -> Conversation:
        sender = self._tokens.conversation(request.headers.get("authorization"))
        return Conversation(request.app.ctx.agent, self._gate, sender)

    def _address(self, request: Request) -> str:
        forwarded = request.headers.getall("x-forwarded-for", [])
        return client_address(request.ip, forwarded, self._config.trusted_proxies)

    async def _count(self, request: Request, conversation: Conversation) -> None:
        await self._rates.count(self._config.widget_messages, "message", conversation.sender)
        await self._rates.count(self._config.widget_address_messages, "address", self._address(request))

    async def _body(self, request: Request) -> bytes:
        if request.content_type.split(";")[0].strip().lower() != "application/json":
            raise RefusedError("bad_type")
        try:
            return await read_body(request, self._config.max_body_bytes)
        except BodyTooLargeError:
            raise RefusedError("too_large") from None
        except BodyTooSlowError:
            raise RefusedError("too_slow") from None
        except SanicException:
            raise RefusedError("bad_request") from None


async def _finish(request: Request, limit: int) -> None:
    """Takes what is left of a body that was not wanted, for a moment."""
    # Whatever is wrong with it, the answer is the same, and `read_body` has seen to the connection.
    with suppress(BodyTooLargeError, BodyTooSlowError, SanicException):
        await read_body(request, limit, seconds=1)


def _error(refusal: RefusedError) -> HTTPResponse:
    answer = _json({"error": refusal.code, **refusal.details}, refusal.status)
    if "retry_after" in refusal.details:
        answer.headers["Retry-After"] = str(refusal.details["retry_after"])
    if refusal.code in ("bad_token", "expired_token"):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _json(content: dict[str, Any], status: int = 200) -> HTTPResponse:
    return response.json(content, status=status, headers={"Cache-Control": "no-store"})


def _empty() -> HTTPResponse:
    return response.empty(headers={"Cache-Control": "no-store"})
