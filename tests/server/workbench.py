"""Somebody of the staff at the workbench, over HTTP."""

import html
import re
from typing import Any

import requests

from tests.server.conftest import Server

PATH = "/webhooks/workbench"
WORKBENCH_TOKEN = "workbench-" + "w" * 32
OTHER_ORIGIN = "https://evil.example"


class Staff:
    """A browser without a script: it keeps the cookie and sends forms as a page of the workbench does."""

    def __init__(self, server: Server, token: str | None = WORKBENCH_TOKEN) -> None:
        self._base = server.base
        self._session = requests.Session()
        if token is not None:
            self.signed_in = self.post("/sign-in", token=token)

    @property
    def cookie(self) -> str:
        return self._session.cookies.get("workbench", "")

    @cookie.setter
    def cookie(self, value: str) -> None:
        self._session.cookies.clear()
        self._session.cookies.set("workbench", value)

    def call(self, method: str, path: str, **request: Any) -> requests.Response:
        return self._session.request(method, self._base + PATH + path, timeout=30, allow_redirects=False, **request)

    def get(self, path: str = "/") -> requests.Response:
        return self.call("GET", path)

    def post(self, path: str, origin: str | None = None, **fields: str) -> requests.Response:
        headers = {"Origin": origin or self._base, "Content-Type": "application/x-www-form-urlencoded"}
        return self.call("POST", path, data=fields, headers=headers)

    def say(self, text: str) -> str:
        """Writes a message and returns the page that follows."""
        return self.follow(self.post("/message", id=self.new_id(), text=text))

    def press(self, payload: str) -> str:
        return self.follow(self.post("/message", id=self.new_id(), payload=payload))

    def follow(self, answer: requests.Response) -> str:
        assert answer.status_code == 303, answer.text
        page = self.get(answer.headers["Location"].removeprefix(PATH).split("#")[0])
        assert page.status_code == 200
        return page.text

    def new_id(self) -> str:
        """The id that the page gives the next message."""
        found = re.findall(r'name="id" value="([^"]+)"', self.get().text)
        return found[-1]


def shown(page: str) -> str:
    """The text of a page, tags left out, white space made even."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split()).replace(" .", ".")
