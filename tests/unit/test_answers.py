"""The answers as a person reads them: complete, short, kind, well typed."""

import re

import yaml

from assistant.content.catalogue import Catalogue
from assistant.settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
NLU_FILES = sorted((ROOT / "data" / "nlu").glob("*.yml"))
RULE_FILES = sorted((ROOT / "data" / "rules").glob("*.yml"))
MIN_PHRASES = 25
NO_BREAK = "\u00a0"


def phrases() -> dict[str, list[str]]:
    """The training phrases of each intent."""
    found: dict[str, list[str]] = {}
    for file in NLU_FILES:
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = [line[2:].strip() for line in item["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(item["intent"], []).extend(lines)
    return found


def rules() -> dict[str, str]:
    """The action that answers each intent."""
    return {
        rule["steps"][0]["intent"]: rule["steps"][1]["action"]
        for file in RULE_FILES
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]
    }


def test_every_intent_has_phrases_a_rule_and_an_answer(content: Catalogue) -> None:
    trained = phrases()
    for intent in DOMAIN["intents"]:
        assert intent in rules(), intent
        assert f"utter_{intent}" in content.answers, intent
        if intent != "nlu_fallback":
            assert len(set(trained[intent])) >= MIN_PHRASES, intent
    assert set(trained) | {"nlu_fallback"} == set(DOMAIN["intents"])


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


def test_outside_answers_say_so_and_whom_to_ask(content: Catalogue) -> None:
    for answer in content.answers.values():
        if answer.kind == "outside":
            assert re.search(r"dossier|Je ne peux pas", answer.text), answer.name
            assert re.search(r"équipe soignante|médecin traitant|pharmacien|cancer_info|Fondation ARC", answer.text), (
                answer.name
            )


def test_answers_are_short(content: Catalogue) -> None:
    for answer in content.answers.values():
        sentences = re.findall(r"[.!?;](?:\s|$|»)", answer.text)
        assert len(answer.text) <= 620, (answer.name, len(answer.text))
        assert len(sentences) <= 8, (answer.name, len(sentences))


def french_texts(content: Catalogue) -> dict[str, str]:
    texts = {answer.name: answer.text for answer in content.answers.values()}
    texts |= {f"{answer.name} (title)": answer.title for answer in content.answers.values() if answer.title}
    texts |= {f"fact {fact.id}": fact.statement for fact in content.facts.facts.values()}
    texts |= {f"link {link.name}": link.title for link in content.links.values()}
    texts |= {f"cancer {cancer.id}": cancer.label for cancer in content.cancers.values()}
    return texts


def typography_problems(text: str) -> list[str]:
    """What French typography forbids in a text."""
    found = re.findall(r"\w'\w", text)
    found += re.findall(r"\S[:;!?%»](?!\w|//)", re.sub(rf"{NO_BREAK}[:;!?%»]", "", re.sub(r"[»!?][.,]?", "", text)))
    found += re.findall(r"(?<!\u00a0)[;!?%»]", text)
    found += re.findall(r"«(?!\u00a0)", text)
    found += re.findall(r" [:;!?%»]", text)
    found += re.findall(r"\.\.\.|  ", text)
    return found


def test_french_typography(content: Catalogue) -> None:
    found = {name: typography_problems(text) for name, text in french_texts(content).items()}
    assert {name: listed for name, listed in found.items() if listed and name != "utter_other_language"} == {}


def test_typography_check_finds_mistakes() -> None:
    for wrong in ("l'immuno", "Pourquoi ?", "Pourquoi?", "30 %", "«mot\u00a0»", "« mot »", "trois : un"):
        assert typography_problems(wrong), wrong
    assert not typography_problems("L’enjeu\u00a0: «\u00a0restaurer\u00a0», à 30\u00a0%\u00a0!")


def test_people_are_addressed_politely(content: Catalogue) -> None:
    for name, text in french_texts(content).items():
        assert not re.search(r"\b(tu|toi|ton|tes|te)\b", text.lower()), name


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
