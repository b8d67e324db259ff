"""What visitors wrote and what they were answered, read from stored events. Pure functions, without Rasa.

From here on a conversation is a number, by which one cannot find it again, and a time is a day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assistant.content.catalogue import Catalogue
from assistant.history import Event, last_subject
from assistant.privacy.export import ZONE
from assistant.privacy.masking import Masking

KINDS = ("user", "bot", "feedback", "link_opened", "restart")  # the types of events that are read
ARTICLE = ("utter_full_article", "utter_full_article_from_home")
NOTICE = "utter_notice"


@dataclass(frozen=True)
class Message:
    """A visitor's message and what it was answered.

    Attributes:
        conversation: number of the conversation.
        day: when it was written, in Paris.
        channel: the name that the channel gave itself.
        text: what was typed, masked; None for a button or a message without words.
        button: whether a button was pressed.
        intent: the subject that it was taken for, None if it was not understood at all.
        ranking: the confidence of the likeliest intents.
        answers: the names of the responses, without the notice that a machine speaks.
        links: the link that each answer gives an article of, by its key in data/links.yml.
    """

    conversation: int
    day: date
    channel: str
    text: str | None
    button: bool
    intent: str | None
    ranking: Mapping[str, float]
    answers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What a visitor thought of an answer: the conversation's number, the response's name, whether it was useful."""

    conversation: int
    answer: str
    useful: bool


@dataclass(frozen=True)
class Opening:
    """A link that a visitor opened: the conversation's number, the response's name, the article (see Message.links)."""

    conversation: int
    answer: str
    article: str | None


@dataclass
class Material:
    """All that is read."""

    messages: list[Message] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)


def _message(conversation: int, event: Event, following: Sequence[tuple[str, str | None]], masking: Masking) -> Message:
    text = (event.get("text") or "").strip()
    understood = event.get("parse_data") or {}
    return Message(
        conversation=conversation,
        day=datetime.fromtimestamp(event.get("timestamp") or 0, ZONE).date(),
        channel=event.get("input_channel") or "",
        text=masking.mask(text) if text and not text.startswith("/") else None,
        button=text.startswith("/"),
        intent=(understood.get("intent") or {}).get("name"),
        ranking={item["name"]: float(item["confidence"]) for item in understood.get("intent_ranking") or []},
        answers=tuple(name for name, _ in following),
        links=tuple(link for _, link in following if link),
    )


def _given(events: Sequence[Event], place: int, content: Catalogue) -> tuple[str, str | None]:
    """The response's name of the assistant's message at a place, and the article that it gives."""
    name = (events[place].get("metadata") or {}).get("answer") or ""
    return name, content.article_of(last_subject(events[:place], content)).name if name in ARTICLE else None


def messages_of(conversation: int, events: Sequence[Event], content: Catalogue, masking: Masking) -> Iterator[Message]:
    """The messages of a conversation, each with the answers up to the next one."""
    asked: Event | None = None
    following: list[tuple[str, str | None]] = []
    for place, event in enumerate(events):
        if event.get("event") == "user":
            if asked:
                yield _message(conversation, asked, following, masking)
            asked, following = event, []
        elif event.get("event") == "bot":
            given = _given(events, place, content)
            if given[0] != NOTICE:
                following.append(given)
    if asked:
        yield _message(conversation, asked, following, masking)


def judgements_of(conversation: int, events: Iterable[Event]) -> list[Judgement]:
    """The judgements of a conversation; of several on one answer the last counts."""
    last: dict[Any, Judgement] = {}
    for event in events:
        if event.get("event") == "feedback":
            last[event.get("message_id")] = Judgement(conversation, event.get("answer") or "", bool(event["useful"]))
    return list(last.values())


def openings_of(conversation: int, events: Sequence[Event], content: Catalogue) -> Iterator[Opening]:
    """The links of a conversation that were opened. The widget names a message after its turn and its place in it."""
    given: dict[str, tuple[str, str | None]] = {}
    turn, number = "", 0
    for place, event in enumerate(events):
        if event.get("event") == "user":
            turn, number = event.get("message_id") or "", 0
        elif event.get("event") == "bot":
            given[f"{turn}.{number}"] = _given(events, place, content)
            number += 1
        elif event.get("event") == "link_opened" and event["message_id"] in given:
            yield Opening(conversation, *given[event["message_id"]])


def read(conversations: Iterable[Sequence[Event]], content: Catalogue) -> Material:
    """All messages, judgements and openings of the conversations. What the store did not mask is masked here."""
    masking = Masking(content.contacts.values())
    material = Material()
    for number, events in enumerate(conversations):
        material.messages += messages_of(number, events, content, masking)
        material.judgements += judgements_of(number, events)
        material.openings += openings_of(number, events, content)
    return material
