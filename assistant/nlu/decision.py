"""When to answer, when to ask back, and what wins when a message holds several thoughts. Without Rasa."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import yaml

OFF_TOPIC = "off_topic"
OTHER_LANGUAGE = "other_language"
PRIVACY = "privacy"

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
        safety_whole: a part is not believed to be of safety where the whole message is so with less than this.
        off_topic: from here on a message is off topic, whatever sadness one of its parts seems to hold, and even right
            after a subject.
        subject_sentence: from here on one sentence is answered when the whole message is unclear.
    """

    answer: float
    safety_sentence: float
    safety_whole: float
    off_topic: float
    subject_sentence: float


def read_thresholds(config: Path) -> Thresholds:
    """The thresholds that the classifier's part of a configuration sets. Raises ValueError without it."""
    for component in yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]:
        if component["name"].endswith("SubjectClassifier"):
            return Thresholds(**{item.name: component[item.name] for item in fields(Thresholds)})
    raise ValueError(f"{config} has no SubjectClassifier")


class Guess(NamedTuple):
    """The likeliest intent of a message or of a part of it, with its confidence from 0 to 1."""

    confidence: float
    intent: str


@dataclass(frozen=True)
class Signals:
    """What is known of a message before the decision; kept with the message, so that one can see why.

    Attributes:
        whole: the likeliest intent of the whole message.
        sentences: that of each of its sentences, empty if it has only one.
        pattern: the intent of a safety pattern that the message holds, OTHER_LANGUAGE for its letters, or
            PRIVACY where it is nothing but personal data.
        choice: the intent that was offered just before, where the message does nothing but choose it.
        follows: whether it is short and comes after a subject, so that it may be about that.
    """

    whole: Guess
    sentences: tuple[Guess, ...] = ()
    pattern: str | None = None
    choice: str | None = None
    follows: bool = False

    def as_json(self) -> dict[str, Any]:
        """The signals as JSON can hold them; `of_json` reads them."""
        return {
            "whole": [*self.whole],
            "sentences": [[*guess] for guess in self.sentences],
            "pattern": self.pattern,
            "choice": self.choice,
            "follows": self.follows,
        }

    @classmethod
    def of_json(cls, state: Mapping[str, Any]) -> "Signals":
        """The signals that `as_json` wrote down."""
        sentences = tuple(Guess(*guess) for guess in state["sentences"])
        return cls(Guess(*state["whole"]), sentences, state["pattern"], state["choice"], state["follows"])


@dataclass(frozen=True)
class Decision:
    """The intent that a message is taken for.

    Attributes:
        intent: the intent, or FALLBACK.
        confidence: of that intent.
        reason: pattern, choice, message, sentence or unsure.
    """

    intent: str
    confidence: float
    reason: str


def best(ranking: Ranking, excused: Collection[str] = ()) -> Guess:
    """The likeliest intent that is not excused, with its confidence among those.

    Args:
        ranking: the confidence of each intent.
        excused: intents that are out of the question: of safety, where only a harmless idiom calls for them; of the
            testimony, where the message is about the writer's own people.
    """
    left = {intent: confidence for intent, confidence in ranking.items() if intent not in excused}
    confidence, intent = max((confidence, intent) for intent, confidence in left.items())
    return Guess(confidence / sum(left.values()), intent)


def of_part(ranking: Ranking, whole: Ranking, limits: Thresholds, excused: Collection[str] = ()) -> Guess:
    """The likeliest intent of a part of a message.

    It has no confidence where it is one of safety that the whole message all but rules out: « J’ai laissé un mot » says
    nothing of suicide beside a question about a noisy neighbour.
    """
    guess = best(ranking, excused)
    if guess.intent in SAFETY and whole[guess.intent] < limits.safety_whole:
        return Guess(0.0, guess.intent)
    return guess


def is_urgent(guess: Guess, limits: Thresholds) -> bool:
    """Whether the guess of a whole message is enough to take it for an urgent one."""
    return guess.intent in URGENT and guess.confidence >= limits.answer


def sentences_matter(whole: Ranking, top: Guess, limits: Thresholds) -> bool:
    """Whether the sentences of a message can change what is decided; most often they cannot.

    Args:
        whole: the confidence of each intent for the whole message by itself.
        top: the likeliest of them that is not excused, after what was said before.
        limits: the thresholds; `answer` may be any up to the highest of the others that are about subjects.
    """
    grave = any(whole.get(intent, 0.0) >= limits.safety_whole for intent in (*URGENT, *LISTEN))
    unclear = top.confidence < max(limits.answer, limits.off_topic, limits.subject_sentence)
    return grave or unclear


def _grave(message: Signals, intents: Collection[str], limits: Thresholds) -> Decision | None:
    """The decision that one sentence brings about that has one of some intents.

    Parts of a sentence are not enough: they mislead more than they tell (docs/understanding.md).
    """
    guess = max((part for part in message.sentences if part.intent in intents), default=None)
    if guess and guess.confidence >= limits.safety_sentence:
        return Decision(guess.intent, guess.confidence, "sentence")
    return None


def decide(message: Signals, limits: Thresholds) -> Decision:
    """Decides what a message is taken for: safety first, then the whole, then its clearest sentence, else nothing."""
    if message.pattern in URGENT:
        return Decision(message.pattern, 1.0, "pattern")
    confidence, top = message.whole
    sure = Decision(top, confidence, "message") if confidence >= limits.answer else None
    if sure and is_urgent(message.whole, limits):
        return sure
    urgent = _grave(message, URGENT, limits)
    if urgent:
        return urgent
    if message.pattern:
        return Decision(message.pattern, 1.0, "pattern")
    if message.choice:
        return Decision(message.choice, 1.0, "choice")
    if not (sure and top in SAFETY) and not (top == OFF_TOPIC and confidence >= limits.off_topic):
        listen = _grave(message, LISTEN, limits)
        if listen:
            return listen
    # A short question about what was just said is not sent away; it is asked back.
    if sure and not (message.follows and top == OFF_TOPIC and confidence < limits.off_topic):
        return sure
    clearest = max(message.sentences, default=None)
    if clearest and clearest.confidence >= limits.subject_sentence:
        return Decision(clearest.intent, clearest.confidence, "sentence")
    return Decision(FALLBACK, 1.0 - confidence, "unsure")
