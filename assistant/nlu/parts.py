"""Cutting a message into the parts that may each hold a thought. Pure functions, without Rasa."""

from collections.abc import Sequence

SENTENCE_MARKS = frozenset(".!?;…\n")
MIN_SENTENCE = 2  # words; shorter parts say too little on their own


def sentences(words: Sequence[str]) -> list[slice]:
    """The sentences of a tokenised message, as slices; none where there is only one."""
    found, start = [], 0
    for index in range(len(words) + 1):
        if index == len(words) or set(words[index]) <= SENTENCE_MARKS:
            if index - start >= MIN_SENTENCE:
                found.append(slice(start, index))
            start = index + 1
    return found if len(found) > 1 else []
