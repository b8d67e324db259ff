"""The pictures of the page, drawn with matplotlib, as PNG data. Nothing that must not be shown can be read off them."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import ceil
from textwrap import shorten

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from assistant.insights.counting import FEW, LEAST, NOTHING, Count, shown_only
from assistant.pages.making import as_data

matplotlib.use("Agg")
COLOUR, PALE = "#2e7d6b", "#b9c6c2"
MOST_BARS = 20
MOST_DAYS = 10  # that are named under the bars
LONGEST_LABEL = 55  # characters


def days(counts: Mapping[date, Count]) -> str:
    """Conversations per day; a day of too few has a hatched bar that is always as high."""
    figure = Figure(figsize=(9, 3.2))
    axes = figure.add_subplot()
    first, last = min(counts), max(counts)
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = [counts.get(day, NOTHING) for day in every]
    axes.bar(every, [item.conversations if item.shown else 0 for item in found], color=COLOUR)
    few = [day for day, item in zip(every, found, strict=True) if not item.shown]
    if few:
        axes.bar(few, LEAST - 1, color="white", edgecolor=PALE, hatch="///", label=f"{FEW} conversations")
        axes.legend(frameon=False)
    named = every[:: ceil(len(every) / MOST_DAYS)]
    axes.set_xticks(named, [f"{day:%d/%m}" for day in named])
    axes.set_xlim(first - timedelta(days=1), last + timedelta(days=1))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("conversations")
    axes.spines[["top", "right"]].set_visible(False)
    return as_data(figure)


def bars(counts: Mapping[str, Count]) -> str | None:
    """Conversations for each label, the longest bar above; None where nothing may be shown."""
    found = list(shown_only(counts).items())[:MOST_BARS]
    if not found:
        return None
    figure = Figure(figsize=(9, 0.6 + 0.32 * len(found)))
    axes = figure.add_subplot()
    labels = [shorten(label, LONGEST_LABEL, placeholder="…") for label, _ in found]
    drawn = axes.barh(range(len(found)), [item.conversations for _, item in found], color=COLOUR)
    axes.bar_label(drawn, padding=3)
    axes.set_yticks(range(len(found)), labels)
    axes.invert_yaxis()
    axes.set_xlabel("conversations")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    return as_data(figure)
