"""When to answer, when to ask back, and what wins when a message holds several thoughts. Without Rasa."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

OFF_TOPIC = "off_topic"

URGENT = ("suicide", "emergency")
LISTEN = ("distress", "bereavement", "fresh_diagnosis")
SAFETY = (*URGENT, *LISTEN, "personal_advice")
FALLBACK = "nlu_fallback"

Ranking = Mapping[str, float]  # the confidence of each intent


@dataclass(frozen=True)
class Thresholds:
    """Where the lines are drawn, in confidence from 0 to 1; the values are in config.yml.

    Attributes:
        answer: from here on the likeliest intent is answered.
        safety_sentence: from here on one sentence makes the whole message one of safety.
        safety_clause: the same for one clause of a sentence.
        off_topic: from here on a message is off topic whatever sadness one of its parts seems to hold.
        subject_sentence: from here on one sentence is answered when the whole message is unclear.
    """

    answer: float
    safety_sentence: float
    safety_clause: float
    off_topic: float
    subject_sentence: float


@dataclass(frozen=True)
class Understood:
    """What is known of a message before the decision.

    Attributes:
        whole: the confidences of the whole message.
        sentences: those of each of its sentences, empty if it has only one.
        clauses: those of each clause of its sentences.
        pattern: the intent of a safety pattern that the message holds.
        excused: intents that are out of the question: of safety, where only a harmless idiom calls for them; of the
            testimony, where the message is about the writer's own people.
    """

    whole: Ranking
    sentences: Sequence[Ranking] = ()
    clauses: Sequence[Ranking] = ()
    pattern: str | None = None
    excused: Collection[str] = ()


@dataclass(frozen=True)
class Decision:
    """The intent that a message is taken for.

    Attributes:
        intent: the intent, or FALLBACK.
        confidence: of that intent.
        reason: pattern, message, sentence, clause or unsure.
    """

    intent: str
    confidence: float
    reason: str


def _best(ranking: Ranking, excused: Collection[str]) -> tuple[float, str]:
    """The likeliest intent that is not excused, with its confidence among those."""
    left = {intent: confidence for intent, confidence in ranking.items() if intent not in excused}
    confidence, intent = max((confidence, intent) for intent, confidence in left.items())
    return confidence / sum(left.values()), intent


def _of_a_part(message: Understood, intents: Collection[str], limits: Thresholds) -> Decision | None:
    """The decision that one part of the message brings about, if its likeliest intent is one of these."""
    for parts, least, reason in (
        (message.sentences, limits.safety_sentence, "sentence"),
        (message.clauses, limits.safety_clause, "clause"),
    ):
        likeliest = [_best(ranking, message.excused) for ranking in parts]
        confidence, intent = max((item for item in likeliest if item[1] in intents), default=(0.0, ""))
        if intent and confidence >= least:
            return Decision(intent, confidence, reason)
    return None


def decide(message: Understood, limits: Thresholds) -> Decision:
    """Decides what a message is taken for: safety first, then the whole, then its clearest sentence, else nothing."""
    if message.pattern:
        return Decision(message.pattern, 1.0, "pattern")
    confidence, top = _best(message.whole, message.excused)
    sure = Decision(top, confidence, "message") if confidence >= limits.answer else None
    if sure and top in URGENT:
        return sure
    urgent = _of_a_part(message, URGENT, limits)
    if urgent:
        return urgent
    if not (sure and top in SAFETY) and not (top == OFF_TOPIC and confidence >= limits.off_topic):
        listen = _of_a_part(message, LISTEN, limits)
        if listen:
            return listen
    if sure:
        return sure
    likeliest = max((_best(ranking, message.excused) for ranking in message.sentences), default=(0.0, ""))
    if likeliest[0] >= limits.subject_sentence:
        return Decision(likeliest[1], likeliest[0], "sentence")
    return Decision(FALLBACK, 1.0 - confidence, "unsure")
