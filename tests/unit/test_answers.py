"""The answers as a person reads them: complete, short, kind, well typed."""

import re
from collections.abc import Callable, Iterator

import pytest

from assistant.checking.answers import french_texts, length, referring, wording
from assistant.checking.language import typeset, typography
from assistant.checking.problem import Problem
from assistant.checking.project import Project
from assistant.checking.subjects import complete, repeated, rules, unknown
from assistant.content.catalogue import Catalogue

Check = Callable[[Project], Iterator[Problem]]
NO_BREAK = "\u00a0"


@pytest.mark.parametrize("check", [complete, unknown, rules, repeated])
def test_every_intent_has_phrases_of_its_own_a_rule_and_an_answer(check: Check, project: Project) -> None:
    assert project.intents
    assert list(check(project)) == []


def test_every_subject_of_the_dossier_has_an_article(content: Catalogue) -> None:
    for answer in content.answers.values():
        if answer.kind == "dossier":
            assert content.article_of(answer).url.startswith("https://"), answer.name


def test_safety_answers_begin_with_the_number_to_call(content: Catalogue) -> None:
    first = {name: content.answers[name].text.split(".")[0] for name in ("utter_emergency", "utter_suicide")}
    assert "{samu}" in first["utter_emergency"]
    assert "{emergency}" in first["utter_emergency"]
    assert "{suicide_line}" in first["utter_suicide"]
    assert "{emergency_deaf}" in content.answers["utter_emergency"].text


def test_giving_is_never_offered_with_a_safety_answer(content: Catalogue) -> None:
    for answer in content.answers.values():
        if answer.kind in ("safety", "outside") and not answer.intent.startswith(("donation_", "legacy", "foundation")):
            assert not any(content.answer(step).kind == "giving" for step in answer.next), answer.name


def test_outside_answers_say_so_and_whom_to_ask(project: Project, content: Catalogue) -> None:
    assert list(referring(project, content)) == []


def test_answers_are_short(project: Project, content: Catalogue) -> None:
    assert list(length(project, content)) == []


def test_french_typography_and_manners(project: Project, content: Catalogue) -> None:
    assert len(list(french_texts(content))) > len(content.answers)
    assert list(wording(project, content)) == []


WRONG = ("l'immuno", "Pourquoi ?", "Pourquoi?", "30 %", "«mot\u00a0»", "« mot »", "trois : un", "Bon...", "mot  mot")


@pytest.mark.parametrize("wrong", WRONG)
def test_typography_check_finds_mistakes(wrong: str) -> None:
    assert typography(wrong)
    assert not typography(typeset(wrong))


def test_typography_check_leaves_what_is_right() -> None:
    right = "L’enjeu\u00a0: «\u00a0restaurer\u00a0», à 30\u00a0%\u00a0!\n\n- à 10:30"
    assert not typography(right)
    assert typeset(right) == right


def test_the_source_is_the_section_that_the_answer_is_about(content: Catalogue) -> None:
    assert (
        content.source_line(content.answers["utter_dossier_date"])
        .split("«")[1]
        .startswith(f"{NO_BREAK}L’immunothérapie{NO_BREAK}")
    )
    assert content.article_of(content.answers["utter_dossier_date"]).name == "dossier"
    assert "L’immunothérapie" not in content.source_line(content.answers["utter_response_rate"])


def test_a_cancer_with_its_article_fits_every_sentence(content: Catalogue) -> None:
    """« pour le foie » is French, « à le foie » and « de le foie » are not."""
    for answer in content.answers.values():
        assert not re.search(r"\b(à|de) (\*\*)?\{cancer\}", answer.text), answer.name
