"""Judging what a message was taken for. Pure functions, without Rasa."""

from collections import Counter
from collections.abc import Iterable, Mapping

from assistant.evaluation.sets import Labelled
from assistant.nlu.decision import FALLBACK

RIGHT, WRONG, REFUSED = "right", "wrong", "refused"


def outcome(message: Labelled, predicted: str, kinds: Mapping[str, str]) -> str:
    """Whether a message was understood, misunderstood, or not answered.

    Off topic, small talk and the like take nothing for a subject: among them a mix-up counts as a refusal.

    Args:
        message: the message with its right intents.
        predicted: what it was taken for.
        kinds: the kind of each intent's answer.
    """
    if predicted in message.intents:
        return RIGHT
    if predicted in (FALLBACK, "off_topic"):
        return REFUSED
    if message.intents[0] == "off_topic" and kinds[predicted] == "conversation":
        return REFUSED
    return WRONG


def shares(outcomes: Iterable[str]) -> dict[str, float]:
    """The share of each outcome, 0 to 1."""
    counts = Counter(outcomes)
    total = max(1, sum(counts.values()))
    return {name: counts[name] / total for name in (RIGHT, WRONG, REFUSED)}
