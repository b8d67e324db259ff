"""The address of the action server, from the environment, with a limit to waiting.

Rasa reads it from endpoints.yml, where a variable cannot have a default, and waits five minutes.
"""

import asyncio
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from assistant.settings import Settings
from assistant.stores.tracker import use_directly


class ActionServer(EndpointConfig):
    """The action server as the assistant calls it."""

    def __init__(self, url: str, timeout: float) -> None:
        """Takes the address of the webhook and the seconds to wait for an answer."""
        super().__init__(url=url)
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    def session(self) -> aiohttp.ClientSession:
        """A new client session (the base class closes it after the call)."""
        return aiohttp.ClientSession(headers=self.headers, timeout=self._timeout)

    async def request(self, *args: Any, **kwargs: Any) -> Any | None:
        """Calls the action server (see the base class), with our limit instead of the one that Rasa asks for."""
        return await super().request(*args, **{**kwargs, "timeout": self._timeout})

    async def is_up(self) -> bool:
        """Whether the action server answers its health check."""
        try:
            async with self.session() as session, session.get(self.url.rsplit("/", 1)[0] + "/health") as answer:
                return answer.ok
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            return False


def connect(app: Sanic, config: Settings) -> None:
    """Makes the assistant of a started server use our parts; doing it again does no harm.

    These are the action server of the settings, and the tracker store without the wrapper that hides its errors.
    """
    use_directly(app.ctx.agent)
    endpoint = ActionServer(config.action_server_url, config.action_timeout)
    app.ctx.agent.action_endpoint = endpoint
    if app.ctx.agent.processor:
        app.ctx.agent.processor.action_endpoint = endpoint
