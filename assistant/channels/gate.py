"""What the channels do alike: which texts Rasa may see, what is said instead, how a body is read, what is logged."""

import asyncio
import logging
from typing import Any

from sanic.request import Request

from assistant.answers import compose
from assistant.channels.incoming import clean_text, is_payload, without_slash
from assistant.content.catalogue import Catalogue
from assistant.privacy.masking import Masking
from assistant.settings import Settings

logger = logging.getLogger(__name__)

NO_ANSWER = "utter_unavailable"  # said where Rasa has handled a message without a word
FAILURE = "utter_error"  # said where handling has failed
BODY_SECONDS = 10
# Of a crowd those who came first are answered first; if all were handled at once, none would be answered in time.
TURNS_AT_ONCE = 8
DISCARDED_BYTES = 2**21


class RefusedTextError(ValueError):
    """A text that Rasa must not see.

    Attributes:
        code: `empty`, `too_long` or `unknown_payload`.
        response: name of the response that says so.
    """

    def __init__(self, code: str, response: str) -> None:
        """Takes the code and the name of the response."""
        super().__init__(code)
        self.code = code
        self.response = response


class BodyTooLargeError(ValueError):
    """A request body of more bytes than the limit."""


class BodyTooSlowError(ValueError):
    """A request body that did not arrive in BODY_SECONDS."""


class Gate:
    """What stands between a channel and Rasa.

    Attributes:
        content: the catalogue.
        turns: to be held while Rasa handles a message, once the conversation's lock is.
    """

    def __init__(self, content: Catalogue, config: Settings) -> None:
        """Takes the content and the limits."""
        self.content = content
        self.turns = asyncio.Semaphore(TURNS_AT_ONCE)
        self._config = config
        self._masking = Masking(content.contacts.values())

    def text(self, raw: str) -> str:
        """A person's text as Rasa may see it: cleaned, personal data masked, and never the payload of a button.

        Raises:
            RefusedTextError: the text is empty or too long.
        """
        text = clean_text(raw)
        if len(text) > self._config.max_characters:
            raise RefusedTextError("too_long", "utter_message_too_long")
        text = without_slash(text)
        if not text:
            raise RefusedTextError("empty", "utter_empty_message")
        return self._masking.mask(text)

    def payload(self, raw: str) -> str:
        """The payload of a button, `/intent`.

        Raises:
            RefusedTextError: there is no such button.
        """
        if not raw.startswith("/") or raw[1:] not in self.content.offers():
            raise RefusedTextError("unknown_payload", "utter_unknown_button")
        return raw

    def text_or_payload(self, raw: str) -> str:
        """The text as Rasa may see it, where a client sends the payload of a button as a text.

        Raises:
            RefusedTextError: see `text` and `payload`.
        """
        text = clean_text(raw)
        if is_payload(text) and len(text) <= self._config.max_characters:
            return self.payload(text)
        return self.text(text)

    def own_answer(self, response: str) -> dict[str, Any]:
        """An answer that the channel gives by itself (see assistant/answers.py for its shape).

        Args:
            response: its name, `utter_…`.
        """
        values = {"max_characters": str(self._config.max_characters)}
        return compose(self.content, self.content.answers[response], values)


async def read_body(request: Request, limit: int, seconds: float = BODY_SECONDS) -> bytes:
    """The body of a request whose route is registered with `stream=True`; b"" if it has been read or there is none.

    Some bytes over the limit are taken and thrown away, so that a client that is still sending reads the error. If
    more keeps coming, the connection is closed after the answer.

    Args:
        request: the request.
        limit: the most bytes that are kept.
        seconds: the time in which all of it has to arrive, however steadily it trickles.

    Raises:
        BodyTooLargeError, BodyTooSlowError: see there.
    """
    try:
        body, received = await asyncio.wait_for(_receive(request, limit), seconds)
    except asyncio.TimeoutError:
        raise BodyTooSlowError from None
    finally:
        if request.stream.request_body:
            request.stream.request_body = None
            request.stream.keep_alive = False
    if received > limit:
        raise BodyTooLargeError
    return body


async def _receive(request: Request, limit: int) -> tuple[bytes, int]:
    body = bytearray()
    received = 0
    async for chunk in request.stream:
        received += len(chunk)
        if received <= limit:
            body += chunk
        elif received > DISCARDED_BYTES:
            break
    return bytes(body), received


def report(problem: Exception) -> None:
    """Logs that a request failed. An exception's text may quote the message, so only its kind is logged."""
    logger.error("A request could not be handled: %s", type(problem).__name__)
