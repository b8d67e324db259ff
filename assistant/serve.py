"""`make run`: trains if needed, starts the action server and the assistant, waits until they answer, stops both."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.content.catalogue import catalogue
from assistant.content.yaml_file import ContentError
from assistant.settings import ROOT, Settings, SettingsError, settings

MODEL = ROOT / "models" / "assistant.tar.gz"
SOURCES = ("config.yml", "domain.yml", "data", "assistant/nlu", "assistant/content", "requirements.lock")
HTTP_ERROR = 400
START_LIMIT = 180  # seconds to wait for the first answer


class StartError(RuntimeError):
    """The assistant cannot be started; the text says why and what to do."""


def newest_change(root: Path, sources: tuple[str, ...]) -> float:
    """The time (seconds since the epoch) of the newest file among the sources."""
    files = [
        file
        for source in sources
        for file in ([root / source] if (root / source).is_file() else (root / source).rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    ]
    return max(file.stat().st_mtime for file in files)


def model_is_stale(model: Path, root: Path, sources: tuple[str, ...] = SOURCES) -> bool:
    """Whether there is no model, or one older than what it is made from."""
    return not model.exists() or model.stat().st_mtime < newest_change(root, sources)


def check_port(host: str, port: int, variable: str) -> None:
    """Checks that nothing listens on a port.

    Raises:
        StartError: something does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise StartError(
                f"Le port {port} est déjà pris. Arrêtez ce qui l'utilise, ou choisissez-en un autre : "
                f"{variable}={port + 1} make run"
            ) from None


def wait_showing_time(process: subprocess.Popen, what: str) -> int:
    """Waits for a process, showing the seconds on one line; returns its exit code."""
    started = time.monotonic()
    while process.poll() is None:
        if sys.stdout.isatty():
            print(f"\r{what} … {time.monotonic() - started:.0f} s ", end="", flush=True)
        time.sleep(0.5)
    print(f"\r{what} : {time.monotonic() - started:.0f} s     ", flush=True)
    return process.returncode


def train() -> None:
    """Trains the model.

    Raises:
        StartError: the training failed.
    """
    log = ROOT / "var" / "train.log"
    log.parent.mkdir(exist_ok=True)
    # --force: Rasa's cache of trained components does not see changes in the modules that they use
    # --skip-validation: `make validate` does it, and Rasa's own stops nothing by default
    name = MODEL.name.split(".")[0]
    rasa = [sys.executable, "-m", "assistant.rasa"]
    command = [*rasa, "train", "--force", "--skip-validation", "--fixed-model-name", name]
    with log.open("w") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output) as process:
        code = wait_showing_time(process, "Entraînement du modèle")
    if code != 0 or not MODEL.exists():
        raise StartError(f"L'entraînement a échoué. Voir {log.relative_to(ROOT)}.")
    MODEL.touch()  # Rasa keeps the old file where nothing has changed


def train_if_stale() -> None:
    """Trains unless there is a model that is newer than its sources."""
    catalogue()
    if model_is_stale(MODEL, ROOT):
        train()


def is_ready(config: Settings) -> bool:
    """Whether the assistant says that its model and its action server are there."""
    try:
        with urllib.request.urlopen(f"http://{config.host}:{config.port}/webhooks/rest/", timeout=5) as answer:
            return bool(answer.status < HTTP_ERROR)
    except (urllib.error.URLError, OSError):
        return False


def _start(arguments: list[str], log: Path, environ: dict[str, str]) -> subprocess.Popen:
    with log.open("w") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops them in order
        )


def _where_logs_are(config: Settings) -> str:
    return f"Voir assistant.log et actions.log dans {os.path.relpath(config.log_folder)}."


def _stop(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running(config: Settings) -> Iterator[list[subprocess.Popen]]:
    """Runs action server and assistant, from the first answer to the end of the block.

    Raises:
        StartError: a port is taken, a process ends, or no answer comes in time.
        ContentError, SettingsError: a content file or a variable cannot be used.
    """
    check_port(config.host, config.port, "PORT")
    train_if_stale()
    config.log_folder.mkdir(parents=True, exist_ok=True)
    logs = {name: config.log_folder / f"{name}.log" for name in ("assistant", "actions")}
    environ = dict(os.environ, SANIC_HOST=config.host)
    processes: list[subprocess.Popen] = []
    try:
        if "ACTION_SERVER_URL" not in os.environ:
            check_port(config.host, config.action_port, "ACTION_PORT")
            processes.append(
                _start(
                    ["rasa_sdk", "--actions", "actions", "--port", str(config.action_port)],
                    logs["actions"],
                    environ,
                )
            )
        place = ["--interface", config.host, "--port", str(config.port)]
        server = ["assistant.rasa", "run", "--model", str(MODEL), *place]
        processes.append(_start(server, logs["assistant"], environ))
        started = time.monotonic()
        while not is_ready(config):
            waited = time.monotonic() - started
            if any(process.poll() is not None for process in processes) or waited > START_LIMIT:
                raise StartError(f"L'assistant n'a pas démarré. {_where_logs_are(config)}")
            if sys.stdout.isatty():
                print(f"\rDémarrage … {waited:.0f} s ", end="", flush=True)
            time.sleep(0.3)
        print(f"\rDémarrage : {time.monotonic() - started:.0f} s     ", flush=True)
        yield processes
    finally:
        _stop(processes)


def _raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Runs until Ctrl-C or until a process ends; with `--train-only`, trains if needed and ends."""
    signal.signal(signal.SIGTERM, _raise_interrupt)
    try:
        config = settings()
        if "--train-only" in arguments:
            train_if_stale()
            return 0
        with running(config) as processes:
            address = f"http://{config.host}:{config.port}/webhooks/rest/webhook"
            demo = f"http://{config.host}:{config.port}/webhooks/widget/demo"
            print(f"La page de démonstration : {demo}")
            if config.workbench_token:
                print(f"L’atelier de l’équipe : http://{config.host}:{config.port}/webhooks/workbench")
            print(f"L'assistant répond à l'adresse {address}. Ctrl-C pour arrêter. Par exemple :\n")
            print(
                f"  curl -s {address} -H 'Content-Type: application/json' \\\n"
                """       -d '{"sender": "moi", "message": "C’est quoi, l’immunothérapie ?"}'\n""",
                flush=True,
            )
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
            raise StartError(f"L'assistant s'est arrêté. {_where_logs_are(config)}")
    except KeyboardInterrupt:
        print("\nArrêté.")
        return 0
    except (StartError, ContentError, SettingsError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
