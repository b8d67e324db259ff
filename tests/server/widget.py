"""A visitor of the widget, over HTTP."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.server.conftest import Server

PATH = "/webhooks/widget"


def call(server: Server, method: str, path: str, token: str | None = None, **request: Any) -> requests.Response:
    headers = dict(request.pop("headers", {}))
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return requests.request(
        method, server.base + PATH + path, headers=headers, timeout=30, allow_redirects=False, **request
    )


def error(answer: requests.Response) -> tuple[int, str]:
    """Status and code of an error; its body holds nothing else than the code and its two details."""
    body = answer.json()
    assert set(body) <= {"error", "max_characters", "retry_after"}
    return answer.status_code, body["error"]


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Visitor:
    """One conversation."""

    server: Server
    token: str = field(default="")

    def __post_init__(self) -> None:
        if not self.token:
            answer = call(self.server, "POST", "/conversation", json={})
            assert answer.status_code == 201, answer.text
            self.token = answer.json()["token"]

    def call(self, method: str, path: str, **request: Any) -> requests.Response:
        return call(self.server, method, path, self.token, **request)

    def send(self, message_id: str | None = None, **content: str) -> list[dict[str, Any]]:
        answer = self.call("POST", "/message", json={"id": message_id or new_id(), **content})
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"]

    def ask(self, text: str) -> list[str]:
        """The names of the answers to a text."""
        return [message["answer"] for message in self.send(text=text)]

    def history(self) -> list[dict[str, Any]]:
        answer = self.call("GET", "/conversation")
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"]
