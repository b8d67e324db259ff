"""Real assistants and their action servers, on free ports, each with a database of its own.

One takes many seconds to start: tests share them, so each test has conversations of its own.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from assistant.cluster.parts import free_port
from assistant.settings import ROOT
from tests.messaging.standin import StandIn
from tests.messaging.standin import running as providers

if TYPE_CHECKING:
    from tests.server.guarded import Guarded

START_LIMIT = 400  # seconds: a model may have to be trained
SECRET = "a secret of the tests, forty characters…".encode().hex()
SITE = "https://www.site.example"
SCRIPT = "/* le paquet des essais */"
PLENTY = "100000/minute"
SEND_SECONDS = 4  # for an answer on a messaging channel
WINDOW = 4  # seconds, of the widget's limits where these are tested
LIMITS = {
    "WIDGET_SECRET": "s" * 40,
    "WIDGET_NEW_CONVERSATIONS": f"6 per {WINDOW} second",
    "WIDGET_MESSAGES": f"3 per {WINDOW} second",
    "WIDGET_ADDRESS_MESSAGES": f"5 per {WINDOW} second",
}


@dataclass
class Server:
    """A running assistant."""

    base: str
    process: subprocess.Popen
    action_port: int
    folder: Path
    variables: dict[str, str]

    @property
    def webhook(self) -> str:
        return f"{self.base}/webhooks/rest/webhook"

    def logs(self) -> str:
        """All that both servers have written since they were started."""
        return "".join(
            (self.folder / name).read_text(encoding="utf-8", errors="replace")
            for name in ("assistant.log", "actions.log")
        )

    def post(self, **request: Any) -> requests.Response:
        return requests.post(self.webhook, timeout=30, **request)

    def say(self, text: str, sender: str | None = None) -> list[dict[str, Any]]:
        """Sends a message and returns the answers; a new conversation unless a sender is given."""
        answer = self.post(json={"sender": sender or uuid.uuid4().hex, "message": text})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def names(self, text: str, sender: str | None = None) -> list[str]:
        """The names of the answers to a message, without the notice of a first exchange."""
        names = [message["custom"]["answer"] for message in self.say(text, sender)]
        return [name for name in names if name != "utter_notice"]


def start(folder: Path, **variables: str) -> Server:
    """Starts `make run`'s own program, on free ports unless the variables name them."""
    port, action_port = (int(variables.get(name) or free_port()) for name in ("PORT", "ACTION_PORT"))
    environ = {
        **os.environ,
        "PORT": str(port),
        "ACTION_PORT": str(action_port),
        "DATABASE_URL": f"sqlite:///{folder / 'test.db'}",
        "LOG_FOLDER": str(folder),
        **variables,
    }
    output = (folder / "serve.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.serve"], cwd=ROOT, env=environ, stdout=output, stderr=output
    )
    server = Server(f"http://127.0.0.1:{port}", process, action_port, folder, variables)
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "serve.log").read_text()
        try:
            if requests.get(f"{server.base}/webhooks/rest/", timeout=5).status_code == 200:
                return server
        except requests.RequestException:
            time.sleep(0.5)
    stop(server)
    raise AssertionError("the assistant did not start: " + (folder / "serve.log").read_text())


def stop(server: Server) -> None:
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(timeout=30)


def kill(server: Server) -> None:
    """Ends it and all that it has started as a power cut would, with no time to put anything away."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], check=True, capture_output=True, text=True
    )
    children = [int(pid) for pid in listed.stdout.split()]
    for pid in [server.process.pid, *children]:
        os.kill(pid, signal.SIGKILL)
    server.process.wait(timeout=30)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An assistant for all that needs no settings of its own; a website may embed its widget."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "widget.js").write_text(SCRIPT)
    running = start(
        folder,
        WIDGET_SECRET=SECRET,
        WIDGET_ORIGINS=SITE,
        WIDGET_SCRIPT=str(folder / "widget.js"),
        WIDGET_NEW_CONVERSATIONS=PLENTY,
        WIDGET_MESSAGES=PLENTY,
        WIDGET_ADDRESS_MESSAGES=PLENTY,
        PRIVACY_URL=f"{SITE}/donnees",
    )
    yield running
    stop(running)


@pytest.fixture(scope="session")
def standin() -> Iterator[StandIn]:
    """The providers of the messaging channels."""
    with providers() as running:
        yield running


@pytest.fixture(scope="session")
def limited(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An assistant with all messaging channels, and narrow limits on its widget."""
    folder = tmp_path_factory.mktemp("limited")
    variables = {**standin.environ(), **LIMITS, "CHANNEL_MESSAGES": PLENTY, "CHANNEL_SEND_SECONDS": str(SEND_SECONDS)}
    running = start(folder, **variables)
    yield running
    stop(running)


@pytest.fixture
def talk(server: Server) -> Callable[[str], list[str]]:
    """One conversation: a function from a message to the names of its answers."""
    sender = uuid.uuid4().hex
    return lambda text: server.names(text, sender)


@pytest.fixture(scope="session")
def guarded(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Guarded"]:
    """An assistant in debug mode (see guarded.py), with all channels and an old conversation in its database."""
    from tests.server import guarded as module  # noqa: PLC0415  (it needs this one)

    folder = tmp_path_factory.mktemp("guarded")
    module.keep_old_conversation(folder)
    with module.running(folder, standin.environ()) as running:
        yield running
