"""What the conversation says of the next message: « et pour tout le monde ? » is about what came before. Without Rasa.

A person who goes on in a few words most often stays with the subject, or with what was offered beside it. So these
intents get a head start, the shorter the message the larger; a message that says clearly what it wants is not bent.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.content.catalogue import Answer, Catalogue
from assistant.history import SUBJECT_KINDS, Event, last_subject, offered
from assistant.nlu.follow_up_model import FollowUpModel

FOLLOW_UP_CANCER = "follow_up_cancer"
SHORT, LONG = 6, 13  # words: up to the first the head start is whole, from the second on there is none
# Words that point back to what was said.
_POINTING = re.compile(
    r"\b(?:ils?|elles?|ca|cela|ce|c|en|y|lui|leurs?|eux|ceux|celles?|celui|sa|son|ses|lesquel(?:le)?s|laquelle|lequel"
    r"|pourquoi|comment|combien|qui|quand|ou|longtemps|apres|depuis)\b"
)
_RANKS = ((r"1|1er|1ere|premiere?", 0), (r"2|2e|2eme|deuxieme|seconde?", 1), (r"3|3e|3eme|troisieme", 2))
_LAST = r"derniere?"
_BEFORE = (
    r"(?:oui|ok|bon|alors|plutot|non|finalement|et|je|veux|voudrais|prends|choisis|dites|moi|donc|d accord"
    r"|la|le|l|numero|option|choix|question|proposition)"
)
_AFTER = (
    r"(?:question|option|proposition|sujet|bouton|choix|formule|idee|point|don|svp|stp|merci|s il (?:vous|te) plait)"
)


def _alone(rank: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_BEFORE} )*(?:{rank})(?: {_AFTER})*")


_CHOICES = (*((_alone(rank), index) for rank, index in _RANKS), (_alone(_LAST), -1))


@dataclass(frozen=True)
class HeadStart:
    """How much is added to the margins of the intents that a short message probably means; set in config.yml.

    Attributes:
        same_theme: to those of the theme of the last subject.
        same_subject: to the last subject itself, when the message points back.
        offered: to those that the last turn's buttons offered.
        cancer: to the follow-up about another cancer, when the message names one.
        learnt: to an intent that surely is asked for in such words after the last subject.
    """

    same_theme: float
    same_subject: float
    offered: float
    cancer: float
    learnt: float


@dataclass(frozen=True)
class Context:
    """What was said before a message.

    Attributes:
        subject: the last answer about a subject or about giving; None at the start and after a safety answer.
        offered: the intents of the buttons under the last turn, in their order.
    """

    subject: Answer | None = None
    offered: tuple[str, ...] = ()


def context_of(events: Sequence[Event], content: Catalogue) -> Context:
    """The context of the message that comes after the events."""
    with_message = [*events, {"event": "user"}]
    return Context(last_subject(with_message, content, (*SUBJECT_KINDS, "giving")), tuple(offered(with_message)))


def chosen(plain_text: str, offers: Sequence[str]) -> str | None:
    """The offer that « la première » or « 2 » takes up; None where the message is no choice of what there is."""
    for pattern, index in _CHOICES:
        if pattern.fullmatch(plain_text):
            return offers[index] if index < len(offers) and offers else None
    return None


def _weight(count: int) -> float:
    """How much of the head start a message of so many words gets, 0 to 1."""
    return float(np.clip((LONG - count) / (LONG - SHORT), 0, 1))


class FollowUps:
    """Knows which intents lie near each other."""

    def __init__(self, intents: Sequence[str], content: Catalogue, most: HeadStart, model: FollowUpModel) -> None:
        """Looks up the themes.

        Args:
            intents: the intents that are ranked, in their order.
            content: the catalogue.
            most: the head start of a short message.
            model: what was learnt of follow-ups.
        """
        self._model = model
        self._intents = np.array(intents)
        self._content = content
        self._most = most
        answers = [content.answers.get(f"utter_{intent}") for intent in intents]
        subjects = [answer is not None and answer.kind not in ("safety", "conversation") for answer in answers]
        self._is_subject = np.array(subjects) & (self._intents != FOLLOW_UP_CANCER)
        self._themes = np.array([content.theme(answer) if answer else "" for answer in answers])

    def head_start(
        self, context: Context, plain_text: str, names_cancer: bool, vector: np.ndarray
    ) -> np.ndarray | None:
        """What is added to the margin of each intent.

        Args:
            context: what was said before.
            plain_text: the message in plain form.
            names_cancer: whether the message names a cancer.
            vector: the message's sentence vector.

        Returns:
            A value for each intent; None where there is nothing to add.
        """
        weight = _weight(len(plain_text.split()))
        if context.subject is None or not weight:
            return None
        subject = self._intent_of(context.subject)
        added = self._most.same_theme * (self._themes == self._content.theme(context.subject))
        added += self._most.offered * np.isin(self._intents, context.offered)
        if _POINTING.search(plain_text):
            added += self._most.same_subject * (self._intents == subject)
        added *= self._is_subject
        added += self._most.learnt * self._model.scores(vector, subject)
        if names_cancer:
            added += self._most.cancer * (self._intents == FOLLOW_UP_CANCER)
        return np.asarray(weight * added)

    def _intent_of(self, subject: Answer) -> str:
        """The intent of an answer. The answer for one cancer belongs to the intent that its name begins with."""
        return max((intent for intent in self._intents if subject.intent.startswith(intent)), key=len, default="")
