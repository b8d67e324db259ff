"""What the staff are told of a turn, from events as the tracker store keeps them."""

from typing import Any

import pytest
import yaml

from assistant.content.catalogue import Catalogue
from assistant.insights.subjects import subject_names
from assistant.nlu.decision import Guess, Signals, Thresholds
from assistant.settings import ROOT
from assistant.workbench.explaining import ACTIONS, Explainer, Explanation
from assistant.workbench.rules import read_rules

LIMITS = Thresholds(0.22, 0.75, 0.01, 0.6, 0.6)


def user(text: str, intent: str, reason: str | None = None, confidence: float = 0.9, **more: Any) -> dict[str, Any]:
    signals = more.pop("signals", Signals(Guess(0.9, intent)))
    ranking = more.pop("ranking", {intent: confidence})
    parse = {
        "intent": {"name": intent, "confidence": confidence},
        "intent_ranking": [{"name": name, "confidence": score} for name, score in ranking.items()],
        "entities": more.pop("entities", []),
        **({"decision": {"reason": reason, "signals": signals.as_json()}} if reason else {}),
        **more,
    }
    return {"event": "user", "message_id": "m1", "text": text, "parse_data": parse}


def action(name: str) -> dict[str, Any]:
    return {"event": "action", "name": name, "policy": "RulePolicy"}


def bot(answer: str) -> dict[str, Any]:
    return {"event": "bot", "text": "…", "metadata": {"answer": answer}}


@pytest.fixture(scope="module")
def explainer(content: Catalogue) -> Explainer:
    return Explainer(content, subject_names(content), read_rules(ROOT / "data" / "rules"), LIMITS)


def one(explainer: Explainer, *events: dict[str, Any]) -> Explanation:
    (explanation,) = explainer.explain(events)
    return explanation


def test_a_clear_question_from_the_dossier(explainer: Explainer) -> None:
    asked = user(
        "c koi l imuno",
        "definition",
        "message",
        0.46,
        ranking={"definition": 0.46, "how_it_works": 0.2, "nlu_fallback": 0.1},
        repaired_text="c'est quoi l'immunothérapie",
    )
    found = one(explainer, asked, action("utter_definition"), bot("utter_definition"), action("action_listen"))
    assert found.understood is not None
    assert found.understood.name == "L’immunothérapie, qu’est-ce que c’est\u00a0?"
    assert found.understood.percent == "46\u00a0%"
    assert found.decision == "Le message entier est assez clair\u00a0: 46\u00a0%. Il faut au moins 22\u00a0%."
    assert [subject.intent for subject in found.subjects] == ["definition", "how_it_works"]
    assert found.repaired == "c'est quoi l'immunothérapie"
    assert found.rule is not None
    assert (found.rule.name, found.rule.file) == ("definition", "data/rules/dossier.yml")
    assert [item.name for item in found.actions] == ["utter_definition"]
    (origin,) = found.origins
    assert (origin.kind, origin.year) == ("le dossier", 2020)
    fact, section = origin.facts[0]
    assert section == "Qu’est-ce que l’immunothérapie anti-tumorale\u00a0?"
    assert fact.source == "L’immunothérapie anti-tumorale est une stratégie thérapeutique contre le cancer."


def test_a_button_leaves_nothing_to_guess(explainer: Explainer) -> None:
    found = one(explainer, user("/donate", "donate", confidence=1.0), action("action_donation_options"))
    assert found.is_button
    assert "bouton" in found.decision
    assert found.subjects == ()
    assert found.text == explainer._content.offers()["donate"]


@pytest.mark.parametrize(
    ("reason", "signals", "told"),
    [
        ("pattern", Signals(Guess(0.4, "testimony"), pattern="suicide"), "ne faut jamais manquer"),
        ("pattern", Signals(Guess(0.4, "greet"), pattern="other_language"), "autre alphabet"),
        ("pattern", Signals(Guess(0.4, "greet"), pattern="privacy"), "données personnelles"),
        ("choice", Signals(Guess(0.4, "greet"), choice="suicide"), "suites proposées"),
        ("sentence", Signals(Guess(0.4, "greet"), (Guess(0.8, "suicide"),)), "au moins 75\u00a0%"),
        ("unsure", Signals(Guess(0.12, "greet")), "«\u00a0Bonjour\u00a0», 12\u00a0%"),
    ],
)
def test_each_reason_is_said_in_french(explainer: Explainer, reason: str, signals: Signals, told: str) -> None:
    intent = "nlu_fallback" if reason == "unsure" else "suicide"
    asked = user("un message", intent, reason, 0.95, signals=signals, ranking={intent: 0.95, "greet": 0.4})
    found = one(explainer, asked)
    assert told in found.decision
    # What was not decided by the score of the whole message has no bar that says so.
    assert [subject.intent for subject in found.subjects] == ["greet"]


def test_signals_entities_and_slots(explainer: Explainer) -> None:
    signals = Signals(Guess(0.9, "response_rate"), (Guess(0.5, "greet"), Guess(0.8, "response_rate")), follows=True)
    entities = [{"entity": "cancer", "value": "lung", "start": 12, "end": 18}]
    asked = user("et pour le  poumon", "response_rate", "message", signals=signals, entities=entities)
    slots = [{"event": "slot", "name": "theme", "value": value} for value in ("dons", "dons", None)]
    found = one(explainer, asked, *slots)
    assert [item.value for item in found.entities] == ["«\u00a0poumon\u00a0» → le cancer du poumon"]
    assert [item.value for item in found.slots] == ["rien → dons", "dons → rien"]
    assert "Phrase 2\u00a0: «\u00a0Quels sont les taux de réponse\u00a0?\u00a0», 80\u00a0%." in found.signals
    assert any("après un sujet" in signal for signal in found.signals)


def test_a_turn_that_rasa_had_no_part_in_and_unknown_names(explainer: Explainer) -> None:
    found = one(explainer, {"event": "user", "text": "", "message_id": "m"}, bot("utter_gone"), action("action_gone"))
    assert (found.understood, found.rule, found.origins) == (None, None, ())
    assert found.actions[0].does == "Étape de Rasa"
    gone = one(explainer, user("x", "gone", "message"))
    assert gone.understood is not None
    assert gone.understood.name == "Sujet retiré depuis"


def test_several_turns_stay_apart(explainer: Explainer) -> None:
    events = [user("a", "greet", "message"), bot("utter_greet"), user("b", "definition", "message")]
    assert [found.text for found in explainer.explain(events)] == ["a", "b"]
    assert [len(found.origins) for found in explainer.explain(events)] == [1, 0]


def test_every_rule_and_every_action_is_known() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(ACTIONS) == set(domain["actions"])
    assert set(read_rules(ROOT / "data" / "rules")) == set(domain["intents"])
