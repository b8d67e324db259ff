"""The messaging channels over HTTP: the real assistant, and a stand-in of the providers' APIs."""

import hashlib
import hmac
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from twilio.request_validator import RequestValidator

from assistant.channels.identity import conversation_name
from tests.messaging.people import (
    PEOPLE,
    Person,
    SignedPerson,
    SlackPerson,
    TelegramPerson,
    TwilioPerson,
    WhatsAppPerson,
    Wire,
)
from tests.messaging.rules import VALUES
from tests.messaging.shown import Shown
from tests.messaging.standin import Fault, StandIn
from tests.server.conftest import LIMITS, SEND_SECONDS, Server

NAMES = list(PEOPLE)
# Channels that the slower tests go through: one with JSON, one with forms; `make channels-test` takes all.
FAULTY = NAMES if os.environ.get("ALL_CHANNELS") else ["telegram", "twilio"]
NOTICE = ("assistant automatique", "pas un médecin", "informations personnelles sur votre santé")


@pytest.fixture
def assistant(limited: Server) -> Server:
    return limited


@pytest.fixture(autouse=True)
def no_rule_is_broken(standin: StandIn) -> Iterator[None]:
    standin.problems.clear()
    standin.faults.clear()
    yield
    assert standin.problems == []


@pytest.fixture(params=NAMES)
def person(request: pytest.FixtureRequest, assistant: Server, standin: StandIn) -> Person:
    return PEOPLE[request.param](assistant.base, standin)


def meet(kind: type[Person], assistant: Server, standin: StandIn) -> Any:
    return kind(assistant.base, standin)


def rows(server: Server, sender: str) -> list[dict[str, Any]]:
    name = conversation_name(*sender.split(":", 1), LIMITS["WIDGET_SECRET"])
    with sqlite3.connect(server.folder / "test.db") as database:
        found = database.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", (name,)).fetchall()
    return [json.loads(row[0]) for row in found]


def said(shown: list[Shown]) -> str:
    return "\n\n".join(message.text for message in shown)


def urls(shown: list[Shown]) -> list[str]:
    return [url for message in shown for url in message.urls]


def choose(person: Person, shown: list[Shown], payload: str) -> list[Shown]:
    """Presses a button of an answer, or types its number."""
    if person.has_buttons:
        assert payload in [offered for message in shown for offered in message.payloads]
        return person.press(payload)
    lines = [line for line in said(shown).splitlines() if line[:1].isdigit() and line[1:3] == ". "]
    titles = {"/effectiveness": "Est-ce efficace", "/confirm_deletion": "Oui, tout supprimer"}
    (line,) = [line for line in lines if titles[payload] in line]
    return person.say(line[0])


def test_a_whole_conversation(person: Person, assistant: Server) -> None:
    greeting = person.say("Bonjour")
    assert all(part in said(greeting) for part in NOTICE)
    answer = choose(person, greeting, "/effectiveness")
    assert "une minorité de patients" in said(answer)
    assert "Source\u00a0: Fondation ARC" in said(answer)
    assert "assistant automatique" not in said(answer)
    assert "30\u00a0%" in said(person.say("quel est le taux de réponse ?"))
    assert "20\u00a0%" in said(person.say("et pour le foie ?"))
    article = person.say("lire la suite")
    assert "Pour quels patients" in said(article)
    assert urls(article) == ["https://www.fondation-arc.org/"]
    assert "don ponctuel" in said(person.say("je voudrais faire un don"))
    gift = person.say("et mensuel ?")
    assert "chaque mois" in said(gift)
    assert urls(gift) == ["https://donner.fondation-arc.org/dons/~mon-don"]
    safe = person.say("STOP je n'arrive plus à respirer")
    assert "Appelez tout de suite le 15 (Samu) ou le 112" in said(safe)
    assert [message.payloads for message in safe if message.payloads] == []
    assert len(rows(assistant, person.sender)) > 20

    question = person.say("Supprimer mes données")
    assert "Voulez-vous que j’efface" in said(question)
    assert "je n’efface rien" in said(person.say("non"))
    assert len(rows(assistant, person.sender)) > 20
    confirmed = choose(person, person.say("supprimez mes données svp"), "/confirm_deletion")
    assert "est effacée" in said(confirmed)
    assert rows(assistant, person.sender) == []

    again = person.say("c'est efficace ?")
    assert all(part in said(again) for part in NOTICE), "a new conversation begins with the notice"


def test_the_first_message_carries_the_notice_whatever_it_is(person: Person) -> None:
    first = person.deliver(person.picture())
    assert "je ne lis que le texte" in said(first)
    assert all(part in said(first) for part in NOTICE)
    assert "assistant automatique" not in said(person.say("qui a fait ce dossier ?"))


def test_help_start_and_stop(person: Person, assistant: Server) -> None:
    for text in ("aide", "/help", "AIDE !"):
        shown = person.say(text)
        assert "Posez-moi votre question" in said(shown)
        assert all(part in said(shown) for part in ("«\u00a0STOP\u00a0»", "15", "112", "0\u00a0805\u00a0123\u00a0124"))
    greeting = person.say("/start")
    assert all(part in said(greeting) for part in NOTICE)
    assert "je m’arrête là" in said(person.say("STOP"))
    assert person.post(person.picture()).status_code == 200
    assert person.answers(wait=0) == [], "silent after STOP"
    assert "une minorité de patients" in said(person.say("c'est efficace ?"))
    stored = [event.get("text") for event in rows(assistant, person.sender) if event["event"] == "user"]
    assert stored == ["", "", "", "", "", "c'est efficace ?"], "of commands nothing is kept"


def test_a_picture_is_not_read_but_its_words_are(person: Person) -> None:
    person.say("bonjour")
    shown = person.deliver(person.picture("est-ce que c'est efficace ?"))
    assert "une minorité de patients" in said(shown)
    assert said(shown).count("je ne lis que le texte") == 1
    # several at once are answered once
    for _ in range(3):
        assert person.post(person.picture()).status_code == 200
    time.sleep(0.3)
    assert said(person.answers(wait=0)) == ""


def test_a_button_that_does_not_exist(person: Person) -> None:
    if person.has_buttons:
        assert "Je ne connais pas cette commande" in said(person.press('/restart{"a": 1}'))
        assert "Voulez-vous que j’efface" in said(person.press("/confirm_deletion")), "an old button deletes nothing"
    shown = person.say("/restart")
    assert shown
    assert "Voulez-vous" not in said(person.say("7"))


def test_only_genuine_calls(person: Person, assistant: Server) -> None:
    wire = person.text("bonjour")
    assert person.post(person.unsigned(wire)).status_code == 401
    assert person.post(person.forged(wire)).status_code == 403
    other = Wire(wire.body + b" ", wire.headers)
    assert person.post(other).status_code == (200 if person.channel == "telegram" else 403)
    person.answers(wait=1 if person.channel == "telegram" else 0)
    assert rows(assistant, person.sender) == [] or person.channel == "telegram"
    assert "bonjour" not in assistant.logs()


def test_calls_that_are_no_messages(person: Person) -> None:
    assert requests.get(person.webhook, timeout=10).status_code in (401, 404)
    assert requests.post(person.webhook, data=b"", timeout=10).status_code in (400, 401, 415)
    for body in (b"[]", b"{}", b"null", b'{"object": 1', "é".encode("latin-1"), b"[" * 5000):
        wire = resigned(person, body)
        assert person.post(wire).status_code in (400, 403), body[:20]  # Slack's library reads UTF-8 only
    assert requests.post(person.webhook, data=b"a" * 70_000, headers=wire.headers, timeout=10).status_code == 413
    assert person.answers(wait=0) == []


def resigned(person: Person, body: bytes) -> Wire:
    """A genuine call with another body."""
    if isinstance(person, SlackPerson):
        return person.signed(body, "application/json")
    if isinstance(person, SignedPerson):
        moment = f"{time.time():.6f}"
        digest = hmac.new(VALUES["SIGNED_SECRET"].encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {"X-Assistant-Timestamp": moment, "X-Assistant-Signature": f"v1={digest}"}
        return Wire(body, {"Content-Type": "application/json", **headers})
    if isinstance(person, TwilioPerson):
        address = f"{VALUES['PUBLIC_URL']}/webhooks/twilio/webhook"
        proof = RequestValidator(VALUES["TWILIO_AUTH_TOKEN"]).compute_signature(address, {})
        return Wire(b"", {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": proof})
    if isinstance(person, TelegramPerson):
        return Wire(body, {**person.text("x").headers})
    digest = hmac.new(VALUES[person.secret].encode(), body, hashlib.sha256).hexdigest()  # type: ignore[attr-defined]
    return Wire(body, {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"})


def test_a_delivery_that_arrives_twice_is_answered_once(person: Person, assistant: Server) -> None:
    if isinstance(person, SignedPerson):  # whoever sends again signs again
        message = person.message(text="c'est efficace ?")
        wires = [person.signed(message, time.time() + n / 1000) for n in range(6)]
    else:
        wires = [person.text("c'est efficace ?")] * 6
    with ThreadPoolExecutor(6) as pool:
        assert {answer.status_code for answer in pool.map(person.post, wires)} == {200}
    shown = person.answers()
    assert said(shown).count("une minorité de patients") == 1
    users = [event for event in rows(assistant, person.sender) if event["event"] == "user"]
    assert len(users) == 1


def test_an_old_delivery_after_the_deletion_begins_nothing(person: Person, assistant: Server) -> None:
    if isinstance(person, SignedPerson):
        old = person.message(text="c'est efficace ?")
        person.deliver(person.signed(old))
    else:
        wire = person.text("c'est efficace ?")
        person.deliver(wire)
    person.say("supprimer mes données")
    yes = person.message(text="oui") if isinstance(person, SignedPerson) else person.text("oui")
    assert "est effacée" in said(person.deliver(person.signed(yes) if isinstance(person, SignedPerson) else yes))
    for content in (old, yes) if isinstance(person, SignedPerson) else (wire, yes):
        again = person.signed(content) if isinstance(person, SignedPerson) else content
        assert person.post(again).status_code == 200
    time.sleep(0.3)
    assert person.answers(wait=0) == []
    assert rows(assistant, person.sender) == []


FAULTS: dict[str, list[Fault]] = {
    "too many": [Fault(429, {"ok": False, "parameters": {"retry_after": 1}}, {"Retry-After": "1"})],
    "broken": [Fault(500), Fault(503, "no JSON object")],
    "gone": [Fault(0), Fault(502)],
}


@pytest.mark.parametrize(
    ("channel", "fault"), [*((name, "too many") for name in FAULTY), ("twilio", "broken"), ("slack", "gone")]
)
def test_a_provider_that_fails_is_tried_again(assistant: Server, standin: StandIn, channel: str, fault: str) -> None:
    person = PEOPLE[channel](assistant.base, standin)
    tries = len(standin.tries(channel))
    faults = FAULTS[fault]
    standin.faults[channel] += faults
    shown = person.say("Bonjour")
    assert said(shown).count("assistant automatique") == 1
    requests_made = standin.tries(person.channel)[tries:]
    assert len(requests_made) == len(faults) + len(shown)
    if fault == "too many":
        assert requests_made[1].at - requests_made[0].at >= 1, "earlier than the provider asked"


@pytest.mark.parametrize("person", FAULTY, indirect=True)
def test_a_provider_that_stays_down_is_given_up_and_holds_up_nobody(
    person: Person, assistant: Server, standin: StandIn
) -> None:
    other = PEOPLE[person.channel](assistant.base, standin)
    wire = person.text("c'est efficace ?")
    standin.faults[person.channel] += [Fault(500)]
    started = time.monotonic()
    assert person.post(wire).status_code == 200
    assert time.monotonic() - started < 3, "not told in time that the message was taken"
    assert said(other.say("Bonjour")).count("assistant automatique") == 1
    assert "une minorité de patients" in said(person.answers())
    # a message that the provider does not want is not tried again
    tries = len(standin.tries(person.channel))
    status, body = {"slack": (200, {"ok": False, "error": "channel_not_found"})}.get(person.channel, (400, {}))
    standin.faults[person.channel] += [Fault(status, body)]
    assert person.post(person.text("quel est le taux de réponse ?")).status_code == 200
    time.sleep(1.2)
    assert len(standin.tries(person.channel)) == tries + 1
    assert "Tartour" in said(person.say("qui a fait ce dossier ?"))


def test_what_is_given_up_is_logged_without_its_words(assistant: Server, standin: StandIn) -> None:
    person = meet(TelegramPerson, assistant, standin)
    tries = len(standin.tries("telegram"))
    standin.faults["telegram"] += [Fault(500)] * 50
    first, second = person.text("c'est efficace ?"), person.text("quel est le taux de réponse ?")
    assert person.post(first).status_code == 200
    assert person.post(second).status_code == 200
    time.sleep(2 * SEND_SECONDS + 1)
    standin.faults.clear()
    made = len(standin.tries("telegram")) - tries
    assert 6 <= made <= 30, made
    log = assistant.logs()
    assert log.count("a message was given up: 500") == 2
    assert "efficace" not in log
    assert VALUES["TELEGRAM_TOKEN"] not in log
    assert "30\u00a0%" in said(person.say("quel est le taux de réponse ?"))


@pytest.mark.parametrize("person", FAULTY, indirect=True)
def test_answers_keep_their_order(person: Person, standin: StandIn) -> None:
    person.say("bonjour")
    standin.faults[person.channel] += [Fault(500), Fault(500)]
    assert person.post(person.text("qui a fait ce dossier ?")).status_code == 200
    assert person.post(person.text("quel est le taux de réponse ?")).status_code == 200
    text = ""
    while "30\u00a0%" not in text or "Tartour" not in text:
        shown = person.answers(wait=10)
        assert shown, text
        text += said(shown)
    assert text.index("Tartour") < text.index("30\u00a0%")


def test_handshakes_and_addresses(assistant: Server, standin: StandIn) -> None:
    for name in ("messenger", "whatsapp"):
        webhook = f"{assistant.base}/webhooks/{name}/webhook"
        query = {"hub.mode": "subscribe", "hub.verify_token": VALUES[f"{name.upper()}_VERIFY_TOKEN"]}
        answer = requests.get(webhook, params={**query, "hub.challenge": "1158201444"}, timeout=10)
        assert (answer.status_code, answer.text) == (200, "1158201444")
        assert requests.get(webhook, params={**query, "hub.verify_token": "x"}, timeout=10).status_code == 403
    slack = meet(SlackPerson, assistant, standin)
    question = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert slack.post(slack.signed(question, "application/json")).json() == {"challenge": "abc"}
    assert requests.get(f"{assistant.base}/webhooks/telegram/", timeout=10).json() == {"status": "on"}


def test_no_other_channel_reaches_a_conversation(person: Person, assistant: Server) -> None:
    person.say("c'est efficace ?")
    before = rows(assistant, person.sender)
    for sender in (person.sender, person.sender.upper(), f" {person.sender}"):
        assert assistant.post(json={"sender": sender, "message": "bonjour"}).status_code == 400
    assert rows(assistant, person.sender) == before


def test_a_replayed_call_of_our_own_webhook_is_refused(assistant: Server, standin: StandIn) -> None:
    person = meet(SignedPerson, assistant, standin)
    wire = person.text("Bonjour")
    assert person.deliver(wire)
    assert person.post(wire).status_code == 403


def test_people_in_a_group_have_their_own_conversations(assistant: Server, standin: StandIn) -> None:
    one, two = meet(TelegramPerson, assistant, standin), meet(TelegramPerson, assistant, standin)
    group = {"id": -100123, "type": "supergroup", "title": "Un groupe"}
    for person in (one, two):
        person.to = str(group["id"])
        person.answers(wait=0)
        text = f"@{VALUES['TELEGRAM_USERNAME']} c'est efficace ?"
        shown = person.deliver(person.update(message={**person.message(text=text), "chat": group}))
        assert all(part in said(shown) for part in NOTICE)
        assert rows(assistant, f"telegram:-100123.{person.id}")
    chatter = one.update(message={**one.message(text="et vous, ça va ?"), "chat": group})
    one.answers(wait=0)
    assert one.post(chatter).status_code == 200
    time.sleep(0.3)
    assert one.answers(wait=0) == []


def test_nothing_stored_tells_who_wrote(assistant: Server, standin: StandIn) -> None:
    for kind in (WhatsAppPerson, TwilioPerson):
        person = meet(kind, assistant, standin)
        assert "une minorité de patients" in said(person.deliver(person.text("c'est efficace ?")))
        number = person.id.removeprefix("+")
        time.sleep(0.3)
        for file in assistant.folder.glob("test.db*"):
            assert number.encode() not in file.read_bytes()


def test_an_answer_that_a_server_left_unsent_is_sent(assistant: Server, standin: StandIn) -> None:
    person = meet(WhatsAppPerson, assistant, standin)
    wire = person.text("c'est efficace ?")
    assert "une minorité de patients" in said(person.deliver(wire))
    unsent = {"id": json.loads(wire.body)["entry"][0]["changes"][0]["value"]["messages"][0]["id"]}
    unsent.update(conversation=person.id, to={"person": person.id})
    key = hashlib.sha256(f"whatsapp:{unsent['id']}".encode()).hexdigest()
    with sqlite3.connect(assistant.folder / "test.db") as database:  # as a server leaves it that is killed then
        values = (json.dumps(unsent), time.time() - 60, key)
        changed = database.execute("UPDATE channel_deliveries SET unsent = ?, tried = ? WHERE key = ?", values)
    assert changed.rowcount == 1
    assert "une minorité de patients" in said(person.answers(wait=15))
    assert person.answers(wait=0) == []
