"""Whether an answer says only what its facts hold, and a fact only what the dossier says. Pure functions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.channels.messaging.commands import command
from assistant.content.catalogue import Answer, Catalogue
from assistant.content.facts import Fact

# fmt: off
NUMBER_WORDS = {
    "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
    "onze", "douze", "quinze", "vingt", "vingtaine", "trente", "cent", "mille",
}
# fmt: on
# Capitalised words that state nothing: whom to ask, what the buttons are called.
GENERAL_NAMES = {"Cancer", "Samu", "Fondation", "ARC", "Docteur", "Lire", "SMS", "CAR", "French", "English", "In", "I"}
GENERAL_QUOTATIONS = {"Lire la suite", "Testés"}
COUNTED = {"deux", "trois"}  # the dossier's parts and ways to give, counted in the facts


@dataclass(frozen=True)
class Unheld:
    """Something that a text says and its source does not.

    Attributes:
        kind: number, name, quotation or link.
        value: what the text says.
    """

    kind: str
    value: str


def normal(text: str) -> str:
    """One kind of apostrophe and space, no emphasis."""
    text = text.replace("’", "'").replace("\u00a0", " ").replace("**", "").replace("\n", " ")
    return re.sub(r"\s+", " ", text)


def fact_text(content: Catalogue, answer: Answer) -> str:
    """All that the facts of an answer hold; facts that do not exist hold nothing."""
    parts = [content.facts.publisher]
    for id_ in answer.facts:
        fact = content.facts.facts.get(id_)
        if fact:
            parts += [fact.statement, fact.speaker or "", content.facts.sections[fact.section].title]
            parts += [f"{value} {context}" for value, context in fact.figures]
    return normal(" ".join(parts))


def numbers(text: str) -> set[str]:
    """The numbers of a text, in figures and in words."""
    words = re.findall(r"[a-zà-ÿ]+", text.lower())
    return set(re.findall(r"\d+(?:[.,]\d+)?", text)) | {word for word in words if word in NUMBER_WORDS}


def names(text: str) -> set[str]:
    """Capitalised words that do not begin a sentence, a line, a quotation or an item."""
    text = re.sub(r"(^|[.!?:«\n-]\s*)[A-ZÀ-Ý][\w’'-]*", " ", text.replace("**", ""))
    found = set(re.findall(r"\b(?:[ldnsjmtc]'|qu')?([A-ZÀ-Ý][\w-]*)", normal(text)))
    return found - GENERAL_NAMES


def quotations(text: str) -> list[str]:
    """What stands in French quotation marks."""
    return [normal(quote).strip() for quote in re.findall(r"«(.+?)»", text.replace("**", ""), flags=re.DOTALL)]


def unheld_by_facts(content: Catalogue, answer: Answer) -> Iterator[Unheld]:
    """What an answer says that its facts do not hold."""
    held = fact_text(content, answer)
    text = re.sub(r"\{\w+\}", "", answer.text)
    for number in sorted(numbers(text) - numbers(held)):
        yield Unheld("number", number)
    for name in sorted(names(text)):
        if name not in held:
            yield Unheld("name", name)
    allowed = GENERAL_QUOTATIONS | {normal(link.title) for link in content.links.values()}
    for quote in quotations(text):
        # A command is what a messaging channel understands: « STOP ».
        if command(quote) is None and quote not in held and quote not in allowed:
            yield Unheld("quotation", quote)
    for link in re.findall(r"https?://\S+|www\.\S+", text):
        yield Unheld("link", link)


def unheld_by_dossier(fact: Fact, dossier: str) -> Iterator[Unheld]:
    """What a fact says that the dossier does not.

    Args:
        fact: the fact.
        dossier: the text of the dossier.
    """
    held = normal(dossier)
    text = normal(fact.statement)
    for quote in quotations(text):
        if quote not in held:
            yield Unheld("quotation", quote)
    if fact.source and normal(fact.source) not in held:
        yield Unheld("quotation", normal(fact.source))
    for number in sorted(numbers(text) - numbers(held) - COUNTED):
        yield Unheld("number", number)
    for name in sorted(names(text)):
        if name.lower() not in held.lower():
            yield Unheld("name", name)
