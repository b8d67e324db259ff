"""What a visitor writes: what of it is stored, and that none of it is logged, at any level."""

import json
import os
import re
import signal
import time
import uuid

import pytest
import requests
import sqlalchemy as sa

from assistant.content.catalogue import catalogue
from assistant.insights.__main__ import gather
from assistant.insights.export import export
from assistant.insights.report import render
from assistant.privacy.export import readable
from assistant.privacy.records import events_of, open_database
from assistant.settings import read_settings
from tests.messaging.people import TelegramPerson
from tests.messaging.standin import StandIn
from tests.server.guarded import OLD_TEXT, Guarded
from tests.server.widget import Visitor, new_id

# What is planted, and what would betray it in a file, however it is written there; but not a time or an identity that
# happens to hold the same few digits.
SECRETS = {
    "plantee.secret7@exemple.fr": r"plantee\.secret7",
    "plantee2 arobase exemple point fr": r"plantee2",
    "06 98 76 54 31": r"98\D{0,3}76\D{0,3}54\D{0,3}31",
    "07.98.76.54.32": r"98\D{0,3}76\D{0,3}54\D{0,3}32",
    "0 1 9 8 7 6 5 4 3 3": r"9\D?8\D?7\D?6\D?5\D?4\D?3\D?3",
    "2 69 05 49 588 157 80": r"49\D{0,3}588\D{0,3}157",
    "FR76 3000 6000 0112 3456 7890 189": r"3456\D{0,3}7890",
    "4111 1111 1111 1111": r"4111\D{0,3}1111",
    "77 rue Plantée, 75013 Paris": r"Plant(?:é|\\u00e9|\xc3\xa9)e|(?<![\w.])75013(?!\w)",
}


def traces(secret: str, text: str) -> list[str]:
    return re.findall(SECRETS[secret], text)


@pytest.fixture(scope="module")
def told(guarded: Guarded, standin: StandIn) -> str:
    """Every secret has been told over three kinds of channel; returns an ordinary word that went with them."""
    word = f"tamponnoir{uuid.uuid4().hex[:8]}"
    visitor = Visitor(guarded)
    for secret in SECRETS:
        person = TelegramPerson(guarded.base, standin)
        for text in (f"{word}, quel est le taux de réponse ? {secret}", f"voici {secret} {word}"):
            messages = guarded.say(text)
            assert messages
            assert not traces(secret, json.dumps(messages, ensure_ascii=False))
            assert visitor.send(text=text)
            shown = person.say(text)
            assert shown
            assert not any(traces(secret, message.text) for message in shown)
    guarded.say("c'est quoi l'immunothérapie ?", sender := uuid.uuid4().hex)
    guarded.say(f"bonjour {word}", sender)
    guarded.say("lire la suite", sender)  # is answered by an action, which is sent all that was said
    history = json.dumps(visitor.history(), ensure_ascii=False)
    assert "[numéro de téléphone]" in history
    assert word in history
    assert not any(traces(secret, history) for secret in SECRETS)
    return word


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_neither_stored_nor_logged(guarded: Guarded, told: str, secret: str) -> None:
    database = guarded.database().decode("utf-8", "replace")
    assert told in database  # what is no secret is there: the search can find something
    assert not traces(secret, database)
    assert not traces(secret, guarded.logs())
    assert not traces(secret, guarded.metrics())


@pytest.fixture(scope="module")
def given_out(guarded: Guarded, told: str) -> dict[str, str]:
    """All that the staff can get out of the database: every conversation, and the insights with rare wording too."""
    url = f"sqlite:///{guarded.folder / 'test.db'}"
    engine, content = open_database(url), catalogue()
    with engine.connect() as connection:
        senders = connection.execute(sa.text("SELECT DISTINCT sender_id FROM events")).scalars().all()
    stored = {sender: events_of(engine, sender) for sender in senders}
    found = gather(read_settings({"DATABASE_URL": url}), content, rare=True)
    links = {key: link.title for key, link in content.links.items()}
    return {
        "events": json.dumps(stored, ensure_ascii=False),
        "exports": "".join(readable(sender, events, content.offers(), links) for sender, events in stored.items()),
        "page": render(found),
        "groups": export(found.groups, found.rare),
    }


@pytest.mark.parametrize("kind", ["events", "exports", "page", "groups"])
def test_no_secret_is_in_what_is_given_out(given_out: dict[str, str], told: str, kind: str) -> None:
    if kind in ("events", "exports"):
        assert told in given_out[kind]
    assert "[numéro de téléphone]" in given_out[kind]
    assert [secret for secret in SECRETS if traces(secret, given_out[kind])] == []


def test_no_word_of_a_message_is_logged_with_debug_on(guarded: Guarded, told: str) -> None:
    logs = guarded.logs()
    assert "processor.message.parse" in logs  # the level is on
    assert "Received request to run" in logs
    assert told not in logs
    assert told not in guarded.metrics()


def test_nor_when_something_fails(guarded: Guarded) -> None:
    word = f"tamponrouge{uuid.uuid4().hex[:8]}"
    sender = f"{word}-sender"
    guarded.say("c'est quoi l'immunothérapie ?", sender)
    os.kill(guarded.actions.pid, signal.SIGSTOP)
    try:
        guarded.say(f"lire la suite {word}", sender)  # its action is not answered
        guarded.say("lire la suite", sender)
        assert guarded.ready().status_code == 503
    finally:
        os.kill(guarded.actions.pid, signal.SIGCONT)
    guarded.say(f'/{word}{{"a": 1}}', sender)
    bodies = (f'{{"sender": "{word}"', f'["{word}"]', f'{{"sender": "a", "message": ["{word}"]}}')
    for body in bodies:
        assert guarded.post(data=body, headers={"Content-Type": "application/json"}).status_code == 400
    for path in (f"/{word}", f"/webhooks/rest/{word}?q={word}", f"/webhooks/widget/{word}"):
        assert requests.get(guarded.base + path, headers={"X-Word": word}, timeout=10).status_code == 404
    # rasa_sdk would quote the request in its errors.
    broken = {"next_action": "action_repeat", "tracker": {"events": word, "slots": word}, "sender_id": word}
    requests.post(f"http://127.0.0.1:{guarded.action_port}/webhook", json=broken, timeout=10)
    requests.post(f"http://127.0.0.1:{guarded.action_port}/webhook", data=word, timeout=10)
    logs = guarded.logs()
    assert word not in logs
    assert '"level": "error"' in logs


def test_all_that_is_logged_is_structured(guarded: Guarded, told: str) -> None:
    lines = (guarded.folder / "assistant.log").read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("{"))
    parsed = [json.loads(line) for line in lines[first:]]
    assert all({"time", "level", "logger", "message"} <= set(line) for line in parsed)
    turns = [line for line in parsed if line["message"] == "turn"]
    assert {"rest", "widget"} <= {line["channel"] for line in turns}
    assert all(re.fullmatch("[0-9a-f]{12}", line["conversation"]) for line in turns)
    assert all(0 < line["seconds"] < 60 for line in turns)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("je n’arrive plus à respirer, mon numéro est le 06 12 34 56 78", "utter_emergency"),
        ("Paul, 12 rue de la Paix 75002 Paris : je veux mourir", "utter_suicide"),
        ("jean@free.fr c’est quoi l’immunothérapie ?", "utter_definition"),
    ],
)
def test_what_is_masked_does_not_hide_what_is_asked(guarded: Guarded, text: str, name: str) -> None:
    assert name in guarded.names(text)


def test_figures_are_stored_as_they_were_written(guarded: Guarded) -> None:
    visitor, text = (
        Visitor(guarded),
        "j’ai 75 ans, 30 % de chances depuis 2020, 240 mg ? faut-il appeler le 0 805 123 124 ?",
    )
    visitor.send(text=text)
    assert visitor.history()[0]["text"] == text


def test_a_masked_message_that_is_sent_again_is_not_doubled(guarded: Guarded) -> None:
    visitor, message_id = Visitor(guarded), new_id()
    first = visitor.send(message_id, text="mon mail : a.b@free.fr, quel est le taux de réponse ?")
    assert visitor.send(message_id, text="mon mail : a.b@free.fr, quel est le taux de réponse ?") == first
    assert len(visitor.history()) == 1 + len(first)


def test_old_conversations_are_gone_after_the_start(guarded: Guarded) -> None:
    deadline = time.monotonic() + 20
    while OLD_TEXT.encode() in guarded.database() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert OLD_TEXT.encode() not in guarded.database()
    assert "assistant_purged_conversations_total 1.0" in guarded.metrics()


def test_nothing_is_left_of_a_conversation_that_is_deleted(guarded: Guarded) -> None:
    word = f"tamponvert{uuid.uuid4().hex[:8]}"
    visitor = Visitor(guarded)
    visitor.send(text=f"bonjour {word}")
    assert word.encode() in guarded.database()
    assert visitor.call("DELETE", "/conversation").status_code == 204
    assert word.encode() not in guarded.database()
