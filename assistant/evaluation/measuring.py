"""Measuring how messages are understood: one table row a message, then shares. pandas, without Rasa."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from scipy.stats import binomtest

from assistant.evaluation.goals import ALARM, FACT, HELP
from assistant.evaluation.noise import (
    with_abbreviations,
    with_typing_errors,
    without_accents,
    without_apostrophes,
)
from assistant.evaluation.outcomes import REFUSED, RIGHT, WRONG, outcome
from assistant.evaluation.sets import Labelled
from assistant.nlu.decision import SAFETY, URGENT, Signals, Thresholds, decide

NOISE: dict[str, Callable[[str, random.Random], str]] = {
    "no accents": lambda text, rng: without_accents(text),
    "no apostrophes": lambda text, rng: without_apostrophes(text),
    "capitals": lambda text, rng: text.upper(),
    "one typing error": lambda text, rng: with_typing_errors(text, 1, rng),
    "two typing errors": lambda text, rng: with_typing_errors(text, 2, rng),
    "abbreviations": lambda text, rng: with_abbreviations(text),
}
NOISE_SEED = 7
MEASURES = (RIGHT, WRONG, REFUSED, FACT, ALARM, HELP)


def noisy(messages: Sequence[Labelled], kind: str) -> list[Labelled]:
    """The messages with noise of one kind, the same each time."""
    rng = random.Random(NOISE_SEED)
    return [Labelled(NOISE[kind](item.text, rng), item.intents, item.register) for item in messages]


def judge(
    name: str, messages: Sequence[Labelled], parses: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]
) -> pd.DataFrame:
    """A row for each message of a set: what it is, what it was taken for, and what that is worth.

    Args:
        name: the set's name.
        messages: the messages.
        parses: Rasa's parse of each; `decision` may be missing, where another pipeline made it.
        kinds: the kind of each intent's answer.
    """
    rows = []
    for message, parse in zip(messages, parses, strict=True):
        predicted = parse["intent"]["name"]
        expected = message.intents[0]
        judged = outcome(message, predicted, kinds)
        rows.append(
            {
                "set": name,
                "text": message.text,
                "register": message.register,
                "expected": expected,
                "predicted": predicted,
                "confidence": parse["intent"]["confidence"],
                "reason": parse.get("decision", {}).get("reason", ""),
                "signals": parse.get("decision", {}).get("signals"),
                "outcome": judged,
                "intents": message.intents,
                RIGHT: judged == RIGHT,
                WRONG: judged == WRONG,
                REFUSED: judged == REFUSED,
                FACT: judged != RIGHT and kinds.get(predicted) == "dossier",
                ALARM: float("nan") if expected in SAFETY else predicted in SAFETY,
                HELP: predicted in (URGENT if expected in URGENT else SAFETY) if expected in SAFETY else float("nan"),
            }
        )
    return pd.DataFrame(rows).astype({ALARM: float, HELP: float})


def shares(table: pd.DataFrame, by: str = "set") -> pd.DataFrame:
    """The number of messages and the share of each measure, for each value of a column.

    Help is a share of the messages that need it, alarms of those that do not; missing where there are none.
    """
    grouped = table.groupby(by, sort=False)
    result = grouped[list(MEASURES)].mean()
    result.insert(0, "messages", grouped.size())
    return result


def interval(successes: int, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson's, from scipy)."""
    found = binomtest(successes, total).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def curve(table: pd.DataFrame, limits: Thresholds, answers: Sequence[float], kinds: Mapping[str, str]) -> pd.DataFrame:
    """Shares for other values of the threshold `answer`, decided anew from the signals of each message.

    Args:
        table: rows of `judge` that hold signals.
        limits: the thresholds as they are; all but `answer` stay.
        answers: the values to try.
        kinds: the kind of each intent's answer.
    """
    signals = [Signals.of_json(state) for state in table["signals"]]
    rows = []
    for answer in answers:
        moved = Thresholds(**{**vars(limits), "answer": answer})
        outcomes = [
            outcome(Labelled(row.text, row.intents, row.register), decide(signal, moved).intent, kinds)
            for row, signal in zip(table.itertuples(), signals, strict=True)
        ]
        counted = pd.Series(outcomes).value_counts(normalize=True)
        rows.append({"answer": answer, **{name: counted.get(name, 0.0) for name in (RIGHT, WRONG, REFUSED)}})
    return pd.DataFrame(rows)
