"""The service on several processes: PostgreSQL, Redis, two assistants, two action servers, nginx in front."""

import asyncio
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import SQLAlchemyError

from assistant import backups
from assistant.cluster.__main__ import reachable_folder
from assistant.cluster.parts import free_port
from assistant.cluster.topology import Cluster
from assistant.settings import read_settings
from assistant.stores import tracker
from assistant.stores.feedback import FeedbackGiven
from assistant.stores.senders import SenderError
from tests.faults.faults import both, hang, kill
from tests.faults.harness import observe, send_signal
from tests.faults.ledger import stored_turns

PATH = "/webhooks/widget"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = reachable_folder(f"test-cluster-{uuid.uuid4().hex[:8]}")
    running = Cluster(folder, free_port(), variables={"WIDGET_MESSAGES": "2000/minute"})
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder)


@pytest.fixture
def store(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> tracker.ConversationStore:
    monkeypatch.setattr(tracker, "settings", lambda: read_settings({"DATABASE_URL": cluster.database_url}))
    return tracker.ConversationStore(domain=Domain.empty())


class Someone:
    """A conversation of the widget."""

    def __init__(self, cluster: Cluster) -> None:
        self.base = cluster.base + PATH
        answer = requests.post(f"{self.base}/conversation", json={}, timeout=15)
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def call(self, method: str, path: str, **request: Any) -> requests.Response:
        return requests.request(method, self.base + path, headers=self.headers, timeout=15, **request)

    def send(self, text: str, message_id: str | None = None) -> requests.Response:
        return self.call("POST", "/message", json={"id": message_id or str(uuid.uuid4()), "text": text})


def inside(cluster: Cluster, body: dict[str, str]) -> requests.Response:
    """Sends a message to the REST channel of an assistant, which nginx does not let through."""
    address = f"http://127.0.0.1:{cluster.ports['assistant-1']}/webhooks/rest/webhook"
    return requests.post(address, json=body, timeout=15)


def test_all_that_the_widget_does(cluster: Cluster) -> None:
    someone = Someone(cluster)
    texts = ["quel est le taux de réponse ?", "et pour le foie ?", "lire la suite", "c'est quoi l'immunothérapie ?"]
    answers = [someone.send(text).json()["messages"] for text in texts]
    names = [messages[0]["answer"] for messages in answers]
    assert names[:2] == ["utter_response_rate", "utter_response_rate_hepatocarcinoma"]
    assert (
        someone.call("POST", "/feedback", json={"message_id": answers[0][0]["id"], "useful": True}).status_code == 204
    )
    answers[0][0]["useful"] = True
    history = someone.call("GET", "/conversation").json()["messages"]
    assert [message for message in history if message["from"] == "assistant"] == [*chain.from_iterable(answers)]
    assert someone.call("DELETE", "/conversation").status_code == 204
    assert someone.call("GET", "/conversation").json()["messages"] == []
    assert someone.send(texts[0]).json()["messages"][0]["answer"] == "utter_response_rate"


def test_many_messages_of_one_visitor_at_once(cluster: Cluster) -> None:
    someone, ids = Someone(cluster), [str(uuid.uuid4()) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda message_id: someone.send("merci", message_id), ids))
    assert [answer.status_code for answer in answers] == [200] * 20
    turns = [turn for turn in stored_turns(cluster.database_url) if turn.message_id in ids]
    assert sorted(turn.message_id for turn in turns) == sorted(ids)
    assert all(len(turn.answers) == 1 for turn in turns)


def test_one_message_that_comes_to_both_assistants_at_once(cluster: Cluster) -> None:
    someone, message_id = Someone(cluster), str(uuid.uuid4())
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: someone.send("je voudrais faire un don", message_id), range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert len({answer.text for answer in answers}) == 1
    assert sum(turn.message_id == message_id for turn in stored_turns(cluster.database_url)) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/version",
        "/status",
        "/webhook",
        "/webhooks/rest/",
        "/webhooks/rest/webhook",
        "/webhooks/widget/static",
        "/webhooks/widget/../rest/webhook",
        "/webhooks/widget/%2e%2e/rest/",
        "/conversations/a/tracker",
    ],
)
def test_only_the_public_paths_are_there(cluster: Cluster, path: str) -> None:
    for method in ("GET", "POST"):
        session = requests.Session()
        request = session.prepare_request(requests.Request(method, cluster.base, json={}))
        request.url = cluster.base + path  # as it stands: requests would tidy it up
        answer = session.send(request, timeout=15)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
        assert "nginx/" not in answer.headers["Server"]


def test_what_nginx_refuses_is_said_in_french(cluster: Cluster) -> None:
    answer = Someone(cluster).send("a" * 70_000)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert "trop long" in answer.json()["message"]


def test_a_flood_of_one_address_is_refused_and_no_other(cluster: Cluster) -> None:
    flood = requests.Session()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: flood.get(f"{cluster.base}{PATH}/opening", timeout=15), range(200)))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert {(answer.status_code, answer.json()["error"]) for answer in refused} == {(429, "too_many")}
    assert refused[0].headers["Retry-After"] == str(refused[0].json()["retry_after"])
    time.sleep(3)  # the others of these tests come from the same address


def say(sender: str, *events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events(sender, [SessionStarted(), *events])


def test_events_feedback_and_deletion_on_postgresql(store: tracker.ConversationStore) -> None:
    sender = uuid.uuid4().hex
    asyncio.run(store.save(say(sender, UserUttered("a"), BotUttered("b"))))
    asyncio.run(store.append(sender, FeedbackGiven("x.0", "utter_x", True)))
    assert [event["event"] for event in asyncio.run(store.shown_events(sender))] == ["user", "bot", "feedback"]
    assert asyncio.run(store.exists(sender))
    asyncio.run(store.delete(sender))
    assert asyncio.run(store.retrieve(sender)) is None
    assert not asyncio.run(store.exists(sender))


def test_a_turn_is_not_stored_after_one_that_it_has_not_seen(store: tracker.ConversationStore) -> None:
    sender = uuid.uuid4().hex
    asyncio.run(store.save(say(sender)))
    one, other = (asyncio.run(store.retrieve(sender)) for _ in range(2))
    one.update(UserUttered("one"))
    asyncio.run(store.save(one))
    other.update(UserUttered("other"))
    for late in (other, say(sender, UserUttered("new"))):
        with pytest.raises(tracker.ConversationMovedError):
            asyncio.run(store.save(late))
    one.update(UserUttered("two"))
    asyncio.run(store.save(one))
    assert [event["text"] for event in asyncio.run(store.shown_events(sender))] == ["one", "two"]


@pytest.mark.parametrize("sender", ["a\0b", "a" * 256])
def test_names_that_the_database_cannot_keep_are_refused(store: tracker.ConversationStore, sender: str) -> None:
    for work in (store.save(say(sender)), store.retrieve(sender), store.shown_events(sender), store.delete(sender)):
        with pytest.raises(SenderError):
            asyncio.run(work)


def test_a_database_that_hangs_is_an_error_soon(cluster: Cluster, store: tracker.ConversationStore) -> None:
    sender = uuid.uuid4().hex
    asyncio.run(store.save(say(sender)))
    send_signal(cluster.parts["postgres"], signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(SQLAlchemyError):
            asyncio.run(store.retrieve(sender))
        assert time.monotonic() - began < 6
    finally:
        send_signal(cluster.parts["postgres"], signal.SIGCONT)
    assert asyncio.run(store.retrieve(sender))


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_store_that_is_down_is_said_and_what_was_sent_is_not_answered(cluster: Cluster, name: str) -> None:
    part, someone, message_id = cluster.parts[name], Someone(cluster), str(uuid.uuid4())
    rest = {"sender": uuid.uuid4().hex, "message": "je voudrais faire un don"}
    assert part.process
    send_signal(part, signal.SIGKILL)
    part.process.wait()
    try:
        answer = inside(cluster, rest)
        assert answer.status_code == 503
        assert answer.json()["error"].endswith(".")
        answer = someone.send("je voudrais faire un don", message_id)
        assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    finally:
        part.start()
        part.wait()
    stored = stored_turns(cluster.database_url)
    assert not [turn for turn in stored if turn.message_id == message_id or turn.sender == rest["sender"]]
    assert someone.send("je voudrais faire un don", message_id).status_code == 200
    assert inside(cluster, rest).status_code == 200
    stored = stored_turns(cluster.database_url)
    assert [turn.answers != [] for turn in stored if turn.message_id == message_id] == [True]
    assert [turn.answers != [] for turn in stored if turn.sender == rest["sender"]] == [True]


def test_a_sender_with_a_nul_character_ends_no_process(cluster: Cluster) -> None:
    """Rasa's own store ends the process on PostgreSQL."""
    assistant = cluster.parts["assistant-1"].process
    assert inside(cluster, {"sender": "a\0b", "message": "bonjour"}).status_code == 400
    assert inside(cluster, {"sender": uuid.uuid4().hex, "message": "bonjour"}).status_code == 200
    assert assistant and assistant.poll() is None


def test_backup_and_restore(cluster: Cluster, store: tracker.ConversationStore, tmp_path: Path) -> None:
    kept, lost = uuid.uuid4().hex, uuid.uuid4().hex
    asyncio.run(store.save(say(kept, UserUttered("à garder"))))
    file = tmp_path / "conversations.dump"
    backups.save(cluster.database_url, file)
    assert file.stat().st_mode & 0o077 == 0
    asyncio.run(store.save(say(lost, UserUttered("écrit plus tard"))))
    asyncio.run(store.delete(kept))
    backups.restore(cluster.database_url, file)
    assert [event["text"] for event in asyncio.run(store.shown_events(kept))] == ["à garder"]
    assert asyncio.run(store.shown_events(lost)) == []
    asyncio.run(store.save(say(lost, UserUttered("après"))))  # new ids follow those of the backup
    with pytest.raises(backups.BackupError, match="exists"):
        backups.save(cluster.database_url, file)
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(backups.BackupError):
        backups.restore(cluster.database_url, file)
    assert asyncio.run(store.exists(kept))


def test_faults_with_conversations_running(cluster: Cluster) -> None:
    hanging = asyncio.run(observe(cluster, "an assistant hangs", hang("assistant-2", seconds=6)))
    assert hanging.is_good, hanging
    assert hanging.accepted > 20
    assert hanging.longest > 2  # somebody has waited for it
    killed = both(kill("assistant-1", "postgres", "redis", is_waited_for=False), hang("actions-1", seconds=5))
    outcome = asyncio.run(observe(cluster, "kill -9 of three, another hangs", killed))
    assert outcome.is_good, outcome
    assert outcome.accepted > 20


def test_no_message_is_in_a_log_even_where_it_cannot_be_stored(cluster: Cluster) -> None:
    secret, someone = f"tamponnoir{uuid.uuid4().hex[:8]}", Someone(cluster)
    with psycopg2.connect(cluster.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events IN EXCLUSIVE MODE")  # reading goes on, writing does not
        answer = someone.send(f"je voudrais faire un don {secret}")
        assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert someone.send(f"je voudrais faire un don {secret}").status_code == 200
    logs = "".join(file.read_text(errors="replace") for file in cluster.folder.glob("*.log"))
    assert "statement timeout" in logs
    assert secret not in logs
