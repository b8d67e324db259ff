"""How the assistant calls the action server: at the address of the environment, with a limit to waiting, at less cost.

Rasa reads the address from endpoints.yml, where a variable cannot have a default, and waits five minutes. It sends the
whole domain with every call, and checks not only each answer but also, each time anew, the schema that it checks with.
"""

import asyncio
from functools import lru_cache
from typing import Any

import aiohttp
from jsonschema import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from assistant.settings import Settings
from assistant.stores.tracker import use_directly


class ActionServer(EndpointConfig):
    """The action server as the assistant calls it."""

    def __init__(self, url: str, timeout: float) -> None:
        """Takes the address of the webhook and the seconds to wait for an answer."""
        super().__init__(url=url, enable_selective_domain=True)  # no action asks for the domain
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


@lru_cache(maxsize=1)
def answer_validator() -> Validator:
    """What checks the answers of the action server, against Rasa's own schema."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


_rasas_check = RemoteAction._validate_action_result


def check_answer(action: RemoteAction, answer: Any) -> bool:
    """Checks an answer of the action server as Rasa does, in the place of its `RemoteAction._validate_action_result`.

    Raises:
        jsonschema.ValidationError: Rasa's own, where the answer is none.
    """
    return answer_validator().is_valid(answer) or _rasas_check(action, answer)


def connect(app: Sanic, config: Settings) -> None:
    """Makes the assistant of a started server use our parts; doing it again does no harm.

    These are the action server of the settings, and the tracker store without the wrapper that hides its errors.
    """
    RemoteAction._validate_action_result = check_answer
    use_directly(app.ctx.agent)
    endpoint = ActionServer(config.action_server_url, config.action_timeout)
    app.ctx.agent.action_endpoint = endpoint
    if app.ctx.agent.processor:
        app.ctx.agent.processor.action_endpoint = endpoint
