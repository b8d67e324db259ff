"""What a person sees when a part is missing, and what is left in the logs."""

import os
import signal
import subprocess
import time
import uuid

import psutil
import requests

from assistant.settings import ROOT
from tests.server.conftest import Server


def action_server_ids(server: Server) -> list[int]:
    """Process ids of this server's own action server."""
    children = psutil.Process(server.process.pid).children()
    return [child.pid for child in children if str(server.action_port) in child.cmdline()]


def test_an_action_server_that_hangs(server: Server) -> None:
    sender = uuid.uuid4().hex
    (pid,) = action_server_ids(server)
    os.kill(pid, signal.SIGSTOP)
    try:
        assert server.names("c'est quoi l'immunothérapie ?", sender) == ["utter_definition"]
        started = time.monotonic()
        (message,) = server.say("lire la suite", sender)
        assert time.monotonic() - started < 10
        assert message["custom"]["answer"] == "utter_unavailable"
        assert "https://www.fondation-arc.org/" in message["text"]
        assert requests.get(f"{server.base}/webhooks/rest/", timeout=10).status_code == 503
        assert server.names("qui a réalisé le dossier ?", sender) == ["utter_authors"]
    finally:
        os.kill(pid, signal.SIGCONT)
    assert server.names("je voudrais faire un don", sender) == ["utter_donate"]


def test_port_taken(server: Server) -> None:
    port = server.base.rsplit(":", 1)[1]
    environ = {**os.environ, "PORT": port}
    command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "assistant.serve"]
    ended = subprocess.run(command, check=False, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert f"Le port {port} est déjà pris" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_wrong_settings_stop_the_start_with_a_clear_message() -> None:
    command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "assistant.serve"]
    for name, value in (("ARC_URL_HOME", "http://example.org"), ("PORT", "abc"), ("WIDGET_ORIGINS", "*")):
        ended = subprocess.run(
            command, check=False, cwd=ROOT, env={**os.environ, name: value}, capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 1
        assert name in ended.stderr
        assert "Traceback" not in ended.stderr


def test_no_message_text_in_the_logs(server: Server) -> None:
    secret = f"tamponnoir{uuid.uuid4().hex[:8]}"
    server.say(f"bonjour {secret}, c'est quoi l'immunothérapie ?")
    server.say(f"je voudrais faire un don {secret}")
    server.say(f'/{secret}{{"a": 1}}')
    server.post(data=f'{{"sender": "{secret}"', headers={"Content-Type": "application/json"})
    assert secret not in server.logs()
