"""The results as tables, in Markdown and as a page with its picture. Pure functions over a Result."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import matplotlib
from matplotlib.figure import Figure

from assistant.bench.measuring import PERCENTILES, growth, latency, processor, slope, throughput, throughput_ratio
from assistant.bench.run import MANY, ONE, Result
from assistant.pages.making import as_data, environment

matplotlib.use("Agg")
COLOURS = {"ours": "#2e7d6b", "stock": "#c2453c", "bare": "#8a9a96"}
NAMES = {"ours": "ours", "stock": "stock Rasa", "bare": "bare Rasa"}
EDGE = 20  # turns at either end of the long conversation
PER = 1000  # messages to which growth of memory is related


@dataclass(frozen=True)
class Goal:
    """Something that is wanted, what was measured, and whether it is reached."""

    wanted: str
    measured: str
    reached: bool


@dataclass(frozen=True)
class Table:
    """A table of texts, its first column the head of each row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def goals(result: Result) -> list[Goal]:
    """What issue 6 wants, each with what was measured."""
    against_stock = throughput_ratio(result.rounds, "ours", "stock", MANY)
    against_bare = throughput_ratio(result.rounds, "ours", "bare", MANY)
    memory = result.memory["ours"]["assistant"] / result.memory["stock"]["assistant"]
    stored = growth(result.stored["empty"], result.stored["full"])
    many = max(result.over_messages)
    grown = memory_growth(result)
    return [
        Goal("at least 3 times the throughput of stock Rasa", f"{against_stock:.1f} times", against_stock >= 3),  # noqa: PLR2004
        Goal("at most half its memory", f"{memory:.0%}", memory <= 1 / 2),
        Goal("at least 70 % of the throughput of a bare Rasa", f"{against_bare:.0%}", against_bare >= 7 / 10),
        Goal(
            f"no slower with {many} messages stored than with none",
            f"{stored:+.0%}",
            stored <= 1 / 10,
        ),
        Goal(f"flat memory: at most 1 MB more in {PER} messages", f"{grown:+.2f} MB", grown <= 1),
    ]


def memory_growth(result: Result) -> float:
    """Megabytes in PER messages, over the second half of them: what was there at the start is warm by then."""
    points = list(result.over_messages.items())
    return slope(dict(points[len(points) // 2 :])) * PER


def tables(result: Result) -> list[Table]:
    """All figures."""
    names = [name for name in NAMES if name in result.started]
    rows = [
        _row("start to first answer, s", [f"{result.started[name]:.1f}" for name in names]),
        _row("memory of the assistant, MB", [f"{result.memory[name]['assistant']:.0f}" for name in names]),
        _row("with action server, MB", [f"{sum(result.memory[name].values()):.0f}" for name in names]),
    ]
    for conversations in (ONE, MANY):
        label = f"{conversations} conversation{'s' if conversations > 1 else ''}"
        speeds = [throughput(result.rounds, name, conversations) for name in names]
        rows.append(_row(f"{label}: messages a second", [f"{speed:.1f}" for speed in speeds]))
        computing = [processor(result.rounds, name, conversations) for name in names]
        rows.append(_row(f"{label}: computing for a message, ms", [f"{value:.1f}" for value in computing]))
        rows.append(_row(f"{label}: {_places()}, ms", [_ms(result.rounds, name, conversations) for name in names]))
    late = [sum(item.late for item in result.rounds if item.name == name) for name in names]
    rows.append(_row("not answered in time", [str(count) for count in late]))
    found = [Table("Side by side", ("", *(NAMES[name] for name in names)), tuple(rows))]
    lengths = [
        (NAMES[name], f"{median(turns[:EDGE]):.1f}", f"{median(turns[-EDGE:]):.1f}", f"{len(turns)}")
        for name, turns in result.turns.items()
    ]
    found.append(
        Table(
            f"One long conversation: the median of its first and last {EDGE} messages, ms",
            ("", "first", "last", "messages"),
            tuple(lengths),
        )
    )
    if result.cluster:
        cells = [
            (
                str(item.conversations),
                f"{item.per_second:.1f}",
                f"{item.processor:.1f}",
                str(item.late),
                _ms(result.cluster, "cluster", item.conversations),
            )
            for item in result.cluster
        ]
        found.append(
            Table(
                "The cluster, through nginx and the widget’s channel",
                ("conversations", "messages a second", "computing, ms", "not in time", f"{_places()}, ms"),
                tuple(cells),
            )
        )
        memory = tuple((kind, f"{megabytes:.0f}") for kind, megabytes in result.cluster_memory.items())
        found.append(Table("Memory of the cluster’s parts", ("", "MB"), memory))
    return found


def _row(label: str, cells: Sequence[str]) -> tuple[str, ...]:
    return (label, *cells)


def _places() -> str:
    return ", ".join(f"p{place}" for place in PERCENTILES)


def _ms(rounds: Sequence, name: str, conversations: int) -> str:
    return ", ".join(f"{value:.1f}" for value in latency(rounds, name, conversations))


def about(result: Result) -> str:
    """A sentence on when this was measured, and how quiet the machine was."""
    facts = result.about
    return (
        f"Measured with `{facts['command']}` from {facts['begun']} to {facts['ended']} on {facts['processors']} "
        f"processors, which all the programs and the visitors share. Load average before: {facts['load_before']:.1f}, "
        f"after: {facts['load_after']:.1f}; what the benchmark itself asks for is 2 or less."
    )


def as_markdown(result: Result) -> str:
    """Everything but the picture."""
    lines = [about(result), "", "| Wanted | Measured | Reached |", "| --- | --- | --- |"]
    lines += [f"| {goal.wanted} | {goal.measured} | {'yes' if goal.reached else 'no'} |" for goal in goals(result)]
    for table in tables(result):
        lines += ["", f"{table.title}:", "", _line(table.columns), _line(["---"] * len(table.columns))]
        lines += [_line(row) for row in table.rows]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def picture(result: Result) -> Figure:
    """Throughput, latencies, and memory over the messages."""
    figure = Figure(figsize=(12, 3.6), layout="constrained")
    speed, delay, memory = figure.subplots(1, 3)
    names = [name for name in NAMES if name in result.started]
    colours = [COLOURS[name] for name in names]
    bars = speed.bar(
        [NAMES[name] for name in names], [throughput(result.rounds, n, MANY) for n in names], color=colours
    )
    speed.bar_label(bars, fmt="%.1f")
    speed.set_title(f"messages a second, {MANY} conversations", fontsize=10)
    for name in names:
        values = latency(result.rounds, name, ONE)
        delay.plot([f"p{place}" for place in PERCENTILES], values, marker="o", color=COLOURS[name], label=NAMES[name])
    delay.set_ylim(bottom=0)
    delay.set_title("latency of one conversation, ms", fontsize=10)
    delay.legend(frameon=False)
    memory.plot(list(result.over_messages), list(result.over_messages.values()), color=COLOURS["ours"])
    memory.set_ylim(bottom=0)
    memory.set_title("our assistant’s memory, MB, over messages", fontsize=10)
    for axes in (speed, delay, memory):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def as_page(result: Result) -> str:
    """One HTML page with the picture inside."""
    template = environment(Path(__file__).parent).get_template("bench.html.j2")
    return template.render(
        about=about(result), goals=goals(result), tables=tables(result), picture=as_data(picture(result))
    )
