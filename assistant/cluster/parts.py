"""The programs of a cluster: each is started, watched and stopped by its process id."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from assistant.serve import StartError
from assistant.settings import ROOT

LOCAL = "127.0.0.1"
PORTS = range(20_000, 32_000)  # below those that Linux gives to outgoing connections, which could take one in between
START_SECONDS = 300  # on a machine that does other things as well
STOP_SECONDS = 15


def free_port() -> int:
    """A port of this machine that nothing listens on, at random, so that two who ask at once get different ones."""
    while is_listening(port := random.choice(PORTS)):
        pass
    return port


def find_program(name: str, *folders: str) -> str:
    """The path of a program.

    Args:
        name: the program, named like its Debian package or part of one.
        folders: where to look besides PATH, as patterns; of several matches the newest version is taken.

    Raises:
        StartError: it is not on this machine.
    """
    places = [os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]
    for folder in folders:
        places += [str(path) for path in sorted(Path("/").glob(folder.lstrip("/")), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join(places))
    if not found:
        raise StartError(
            f"Le programme {name} n'est pas installé. Sous Debian : apt-get install postgresql redis-server nginx"
        )
    return found


def own(path: Path, user: str | None) -> Path:
    """Gives a new file or folder to a user, None for the one of this process; returns it."""
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def unprivileged(*names: str) -> str | None:
    """The first of these users that the machine has, or nobody; None where this process is not root itself."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name for account in pwd.getpwall()}
    return next((name for name in (*names, "nobody") if name in known), None)


@dataclass
class Part:
    """One program.

    Attributes:
        name: what it is called in logs.
        command: the program and its arguments.
        log: the file that takes its output.
        is_ready: whether it does its work.
        user: whom it runs as; None for the user of this process.
        environ: variables of its environment, besides those of this process.
        stop_signal: how it is asked to end.
        process: the running program; None before it is started and after it is stopped.
    """

    name: str
    command: list[str]
    log: Path
    is_ready: Callable[[], bool]
    user: str | None = None
    environ: dict[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen | None = None

    def start(self) -> None:
        """Starts the program, and does not wait for it."""
        account = {} if self.user is None else {"user": self.user, "group": _group(self.user), "extra_groups": []}
        with self.log.open("a") as output:
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                self.command,
                cwd=ROOT,
                env={**os.environ, **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches only this process, which stops the parts in order
                **account,
            )

    def wait(self) -> None:
        """Waits until it is ready.

        Raises:
            StartError: it has ended, or takes more than START_SECONDS.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise StartError(f"{self.name} n'a pas démarré. Voir {self.log}.")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stops it, if it runs."""
        process, self.process = self.process, None  # it has not ended by itself
        if process is None or process.poll() is not None:
            return
        process.send_signal(self.stop_signal)
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def is_listening(port: int) -> bool:
    """Whether something takes connections on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOCAL, port)) == 0


def python(*arguments: str) -> list[str]:
    """The command of a Python module in this environment."""
    return [sys.executable, "-m", *arguments]
