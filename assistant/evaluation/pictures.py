"""The pictures of the evaluation report, drawn with matplotlib and scikit-learn, as PNG data for an HTML page."""

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from sklearn.metrics import confusion_matrix

from assistant.evaluation.outcomes import REFUSED, RIGHT, WRONG
from assistant.pages.making import as_data

matplotlib.use("Agg")
COLOURS = {RIGHT: "#2e7d6b", WRONG: "#c2453c", REFUSED: "#b58b2a"}
BINS = 25


def confusion(expected: Sequence[str], predicted: Sequence[str], names: Sequence[str]) -> str:
    """The confusion matrix: expected intents in rows, what was understood in columns, counts on a log scale."""
    counts = confusion_matrix(expected, predicted, labels=list(names))
    side = max(6.0, 0.21 * len(names))
    figure = Figure(figsize=(side, side))
    axes = figure.add_subplot()
    shown = np.where(counts, counts, np.nan)
    axes.imshow(shown, norm=LogNorm(vmin=1, vmax=max(2, counts.max())), cmap="viridis_r", interpolation="none")
    axes.set_xticks(range(len(names)), names, rotation="vertical", fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    for row, column in zip(*np.nonzero(counts), strict=True):
        if row != column:
            axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=6, color="#8a1c14")
    axes.set_xlabel("understood")
    axes.set_ylabel("expected")
    axes.grid(color="#eeeeee", linewidth=0.4)
    return as_data(figure)


def confidences(table: pd.DataFrame, threshold: float) -> str:
    """The histogram of the confidence of right and wrong answers, with the threshold that answers need."""
    figure = Figure(figsize=(8, 3.2))
    axes = figure.add_subplot()
    answered = table[table["outcome"] != REFUSED]
    parts = [answered.loc[answered["outcome"] == name, "confidence"] for name in (RIGHT, WRONG)]
    axes.hist(
        parts,
        bins=BINS,
        range=(0, 1),
        stacked=True,
        color=[COLOURS[RIGHT], COLOURS[WRONG]],
        label=["right", "wrong"],
        log=True,
    )
    axes.axvline(threshold, color="#333333", linestyle="--", label=f"threshold {threshold:g}")
    axes.set_xlabel("confidence of the answer")
    axes.set_ylabel("messages (log scale)")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return as_data(figure)


def trade(curves: dict[str, pd.DataFrame], chosen: float) -> str:
    """Wrong answers against refusals as the threshold moves, a line for each set, the chosen point marked.

    Args:
        curves: for each set, rows with `answer`, `wrong` and `refused` (assistant/evaluation/measuring.py).
        chosen: the threshold of config.yml; it must be one of the values of `answer`.
    """
    figure = Figure(figsize=(8, 4))
    axes = figure.add_subplot()
    for name, points in curves.items():
        (line,) = axes.plot(points[REFUSED] * 100, points[WRONG] * 100, marker=".", markersize=3, label=name)
        point = points[np.isclose(points["answer"], chosen)]
        axes.plot(point[REFUSED] * 100, point[WRONG] * 100, "o", color=line.get_color(), markersize=9)
    axes.set_xlabel("refused, %")
    axes.set_ylabel("wrong, %")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, title=f"large dot: {chosen:g}, as chosen")
    axes.spines[["top", "right"]].set_visible(False)
    return as_data(figure)
