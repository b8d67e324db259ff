"""nginx with the configuration of production: with TLS, and in front of a crowd."""

import re
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template

import pytest
import requests
import yaml

from assistant.cluster import topology
from assistant.cluster.parts import find_program, free_port
from assistant.cluster.topology import UPSTREAM, Cluster
from assistant.settings import ROOT

NGINX = ROOT / "deploy" / "nginx"
CROWD = 200
TIMEOUT = 2  # seconds in place of 4.5, so that the test is short; enough for a crowd on a busy machine
FAILURES = 5  # of an upstream until it is left alone


def test_the_configuration_with_tls(tmp_path: Path) -> None:
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    template = Template((NGINX / "assistant.conf.template").read_text())
    values = {
        "ASSISTANTS": "server 127.0.0.1:5005; server 127.0.0.1:5006;",
        "ACTION_SERVERS": "server 127.0.0.1:5055;",
        "LISTEN": "8443 ssl",
        "ACTIONS_LISTEN": "5056",
        "SERVER_NAME": "localhost",
        "CONFIGURATION": str(tmp_path),
        "STATIC": str(tmp_path),
        "REQUESTS_PER_SECOND": "10",
        "BURST": "40",
    }
    filled = template.safe_substitute(values)
    assert "${" not in filled.replace("${…}", "")
    (tmp_path / "assistant.conf").write_text(filled)
    tls = (NGINX / "tls.conf").read_text().replace("/etc/nginx/certificates", str(tmp_path))
    (tmp_path / "tls.conf").write_text(tls)
    main = tmp_path / "nginx.conf"
    main.write_text((NGINX / "container.conf").read_text().replace("/tmp/", f"{tmp_path}/"))
    ended = subprocess.run([find_program("nginx"), "-t", "-c", main], check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "warn" not in ended.stderr.replace('nginx: [warn] the "user" directive', "")


class Upstream(BaseHTTPRequestHandler):
    """In the place of an assistant: answers at once, but hangs where it is asked to."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("?slow"):
            time.sleep(3 * TIMEOUT)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Writes nothing."""


class Upstreams(ThreadingHTTPServer):
    request_queue_size = CROWD
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """nginx hangs up on what is slow."""


@contextmanager
def upstream() -> Iterator[int]:
    with Upstreams(("127.0.0.1", 0), Upstream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The nginx of `make cluster` in front of two upstreams."""
    text = topology.TEMPLATE.read_text()
    assert "proxy_read_timeout 4500ms" in text
    quick = tmp_path / "template"
    quick.write_text(text.replace("proxy_read_timeout 4500ms", f"proxy_read_timeout {TIMEOUT * 1000:.0f}ms"))
    monkeypatch.setattr(topology, "TEMPLATE", quick)
    with ExitStack() as stack:
        cluster = Cluster(tmp_path, free_port())
        cluster.ports = {f"assistant-{number}": stack.enter_context(upstream()) for number in (1, 2)}
        cluster.ports["actions-1"] = free_port()
        for folder in (tmp_path, *tmp_path.parents[:2]):
            folder.chmod(0o755)  # nginx runs as another user
        cluster._add_nginx(free_port())
        (part,) = cluster.parts.values()
        part.start()
        try:
            part.wait()
            yield cluster.base
        finally:
            part.stop()


@pytest.mark.parametrize("slow_ones", [1, 2 * FAILURES], ids=["one", "enough for every upstream to be left alone"])
def test_slow_requests_take_nothing_from_a_crowd(front: str, slow_ones: int) -> None:
    address = f"{front}/webhooks/telegram/webhook"  # not limited by address: the crowd comes from this one

    def ask(query: str) -> int:
        return requests.post(address + query, json={}, timeout=20).status_code

    with ThreadPoolExecutor(CROWD + slow_ones) as pool:
        slow = [pool.submit(ask, "?slow") for _ in range(slow_ones)]
        while not all(request.done() for request in slow):  # before, between and after their two tries
            assert Counter(pool.map(ask, [""] * CROWD)) == {200: CROWD}
        assert {request.result() for request in slow} == {504}
        assert Counter(pool.map(ask, [""] * CROWD)) == {200: CROWD}


def test_the_containers_have_the_same_upstreams() -> None:
    assert f"max_fails={FAILURES} " in UPSTREAM
    wanted = [setting.strip() for setting in UPSTREAM.split("server {address}")[1:]]
    environ = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]["nginx"]["environment"]
    for name in ("ASSISTANTS", "ACTION_SERVERS"):
        assert re.findall(r"server \S+ ([^;]*;)", environ[name]) == wanted * 2
