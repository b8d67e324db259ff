"""The address of the action server, from the environment, with a limit to waiting.

Rasa reads it from endpoints.yml, where a variable cannot have a default, and waits five minutes.
"""

import asyncio
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig


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
