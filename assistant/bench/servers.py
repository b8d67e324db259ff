"""Starting what is measured, each as it is started for visitors, and reading its memory."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

from assistant.bench.rivals import BARE_WORD, Rival, trained
from assistant.cluster.parts import LOCAL, free_port, python
from assistant.settings import ROOT, settings

START_SECONDS = 900  # a busy machine takes minutes
STOP_SECONDS = 30
MEGABYTE = 1e6
_PARTS = {"rasa_sdk": "actions", "rasa": "assistant", "assistant.rasa": "assistant"}  # by the module that is run


class NotStartedError(RuntimeError):
    """A server gives no answer; the text names its log."""


@dataclass(frozen=True)
class Running:
    """A server that answers.

    Attributes:
        name: of the rival, or `ours`.
        base: its address, without path.
        start_seconds: from the command to the first answer to a message.
        started: the processes that were started; they may have others below them.
    """

    name: str
    base: str
    start_seconds: float
    started: tuple[psutil.Process, ...]

    def memory(self) -> dict[str, float]:
        """Resident memory in megabytes, of the assistant and of the action server (`actions`), if there is one."""
        found: dict[str, float] = {}
        for process in self._processes():
            command = process.cmdline()
            part = next((name for module, name in _PARTS.items() if module in command), "launcher")
            found[part] = found.get(part, 0) + process.memory_info().rss / MEGABYTE
        return found

    def computed(self) -> float:
        """Seconds that its processes have computed so far, those that have ended among them."""
        seconds = 0.0
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):  # its seconds are its parent's from now on
                time = process.cpu_times()
                seconds += time.user + time.system + time.children_user + time.children_system
        return seconds

    def _processes(self) -> list[psutil.Process]:
        return [part for top in self.started for part in (top, *top.children(recursive=True))]


@contextmanager
def ours(folder: Path) -> Iterator[Running]:
    """Our assistant as `make run` starts it, with its database in a folder.

    Raises:
        NotStartedError: see there.
    """
    port, action_port = free_port(), free_port()
    variables = {
        "PORT": str(port),
        "ACTION_PORT": str(action_port),
        "DATABASE_URL": f"sqlite:///{folder / 'conversations.db'}",
    }
    with _started("ours", [python("assistant.serve")], ROOT, port, variables) as running:
        yield running


@contextmanager
def rival(of: Rival, folder: Path) -> Iterator[Running]:
    """Another Rasa, by its own commands, with what it writes in a folder.

    Raises:
        NotStartedError: see there.
    """
    model = trained(of) / "model.tar.gz"
    port, action_port = free_port(), free_port()
    endpoints: dict[str, dict[str, str]] = {}
    commands = []
    if of.calls_actions:
        endpoints["action_endpoint"] = {"url": f"http://{LOCAL}:{action_port}/webhook"}
        commands.append(python("rasa_sdk", "--actions", "actions", "--port", str(action_port)))
    if of.keeps_conversations:
        endpoints["tracker_store"] = {"type": "SQL", "dialect": "sqlite", "db": str(folder / "conversations.db")}
    (folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints))
    (folder / "credentials.yml").write_text("rest:\n")
    command = python("rasa", "run", "--model", str(model), "--interface", LOCAL, "--port", str(port))
    for name in ("endpoints", "credentials"):
        command += [f"--{name}", str(folder / f"{name}.yml")]
    with _started(of.name, [*commands, command], folder, port, {}) as running:
        yield running


@contextmanager
def _started(
    name: str, commands: list[list[str]], place: Path, port: int, variables: dict[str, str]
) -> Iterator[Running]:
    """Runs commands beside each other under one process, until the end of the block."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "SANIC_HOST": LOCAL, "RASA_TELEMETRY_ENABLED": "false"}
    base = f"http://{LOCAL}:{port}"
    settings().log_folder.mkdir(exist_ok=True)
    log = settings().log_folder / f"bench-{name}.log"
    began = time.monotonic()
    processes = []
    try:
        with log.open("w") as output:
            for command in commands:
                process = subprocess.Popen(
                    command, cwd=place, env={**environ, **variables}, stdout=output, stderr=output
                )
                processes.append(process)
        while not _answers(base):
            ended = any(process.poll() is not None for process in processes)
            if ended or time.monotonic() - began > START_SECONDS:
                raise NotStartedError(f"{name} has not started, see {log}")
            time.sleep(0.1)
        seconds = time.monotonic() - began
        yield Running(name, base, seconds, tuple(psutil.Process(process.pid) for process in processes))
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(base: str) -> bool:
    """Whether a message gets an answer."""
    body = json.dumps({"sender": "start", "message": BARE_WORD}).encode()
    request = urllib.request.Request(
        f"{base}/webhooks/rest/webhook", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bool(json.load(answer))
    except (urllib.error.URLError, OSError):
        return False
