import json
import random
from collections.abc import Collection, Sequence

import pytest

from assistant.nlu.decision import (
    FALLBACK,
    OFF_TOPIC,
    Decision,
    Guess,
    Signals,
    Thresholds,
    best,
    decide,
    of_part,
    sentences_matter,
)
from assistant.nlu.parts import sentences

LIMITS = Thresholds(answer=0.3, safety_sentence=0.7, safety_whole=0.01, off_topic=0.6, subject_sentence=0.6)


def signals(
    whole: dict[str, float],
    sentences: Sequence[dict[str, float]] = (),
    pattern: str | None = None,
    excused: Collection[str] = (),
) -> Signals:
    """Signals of rankings that sum to one, the rest spread over intents that do not matter."""

    def guess(ranking: dict[str, float]) -> Guess:
        rest = 1 - sum(ranking.values())
        return best(ranking | {f"other_{number}": rest / 20 for number in range(20)}, excused)

    return Signals(guess(whole), tuple(map(guess, sentences)), pattern)


def cut(text: str, function: object) -> list[str]:
    words = text.split()
    return [" ".join(words[part]) for part in function(words)]


def test_sentences() -> None:
    assert cut("bonjour à tous . ma mère est malade ! ?", sentences) == ["bonjour à tous", "ma mère est malade"]
    assert cut("une seule phrase ?", sentences) == []


@pytest.mark.parametrize(
    ("message", "intent", "reason"),
    [
        (signals({"definition": 0.9, "cost": 0.1}), "definition", "message"),
        (signals({"definition": 0.2, "cost": 0.1}), FALLBACK, "unsure"),
        (signals({"definition": 0.9}, pattern="suicide"), "suicide", "pattern"),
        (signals({"definition": 0.9}, pattern="bereavement"), "bereavement", "pattern"),
        (signals({"suicide": 0.9}, pattern="distress"), "suicide", "message"),
        (signals({"definition": 0.9}, [{"suicide": 0.9}], pattern="distress"), "suicide", "sentence"),
        (signals({"suicide": 0.9}, pattern="emergency"), "emergency", "pattern"),
        (signals({"definition": 0.9}, [{"emergency": 0.75}, {"definition": 0.9}]), "emergency", "sentence"),
        (signals({"definition": 0.9}, [{"emergency": 0.65}, {"definition": 0.9}]), "definition", "message"),
        (signals({"distress": 0.9}, [{"bereavement": 0.95}]), "distress", "message"),
        (signals({"distress": 0.9}, [{"suicide": 0.95}]), "suicide", "sentence"),
        (signals({"off_topic": 0.9}, [{"bereavement": 0.95}]), "off_topic", "message"),
        (signals({"off_topic": 0.5}, [{"bereavement": 0.95}]), "bereavement", "sentence"),
        (signals({"definition": 0.9}, [{"personal_advice": 0.95}]), "definition", "message"),
        (signals({"definition": 0.2}, [{"cost": 0.7}, {"greet": 0.5}]), "cost", "sentence"),
        (signals({"suicide": 0.7, "how_it_works": 0.3}, excused={"suicide"}), "how_it_works", "message"),
        (signals({"suicide": 0.9, "how_it_works": 0.1}, excused={"suicide"}), "how_it_works", "message"),
    ],
)
def test_what_wins(message: Signals, intent: str, reason: str) -> None:
    decision = decide(message, LIMITS)
    assert (decision.intent, decision.reason) == (intent, reason)


def test_a_choice_among_offers_wins_over_all_but_safety() -> None:
    whole = Guess(0.9, "definition")
    assert decide(Signals(whole, choice="cost"), LIMITS) == Decision("cost", 1.0, "choice")
    assert decide(Signals(whole, pattern="suicide", choice="cost"), LIMITS).intent == "suicide"
    assert decide(Signals(Guess(0.9, "emergency"), choice="cost"), LIMITS).intent == "emergency"


def test_a_short_message_after_a_subject_is_asked_back_unless_it_is_surely_off_topic() -> None:
    assert decide(Signals(Guess(0.5, "off_topic")), LIMITS).intent == "off_topic"
    assert decide(Signals(Guess(0.5, "off_topic"), follows=True), LIMITS) == Decision(FALLBACK, 0.5, "unsure")
    assert decide(Signals(Guess(0.7, "off_topic"), follows=True), LIMITS).intent == "off_topic"


def test_a_part_is_not_believed_against_the_whole() -> None:
    part = {"suicide": 0.9, "cost": 0.1}
    assert of_part(part, {"suicide": 0.02, "cost": 0.98}, LIMITS) == Guess(0.9, "suicide")
    assert of_part(part, {"suicide": 0.005, "cost": 0.995}, LIMITS) == Guess(0.0, "suicide")
    assert of_part(part, {"suicide": 0.005, "cost": 0.995}, LIMITS, {"suicide"}) == Guess(1.0, "cost")


def test_signals_can_be_kept_as_json() -> None:
    message = signals({"definition": 0.9}, [{"cost": 0.7}], "suicide")
    assert Signals.of_json(json.loads(json.dumps(message.as_json()))) == message


def test_the_parts_that_are_left_out_would_have_changed_nothing() -> None:
    rng = random.Random(3)
    intents = ["suicide", "emergency", "distress", "bereavement", "personal_advice", OFF_TOPIC, "definition", "cost"]
    left_out = 0

    def ranking() -> dict[str, float]:
        weights = [rng.random() ** rng.choice((1, 60, 400)) for _ in intents]
        return {intent: weight / sum(weights) for intent, weight in zip(intents, weights, strict=True)}

    for _ in range(20_000):
        whole = ranking()
        excused = frozenset(rng.sample(intents, rng.choice((0, 0, 1))))
        parts = [of_part(ranking(), whole, LIMITS, excused) for _ in range(4)]
        told = {"pattern": rng.choice((None, None, "emergency", "distress")), "follows": rng.random() < 0.5}
        top = best(whole, excused)
        matter = sentences_matter(whole, top, LIMITS)
        everything = Signals(top, tuple(parts), **told)
        less = Signals(top, tuple(parts if matter else ()), **told)
        assert decide(less, LIMITS) == decide(everything, LIMITS)
        left_out += not matter
    assert left_out > 2000
