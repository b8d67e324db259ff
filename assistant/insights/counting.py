"""Counting what visitors did, so that no conversation can be recognised. Pure functions.

A figure that fewer than LEAST conversations stand behind is not shown; where one of a row is hidden, their sum is not
exact either, or it could be reckoned back.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from assistant.content.catalogue import Catalogue
from assistant.insights.reading import Message
from assistant.nlu.decision import FALLBACK, OFF_TOPIC

LEAST = 3  # conversations
FEW = f"moins de {LEAST}"
HIDDEN = "non montré"
REFUSALS = (f"utter_{FALLBACK}", "utter_cannot_answer", f"utter_{OFF_TOPIC}")
ANSWERED, OUTSIDE, REFUSED, SAFETY, TALK, SILENT = "answered", "outside", "refused", "safety", "talk", "silent"
OUTCOMES = {
    ANSWERED: "Réponse tirée du dossier, ou sur le don",
    OUTSIDE: "Sujet reconnu, mais hors du dossier",
    REFUSED: "Message sans réponse (non compris ou hors sujet)",
    SAFETY: "Urgence, détresse ou demande d’avis personnel",
    TALK: "Conversation (bonjour, merci, oui…)",
    SILENT: "Aucune réponse enregistrée",
}

Key = TypeVar("Key", bound=Hashable)


def number(value: int) -> str:
    """A whole number as it is written in French."""
    return f"{value:,}".replace(",", "\u202f")


class Count(NamedTuple):
    """How many conversations, and how many messages (or other events) of theirs."""

    conversations: int
    messages: int

    @property
    def shown(self) -> bool:
        """Whether the figures may be shown."""
        return self.conversations == 0 or self.conversations >= LEAST

    @property
    def conversations_text(self) -> str:
        """The conversations as a table shows them."""
        return number(self.conversations) if self.shown else FEW

    @property
    def messages_text(self) -> str:
        """The messages as a table shows them: few conversations may write many."""
        return number(self.messages) if self.shown else HIDDEN


NOTHING = Count(0, 0)


def tally(pairs: Iterable[tuple[Key, int]]) -> dict[Key, Count]:
    """Counts pairs of a key and a conversation, the key of most conversations first."""
    who: dict[Key, set[int]] = defaultdict(set)
    times: dict[Key, int] = defaultdict(int)
    for key, conversation in pairs:
        who[key].add(conversation)
        times[key] += 1
    counts = {key: Count(len(who[key]), times[key]) for key in who}
    return dict(sorted(counts.items(), key=lambda item: (-item[1].conversations, -item[1].messages, str(item[0]))))


def count(conversations: Iterable[int]) -> Count:
    """Counts some messages, each given by its conversation."""
    return tally(("", conversation) for conversation in conversations).get("", NOTHING)


def total(parts: Sequence[Count]) -> Count:
    """The sum of parts that share no conversation, as far as it may be shown: without those that are hidden.

    Where all that there is is hidden, the sum is hidden too.
    """
    shown = [part for part in parts if part.shown]
    found = Count(sum(part.conversations for part in shown), sum(part.messages for part in shown))
    return found if found.conversations or len(shown) == len(parts) else Count(LEAST - 1, 0)


def total_text(parts: Sequence[Count]) -> str:
    """The conversations of that sum, which says when more are hidden."""
    found = total(parts)
    if all(part.shown for part in parts) or not found.shown:
        return found.conversations_text
    return f"au moins {found.conversations_text}"


def percent_text(part: Count, whole: Count) -> str:
    """A share of messages as a percentage; hidden where it would tell a hidden figure."""
    if not part.shown or not whole.shown or not whole.messages:
        return HIDDEN if whole.messages else ""
    return f"{part.messages / whole.messages:.0%}".replace("%", "\u00a0%")


def outcome(message: Message, content: Catalogue) -> str:
    """What became of a message, one of OUTCOMES."""
    kinds = {content.answers[name].kind if name in content.answers else "conversation" for name in message.answers}
    if "safety" in kinds:
        return SAFETY
    if any(name in REFUSALS for name in message.answers):
        return REFUSED
    if kinds & {"dossier", "giving"}:
        return ANSWERED
    if "outside" in kinds:
        return OUTSIDE
    return TALK if kinds else SILENT


def without_answer(messages: Iterable[Message], content: Catalogue) -> list[Message]:
    """The messages that were typed and found no answer, without cries for help."""
    return [message for message in messages if message.text and outcome(message, content) == REFUSED]


def kind_of(intent: str, content: Catalogue) -> str:
    """The kind of a subject's answer (assistant/content/catalogue.py); conversation where it has none."""
    answer = content.answers.get(f"utter_{intent}")
    return answer.kind if answer else "conversation"


def subjects(messages: Iterable[Message], content: Catalogue, kinds: Iterable[str]) -> dict[str, Count]:
    """How often each subject of some kinds was asked, in words or by a button."""
    wanted = set(kinds)
    return tally(
        (message.intent, message.conversation)
        for message in messages
        if message.intent and kind_of(message.intent, content) in wanted
    )


def by(rows: Iterable[Any], *names: str) -> dict[tuple[Any, ...], Count]:
    """Counts messages or judgements by the values of some of their fields."""
    return tally((tuple(getattr(row, name) for name in names), row.conversation) for row in rows)


def shown_only(counts: Mapping[Key, Count]) -> dict[Key, Count]:
    """The counts that a picture may draw: those that may be shown, and are not nought."""
    return {key: found for key, found in counts.items() if found.conversations >= LEAST}
