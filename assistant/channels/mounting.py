"""Mounting a channel of ours in Rasa's server: one handler for every path and method below its address."""

from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import action_server
from assistant.settings import Settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def mounted(name: str, base: str, receive: Callable[[Request], Awaitable[HTTPResponse]], config: Settings) -> Blueprint:
    """The blueprint of a channel; what there is, the handler alone decides.

    Args:
        name: of the blueprint.
        base: the address of the channel, without a slash at its end.
        receive: answers every request.
        config: the settings.
    """
    blueprint = Blueprint(name)

    @blueprint.route("/", methods=METHODS, stream=True, name="root")
    @blueprint.route("/<path:path>", methods=METHODS, stream=True, name="path")
    async def answer(request: Request, **_: str) -> HTTPResponse:
        return await receive(request)

    async def preflight(request: Request) -> HTTPResponse | None:
        if request.method == "OPTIONS" and f"{request.path}/".startswith(f"{base}/"):
            return await receive(request)
        return None

    @blueprint.listener("before_server_start")
    async def take_preflights(app: Sanic, *_: Any) -> None:
        # Rasa's own CORS answers every OPTIONS before any handler does.
        app.request_middleware.appendleft(preflight)
        # What is left of a body that nobody has read; Sanic would read 100 MB.
        app.config.REQUEST_MAX_SIZE = config.max_body_bytes

    @blueprint.listener("after_server_start")
    async def take_action_server(app: Sanic, *_: Any) -> None:
        action_server.connect(app, config)

    return blueprint
