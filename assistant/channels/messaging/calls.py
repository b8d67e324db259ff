"""What goes between a provider and a channel, as plain data: the calls that come in, and the requests that go out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A request to a channel's webhook.

    Attributes:
        query: the parameters of the address, the first of each name.
        query_string: the same as it was sent.
        headers: the headers, names in lower case.
        body: the body as it was sent.
        received: when it came, in seconds since the epoch.
    """

    query: Mapping[str, str]
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    received: float


@dataclass(frozen=True)
class Reply:
    """The answer to a call."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class NotGenuineError(Exception):
    """A call that does not come from the provider, or an old one.

    Attributes:
        status: 401 where its proof is missing, 403 where it is wrong.
    """

    def __init__(self, status: int) -> None:
        """Takes the status."""
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Delivery:
    """A message of a person, as a provider delivered it.

    Attributes:
        id: the provider's name of this message; a second delivery of the message has the same.
        conversation: whose conversation it belongs to, unique within the channel.
        to: where the answer goes, in the provider's terms.
        text: what the person wrote, None if they wrote nothing.
        payload: the payload of the button that they pressed, None if they pressed none.
        has_other: whether the message holds a picture, a voice or anything else that is not read.
    """

    id: str
    conversation: str
    to: Mapping[str, Any] = field(repr=False)
    text: str | None = field(default=None, repr=False)
    payload: str | None = None
    has_other: bool = False


@dataclass(frozen=True)
class Outgoing:
    """A request to a provider. Its parts hold secrets and texts: never log one.

    Attributes:
        url: the address.
        json: the body as JSON, or
        form: the body as a form.
        data: the body as bytes.
        headers: headers besides the usual.
        params: parameters of the address.
        auth: user and password.
        method: the method.
        matters: whether the conversation needs it; one that does not is tried once.
    """

    url: str = field(repr=False)
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    method: str = "POST"
    matters: bool = True


@dataclass(frozen=True)
class Verdict:
    """What a provider's answer to a request means.

    Attributes:
        taken: whether the provider has taken it.
        again: whether it is worth trying again.
        wait: the seconds that the provider asks to wait before that.
        why: the status and the provider's code; no text of a message.
    """

    taken: bool
    again: bool = False
    wait: float = 0.0
    why: str = ""
