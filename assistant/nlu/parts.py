"""Cutting a message into the parts that may each hold a thought. Pure functions, without Rasa."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

SENTENCE_ENDS = frozenset(".!?;…\n")
MIN_WORDS = 2  # shorter parts say too little on their own
WINDOW = 10  # words of one window over a long sentence, people often type without any full stop
STEP = 5


def sentences(words: Sequence[str]) -> list[slice]:
    """The sentences of a tokenised message, as slices, without those of fewer than two words."""
    slices = []
    start = 0
    for index, word in enumerate([*words, "."]):
        if word in SENTENCE_ENDS or set(word) <= SENTENCE_ENDS:
            if index - start >= MIN_WORDS:
                slices.append(slice(start, index))
            start = index + 1
    return slices


def windows(part: slice) -> list[slice]:
    """Overlapping windows over a long sentence; none for one that fits a window."""
    length = part.stop - part.start
    if length <= WINDOW + STEP // 2:
        return []
    starts = range(part.start, part.stop - WINDOW + STEP, STEP)
    return [slice(start, min(start + WINDOW, part.stop)) for start in starts]
