"""When to answer, when to ask back, and what wins when a message holds several thoughts. Without Rasa."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

URGENT = ("suicide", "emergency")
LISTEN = ("distress", "bereavement", "fresh_diagnosis")
SAFETY = (*URGENT, *LISTEN, "personal_advice")
FALLBACK = "nlu_fallback"

Ranking = Mapping[str, float]  # the confidence of each intent


@dataclass(frozen=True)
class Thresholds:
    """Where the lines are drawn; the values are in config.yml.

    Attributes:
        answer: least confidence at which the likeliest intent is answered.
        safety_part: least confidence at which one sentence makes the whole message one of safety.
        safety_window: the same for a few words out of a long sentence, urgent intents only.
        subject_part: least confidence at which one sentence is answered when the whole message is unclear.
    """

    answer: float
    safety_part: float
    safety_window: float
    subject_part: float


@dataclass(frozen=True)
class Decision:
    """The intent that a message is taken for.

    Attributes:
        intent: the intent, or FALLBACK.
        confidence: of that intent.
        reason: pattern, message, sentence, window or unsure.
    """

    intent: str
    confidence: float
    reason: str


def _best(ranking: Ranking) -> tuple[str, float]:
    return max(ranking.items(), key=lambda item: item[1])


def _first_safety(rankings: Sequence[Ranking], intents: Sequence[str], least: float) -> tuple[str, float] | None:
    """The surest part whose likeliest intent is one of these."""
    found = [(confidence, intent) for intent, confidence in map(_best, rankings) if intent in intents]
    confidence, intent = max(found, default=(0.0, ""))
    return (intent, confidence) if confidence >= least else None


def decide(
    whole: Ranking,
    sentences: Sequence[Ranking],
    windows: Sequence[Ranking],
    pattern: str | None,
    limits: Thresholds,
) -> Decision:
    """Decides what a message is taken for.

    Args:
        whole: the confidences of the whole message.
        sentences: those of each of its sentences, empty if it has only one.
        windows: those of a few words each out of a long sentence.
        pattern: the intent of a safety pattern that the message holds.
        limits: where the lines are drawn.
    """
    if pattern:
        return Decision(pattern, 1.0, "pattern")
    top, confidence = _best(whole)
    if top in URGENT and confidence >= limits.answer:
        return Decision(top, confidence, "message")
    part = _first_safety(sentences, URGENT, limits.safety_part)
    if part:
        return Decision(*part, "sentence")
    part = _first_safety(windows, URGENT, limits.safety_window)
    if part:
        return Decision(*part, "window")
    if top not in SAFETY or confidence < limits.answer:
        part = _first_safety(sentences, LISTEN, limits.safety_part)
        if part:
            return Decision(*part, "sentence")
    if confidence >= limits.answer:
        return Decision(top, confidence, "message")
    surest = max((_best(ranking) for ranking in sentences), key=lambda item: item[1], default=("", 0.0))
    if surest[1] >= limits.subject_part:
        return Decision(*surest, "sentence")
    return Decision(FALLBACK, 1.0 - confidence, "unsure")
