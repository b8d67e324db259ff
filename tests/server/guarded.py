"""An assistant as somebody would start it who looks for a fault: Rasa's own commands with `--debug`, all logs kept."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import create_engine

from assistant.cluster.parts import free_port
from assistant.privacy.records import DAY
from assistant.serve import MODEL, train_if_stale
from assistant.settings import ROOT
from tests.server.conftest import START_LIMIT, Server
from tests.server.workbench import WORKBENCH_TOKEN

METRICS_TOKEN = "figures-" + "m" * 32
SETTINGS = {
    "METRICS_TOKEN": METRICS_TOKEN,
    "WORKBENCH_TOKEN": WORKBENCH_TOKEN,
    "WORKBENCH_TRIES": "20/minute",
    "WIDGET_SECRET": "s" * 40,
    "WIDGET_NEW_CONVERSATIONS": "1000000/minute",
    "WIDGET_MESSAGES": "1000000/minute",
    "WIDGET_ADDRESS_MESSAGES": "1000000/minute",
    "CHANNEL_MESSAGES": "4/hour",
}


@dataclass
class Guarded(Server):
    """A running assistant whose action server is a process of the tests' own."""

    actions: subprocess.Popen

    def database(self) -> bytes:
        """All that lies in the files of the database."""
        return b"".join(file.read_bytes() for file in self.folder.glob("test.db*"))

    def metrics(self) -> str:
        answer = requests.get(f"{self.base}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}, timeout=10)
        assert answer.status_code == 200
        return answer.text

    def ready(self) -> requests.Response:
        return requests.get(f"{self.base}/health/ready", timeout=20)


OLD_TEXT = "unephraseancienne"


def keep_old_conversation(folder: Path) -> None:
    """Makes the database as the assistant does, with a conversation that is older than 30 days."""
    with sqlite3.connect(folder / "test.db") as connection:
        SQLTrackerStore.Base.metadata.create_all(create_engine(f"sqlite:///{folder / 'test.db'}"))
        said = json.dumps({"event": "user", "text": OLD_TEXT})
        connection.execute(
            "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES ('old', 'user', ?, ?)",
            (time.time() - 31 * DAY, said),
        )


@contextmanager
def running(folder: Path, variables: Mapping[str, str]) -> Iterator[Guarded]:
    """Starts both servers with more variables; what is in `folder`/test.db is kept."""
    train_if_stale()
    port, action_port = free_port(), free_port()
    environ = {
        **os.environ,
        **SETTINGS,
        **variables,
        "ACTION_PORT": str(action_port),
        "DATABASE_URL": f"sqlite:///{folder / 'test.db'}",
        "KEPT_TESTS": str(folder / "kept"),
        "REVIEW_FILE": str(folder / "review" / "misunderstood.jsonl"),
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
    }

    def start(name: str, *arguments: str) -> subprocess.Popen:
        with (folder / name).open("w") as output:
            command = [sys.executable, "-m", *arguments]
            return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)

    actions = start("actions.log", "rasa_sdk", "--actions", "actions", "--port", str(action_port), "--debug")
    place = ("--interface", "127.0.0.1", "--port", str(port))
    assistant = start("assistant.log", "rasa", "run", "--debug", "--model", str(MODEL), *place)
    server = Guarded(f"http://127.0.0.1:{port}", assistant, action_port, folder, {}, actions)
    try:
        deadline = time.monotonic() + START_LIMIT
        while True:
            assert assistant.poll() is None and actions.poll() is None, server.logs()[-2000:]
            assert time.monotonic() < deadline, "the assistant did not start"
            try:
                if server.ready().status_code == 200:
                    break
            except requests.RequestException:
                time.sleep(0.5)
        yield server
    finally:
        for process in (assistant, actions):
            process.terminate()
            process.wait(timeout=30)
