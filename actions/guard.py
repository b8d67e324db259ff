"""What the action server refuses, and what its errors say.

rasa_sdk unpacks a compressed body without a limit, takes bodies of 100 MB and headers that contradict each other, and
its errors quote the request.
"""

import logging
import sys
from typing import Any

import pluggy
from rasa_sdk.plugin import plugin_manager
from sanic import Sanic, response
from sanic.exceptions import InvalidUsage, SanicException
from sanic.handlers import ErrorHandler
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.channels.framing import fault

# Bytes; a call holds the whole conversation. As client_max_body_size in deploy/nginx/assistant.conf.template.
MAX_CALL_BYTES = 4 * 2**20

logger = logging.getLogger(__name__)


async def refuse(request: Request, **_: Any) -> None:
    """Refuses a request for its headers, before anything is read of its body.

    Raises:
        InvalidUsage: they are false, or the body is compressed.
    """
    wrong = fault(request.headers.items())
    if not wrong and "content-encoding" in request.headers:
        wrong = "The body is compressed."
    if wrong:
        raise InvalidUsage(wrong)


def failure(request: Request, problem: Exception) -> HTTPResponse:
    """The answer where a request failed: of our own server's errors, their status and nothing of the request."""
    status = problem.status_code if isinstance(problem, SanicException) else 500
    # RecursionError: JSON that is nested deeper than anything the assistant sends.
    status = 400 if isinstance(problem, RecursionError) else status
    logger.error("A call could not be handled: %s", type(problem).__name__)
    return response.json({"error": type(problem).__name__}, status=status)


@pluggy.HookimplMarker("rasa_sdk")
def attach_sanic_app_extensions(app: Sanic) -> None:
    """Puts the guard before the action server (a hook of rasa_sdk, called when it starts)."""
    app.config.REQUEST_MAX_SIZE = MAX_CALL_BYTES
    app.signal("http.lifecycle.request")(refuse)
    app.error_handler = ErrorHandler()  # instead of rasa_sdk's, which quotes the request
    app.error_handler.add(Exception, failure)


# At import, which is when rasa_sdk looks at this package: it has no other way in for a plugin that is not installed.
plugin_manager().register(sys.modules[__name__])
