"""What the channel needs of each provider, and what most of them do alike."""

import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from assistant.channel_settings import ChannelSettings
from assistant.channels.messaging.calls import Call, Delivery, NotGenuineError, Outgoing, Reply, Verdict
from assistant.channels.messaging.drawing import Drawable

OK, TOO_MANY, TIMED_OUT, SERVER_ERROR = 200, 429, 408, 500
MAX_ID = 100  # characters of a provider's id of a person or a place; the conversation's name has room for two
MAX_MESSAGE_ID = 500  # of its id of a message
NOT_FOUND = Reply(404)


def same(one: str, other: str) -> bool:
    """Whether two texts are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def require(proof: str | None, expected: str) -> None:
    """Checks the proof of a call.

    Raises:
        NotGenuineError: it is missing or wrong.
    """
    if not proof:
        raise NotGenuineError(401)
    if not same(proof, expected):
        raise NotGenuineError(403)


def by_status(status: int, headers: Mapping[str, str], code: str = "") -> Verdict:
    """What an answer means by its HTTP status.

    Args:
        status: the status.
        headers: the headers, names in lower case; `Retry-After` is believed where it holds seconds.
        code: the provider's own code of the error, for the log.
    """
    why = f"{status} {code}".strip()
    if OK <= status < OK + 100:
        return Verdict(True, why=why)
    again = status in (TOO_MANY, TIMED_OUT) or status >= SERVER_ERROR
    return Verdict(False, again, seconds(headers.get("retry-after")), why)


def seconds(text: Any) -> float:
    """A number of seconds as a header or a body states it; 0 if it is none."""
    try:
        return min(max(float(text), 0.0), 86_400.0)
    except (TypeError, ValueError):
        return 0.0


def as_mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one: nothing that a provider sends is taken for granted."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> Sequence[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def a_message_id(value: Any) -> str | None:
    """A provider's id of a message as text, None if it is none."""
    return an_id(value, MAX_MESSAGE_ID)


def an_id(value: Any, limit: int = MAX_ID) -> str | None:
    """A provider's id as text, None if it is none that could be part of a conversation's name."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return text if text and len(text) <= limit and text.isascii() and text.isprintable() and " " not in text else None


def a_text(value: Any) -> str | None:
    """The value if it is a text that says something, else None."""
    return value if isinstance(value, str) and value.strip() else None


class Provider(ABC):
    """One provider's wire format. Holds no state but its variables; talks to nobody itself.

    Attributes:
        name: the channel's name.
        title: its name for the foundation's staff.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, config: ChannelSettings) -> None:
        """Takes the variables of a channel that is on."""
        self.values = config.values

    def handshake(self, call: Call) -> Reply:
        """Answers a GET on the webhook, by which some providers ask whether it is ours.

        Raises:
            NotGenuineError: it does not come from the provider.
        """
        return NOT_FOUND

    @abstractmethod
    def check(self, call: Call) -> None:
        """Checks that a call comes from the provider, and is not an old one.

        Raises:
            NotGenuineError: it does not or is.
        """

    def replay_key(self, call: Call) -> str | None:
        """What a call may not have in common with one that was accepted before.

        None where the provider may send the very same call again, and only the message in it is answered once.
        """
        return None

    @abstractmethod
    def read(self, call: Call) -> list[Delivery]:
        """The messages of people in a call; none if it holds receipts, reactions, edits or the like.

        Raises:
            BadRequestError: the call has no form of this provider.
        """

    def reply(self, call: Call) -> Reply:
        """What the provider is told when all of a call is handled and stored."""
        return Reply()

    def apology(self, text: str) -> Reply | None:
        """A reply that tells the person that their message could not be handled.

        None where the provider delivers a message again that was answered with an error.
        """
        return None

    @abstractmethod
    def draw(self, turn: Sequence[Drawable]) -> list[dict[str, Any]]:
        """Draws a turn as the channel draws best: the bodies of the messages, without the address. Pure."""

    @abstractmethod
    def request(self, delivery: Delivery, message: dict[str, Any], number: int) -> Outgoing:
        """The request that sends a drawn message in answer to a delivery.

        Args:
            delivery: what is answered.
            message: one of `draw`.
            number: its place in the turn, from 0.
        """

    def notes(self, delivery: Delivery) -> list[Outgoing]:
        """What the provider is told first, such as that a button was seen."""
        return []

    def verdict(self, status: int, headers: Mapping[str, str], body: Any) -> Verdict:
        """What the provider's answer to a request means.

        Args:
            status: its HTTP status.
            headers: its headers, names in lower case.
            body: its JSON, None if it holds none.
        """
        return by_status(status, headers)

    @abstractmethod
    def probe(self) -> Outgoing | None:
        """A request that shows whether the credentials are accepted and changes nothing; None if there is none."""
