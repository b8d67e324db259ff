"""Nothing is said that the facts do not hold, and the facts hold nothing that the dossier does not say."""

import re
from dataclasses import replace

import pytest

from assistant.channels.messaging.commands import command
from assistant.content.catalogue import Answer, Catalogue
from assistant.content.facts import Fact
from assistant.settings import ROOT

DOSSIER = (ROOT / "tests" / "source" / "dossier.txt").read_text(encoding="utf-8")
NUMBER_WORDS = [
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "quinze",
    "vingt",
    "vingtaine",
    "trente",
    "cent",
    "mille",
]
# Capitalised words that state nothing: whom to ask, what the buttons are called.
GENERAL_NAMES = {"Cancer", "Samu", "Fondation", "ARC", "Docteur", "Lire", "SMS", "CAR", "French", "English", "In", "I"}


def normal(text: str) -> str:
    """One kind of apostrophe and space, no emphasis."""
    text = text.replace("’", "'").replace("\u00a0", " ").replace("**", "").replace("\n", " ")
    return re.sub(r"\s+", " ", text)


def fact_text(content: Catalogue, answer: Answer) -> str:
    """All that the facts of an answer hold."""
    parts = [content.facts.publisher]
    for id_ in answer.facts:
        fact = content.facts.facts[id_]
        parts += [fact.statement, fact.speaker or "", content.facts.sections[fact.section].title]
        parts += [f"{value} {context}" for value, context in fact.figures]
    return normal(" ".join(parts))


def numbers(text: str) -> set[str]:
    words = re.findall(r"[a-zà-ÿ]+", text.lower())
    return set(re.findall(r"\d+(?:[.,]\d+)?", text)) | {word for word in words if word in NUMBER_WORDS}


def names(text: str) -> set[str]:
    """Capitalised words that do not begin a sentence, a line, a quotation or an item."""
    text = re.sub(r"(^|[.!?:«\n-]\s*)[A-ZÀ-Ý][\w’'-]*", " ", text.replace("**", ""))
    found = set(re.findall(r"\b(?:[ldnsjmtc]'|qu')?([A-ZÀ-Ý][\w-]*)", normal(text)))
    return found - GENERAL_NAMES


def quotations(text: str) -> list[str]:
    return [normal(quote).strip() for quote in re.findall(r"«(.+?)»", text.replace("**", ""), flags=re.DOTALL)]


def problems(content: Catalogue, answer: Answer) -> list[str]:
    """What an answer says that its facts do not hold."""
    held = fact_text(content, answer)
    text = re.sub(r"\{\w+\}", "", answer.text)
    found = [f"number {number}" for number in numbers(text) if number not in numbers(held)]
    found += [f"name {name}" for name in names(text) if name not in held]
    titles = {normal(link.title) for link in content.links.values()}
    allowed = titles | {"Lire la suite", "Testés"}
    said = [quote for quote in quotations(text) if command(quote) is None]  # what a messaging channel understands
    found += [f"quotation {quote}" for quote in said if quote not in held and quote not in allowed]
    found += [f"link {link}" for link in re.findall(r"https?://\S+|www\.\S+", text)]
    return found


def test_every_answer_says_only_what_its_facts_hold(content: Catalogue) -> None:
    found = {answer.name: problems(content, answer) for answer in content.answers.values()}
    assert {name: listed for name, listed in found.items() if listed} == {}


@pytest.mark.parametrize(
    ("addition", "problem"),
    [
        (" Elle réussit dans 40 % des cas.", "number 40"),
        (" Trois patients sur quatre répondent.", "number quatre"),
        (" Le professeur Dupont le confirme.", "name Dupont"),
        (" C’est « un miracle ».", "quotation un miracle"),
        (" Voir https://example.org/page.", "link https://example.org/page."),
        (" Depuis 2023, tout a changé.", "number 2023"),
    ],
)
def test_the_check_finds_what_is_invented(content: Catalogue, addition: str, problem: str) -> None:
    answer = content.answers["utter_effectiveness"]
    assert problem in problems(content, replace(answer, text=answer.text + addition))


def test_the_check_finds_a_fact_that_is_not_named(content: Catalogue) -> None:
    answer = content.answers["utter_response_rate"]
    assert "number 70" in problems(content, replace(answer, facts=("average_rate", "hepatocarcinoma_rate")))


def test_every_fact_is_used(content: Catalogue) -> None:
    used = {fact for answer in content.answers.values() for fact in answer.facts}
    assert set(content.facts.facts) - used == set()


def fact_problems(fact: Fact) -> list[str]:
    """What a fact says that the dossier does not."""
    dossier = normal(DOSSIER)
    text = normal(fact.statement)
    found = [f"quotation {quote}" for quote in quotations(text) if quote not in dossier]
    allowed = {"deux", "trois"}  # the dossier's parts and ways to give, counted
    found += [f"number {number}" for number in numbers(text) if number not in numbers(dossier) | allowed]
    found += [f"name {name}" for name in names(text) if name.lower() not in dossier.lower()]
    return found


def test_every_fact_is_in_the_dossier(content: Catalogue) -> None:
    found = {fact.id: fact_problems(fact) for fact in content.facts.facts.values()}
    assert {id_: listed for id_, listed in found.items() if listed} == {}


def test_a_wrong_fact_is_found(content: Catalogue) -> None:
    fact = content.facts.facts["average_rate"]
    assert fact_problems(replace(fact, statement=fact.statement.replace("30", "35"))) == ["number 35"]


def test_every_figure_goes_with_its_context(content: Catalogue) -> None:
    """An answer that gives a rate says which treatment it is for, its year, and that it is a figure of a group."""
    for answer in content.answers.values():
        if "%" in answer.text:
            assert "inhibiteurs de point de contrôle" in answer.text.replace("**", ""), answer.name
            assert "2020" in answer.text, answer.name
            assert "de groupe" in answer.text, answer.name


def test_every_answer_from_the_dossier_ends_with_its_source(content: Catalogue) -> None:
    for answer in content.answers.values():
        line = content.source_line(answer)
        if answer.kind in ("dossier", "giving"):
            assert answer.facts, answer.name
            assert line is not None
            assert line.startswith("Source")
            assert line.endswith("2020")
        else:
            assert line is None


def test_no_figure_is_given_by_what_is_not_about_the_dossier(content: Catalogue) -> None:
    for answer in content.answers.values():
        if answer.kind in ("safety", "outside"):
            assert "%" not in answer.text, answer.name
