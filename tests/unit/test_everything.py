"""The program behind `make test`, with steps of a shell."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from assistant.settings import ROOT
from tests.everything import Step, run


@pytest.fixture(autouse=True)
def signals_as_before() -> object:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def shell(name: str, script: str) -> Step:
    return Step(name, ("sh", "-c", script))


def summary(text: str) -> dict[str, str]:
    """From the name of each step to its outcome, in the order in which they ended."""
    lines = text.split("What ran:\n")[1].splitlines()[:-1]
    return {line.split()[0]: line.split()[1] for line in lines}


def test_lanes_run_beside_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # each waits for what the other has done
    front = shell("front", f"touch {tmp_path}/a; until [ -e {tmp_path}/b ]; do sleep 0.02; done")
    behind = shell("behind", f"touch {tmp_path}/b; until [ -e {tmp_path}/a ]; do sleep 0.02; done; echo said behind")
    last = shell("last", f"[ -e {tmp_path}/a ]")
    assert run([([front], [behind]), ([last], [])], tmp_path) == 0
    shown = capsys.readouterr().out
    outcomes = summary(shown)
    assert outcomes == {"front": "passed", "behind": "passed", "last": "passed"}
    assert list(outcomes)[-1] == "last"
    assert "said behind" not in shown
    assert (tmp_path / "behind.log").read_text() == "said behind\n"


@pytest.mark.parametrize("fails_behind", [True, False])
def test_a_step_that_fails_stops_all(tmp_path: Path, capsys: pytest.CaptureFixture[str], fails_behind: bool) -> None:
    begun = tmp_path / "begun"
    bad = [shell("bad", f"until [ -e {begun} ]; do sleep 0.02; done; echo why; exit 3"), shell("never", "true")]
    long = [shell("long", f"touch {begun} & exec sleep 30")]
    lanes = (long, bad) if fails_behind else (bad, long)
    started = time.monotonic()
    assert run([lanes, ([shell("later", "true")], [])], tmp_path) == 1
    assert time.monotonic() - started < 20
    shown = capsys.readouterr().out
    assert summary(shown) == {"bad": "FAILED", "long": "stopped"}
    assert not fails_behind or "\nwhy\n" in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_after_an_interrupt(tmp_path: Path, number: signal.Signals) -> None:
    # one ends as a suite does that stops its servers, the other's child has a session of its own and no ear for SIGINT
    program = f"""
import sys
from pathlib import Path
from tests.everything import Step, run
tidy = Step("tidy", ("sh", "-c", "trap 'echo > {tmp_path}/tidied; exit 1' INT; touch {tmp_path}/a; sleep 60 & wait"))
deaf = Step("deaf", ("sh", "-c", "setsid sh -c 'trap : INT; touch {tmp_path}/b; while :; do sleep 1; done' & wait"))
import tests.everything
tests.everything.STOP_SECONDS = 1
sys.exit(run([([tidy], [deaf])], Path("{tmp_path}")))
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while not all((tmp_path / name).exists() for name in "ab"):
        assert process.poll() is None
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 4
    process.send_signal(number)
    shown, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert summary(shown) == {"tidy": "stopped", "deaf": "stopped"}
    assert (tmp_path / "tidied").exists()
    assert psutil.wait_procs(children, timeout=5)[1] == []
