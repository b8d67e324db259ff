"""Nothing is said that the facts do not hold, and the facts hold nothing that the dossier does not say."""

from dataclasses import replace

import pytest

from assistant.checking.answers import DOSSIER, facts, grounding, sources
from assistant.checking.grounding import unheld_by_dossier, unheld_by_facts
from assistant.checking.project import Project
from assistant.content.catalogue import Answer, Catalogue
from assistant.content.facts import Fact
from assistant.settings import ROOT


def problems(content: Catalogue, answer: Answer) -> list[str]:
    """What an answer says that its facts do not hold."""
    return [f"{unheld.kind} {unheld.value}" for unheld in unheld_by_facts(content, answer)]


def fact_problems(fact: Fact) -> list[str]:
    """What a fact says that the dossier does not."""
    dossier = (ROOT / DOSSIER).read_text(encoding="utf-8")
    return [f"{unheld.kind} {unheld.value}" for unheld in unheld_by_dossier(fact, dossier)]


def test_every_answer_says_only_what_its_facts_hold(project: Project, content: Catalogue) -> None:
    assert list(grounding(project, content)) == []


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


def test_every_fact_is_used_and_in_the_dossier(project: Project, content: Catalogue) -> None:
    assert list(facts(project, content)) == []


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


def test_every_answer_from_the_dossier_ends_with_its_source(project: Project, content: Catalogue) -> None:
    assert list(sources(project, content)) == []
    for answer in content.answers.values():
        line = content.source_line(answer)
        if answer.kind in ("dossier", "giving"):
            assert line is not None
            assert line.startswith("Source")
            assert line.endswith("2020")
        else:
            assert line is None


def test_no_figure_is_given_by_what_is_not_about_the_dossier(content: Catalogue) -> None:
    for answer in content.answers.values():
        if answer.kind in ("safety", "outside"):
            assert "%" not in answer.text, answer.name
