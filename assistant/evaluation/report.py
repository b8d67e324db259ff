"""The evaluation report, `reports/index.html`: one page, with its pictures inside. pandas and jinja2, without Rasa."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import classification_report

from assistant.evaluation import pictures
from assistant.evaluation.dialogues import Dialogue, HeldTurn
from assistant.evaluation.goals import GOALS
from assistant.evaluation.measuring import MEASURES, curve, interval, shares
from assistant.evaluation.outcomes import RIGHT, WRONG
from assistant.nlu.decision import Thresholds
from assistant.pages.making import environment

TEMPLATE = "report.html.j2"
# Higher ones would need the sentences of messages that are clear without them (`parts_that_matter`).
CURVE_STEPS = np.round(np.arange(0.0, 0.62, 0.02), 2)
CURVE_SETS = ("in_scope", "outside", "off_topic", "safety")


@dataclass(frozen=True)
class Evaluation:
    """All that was measured.

    Attributes:
        plain: a row for each message (assistant/evaluation/measuring.py).
        noise: the same for the noisy copies of the in-scope set.
        dialogues: for each set of dialogues, each one with what was answered.
        limits: the thresholds of config.yml.
        kinds: the kind of each intent's answer.
        about: a sentence on what was measured, and when.
    """

    plain: pd.DataFrame
    noise: pd.DataFrame
    dialogues: Mapping[str, Sequence[tuple[Dialogue, Sequence[HeldTurn]]]]
    limits: Thresholds
    kinds: Mapping[str, str]
    about: str


def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage with one decimal; nothing where it does not apply."""
    return "" if np.isnan(share) else f"{share:.1%}".replace("%", "\u00a0%")


def summary(found: Evaluation) -> pd.DataFrame:
    """The shares of every set, the noisy ones and the dialogues included, one row each."""
    table = pd.concat([shares(found.plain), shares(found.noise)])
    for name, dialogues in found.dialogues.items():
        right = np.mean([all(turn.right for turn in held) for _, held in dialogues])
        table.loc[name, ["messages", RIGHT, WRONG]] = len(dialogues), right, 1 - right
    return table


def goal_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Each goal whose set was measured, with what was measured."""
    rows = []
    for goal in GOALS:
        if goal.set in table.index:
            value = table.loc[goal.set, goal.measure]
            rows.append(
                {
                    "set": goal.set,
                    "wanted": str(goal),
                    "met": goal.met(value),
                    "value": percent(value),
                    "messages": int(table.loc[goal.set, "messages"]),
                }
            )
    return rows


def _set_rows(table: pd.DataFrame, with_intervals: bool) -> list[dict[str, Any]]:
    rows = []
    for name, row in table.iterrows():
        total = int(row["messages"])
        cells = []
        for measure in MEASURES:
            text = ""
            if with_intervals and measure in (RIGHT, WRONG):
                low, high = interval(round(row[measure] * total), total)
                text = f"{percent(low)} to {percent(high)}"
            cells.append({"value": percent(row[measure]), "interval": text})
        rows.append({"name": name, "messages": total, "cells": cells})
    return rows


def _expected(table: pd.DataFrame) -> pd.Series:
    """The intent to count a message under: what it was taken for where that is right, else what it should be."""
    return table["expected"].where(~table[RIGHT], table["predicted"])


def _intent_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    expected = _expected(table)
    counted = classification_report(expected, table["predicted"], output_dict=True, zero_division=0)
    rows = []
    for name in sorted(set(expected), key=lambda intent: counted[intent]["recall"]):
        confused = Counter(table.loc[(expected == name) & ~table[RIGHT], "predicted"]).most_common(3)
        rows.append(
            {
                "name": name,
                "messages": int(counted[name]["support"]),
                "precision": percent(counted[name]["precision"]),
                "recall": percent(counted[name]["recall"]),
                "f1": percent(counted[name]["f1-score"]),
                "confused": ", ".join(f"{intent} ({count})" for intent, count in confused),
            }
        )
    return rows


def _dialogue_parts(found: Evaluation) -> list[dict[str, Any]]:
    parts = []
    for name, dialogues in found.dialogues.items():
        failed = []
        for dialogue, held in dialogues:
            if not all(turn.right for turn in held):
                turns = [
                    {
                        "say": item.turn.say,
                        "answers": ", ".join(item.answers),
                        "right": item.right,
                        "expected": " or ".join(", ".join(names) for names in item.turn.expect),
                    }
                    for item in held
                ]
                failed.append({"name": dialogue.name, "turns": turns})
        rights = [turn.right for _, held in dialogues for turn in held]
        parts.append(
            {
                "name": name,
                "right": len(dialogues) - len(failed),
                "total": len(dialogues),
                "turns": len(rights),
                "right_turns": sum(rights),
                "failed": failed,
            }
        )
    return parts


def _error_groups(table: pd.DataFrame) -> list[dict[str, Any]]:
    groups = []
    for name, rows in table[~table[RIGHT]].groupby("set", sort=False):
        ordered = rows.sort_values(["outcome", "expected"], ascending=[False, True])
        kept = ordered[["text", "expected", "predicted", "confidence", "reason", "outcome"]].to_dict("records")
        groups.append({"name": name, "rows": [{**row, "confidence": f"{row['confidence']:.2f}"} for row in kept]})
    return groups


def _pictures(found: Evaluation) -> dict[str, str]:
    steps = sorted({*CURVE_STEPS, found.limits.answer})
    curves = {
        name: curve(found.plain[found.plain["set"] == name], found.limits, steps, found.kinds) for name in CURVE_SETS
    }
    expected = _expected(found.plain)
    names = sorted(set(expected) | set(found.plain["predicted"]))
    return {
        "trade": pictures.trade(curves, found.limits.answer),
        "confidences": pictures.confidences(found.plain, found.limits.answer),
        "confusion": pictures.confusion(expected, found.plain["predicted"], names),
    }


def render(found: Evaluation) -> str:
    """The report as an HTML page. Everything that comes from messages is escaped."""
    table = summary(found)
    own = found.plain[found.plain["set"] != "foreign_off_topic"]
    return (
        environment(Path(__file__).parent)
        .get_template(TEMPLATE)
        .render(
            about=found.about,
            goals=goal_rows(table),
            measures=MEASURES,
            sets=_set_rows(table, with_intervals=True),
            registers=_set_rows(shares(own, by="register"), with_intervals=False),
            dialogues=_dialogue_parts(found),
            threshold=found.limits.answer,
            pictures=_pictures(found),
            intents=_intent_rows(found.plain),
            errors=_error_groups(pd.concat([found.plain, found.noise])),
        )
    )
