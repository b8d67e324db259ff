"""`make test`: all tests, two lanes at a time, and at the end what ran.

Both lanes wait much: for servers that start, for browsers, for limits that run out. Beside each other they take little
more than the longer of them. The first step that fails stops all the others, and so does Ctrl-C.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from assistant.settings import ROOT

STOP_SECONDS = 60  # for a suite that is interrupted, to stop its servers
SHOWN_LINES = 300  # of the log of a step that failed beside others
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOGS = ROOT / "var" / "tests"


@dataclass(frozen=True)
class Step:
    """One command.

    Attributes:
        name: what it is called in the summary.
        command: the program and its arguments.
    """

    name: str
    command: tuple[str, ...]


def python(*arguments: str) -> tuple[str, ...]:
    """The command of a Python module in this environment."""
    return (sys.executable, "-m", *arguments)


FIRST = (Step("packages of the system", ("scripts/need-packages",)),)
# What needs no model, beside its training.
UNTRAINED = (
    Step("lint", python("ruff", "check", ".")),
    Step("format", python("ruff", "format", "--check", ".")),
    Step("types", python("mypy", "assistant", "actions")),
    Step("content (make check)", python("assistant.checking")),
    Step("content and data (rasa)", python("rasa", "data", "validate", "--fail-on-warnings")),
    Step("website widget", ("make", "--no-print-directory", "widget-test")),
    Step("unit tests", python("pytest", "tests/unit")),
)
TRAINING = (Step("training", python("assistant.serve", "--train-only")),)
# What talks to the model, in two lanes of about the same length.
OVER_HTTP = (Step("conversations over HTTP", python("pytest", "tests/server")),)
OTHERS = (
    Step("the widget in browsers", python("pytest", "tests/browser")),
    Step("understanding", python("pytest", "tests/understanding")),
    Step("dialogues (rasa test)", python("assistant.keeping.failures")),
)


@dataclass
class Run:
    """What runs and what has run.

    Attributes:
        folder: for the logs of the steps that run behind others.
        lines: of the summary.
        failed: whether a step has failed, or all were stopped.
    """

    folder: Path
    lines: list[str] = field(default_factory=list)
    failed: bool = False
    _running: list[subprocess.Popen] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stage(self, front: Iterable[Step], behind: Iterable[Step] = ()) -> None:
        """Runs two lanes beside each other, each step after the one before.

        Args:
            front: the lane whose output is shown.
            behind: the lane whose output goes into logs; that of a step that fails is shown.
        """
        with ThreadPoolExecutor(2) as threads:
            lanes = [threads.submit(self._lane, front, False), threads.submit(self._lane, behind, True)]
            try:
                for lane in lanes:
                    lane.result()
            finally:  # after an interrupt too
                self.stop()

    def stop(self) -> None:
        """Interrupts what runs, as Ctrl-C would, so that it stops its servers; ends what is left of it."""
        with self._lock:
            running = list(self._running)
            self.failed = self.failed or bool(running)
        children: list[psutil.Process] = []
        for process in running:
            with suppress(psutil.NoSuchProcess):
                children += psutil.Process(process.pid).children(recursive=True)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0, deadline - time.monotonic()))
        for left in psutil.wait_procs(children, timeout=max(0, deadline - time.monotonic()))[1]:
            with suppress(psutil.NoSuchProcess):
                left.kill()
        for process in running:
            process.kill()

    def _lane(self, steps: Iterable[Step], behind: bool) -> None:
        for step in steps:
            log = self.folder / f"{step.name.split(' (')[0].replace(' ', '-')}.log" if behind else None
            with self._lock:
                if self.failed:
                    return
                print(f"\n== {step.name}" + (f" (in {os.path.relpath(log)})" if log else ""), flush=True)
                process = self._start(step, log)
            self._wait(step, process, log)

    def _start(self, step: Step, log: Path | None) -> subprocess.Popen:
        with log.open("wb") if log else nullcontext() as output:
            process = subprocess.Popen(
                step.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches only this process, which then stops them all
            )
        self._running.append(process)
        return process

    def _wait(self, step: Step, process: subprocess.Popen, log: Path | None) -> None:
        started = time.monotonic()
        code = process.wait()
        with self._lock:
            self._running.remove(process)
            outcome = "passed" if code == 0 else "stopped" if self.failed else "FAILED"
            self.failed = self.failed or code != 0
            self.lines.append(f"  {step.name:<34} {outcome:<7} {time.monotonic() - started:5.0f} s")
            if log and outcome == "FAILED":
                print("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:]))
            if log:
                print(f"\n== {step.name}: {outcome}", flush=True)
        if outcome == "FAILED":
            self.stop()


def _interrupt(*_: object) -> None:
    for number in STOPPED_BY:
        signal.signal(number, signal.SIG_IGN)  # once is enough: what runs is being stopped
    raise KeyboardInterrupt


def run(stages: Iterable[tuple[Iterable[Step], Iterable[Step]]], folder: Path) -> int:
    """Runs stages one after the other and prints what ran.

    Args:
        stages: the two lanes of each, see Run.stage.
        folder: for the logs of the lanes behind.

    Returns:
        The exit code: 0 if all steps passed, 1 if one failed, 130 after an interrupt.
    """
    for number in STOPPED_BY:
        signal.signal(number, _interrupt)
    folder.mkdir(parents=True, exist_ok=True)
    began, whole, code = time.monotonic(), Run(folder), 0
    try:
        for front, behind in stages:
            whole.stage(front, behind)
    except KeyboardInterrupt:
        code = 130
    print("\nWhat ran:", *whole.lines, f"  {'all of it':<34} {time.monotonic() - began:13.0f} s", sep="\n")
    return code or int(whole.failed)


if __name__ == "__main__":
    sys.exit(run([(FIRST, ()), (UNTRAINED, TRAINING), (OVER_HTTP, OTHERS)], LOGS))
