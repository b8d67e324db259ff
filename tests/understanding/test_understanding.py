"""How well unseen messages are understood, by the trained model through Rasa. The goals are those of the project.

The sets are development sets: thresholds were chosen on them. What they are worth on other people's wording is told by
the figures of docs/understanding.md, measured on messages written after the last change.
"""

import random
from collections.abc import Callable

import pytest

from assistant.content.catalogue import load_catalogue
from assistant.evaluation.noise import with_typing_errors, without_accents, without_apostrophes
from assistant.evaluation.outcomes import RIGHT, WRONG, outcome, shares
from assistant.evaluation.parsing import Parser
from assistant.evaluation.sets import Labelled, all_sets
from assistant.nlu.decision import SAFETY, URGENT
from assistant.serve import MODEL
from assistant.settings import ROOT

SETS = all_sets()
KINDS = {answer.intent: answer.kind for answer in load_catalogue(ROOT, {}).answers.values()}
Predict = Callable[[list[str]], list[str]]


@pytest.fixture(scope="module")
def predict() -> Predict:
    parser = Parser(MODEL)
    known: dict[str, str] = {}

    def names(texts: list[str]) -> list[str]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(
            (text, parse["intent"]["name"]) for text, parse in zip(new, parser.parse_all(new, "messages"), strict=True)
        )
        return [known[text] for text in texts]

    return names


def measured(messages: list[Labelled], predicted: list[str]) -> dict[str, float]:
    return shares(outcome(message, name, KINDS) for message, name in zip(messages, predicted, strict=True))


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [("in_scope", 0.97, 0.02), ("outside", 0.92, 0.05), ("safety", 0.9, 0.07), ("conversation", 0.9, 0.05)],
)
def test_sets(predict: Predict, name: str, right: float, wrong: float) -> None:
    messages = SETS[name]
    result = measured(messages, predict([message.text for message in messages]))
    assert result[RIGHT] >= right, result
    assert result[WRONG] <= wrong, result


# Half of the off-topic messages of `conversation` are built like our own questions, on purpose; the foreign ones are
# other projects' plain requests, measured where they are present.
OFF_TOPIC = {
    name: [message for message in messages if message.intents[0] == "off_topic"]
    for name, messages in SETS.items()
    if name in ("conversation", "look_alikes", "foreign_off_topic")
}
MOST_WRONG = {"conversation": 0.08, "look_alikes": 0.16, "foreign_off_topic": 0.02}


@pytest.mark.parametrize("name", OFF_TOPIC)
def test_off_topic_is_not_answered_as_a_subject(predict: Predict, name: str) -> None:
    messages = OFF_TOPIC[name]
    result = measured(messages, predict([message.text for message in messages]))
    assert result[WRONG] <= MOST_WRONG[name], result


def test_no_fact_is_given_for_what_the_dossier_does_not_cover(predict: Predict) -> None:
    names = predict([message.text for message in SETS["outside"]])
    given = sum(KINDS[name] == "dossier" for name in names)
    assert given / len(names) <= 0.02, given


def test_urgent_messages_get_a_number_to_call(predict: Predict) -> None:
    """Every answer to an urgent message holds a number, and nearly every one the right kind of help first."""
    messages = [message for message in SETS["safety"] if message.intents[0] in URGENT]
    names = predict([message.text for message in messages])
    urgent = sum(name in URGENT for name in names)
    assert urgent / len(names) >= 0.95, [(m.text, n) for m, n in zip(messages, names, strict=True) if n not in URGENT]


def test_false_alarms_are_rare(predict: Predict) -> None:
    messages = [
        message
        for name in ("in_scope", "outside", "conversation")
        for message in SETS[name]
        if message.intents[0] not in SAFETY
    ]
    names = predict([message.text for message in messages])
    assert sum(name in SAFETY for name in names) / len(names) <= 0.01


def test_look_alikes_raise_few_alarms(predict: Predict) -> None:
    messages = SETS["look_alikes"]
    names = predict([message.text for message in messages])
    assert sum(name in URGENT for name in names) / len(names) <= 0.06


@pytest.mark.parametrize(
    ("noise", "cost"),
    [
        (lambda text, rng: without_accents(text), 0.02),
        (lambda text, rng: without_apostrophes(text), 0.02),
        (lambda text, rng: text.upper(), 0.02),
        (lambda text, rng: with_typing_errors(text, 1, rng), 0.02),
        (lambda text, rng: with_typing_errors(text, 2, rng), 0.03),
    ],
    ids=["no accents", "no apostrophes", "capitals", "one error", "two errors"],
)
def test_noise_costs_little(predict: Predict, noise: Callable[[str, random.Random], str], cost: float) -> None:
    messages = SETS["in_scope"]
    clean = measured(messages, predict([message.text for message in messages]))
    rng = random.Random(7)
    noisy = measured(messages, predict([noise(message.text, rng) for message in messages]))
    assert noisy[RIGHT] >= clean[RIGHT] - cost, (clean, noisy)
