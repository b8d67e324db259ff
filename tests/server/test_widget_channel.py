"""The widget's channel over HTTP, against the real assistant."""

import base64
import gzip
import json
import os
import signal
import socket
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from assistant.content.catalogue import catalogue
from tests.server.conftest import SCRIPT, SECRET, SITE, Server
from tests.server.test_faults import action_server_ids
from tests.server.widget import PATH, Visitor, call, error, new_id

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def visitor(server: Server) -> Visitor:
    return Visitor(server)


def rows(server: Server, query: str = "SELECT sender_id, type_name, data FROM events") -> list[tuple[Any, ...]]:
    with sqlite3.connect(server.folder / "test.db") as database:
        return database.execute(query).fetchall()


def sender(visitor: Visitor) -> str:
    return jwt.decode(visitor.token, options={"verify_signature": False})["sub"]


def user_events(visitor: Visitor) -> list[dict[str, Any]]:
    return [json.loads(data) for who, kind, data in rows(visitor.server) if who == sender(visitor) and kind == "user"]


# --- what a visitor does


def test_the_opening(server: Server) -> None:
    answer = call(server, "GET", "/opening")
    content = answer.json()
    (message,) = content["messages"]
    assert "Je ne suis pas un médecin" in message["text"]
    assert message["buttons"][0] == catalogue().button("definition")
    assert content["home_url"] == "https://www.fondation-arc.org/"
    assert content["privacy_url"] == f"{SITE}/donnees"


def test_a_conversation_and_its_history(visitor: Visitor) -> None:
    before = time.time()
    ids = [new_id() for _ in range(4)]
    answers = [
        visitor.send(ids[0], payload="/definition"),
        visitor.send(ids[1], text="lire la suite"),
        visitor.send(ids[2], text="quel est le taux de réponse ?"),
        visitor.send(ids[3], text="et pour le foie ?"),
    ]
    assert [[message["answer"] for message in turn] for turn in answers] == [
        ["utter_definition"],
        ["utter_full_article_from_home"],
        ["utter_response_rate"],
        ["utter_response_rate_hepatocarcinoma"],
    ]
    first, second = answers[0][0], answers[1][0]
    assert first["id"] == f"{ids[0]}.0"
    assert first["source"].startswith("Source\u00a0: Fondation ARC")
    assert first["source"] not in first["text"]
    assert first["buttons"] == [catalogue().button(step) for step in catalogue().answer("definition").next]
    assert second["links"][0]["kind"] == "site"
    history = visitor.history()
    said = [message for message in history if message["from"] == "assistant"]
    assert said == [message for turn in answers for message in turn]
    asked = [message for message in history if message["from"] == "user"]
    assert [(message["id"], message["text"]) for message in asked] == [
        (ids[0], catalogue().offers()["definition"]),
        (ids[1], "lire la suite"),
        (ids[2], "quel est le taux de réponse ?"),
        (ids[3], "et pour le foie ?"),
    ]
    times = [message["time"] for message in history]
    assert times == sorted(times)
    assert before - 1 < times[0] <= times[-1] < time.time() + 1


def test_gifts_are_links_of_their_kind(visitor: Visitor) -> None:
    (answer,) = visitor.send(text="je voudrais faire un don")
    assert {link["kind"] for link in answer["links"]} == {"gift"}
    assert visitor.history()[1] == answer


def test_every_button_is_answered(server: Server) -> None:
    visitor = Visitor(server)
    for intent in catalogue().offers():
        assert visitor.send(payload=f"/{intent}"), intent
    assert len(visitor.history()) >= 2 * len(catalogue().offers())


def test_the_history_ends_with_the_newest_200(visitor: Visitor) -> None:
    for _ in range(101):
        visitor.send(payload="/definition")
    last = new_id()
    visitor.send(last, payload="/definition")
    history = visitor.history()
    assert len(history) == 200
    assert history[-2]["id"] == last


def test_two_conversations_do_not_mix(server: Server) -> None:
    one, other = Visitor(server), Visitor(server)
    one.send(text="que raconte Xavier dans le témoignage ?")
    other.send(text="quels sont les taux de réponse ?")
    assert "Témoignage" in one.send(text="lire la suite")[0]["text"]
    assert "Pour quels patients" in other.send(text="lire la suite")[0]["text"]
    assert {message["id"] for message in one.history()}.isdisjoint(message["id"] for message in other.history())


def test_deleting_leaves_nothing_in_the_database(server: Server) -> None:
    gone, stays = Visitor(server), Visitor(server)
    mark = f"motsecret{new_id()[:8]}"
    (answer,) = gone.send(text=f"bonjour {mark}")
    gone.call("POST", "/feedback", json={"message_id": answer["id"], "useful": True})
    stays.send(text="qui a réalisé le dossier ?")
    file = server.folder / "test.db"
    assert mark.encode() in file.read_bytes()
    assert gone.call("DELETE", "/conversation").status_code == 204
    assert sender(gone) not in {who for who, *_ in rows(server)}
    for path in server.folder.glob("test.db*"):
        assert mark.encode() not in path.read_bytes()
        assert sender(gone).encode() not in path.read_bytes()
    assert gone.history() == []
    assert len(stays.history()) == 2
    assert gone.call("DELETE", "/conversation").status_code == 204
    # What comes later is a beginning: nothing of what was said before is known.
    assert gone.ask("et pour le foie ?") == Visitor(server).ask("et pour le foie ?")


def test_feedback(visitor: Visitor) -> None:
    (answer,) = visitor.send(text="qui a réalisé le dossier ?")
    for useful in (True, False):
        reply = visitor.call("POST", "/feedback", json={"message_id": answer["id"], "useful": useful})
        assert (reply.status_code, reply.content) == (204, b"")
        assert visitor.history()[-1] == {**answer, "useful": useful}
    kept = [
        json.loads(data) for who, kind, data in rows(visitor.server) if who == sender(visitor) and kind == "feedback"
    ]
    assert [(event["answer"], event["useful"]) for event in kept] == [("utter_authors", True), ("utter_authors", False)]
    assert all(set(event) == {"event", "timestamp", "message_id", "answer", "useful"} for event in kept)
    # The conversation goes on as if nothing had been said.
    assert visitor.ask("quel est le taux de réponse ?") == ["utter_response_rate"]
    (rate,) = visitor.send(text="et hodgkin ?")
    visitor.call("POST", "/feedback", json={"message_id": rate["id"], "useful": True})
    assert visitor.ask("et pour le foie ?") == ["utter_response_rate_hepatocarcinoma"]


def test_links_that_were_opened(server: Server, visitor: Visitor) -> None:
    (gift,) = visitor.send(text="je voudrais faire un don")
    visitor.ask("que raconte Xavier ?")
    (article,) = visitor.send(text="lire la suite")
    before = visitor.history()
    for answer in (gift, article):
        body = {"message_id": answer["id"], "link": answer["links"][0]["title"]}
        reply = visitor.call("POST", "/opened", json=body)
        assert (reply.status_code, reply.content) == (204, b"")
    wrong = (
        (gift["id"], "https://evil.example/"),
        (gift["id"], gift["links"][0]["url"]),
        (gift["id"], article["links"][0]["title"]),
        (gift["id"], ""),
    )
    for message_id, title in wrong:
        reply = visitor.call("POST", "/opened", json={"message_id": message_id, "link": title})
        assert error(reply) == (400, "unknown_link")
    right = gift["links"][0]["title"]
    for body in ({"message_id": gift["id"]}, {"message_id": gift["id"], "link": 1}, {"link": right}, []):
        assert error(visitor.call("POST", "/opened", json=body)) == (400, "bad_request")
    for message_id in (gift["id"][:-2], f"{gift['id'][:-2]}.7", "opening.0"):
        reply = visitor.call("POST", "/opened", json={"message_id": message_id, "link": right})
        assert error(reply) == (404, "unknown_message")
    reply = Visitor(server).call("POST", "/opened", json={"message_id": gift["id"], "link": right})
    assert error(reply) == (404, "unknown_message")
    kept = [
        json.loads(data) for who, kind, data in rows(visitor.server) if who == sender(visitor) and kind == "link_opened"
    ]
    assert [(event["message_id"], event["link"]) for event in kept] == [
        (gift["id"], "donation"),
        (article["id"], "home"),
    ]
    assert all(set(event) == {"event", "timestamp", "message_id", "link"} for event in kept)
    # The conversation is as it was, and goes on.
    assert visitor.history() == before
    assert visitor.ask("quel est le taux de réponse ?") == ["utter_response_rate"]


def test_feedback_on_what_was_not_said(server: Server, visitor: Visitor) -> None:
    message_id = new_id()
    visitor.send(message_id, text="bonjour")
    for wrong in (message_id, f"{message_id}.7", f"{new_id()}.0", "opening.0", ""):
        reply = visitor.call("POST", "/feedback", json={"message_id": wrong, "useful": True})
        assert error(reply) == (404, "unknown_message")
    reply = Visitor(server).call("POST", "/feedback", json={"message_id": f"{message_id}.0", "useful": True})
    assert error(reply) == (404, "unknown_message")
    for body in (
        {"message_id": f"{message_id}.0"},
        {"message_id": f"{message_id}.0", "useful": "yes"},
        {"useful": True},
    ):
        assert error(visitor.call("POST", "/feedback", json=body)) == (400, "bad_request")


def test_the_same_id_again_is_the_same_message(visitor: Visitor) -> None:
    message_id = new_id()
    first = visitor.send(message_id, text="qui a réalisé le dossier ?")
    visitor.send(text="quel est le taux de réponse ?")
    assert visitor.send(message_id, text="qui a réalisé le dossier ?") == first
    assert visitor.send(message_id, text="tout autre chose") == first
    assert len(user_events(visitor)) == 2
    assert len(visitor.history()) == 4


def test_ten_at_once_with_one_id(visitor: Visitor) -> None:
    message_id = new_id()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: visitor.send(message_id, text="je voudrais faire un don"), range(10)))
    assert answers == [answers[0]] * 10
    assert answers[0][0]["answer"] == "utter_donate"
    assert len(user_events(visitor)) == 1
    assert len(visitor.history()) == 1 + len(answers[0])


def test_a_message_while_the_action_server_hangs(server: Server, visitor: Visitor) -> None:
    (pid,) = action_server_ids(server)
    message_id = new_id()
    os.kill(pid, signal.SIGSTOP)
    try:
        (answer,) = visitor.send(message_id, text="lire la suite")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert answer["answer"] == "utter_unavailable"
    assert visitor.send(message_id, text="lire la suite") == [answer]
    assert visitor.history()[1:] == [answer]
    assert visitor.ask("je voudrais faire un don") == ["utter_donate"]


# --- bad input


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ({"text": ""}, 422, "empty"),
        ({"text": "  \n\t\u00a0 "}, 422, "empty"),
        ({"text": "\u0000\u0007\u202e"}, 422, "empty"),
        ({"text": "/"}, 422, "empty"),
        ({"text": "é" * 2001}, 422, "too_long"),
        ({"payload": "/restart"}, 422, "unknown_payload"),
        ({"payload": "/emergency"}, 422, "unknown_payload"),
        ({"payload": '/definition{"cancer": "lung"}'}, 422, "unknown_payload"),
        ({"payload": "definition"}, 422, "unknown_payload"),
        ({"payload": ""}, 422, "unknown_payload"),
        ({"text": 5}, 400, "bad_request"),
        ({"text": ["bonjour"]}, 400, "bad_request"),
        ({"text": {"text": "bonjour"}}, 400, "bad_request"),
        ({"text": None}, 400, "bad_request"),
        ({"payload": 5}, 400, "bad_request"),
        ({}, 400, "bad_request"),
        ({"text": "bonjour", "payload": "/definition"}, 400, "bad_request"),
        ({"text": "bonjour", "id": None}, 400, "bad_request"),
        ({"text": "bonjour", "id": 5}, 400, "bad_request"),
        ({"text": "bonjour", "id": "pas-un-uuid"}, 400, "bad_request"),
        ({"text": "bonjour", "id": "' OR 1=1 --"}, 400, "bad_request"),
    ],
)
def test_messages_that_are_refused(visitor: Visitor, content: dict[str, Any], status: int, code: str) -> None:
    answer = visitor.call("POST", "/message", json={"id": new_id(), **content})
    assert error(answer) == (status, code)
    if code == "too_long":
        assert answer.json()["max_characters"] == 2000
    assert visitor.history() == []
    assert visitor.ask("qui a réalisé le dossier ?") == ["utter_authors"]


@pytest.mark.parametrize(
    "text",
    ["é" * 2000, "/restart", "c\u0007est\u0000 quoi l'immunothérapie", "<script>alert(1)</script>", "{home} %s", "😀"],
)
def test_strange_texts_get_an_answer(visitor: Visitor, text: str) -> None:
    (first, *_) = visitor.send(text=text)
    assert first["text"]
    (event,) = user_events(visitor)
    assert not event["text"].startswith("/")
    assert not set(event["text"]) & {"\u0000", "\u0007"}
    assert "restart" not in {kind for who, kind, _ in rows(visitor.server) if who == sender(visitor)}


def test_markup_stays_text(visitor: Visitor) -> None:
    text = '<img src=x onerror="alert(1)"> **gras** [a](javascript:alert(1))'
    visitor.send(text=text)
    assert visitor.history()[0]["text"] == text


@pytest.mark.parametrize("path", ["/message", "/feedback", "/opened", "/conversation"])
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_request"),
        (b"bonjour", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b'"texte"', 400, "bad_request"),
        (b"null", 400, "bad_request"),
        (b'{"id": "\xff\xfe"}', 400, "bad_request"),
        (b"[" * 60_000, 400, "bad_request"),
        (b'{"a": ' * 50 + b"1" + b"}" * 50, 400, "bad_request"),
        (b'{"text": "' + b"a" * 70_000 + b'"}', 413, "too_large"),
        (b'{"text": "' + b"a" * 1_000_000 + b'"}', 413, "too_large"),
    ],
)
def test_bodies_that_are_refused(visitor: Visitor, path: str, body: bytes, status: int, code: str) -> None:
    assert error(visitor.call("POST", path, data=body, headers=JSON)) == (status, code)


def test_a_body_in_chunks_is_measured_too(visitor: Visitor) -> None:
    answer = visitor.call("POST", "/message", data=iter([b" " * 10_000] * 10), headers=JSON)
    assert error(answer) == (413, "too_large")
    whole = json.dumps({"id": new_id(), "text": "bonjour"}).encode()
    answer = visitor.call("POST", "/message", data=iter([whole[:9], whole[9:]]), headers=JSON)
    assert answer.json()["messages"][0]["answer"] == "utter_greet"


def test_a_body_that_trickles_is_given_up(visitor: Visitor) -> None:
    address = ("127.0.0.1", int(visitor.server.base.rsplit(":", 1)[1]))
    head = (
        f"POST {PATH}/message HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {visitor.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
    )
    started = time.monotonic()
    received = b""
    with socket.create_connection(address, timeout=0.5) as connection:
        connection.sendall(head.encode())
        while not received and time.monotonic() - started < 15:
            connection.sendall(b" ")
            try:
                received = connection.recv(65_536)
            except TimeoutError:
                continue
        connection.settimeout(5)
        assert connection.recv(1) == b"", "the connection stays open"
    assert received.startswith(b"HTTP/1.1 408")
    assert b'{"error":"too_slow"}' in received
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json", ""])
def test_other_content_types_are_refused(visitor: Visitor, content_type: str) -> None:
    """A page of another origin can send them without asking."""
    for path in ("/message", "/feedback", "/opened", "/conversation"):
        answer = visitor.call("POST", path, data=b"{}", headers={"Content-Type": content_type})
        assert error(answer) == (415, "bad_type")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", "GET"),
        ("/widget.js", "GET"),
        ("/demo", "GET"),
        ("/opening", "GET"),
        ("/conversation", "GET POST DELETE"),
        ("/message", "POST"),
        ("/feedback", "POST"),
        ("/opened", "POST"),
    ],
)
def test_other_methods_are_refused(visitor: Visitor, path: str, allowed: str) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(allowed.split()):
        answer = visitor.call(method, path)
        assert error(answer) == (405, "bad_method")
        assert answer.headers["Allow"].split(", ") == [*allowed.split(), "OPTIONS"]


# --- identity


def forged(visitor: Visitor, secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    claims = jwt.decode(visitor.token, options={"verify_signature": False})
    return jwt.encode({**claims, **changes}, secret, algorithm=algorithm)


def with_changed_name(visitor: Visitor) -> str:
    head, _, signature = visitor.token.split(".")
    claims = jwt.decode(visitor.token, options={"verify_signature": False})
    body = json.dumps({**claims, "sub": "widget-" + "0" * 32}).encode()
    return f"{head}.{base64.urlsafe_b64encode(body).decode().rstrip('=')}.{signature}"


NEEDS_TOKEN = [
    ("GET", "/conversation"),
    ("DELETE", "/conversation"),
    ("POST", "/message"),
    ("POST", "/feedback"),
    ("POST", "/opened"),
]


@pytest.mark.parametrize(("method", "path"), NEEDS_TOKEN)
def test_tokens_that_are_refused(visitor: Visitor, method: str, path: str) -> None:
    visitor.send(text="bonjour")
    body = {"id": new_id(), "text": "bonjour", "message_id": "a", "useful": True}
    wrong = [
        None,
        "",
        "abc",
        "a.b.c",
        visitor.token[:-2],
        visitor.token + "x",
        with_changed_name(visitor),
        forged(visitor, secret="another secret of more than 32 characters"),
        forged(visitor, secret="", algorithm="none"),
        forged(visitor, algorithm="HS512"),
        forged(visitor, aud="another-audience"),
        forged(visitor, sub="someone"),
    ]
    for token in wrong:
        answer = call(visitor.server, method, path, token, json=body)
        assert error(answer) == (401, "bad_token"), token
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    expired = call(visitor.server, method, path, forged(visitor, exp=int(time.time()) - 1), json=body)
    assert error(expired) == (401, "expired_token")
    in_address = call(visitor.server, method, f"{path}?token={visitor.token}", json=body)
    assert error(in_address) == (401, "bad_token")
    assert len(visitor.history()) == 2


def test_the_forged_tokens_would_work_with_the_right_key(visitor: Visitor) -> None:
    visitor.send(text="bonjour")
    assert Visitor(visitor.server, forged(visitor)).history() == visitor.history()


def test_anothers_token_reaches_only_anothers_conversation(server: Server) -> None:
    mine, other = Visitor(server), Visitor(server)
    (answer,) = mine.send(text="qui a réalisé le dossier ?")
    assert other.history() == []
    assert other.call("DELETE", "/conversation").status_code == 204
    reply = other.call("POST", "/feedback", json={"message_id": answer["id"], "useful": True})
    assert error(reply) == (404, "unknown_message")
    # The id of another's message is no way into their conversation either.
    assert [message["answer"] for message in other.send(answer["id"][:-2], text="bonjour")] == ["utter_greet"]
    assert mine.history()[1:] == [answer]


def test_the_client_does_not_choose_the_conversation(server: Server) -> None:
    wanted = {"sender": "widget-" + "0" * 32, "id": "moi", "token": "x", "sub": "widget-" + "0" * 32}
    answer = call(server, "POST", "/conversation", json=wanted)
    assert answer.status_code == 201
    names = {sender(Visitor(server)), sender(Visitor(server, answer.json()["token"]))}
    assert len(names) == 2
    assert "widget-" + "0" * 32 not in names


def test_the_rest_channel_does_not_reach_the_widgets_conversations(visitor: Visitor) -> None:
    visitor.send(text="bonjour")
    for name in (sender(visitor), sender(visitor).upper(), " " + sender(visitor), "widget-x"):
        answer = visitor.server.post(json={"sender": name, "message": "bonjour"})
        assert answer.status_code == 400
        assert "widget-" in answer.json()["error"]
    assert len(visitor.history()) == 2


# --- origins


ROUTES = [
    ("GET", "/"),
    ("GET", "/demo"),
    ("GET", "/demo/other"),
    ("GET", "/opening"),
    ("POST", "/conversation"),
    ("GET", "/conversation"),
    ("DELETE", "/conversation"),
    ("POST", "/message"),
    ("POST", "/feedback"),
    ("POST", "/opened"),
    ("GET", "/nothing"),
]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://www.site.example", f"{SITE}.evil.example"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_other_websites_are_refused(visitor: Visitor, method: str, path: str, origin: str) -> None:
    body = {"id": new_id(), "text": "bonjour"}
    answer = visitor.call(method, path, json=body, headers={"Origin": origin})
    assert error(answer) == (403, "bad_origin")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Credentials" not in answer.headers
    preflight = visitor.call("OPTIONS", path, headers={"Origin": origin, "Access-Control-Request-Method": method})
    assert error(preflight) == (403, "bad_origin")
    assert not [name for name in preflight.headers if name.lower().startswith("access-control")]
    assert user_events(visitor) == []


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[1] != "/nothing"])
def test_the_websites_of_the_settings_are_welcome(visitor: Visitor, method: str, path: str) -> None:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    preflight = visitor.call("OPTIONS", path, headers={"Origin": SITE, **asked})
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == SITE
    assert method in preflight.headers["Access-Control-Allow-Methods"].split(", ")
    assert preflight.headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    own = visitor.server.base
    for origin in (SITE, own):
        answer = visitor.call(method, path, json={"id": new_id(), "text": "bonjour"}, headers={"Origin": origin})
        assert answer.status_code in (200, 201, 204, 302, 400)
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_errors_can_be_read_by_the_website(visitor: Visitor) -> None:
    answer = call(visitor.server, "GET", "/conversation", headers={"Origin": SITE})
    assert error(answer) == (401, "bad_token")
    assert answer.headers["Access-Control-Allow-Origin"] == SITE


# --- files


def test_the_bundle(server: Server) -> None:
    answer = call(server, "GET", "/widget.js", headers={"Origin": "https://any.example", "Accept-Encoding": "gzip"})
    assert answer.text == SCRIPT
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Vary"] == "Accept-Encoding"
    known = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "gzip"}
    again = call(server, "GET", "/widget.js", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    plain = call(server, "GET", "/widget.js", headers={**known, "Accept-Encoding": "identity"})
    assert (plain.status_code, plain.text) == (200, SCRIPT)
    assert "Content-Encoding" not in plain.headers
    head = call(server, "HEAD", "/widget.js", headers={"Accept-Encoding": "gzip"})
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])


def test_before_the_bundle_is_built(server: Server) -> None:
    file = server.folder / "widget.js"
    file.rename(server.folder / "away.js")
    try:
        assert error(call(server, "GET", "/widget.js")) == (503, "not_built")
        assert "pas encore construit" in call(server, "GET", "/demo").text
    finally:
        (server.folder / "away.js").rename(file)
    assert "pas encore construit" not in call(server, "GET", "/demo").text


def test_the_demonstration(server: Server) -> None:
    home = call(server, "GET", "/")
    assert (home.status_code, home.headers["Location"]) == (302, f"{PATH}/demo")
    for path in ("/demo", "/demo/other", "/demo/"):
        page = call(server, "GET", path)
        assert page.status_code == 200
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'"
        )
    assert call(server, "GET", "/demo/demo.css").headers["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/demo/../../settings.py",
        "/demo/../widget.py",
        "/demo/%2e%2e/widget.py",
        "/demo/..%2fwidget.py",
        "/demo/..%5cwidget.py",
        "/demo/%252e%252e/widget.py",
        "/demo//etc/passwd",
        "/demo/index.html",
        "/demo/demo.css%00.html",
        "/widget.js/../widget.py",
        "/widget.js.map",
        "/.env",
    ],
)
def test_no_path_leads_to_another_file(server: Server, path: str) -> None:
    session = requests.Session()
    request = requests.Request("GET", server.base + PATH).prepare()
    request.url = server.base + PATH + path  # requests would shorten the path
    answer = session.send(request, timeout=10, allow_redirects=False)
    assert answer.request.url.endswith(path)
    assert answer.status_code == 404
    assert answer.json() == {"error": "not_found"} or "<html" not in answer.text
    assert "import" not in answer.text and "root:" not in answer.text


def test_the_headers_of_all_json(visitor: Visitor) -> None:
    answers = [
        visitor.call("GET", "/opening"),
        visitor.call("GET", "/conversation"),
        call(visitor.server, "POST", "/conversation", json={}),
        visitor.call("POST", "/message", json={"id": new_id(), "text": "bonjour"}),
        visitor.call("POST", "/message", json={}),
        call(visitor.server, "GET", "/conversation"),
        visitor.call("GET", "/nothing"),
        visitor.call("PUT", "/message"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 201, 200, 400, 401, 404, 405]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_neither_texts_nor_tokens_in_the_logs(visitor: Visitor) -> None:
    mark = f"tamponnoir{new_id()[:8]}"
    visitor.send(text=f"bonjour {mark}")
    visitor.call("POST", "/message", json={"id": new_id(), "payload": f"/{mark}"})
    visitor.call("POST", "/message", json={"id": mark, "text": mark})
    visitor.call("POST", "/message", data=f'{{"id": "{mark}', headers=JSON)
    call(visitor.server, "GET", "/conversation", token=mark)
    logs = visitor.server.logs()
    assert logs
    assert mark not in logs
    assert visitor.token not in logs
    assert visitor.token.split(".")[2] not in logs
    assert SECRET not in logs


def test_the_bundle_is_compressed_once(server: Server) -> None:
    raw = requests.get(
        f"{server.base}{PATH}/widget.js", headers={"Accept-Encoding": "gzip"}, stream=True, timeout=10
    ).raw.read()
    assert gzip.decompress(raw).decode() == SCRIPT


def test_rest_bodies_have_a_limit_before_they_are_read(server: Server, tmp_path: Path) -> None:
    """The reading is shared: 50 MB are refused without being taken."""
    address = ("127.0.0.1", int(server.base.rsplit(":", 1)[1]))
    for path in ("/webhooks/rest/webhook", f"{PATH}/conversation"):
        with socket.create_connection(address, timeout=20) as connection:
            head = (
                f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50000000\r\n\r\n"
            )
            connection.sendall(head.encode())
            sent = 0
            try:
                while sent < 50_000_000:
                    sent += connection.send(b" " * 65_536)
            except OSError:
                pass
            assert sent < 20_000_000, path
