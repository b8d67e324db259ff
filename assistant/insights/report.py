"""The page, `reports/insights.html`: one file with its pictures inside, in French. jinja2, without Rasa."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.content.catalogue import Catalogue
from assistant.insights import pictures
from assistant.insights.counting import (
    ANSWERED,
    FEW,
    HIDDEN,
    LEAST,
    NOTHING,
    OUTCOMES,
    Count,
    by,
    count,
    kind_of,
    outcome,
    percent_text,
    subjects,
    tally,
    total,
    total_text,
)
from assistant.insights.grouping import MOST, Group, Wording
from assistant.insights.reading import Judgement, Material, Message
from assistant.insights.subjects import GONE, KIND_NAMES
from assistant.nlu.decision import OFF_TOPIC
from assistant.pages.making import environment
from assistant.privacy.export import day_text

TEMPLATE = "insights.html.j2"
MOST_GROUPS = 60  # on the page; the export holds them all
OTHER_CHANNEL = "Autre"
ASKED = ("dossier", "giving", "outside", "safety")  # the kinds of subjects; small talk is none


@dataclass(frozen=True)
class Names:
    """What things are called on the page.

    Attributes:
        subjects: the French name of each intent.
        files: the file that holds the phrases of each intent.
        channels: the French name of each channel.
    """

    subjects: Mapping[str, str]
    files: Mapping[str, str]
    channels: Mapping[str, str]

    def subject(self, intent: str) -> str:
        """The name of a subject. An unknown one is never quoted."""
        return self.subjects.get(intent, GONE)

    def channel(self, name: str) -> str:
        """The name of a channel. An unknown one is never quoted: callers choose it."""
        return self.channels.get(name, OTHER_CHANNEL)


@dataclass(frozen=True)
class Insights:
    """All that the page is made of.

    Attributes:
        material: what was read.
        groups: the messages without an answer, by likeness.
        left_out: the wordings that were too many to group.
        content: the catalogue.
        names: what things are called.
        today: the day of the report.
        retention_days: how long conversations are kept.
        rare: whether rare wording is shown; only if a person has asked for it.
    """

    material: Material
    groups: Sequence[Group]
    left_out: Sequence[Wording]
    content: Catalogue
    names: Names
    today: date
    retention_days: int
    rare: bool = False


def _row(name: str, found: Count, **more: Any) -> dict[str, Any]:
    return {"name": name, "conversations": found.conversations_text, "messages": found.messages_text, **more}


def _by_day(messages: Sequence[Message], names: Names) -> tuple[list[str], list[dict[str, Any]], dict[date, Count]]:
    """The channels, a row for each day with a cell for each channel, and what a picture may show of each day."""
    counts = tally(((message.day, names.channel(message.channel)), message.conversation) for message in messages)
    channels = sorted({channel for _, channel in counts})
    rows, totals = [], {}
    for day in sorted({day for day, _ in counts}, reverse=True):
        parts = [counts.get((day, channel), NOTHING) for channel in channels]
        totals[day] = total(parts)
        rows.append(
            {
                "day": day_text(day),
                "cells": [part.conversations_text for part in parts],
                "total": total_text(parts),
                "messages": totals[day].messages_text if all(part.shown for part in parts) else HIDDEN,
            }
        )
    return channels, rows, totals


def _subject_rows(insights: Insights) -> list[dict[str, Any]]:
    content, names = insights.content, insights.names
    asked = subjects(insights.material.messages, content, ASKED)
    pressed = subjects((message for message in insights.material.messages if message.button), content, ASKED)
    whole = count(message.conversation for message in insights.material.messages)
    return [
        _row(
            names.subject(intent),
            found,
            kind=KIND_NAMES[kind_of(intent, content)],
            buttons=pressed.get(intent, NOTHING).messages_text if found.shown else HIDDEN,
            share=percent_text(found, whole),
        )
        for intent, found in asked.items()
    ]


def _judgement_rows(judgements: Sequence[Judgement], insights: Insights) -> list[dict[str, Any]]:
    found = by(judgements, "answer", "useful")
    names = {answer: None for answer, _ in found}
    rows = []
    for answer in names:
        useful, useless = found.get((answer, True), NOTHING), found.get((answer, False), NOTHING)
        known = insights.content.answers.get(answer)
        name = insights.names.subject(known.intent) if known else GONE
        rows.append(
            {"name": name, "useful": useful.conversations_text, "useless": useless.conversations_text, "order": useless}
        )
    return sorted(rows, key=lambda row: (-row["order"].conversations if row["order"].shown else 0, row["name"]))


def _link_rows(insights: Insights) -> list[dict[str, Any]]:
    links = insights.content.links
    shown = tally((link, message.conversation) for message in insights.material.messages for link in message.links)
    opened = by(insights.material.openings, "article")
    return [
        _row(links[name].title, found, opened=opened.get((name,), NOTHING).conversations_text)
        for name, found in shown.items()
    ]


def _giving_rows(insights: Insights) -> list[dict[str, Any]]:
    answers = insights.content.answers
    shown = tally(
        (name, message.conversation)
        for message in insights.material.messages
        for name in message.answers
        if name in answers and answers[name].kind == "giving"
    )
    opened = by(insights.material.openings, "answer")
    return [
        _row(answers[name].title or GONE, found, opened=opened.get((name,), NOTHING).conversations_text)
        for name, found in shown.items()
    ]


def _place(group: Group, names: Names) -> str:
    """Where a group's phrases probably belong, in words."""
    place = group.place
    if place == OFF_TOPIC:
        return "Sans rapport avec le sujet\u00a0: rien à faire, sauf si la demande est forte."
    if place is None:
        return (
            "Nouveau sujet\u00a0: une réponse de plus si le dossier en parle, "
            "sinon un sujet hors du dossier (data/nlu/outside_….yml)."
        )
    file = f" ({names.files[place]}, intention {place})" if place in names.files else ""
    return f"À relire avec le sujet «\u00a0{names.subject(place)}\u00a0»{file}."


def _group_parts(insights: Insights) -> list[dict[str, Any]]:
    parts = []
    for number, group in enumerate(insights.groups, start=1):
        if insights.rare or group.count.conversations >= LEAST:
            chosen = group.wordings if insights.rare else group.common
            parts.append(
                {
                    "number": number,
                    "conversations": group.count.conversations_text,
                    "messages": group.count.messages_text,
                    "wordings": [
                        {"text": item.text, "conversations": Count(len(item.writers), item.messages).conversations_text}
                        for item in chosen
                    ],
                    "hidden": len(group.wordings) - len(chosen),
                    "words": ", ".join(group.words),
                    "nearest": ", ".join(
                        f"{insights.names.subject(name)} ({share:.0%})".replace("%", "\u00a0%")
                        for name, share in group.nearest
                    ),
                    "place": _place(group, insights.names),
                }
            )
    return parts


def _scattered(insights: Insights) -> Count:
    """The messages in groups that are too small to show."""
    small = [group for group in insights.groups if group.count.conversations < LEAST]
    items = [item for group in small for item in group.wordings]
    writers = frozenset().union(*(item.writers for item in items)) if items else frozenset()
    return Count(len(writers), sum(item.messages for item in items))


def _named(counts: Mapping[str, Count], names: Mapping[str, str]) -> dict[str, Count]:
    return {names.get(key, GONE): found for key, found in counts.items()}


def _outside_rows(outside: Mapping[str, Count], names: Names) -> list[dict[str, Any]]:
    return [_row(names.subject(intent), found) for intent, found in outside.items()]


def _period(messages: Iterable[Message]) -> str:
    days = sorted({message.day for message in messages})
    return f"du {day_text(days[0])} au {day_text(days[-1])}" if days else ""


def render(insights: Insights) -> str:
    """The page. Everything that comes from messages is escaped."""
    messages, content, names = insights.material.messages, insights.content, insights.names
    template = environment(Path(__file__).parent).get_template(TEMPLATE)
    general = {
        "today": day_text(insights.today),
        "retention_days": insights.retention_days,
        "least": LEAST,
        "few": FEW,
        "rare": insights.rare,
        "empty": not messages,
    }
    if not messages:
        return template.render(**general)
    whole = count(message.conversation for message in messages)
    typed = count(message.conversation for message in messages if not message.button)
    outcomes = tally((outcome(message, content), message.conversation) for message in messages)
    channels, days, per_day = _by_day(messages, names)
    per_channel = tally((names.channel(message.channel), message.conversation) for message in messages)
    asked = subjects(messages, content, ASKED)
    outside = subjects(messages, content, ("outside",))
    useful = {found: by(insights.material.judgements, "useful").get((found,), NOTHING) for found in (True, False)}
    parts = _group_parts(insights)
    return template.render(
        **general,
        period=_period(messages),
        cards=[
            ("Conversations", total_text(list(per_channel.values()))),
            ("Messages", whole.messages_text),
            ("dont écrits, sans les boutons", typed.messages_text),
            ("Messages qui ont reçu une réponse du dossier", percent_text(outcomes.get(ANSWERED, NOTHING), whole)),
            ("Avis «\u00a0utile\u00a0»", useful[True].messages_text),
            ("Avis «\u00a0pas utile\u00a0»", useful[False].messages_text),
        ],
        channels=channels,
        channel_rows=[_row(name, found) for name, found in per_channel.items()],
        day_rows=days,
        subject_rows=_subject_rows(insights),
        outcome_rows=[
            _row(OUTCOMES[key], outcomes.get(key, NOTHING), share=percent_text(outcomes.get(key, NOTHING), whole))
            for key in OUTCOMES
        ],
        judgement_rows=_judgement_rows(insights.material.judgements, insights),
        link_rows=_link_rows(insights),
        giving_rows=_giving_rows(insights),
        groups=parts[:MOST_GROUPS],
        more_groups=max(0, len(parts) - MOST_GROUPS),
        scattered=_scattered(insights),
        left_out=len(insights.left_out),
        most=MOST,
        outside_rows=_outside_rows(outside, names),
        pictures={
            "days": pictures.days(per_day),
            "subjects": pictures.bars(_named(asked, names.subjects)),
            "outcomes": pictures.bars(_named(outcomes, OUTCOMES)),
            "outside": pictures.bars(_named(outside, names.subjects)),
        },
    )
