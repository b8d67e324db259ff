"""The evaluation messages are many, of all kinds, and none of them is learnt."""

from collections import Counter, defaultdict

import pytest
import yaml
from rapidfuzz import fuzz, process

from assistant.content.catalogue import load_catalogue
from assistant.evaluation.sets import FOLDER, read_set
from assistant.nlu.text import words
from assistant.settings import ROOT

NEAR = 88  # similarity (0 to 100) from which two wordings of four words or more count as the same
MIN_WORDS = 4
REGISTERS = {"formal", "spoken", "sms", "keyword", "story", "negative", "typo"}
SETS = {path.stem: read_set(path) for path in sorted(FOLDER.glob("*.jsonl"))}


def normal(text: str) -> str:
    """Lower case, without accents, apostrophes and punctuation."""
    return " ".join(word for word in words(text) if word not in "?%")


def training_phrases() -> dict[str, str]:
    """The normalised training phrases with their intent."""
    found = {}
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            for line in item["examples"].splitlines():
                found[normal(line.removeprefix("- "))] = item["intent"]
    return found


def leaked(messages: list[str], phrases: list[str]) -> list[tuple[str, str]]:
    """Messages that a training phrase repeats or nearly repeats."""
    known = set(phrases)
    found = [(message, message) for message in messages if message and message in known]
    long = [message for message in messages if len(message.split()) >= MIN_WORDS and message not in known]
    targets = [phrase for phrase in phrases if len(phrase.split()) >= MIN_WORDS]
    for message in long:
        near = process.extractOne(message, targets, scorer=fuzz.ratio, score_cutoff=NEAR)
        if near:
            found.append((message, near[0]))
    return found


@pytest.mark.parametrize("name", SETS)
def test_no_message_is_learnt(name: str) -> None:
    messages = [normal(message.text) for message in SETS[name]]
    assert leaked(messages, list(training_phrases())) == []


def test_the_check_finds_a_leak() -> None:
    phrases = ["quel est le taux de reponse en moyenne", "don mensuel"]
    assert leaked([normal("Don mensuel !")], phrases)
    assert leaked([normal("Quel est le taux de réponses, en moyenne ?")], phrases)
    assert not leaked([normal("Combien de malades répondent ?")], phrases)


def test_every_subject_has_at_least_ten_messages_in_all_registers() -> None:
    content = load_catalogue(ROOT, {})
    by_intent: dict[str, Counter[str]] = defaultdict(Counter)
    for message in [*SETS["in_scope"], *SETS["outside"]]:
        by_intent[message.intents[0]][message.register] += 1
    for answer in content.answers.values():
        if answer.kind == "outside" or (answer.title and answer.kind in ("dossier", "giving")):
            counts = by_intent[answer.intent]
            assert sum(counts.values()) >= 10, answer.intent
            assert len(set(counts) & REGISTERS) >= 5, (answer.intent, counts)


def test_no_message_stands_twice() -> None:
    for name, messages in SETS.items():
        assert len({message.text for message in messages}) == len(messages), name
