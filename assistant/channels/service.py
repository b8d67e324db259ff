"""What operators need of the server: `/health/live`, `/health/ready`, `/metrics`; and the purges.

No visitor's channel, but Rasa's way to add addresses to its server. Keep the addresses from the public.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import action_server
from assistant.channels.framing import fault
from assistant.privacy import logs
from assistant.privacy.records import open_database
from assistant.privacy.retention import purge_daily, purge_trials_hourly
from assistant.settings import Settings, settings
from assistant.watching.figures import figures
from assistant.watching.readiness import database_answers, readiness


class ServiceChannel(InputChannel):
    """Health, figures and retention of one server; makes its logs safe, and refuses requests with false headers."""

    def __init__(self, config: Settings) -> None:
        """Takes the settings."""
        self._config = config
        self._engine = open_database(config.database_url)

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "service"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "ServiceChannel":
        """Makes the channel; its credentials are the settings'."""
        logs.configure()
        return cls(settings())

    def url_prefix(self) -> str:
        """The place of its addresses: at the top, not under `/webhooks`."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel (see the base class)."""
        blueprint = Blueprint("service_channel")

        @blueprint.listener("before_server_start")
        async def make_logs_safe(*_: Any) -> None:
            logs.configure()  # Rasa has made handlers since the first time (`--log-file`)

        @blueprint.listener("after_server_start")
        async def begin(app: Sanic, *_: Any) -> None:
            action_server.connect(app, self._config)
            app.add_task(purge_daily(self._engine, self._config.retention_days, self._config.review_file))
            app.add_task(purge_trials_hourly(self._engine))

        @blueprint.signal("http.lifecycle.request")
        async def check_headers(request: Request, **_: Any) -> None:
            # For every address of the server, before Sanic looks at the body.
            wrong = fault(request.headers.items())
            if wrong:
                raise InvalidUsage(wrong)

        @blueprint.get("/health/live")
        async def live(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"}, headers={"Cache-Control": "no-store"})

        @blueprint.get("/health/ready")
        async def ready(request: Request) -> HTTPResponse:
            parts = await readiness(request.app.ctx.agent)
            return response.json(
                {"status": "ok" if all(parts.values()) else "not ready", **parts},
                status=200 if all(parts.values()) else 503,
                headers={"Cache-Control": "no-store"},
            )

        @blueprint.get("/metrics")
        async def metrics(request: Request) -> HTTPResponse:
            token = self._config.metrics_token
            if token is None:
                return response.text("Not found\n", status=404)
            given = request.headers.get("authorization", "")
            if not secrets.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode()):
                return response.text("Unauthorized\n", status=401, headers={"WWW-Authenticate": "Bearer"})
            await asyncio.gather(readiness(request.app.ctx.agent), database_answers(self._engine))
            return response.raw(figures().text(), content_type=CONTENT_TYPE_LATEST)

        return blueprint
