"""What is made of the measurements: percentiles, ratios of rounds, growth. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from assistant.bench.load import Answered

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True)
class Round:
    """One rival's turn of a round.

    Attributes:
        name: of the rival.
        conversations: how many at the same time.
        per_second: messages answered in a second.
        processor: milliseconds that the server's processes computed for a message, the action server's among them.
        late: messages that were not answered but asked to be sent again.
        latencies: milliseconds of every message that was answered.
    """

    name: str
    conversations: int
    per_second: float
    processor: float
    late: int
    latencies: tuple[float, ...]


def as_round(name: str, conversations: int, answered: Sequence[Answered], began: float, processor: float) -> Round:
    """A round of its answers.

    Args:
        name: of the rival.
        conversations: how many at the same time.
        answered: the messages.
        began: when it began, in seconds of the monotonic clock.
        processor: seconds that the server's processes have computed.
    """
    seconds = max(answer.ended for answer in answered) - began
    latencies = tuple(answer.seconds * 1000 for answer in answered if answer.in_time)
    late = len(answered) - len(latencies)
    return Round(name, conversations, len(latencies) / seconds, processor * 1000 / len(answered), late, latencies)


def percentiles(latencies: Sequence[float]) -> tuple[float, ...]:
    """The PERCENTILES of some latencies."""
    return tuple(float(value) for value in np.percentile(latencies, PERCENTILES))


def of(rounds: Sequence[Round], name: str, conversations: int) -> list[Round]:
    """One rival's rounds with so many conversations."""
    return [item for item in rounds if item.name == name and item.conversations == conversations]


def throughput(rounds: Sequence[Round], name: str, conversations: int) -> float:
    """Messages a second, the median of the rounds."""
    return median(item.per_second for item in of(rounds, name, conversations))


def processor(rounds: Sequence[Round], name: str, conversations: int) -> float:
    """Milliseconds of computing for a message, the median of the rounds."""
    return median(item.processor for item in of(rounds, name, conversations))


def latency(rounds: Sequence[Round], name: str, conversations: int) -> tuple[float, ...]:
    """The PERCENTILES over the messages of all rounds, in milliseconds."""
    return percentiles([value for item in of(rounds, name, conversations) for value in item.latencies])


def throughput_ratio(rounds: Sequence[Round], name: str, other: str, conversations: int) -> float:
    """How many times the throughput of another: the median of the ratios, each of one round."""
    pairs = zip(of(rounds, name, conversations), of(rounds, other, conversations), strict=True)
    return median(mine.per_second / theirs.per_second for mine, theirs in pairs)


def growth(first: Sequence[float], last: Sequence[float]) -> float:
    """By how much the median has grown, as a share: 0.5 is half as much again."""
    return median(last) / median(first) - 1


def slope(points: Mapping[int, float]) -> float:
    """The slope of the straight line that fits the points best."""
    return float(np.polyfit(list(points), list(points.values()), 1)[0])
