"""Cutting a message into the parts that may each hold a thought. Pure functions, without Rasa."""

from collections.abc import Callable, Sequence

SENTENCE_MARKS = frozenset(".!?;…\n")
CLAUSE_MARKS = frozenset(",:()–-")
# Words that often join two thoughts where people type without any mark.
CLAUSE_WORDS = frozenset({"mais", "alors", "sinon", "pourtant", "parce", "et", "car", "donc"})
MIN_SENTENCE = 2  # words; shorter parts say too little on their own
MIN_CLAUSE = 3


def _cut(words: Sequence[str], start: int, stop: int, ends: Callable[[str], bool], least: int) -> list[slice]:
    slices = []
    for index in range(start, stop + 1):
        if index == stop or ends(words[index]):
            if index - start >= least:
                slices.append(slice(start, index))
            # A mark belongs to no part, a joining word to the one that it begins.
            start = index if index < stop and words[index].isalpha() else index + 1
    return slices


def sentences(words: Sequence[str]) -> list[slice]:
    """The sentences of a tokenised message, as slices; none where there is only one."""
    found = _cut(words, 0, len(words), lambda word: set(word) <= SENTENCE_MARKS, MIN_SENTENCE)
    return found if len(found) > 1 else []


def clauses(words: Sequence[str]) -> list[slice]:
    """The clauses of every sentence that has several, as slices."""
    whole = _cut(words, 0, len(words), lambda word: set(word) <= SENTENCE_MARKS, MIN_SENTENCE)
    found = []
    for sentence in whole:
        cut = _cut(
            words,
            sentence.start,
            sentence.stop,
            lambda word: set(word) <= CLAUSE_MARKS or word in CLAUSE_WORDS,
            MIN_CLAUSE,
        )
        found += cut if len(cut) > 1 else []
    return found
