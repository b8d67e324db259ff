"""Health, figures, and the files that watch them."""

import json
import os
import re
import signal
import time
import uuid
from pathlib import Path

import pytest
import requests
import yaml

from assistant.content.catalogue import catalogue
from assistant.settings import ROOT
from assistant.watching.figures import OUTCOMES
from tests.messaging.people import SignedPerson
from tests.messaging.standin import Fault, StandIn
from tests.server.guarded import METRICS_TOKEN, Guarded
from tests.server.widget import Visitor, call

WATCHING = ROOT / "deploy" / "watching"


def value(metrics: str, name: str, **labels: str) -> float:
    """The sum of the samples of a name that carry these labels."""
    total = 0.0
    for line in metrics.splitlines():
        match = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if match and dict(re.findall(r'(\w+)="([^"]*)"', match[1] or "")).items() >= labels.items():
            total += float(match[2])
    return total


def test_live_and_ready_tell_the_truth(guarded: Guarded) -> None:
    assert guarded.ready().json() == {"status": "ok", "model": True, "action_server": True}
    os.kill(guarded.actions.pid, signal.SIGSTOP)
    try:
        refused = guarded.ready()
        assert refused.status_code == 503
        assert refused.json() == {"status": "not ready", "model": True, "action_server": False}
        assert requests.get(f"{guarded.base}/health/live", timeout=5).json() == {"status": "ok"}
        assert value(guarded.metrics(), "assistant_ready", part="action_server") == 0
    finally:
        os.kill(guarded.actions.pid, signal.SIGCONT)
    assert guarded.ready().status_code == 200
    assert guarded.ready().headers["Cache-Control"] == "no-store"
    for part in ("model", "action_server", "database"):
        assert value(guarded.metrics(), "assistant_ready", part=part) == 1


def test_figures_are_for_those_who_hold_the_token(guarded: Guarded) -> None:
    address = f"{guarded.base}/metrics"
    for given in ("", "Bearer", "Bearer wrong", METRICS_TOKEN, f"Bearer {METRICS_TOKEN}x", "Bearer é".encode()):
        answer = requests.get(address, headers={"Authorization": given}, timeout=5)
        assert answer.status_code == 401
        assert "assistant_" not in answer.text
    assert METRICS_TOKEN not in guarded.logs()


def test_without_a_token_there_are_no_figures(server: object) -> None:
    answer = requests.get(f"{server.base}/metrics", headers={"Authorization": "Bearer None"}, timeout=5)
    assert answer.status_code == 404


def test_what_happens_is_counted(guarded: Guarded) -> None:
    before = guarded.metrics()
    visitor = Visitor(guarded)
    visitor.send(text="je n’arrive plus à respirer")
    visitor.send(text="c’est quoi l’immunothérapie ?")
    visitor.call("POST", "/message", json={"id": "no uuid", "text": "bonjour"})
    call(guarded, "GET", "/conversation")
    guarded.say("c’est remboursé ?")
    guarded.say("")
    guarded.post(data="[]", headers={"Content-Type": "application/json"})
    after = guarded.metrics()

    def gained(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert gained("assistant_messages_total", channel="widget") == 2
    assert gained("assistant_messages_total", channel="rest") == 1
    assert gained("assistant_answers_total", channel="widget", kind="safety", answer="utter_emergency") == 1
    assert gained("assistant_answers_total", channel="widget", kind="dossier") == 1
    assert gained("assistant_answers_total", channel="rest", kind="outside") == 1
    assert gained("assistant_refused_requests_total", channel="widget", code="bad_request") == 1
    assert gained("assistant_refused_requests_total", channel="widget", code="bad_token") == 1
    assert gained("assistant_refused_requests_total", channel="rest", code="empty") == 1
    assert gained("assistant_refused_requests_total", channel="rest", code="bad_request") == 1
    assert gained("assistant_turn_seconds_count", channel="widget") == 2
    assert gained("assistant_turn_seconds_bucket", channel="widget", le="+Inf") == 2
    assert value(after, "process_resident_memory_bytes") > 10**8


def test_what_becomes_of_answers_on_messaging_channels_is_counted(guarded: Guarded, standin: StandIn) -> None:
    person = SignedPerson(guarded.base, standin)
    before = guarded.metrics()
    standin.faults["signed"] += [Fault(500)]
    shown = person.say("c'est efficace ?")
    standin.faults["signed"] += [Fault(400)]
    assert person.post(person.text("qui a réalisé le dossier ?")).status_code == 200
    deadline = time.monotonic() + 10
    while (after := deliveries(guarded.metrics()))["refused"] == deliveries(before)["refused"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    gained = {outcome: after[outcome] - count for outcome, count in deliveries(before).items()}
    assert gained == {"sent": len(shown), "retried": 1, "refused": 1, "given_up": 0}


def deliveries(metrics: str) -> dict[str, float]:
    """How often each outcome was counted on the signed webhook."""
    name, labels = "assistant_deliveries_total", {"channel": "signed"}
    return {outcome: value(metrics, name, **labels, outcome=outcome) for outcome in OUTCOMES}


def test_what_is_sent_makes_no_new_series(guarded: Guarded) -> None:
    """Whatever a client sends: labels are this project's own names, so that their number has a bound."""

    known = {*catalogue().answers}

    def series() -> set[str]:
        """All of them but those of known answers: which of these a word brings, its letters decide."""
        lines = {line.rpartition(" ")[0] for line in guarded.metrics().splitlines() if line.startswith("assistant_")}
        return {line for line in lines if not set(re.findall(r'answer="([^"]*)"', line)) & known}

    def send(word: str) -> None:
        call(guarded, "GET", f"/{word}")
        call(guarded, "POST", "/message", json={"id": word})
        call(guarded, "PURGE", "/message", headers={"Origin": f"https://{word}.example"})
        guarded.say(f"/{word}", f"sender-{word}")
        guarded.post(data=word, headers={"Content-Type": f"text/{word}"})

    send("first")
    before = series()
    for _ in range(20):
        send(uuid.uuid4().hex)
    assert series() == before


# The files for Prometheus and Grafana.


def metrics_named(text: str) -> set[str]:
    return set(re.findall(r"\b(?:assistant|process)_[a-z_]+", text))


def known(guarded: Guarded) -> dict[str, set[str]]:
    """The names of samples, with the labels that they carry."""
    guarded.say("c’est quoi l’immunothérapie ?")
    guarded.say("")
    samples: dict[str, set[str]] = {}
    for line in guarded.metrics().splitlines():
        if not line.startswith("#"):
            name, _, rest = line.rpartition(" ")[0].partition("{")
            samples.setdefault(name, set()).update(re.findall(r'(\w+)="', rest))
    families = {line.split()[2] for line in guarded.metrics().splitlines() if line.startswith("# TYPE")}
    for family in families:
        samples.setdefault(family if "created" not in family else "", set())
    return samples


def expressions() -> list[str]:
    rules = yaml.safe_load((WATCHING / "alerts.yml").read_text(encoding="utf-8"))
    found = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    board = json.loads((WATCHING / "dashboard.json").read_text(encoding="utf-8"))
    return found + [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def test_every_figure_that_is_watched_exists(guarded: Guarded) -> None:
    samples = known(guarded)
    used = expressions()
    assert len(used) > 15
    for expression in used:
        names = metrics_named(expression)
        assert names <= set(samples), (expression, names - set(samples))
        for name, matchers in re.findall(r"\b(assistant_[a-z_]+)\{([^}]*)\}", expression):
            labels = set(re.findall(r"(\w+)\s*[=!]", matchers))
            assert labels <= samples[name] | {"job", "instance"}, expression


def test_every_alert_says_what_to_do() -> None:
    rules = yaml.safe_load((WATCHING / "alerts.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}, rule
            assert set(rule["annotations"]) == {"summary", "description"}
            assert re.fullmatch(r"\d+[smh]", rule["for"])
            assert rule["labels"]["severity"] in ("critical", "warning")


def test_every_panel_has_a_place_and_a_source() -> None:
    board = json.loads((WATCHING / "dashboard.json").read_text(encoding="utf-8"))
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    for panel in board["panels"]:
        assert panel["title"]
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${source}"}


@pytest.mark.parametrize("file", sorted(WATCHING.glob("*")), ids=lambda file: file.name)
def test_no_address_or_token_is_written_into_the_files(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"\b\d{1,3}(\.\d{1,3}){3}\b(?<!127\.0\.0\.1)", text)
    assert "Bearer" not in text


def test_the_time_of_the_last_purge_is_known(guarded: Guarded) -> None:
    assert 0 <= time.time() - value(guarded.metrics(), "assistant_last_purge_timestamp_seconds") < 3600
