"""What somebody tries who means harm, on the level of bytes, against a server in debug mode (docs/security.md)."""

import gzip
import json
import re
import socket
import subprocess
import uuid
import zlib

import psutil
import pytest
import requests

from assistant.settings import ROOT
from tests.server.guarded import METRICS_TOKEN, SETTINGS, Guarded
from tests.server.widget import Visitor

BODY = json.dumps({"sender": "a", "message": "bonjour"}).encode()
POST = b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GET = b"GET /health/live HTTP/1.1\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)


def raw(server: Guarded, data: bytes, port: int | None = None) -> bytes:
    """What the server, or what listens on a port, answers to bytes until it closes the connection or says no more."""
    host, own_port = server.base.removeprefix("http://").split(":")
    port = port or int(own_port)
    received = b""
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(data)
        connection.settimeout(2)
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except (TimeoutError, ConnectionResetError):
            pass
    return received


def still_answers(server: Guarded) -> None:
    assert requests.get(f"{server.base}/health/live", timeout=10).status_code == 200
    assert server.names("qui a réalisé le dossier ?", uuid.uuid4().hex) == ["utter_authors"]


FALSE_FORMS = pytest.mark.parametrize(
    "data",
    [
        pytest.param(POST + b"Content-Length: -5\r\n\r\n" + BODY[:5], id="a negative length, which hung Sanic"),
        pytest.param(POST + b"Content-Length: -5\r\n\r\n" + BODY, id="a negative length"),
        pytest.param(POST + b"Content-Length: +5\r\n\r\n" + BODY, id="a signed length"),
        pytest.param(POST + b"Content-Length: 0x10\r\n\r\n" + BODY, id="a length in hexadecimals"),
        pytest.param(POST + b"Content-Length: 99999999999999999999\r\n\r\n" + BODY, id="a length without end"),
        pytest.param(POST + LENGTH + LENGTH + b"\r\n" + BODY, id="the length twice"),
        pytest.param(POST + LENGTH + b"Content-Length: 3\r\n\r\n" + BODY, id="two lengths"),
        pytest.param(POST + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET, id="length and chunks"),
        pytest.param(POST + LENGTH + b"Transfer-Encoding: xchunked\r\n\r\n" + BODY, id="an unknown encoding"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY, id="a chunk without a size"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + BODY, id="a chunk of a negative size"),
        pytest.param(POST + b"Content-Length : 5\r\n\r\n" + BODY, id="a space before the colon"),
        pytest.param(POST + b"X: a\r\n b\r\n" + LENGTH + b"\r\n" + BODY, id="a folded header"),
        pytest.param(GET + b"Host: a\r\nHost: b\r\n\r\n", id="two hosts"),
        pytest.param(GET + b"Host: x\r\nX: a\x00b\r\n\r\n", id="a NUL in a header"),
        pytest.param(GET + b"Host: x\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", id="a long header"),
        pytest.param(b"\x16\x03\x01\x02\x00" * 20 + b"\r\n\r\n", id="TLS where there is none"),
        pytest.param(b"GET /health/live HTTP/9.9\r\nHost: x\r\n\r\n", id="another version"),
    ],
)


@FALSE_FORMS
def test_requests_of_a_false_form_are_refused_once_and_nobody_waits(guarded: Guarded, data: bytes) -> None:
    received = raw(guarded, data)
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", received)
    assert len(statuses) == 1, received[:500]
    assert statuses[0] in (b"400", b"413"), received[:500]
    still_answers(guarded)


# --- the action server, which only the assistants should reach


def action_server_answers(guarded: Guarded) -> None:
    assert requests.get(f"http://127.0.0.1:{guarded.action_port}/health", timeout=10).json() == {"status": "ok"}
    assert guarded.names("lire la suite") == ["utter_full_article_from_home"]


@FALSE_FORMS
def test_the_action_server_refuses_them_too(guarded: Guarded, data: bytes) -> None:
    data = data.replace(b"/webhooks/rest/webhook", b"/webhook").replace(b"/health/live", b"/health")
    received = raw(guarded, data, guarded.action_port)
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", received)
    assert len(statuses) == 1, received[:500]
    assert statuses[0] in (b"400", b"413"), received[:500]
    action_server_answers(guarded)


MARK = "motplanteici"
CALL = json.dumps({"next_action": "action_x", "tracker": {"latest_message": {"text": MARK}}})


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        pytest.param(gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"}, 400, id="a gzip bomb"),
        pytest.param(zlib.compress(b" " * 50_000_000), {"Content-Encoding": "deflate"}, 400, id="a deflate bomb"),
        pytest.param("[" * 1_000_000, {}, 400, id="deep nesting that is never closed"),
        pytest.param('{"tracker":' * 100_000 + "1" + "}" * 100_000, {}, 400, id="deep nesting"),
        pytest.param(" " * (4 * 2**20 + 1), {}, 413, id="a long body"),
        pytest.param(f'{{"{MARK}": ', {}, 400, id="no JSON"),
        pytest.param(f'["{MARK}"]', {}, 500, id="no object"),
        pytest.param(CALL, {}, 404, id="an action that is not there"),
    ],
)
def test_calls_that_the_action_server_refuses(
    guarded: Guarded, body: str | bytes, headers: dict[str, str], status: int
) -> None:
    before = psutil.Process(guarded.actions.pid).memory_info().rss
    answer = requests.post(
        f"http://127.0.0.1:{guarded.action_port}/webhook",
        data=body,
        headers={"Content-Type": "application/json", **headers},
        timeout=20,
    )
    assert answer.status_code == status
    assert MARK not in answer.text
    assert MARK not in guarded.logs()
    assert psutil.Process(guarded.actions.pid).memory_info().rss - before < 40_000_000
    action_server_answers(guarded)


# --- the assistant again


def test_a_body_that_is_promised_and_never_sent_holds_up_nobody_else(guarded: Guarded) -> None:
    host, port = guarded.base.removeprefix("http://").split(":")
    waiting = [socket.create_connection((host, int(port)), timeout=30) for _ in range(50)]
    try:
        for connection in waiting:
            connection.sendall(POST + b"Content-Length: 1000\r\n\r\n{")
        still_answers(guarded)
    finally:
        for connection in waiting:
            connection.close()
    still_answers(guarded)


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_decompression_bomb_is_not_unpacked(guarded: Guarded, coding: str, pack: object) -> None:
    bomb = pack(b" " * 50_000_000 + BODY)
    assert len(bomb) < 60_000
    before = psutil.Process(guarded.process.pid).memory_info().rss
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    assert guarded.post(data=bomb, headers=headers).status_code == 400
    assert Visitor(guarded).call("POST", "/message", data=bomb, headers=headers).status_code == 400
    assert psutil.Process(guarded.process.pid).memory_info().rss - before < 40_000_000


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_is_refused(guarded: Guarded, opening: str) -> None:
    body = opening * (60_000 // len(opening))
    deep = '{"sender": "a", "message": "b", "x": ' + "[" * 500 + "]" * 500 + "}"
    for text in (body, deep):
        headers = {"Content-Type": "application/json"}
        assert guarded.post(data=text, headers=headers).status_code == 400
        assert Visitor(guarded).call("POST", "/message", data=text, headers=headers).status_code == 400
    still_answers(guarded)


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/webhooks/widget/../../../../etc/passwd",
        "/webhooks/widget/demo/%2e%2e/%2e%2e/gate.py",
        "/webhooks/widget/demo/..%2f..%2fgate.py",
        "/webhooks/widget/demo/....//....//gate.py",
        "/webhooks/widget//etc/passwd",
        "/webhooks/widget/demo/\\..\\gate.py",
        "/webhooks/widget/demo%00.html",
    ],
)
def test_no_path_leads_to_another_file(guarded: Guarded, path: str) -> None:
    received = raw(guarded, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1\.1 4\d\d ", received), received[:200]
    assert b"root:" not in received
    assert b"class Gate" not in received


INJECTIONS = (
    "'; DROP TABLE events; --",
    "a' OR '1'='1",
    'a" UNION SELECT data FROM events --',
    "%s %(x)s {0} ${HOME}",
    '"}\n{"level": "critical", "message": "planted"}',
)


@pytest.mark.parametrize("text", INJECTIONS)
def test_neither_sql_nor_log_lines_can_be_injected(guarded: Guarded, text: str) -> None:
    sender = uuid.uuid4().hex
    guarded.say(text, sender)
    guarded.post(json={"sender": text.replace("\n", " ") + sender, "message": "bonjour"})
    requests.get(guarded.base + "/" + requests.utils.quote(text), headers={"X-Text": repr(text)}, timeout=10)
    assert guarded.names("qui a réalisé le dossier ?", sender) == ["utter_authors"]
    assert "planted" not in guarded.logs()
    assert "DROP TABLE" not in guarded.logs()


def test_the_host_and_the_forwarded_address_change_nothing(guarded: Guarded) -> None:
    visitor = Visitor(guarded)
    visitor.send(text="bonjour")
    headers = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example", "Forwarded": "for=127.0.0.1"}
    assert requests.get(f"{guarded.base}/metrics", headers=headers, timeout=10).status_code == 401
    answer = requests.get(
        f"{guarded.base}/webhooks/widget/",
        headers={**headers, "Host": "evil.example"},
        timeout=10,
        allow_redirects=False,
    )
    assert answer.headers["Location"] == "/webhooks/widget/demo"
    assert "evil.example" not in answer.text


def test_rasas_own_addresses_are_off(guarded: Guarded) -> None:
    for method, path in (
        ("GET", "/conversations/a/tracker"),
        ("POST", "/conversations/a/messages"),
        ("POST", "/model/parse"),
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("GET", "/domain"),
        ("GET", "/status"),
    ):
        assert requests.request(method, guarded.base + path, json={}, timeout=10).status_code in (404, 405)


def test_no_secret_is_in_a_process_list(guarded: Guarded) -> None:
    for process in (guarded.process, guarded.actions):
        line = " ".join(psutil.Process(process.pid).cmdline())
        assert "rasa" in line
        assert METRICS_TOKEN not in line
        assert SETTINGS["WIDGET_SECRET"] not in line
        assert "test.db" not in line


def test_both_servers_listen_on_this_machine_only(guarded: Guarded) -> None:
    for process in (guarded.process, guarded.actions):
        connections = psutil.Process(process.pid).net_connections("inet")
        addresses = {item.laddr.ip for item in connections if item.status == "LISTEN"}
        assert addresses == {"127.0.0.1"}


SECRET_FORMS = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bglpat-[\w-]{20}\b",
    r"\bxox[abprs]-[\w-]{10,}",
    r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b",
    r"\bsk-[A-Za-z0-9]{32,}\b",
    r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    r"(?:postgres(?:ql)?|redis|amqp|mysql)(?:\+\w+)?://[^\s:/@<>{}$*…]+:"
    r"(?!geheim|p%40ss|password|secret)[^\s@<>{}$*…]{6,}@",
    r"(?i)\b(?:password|passwd|api_?key|secret|token)\b['\"]?\s*[:=]\s*['\"][A-Za-z0-9+/_-]{24,}['\"]",
)


def test_no_secret_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    generated = (".lock", ".png", "package-lock.json")
    files = [ROOT / name for name in listed.split("\0") if name and not name.endswith(generated)]
    assert len(files) > 100
    found = [
        (file.relative_to(ROOT), form)
        for file in files
        if file.is_file()
        for form in SECRET_FORMS
        if re.search(form, file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
    assert not [name for name in listed.split("\0") if re.search(r"(^|/)(\.env|id_rsa|.*\.pem|widget-secret)$", name)]


@pytest.mark.parametrize("form", range(len(SECRET_FORMS)))
def test_the_search_for_secrets_finds_one(form: int) -> None:
    planted = (
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "A" * 16,
        "ghp_" + "a" * 36,
        "glpat-" + "a" * 20,
        "xoxb-" + "1" * 12,
        "1" * 9 + ":" + "A" * 35,
        "sk-" + "a" * 40,
        "eyJ" + "a" * 12 + ".eyJ" + "a" * 12 + "." + "a" * 30,
        "postgresql://me:" + "hunter2hunter2" + "@db/x",
        "api_key = " + '"' + "a" * 30 + '"',
    )[form]
    assert re.search(SECRET_FORMS[form], planted)
