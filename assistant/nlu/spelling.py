"""Repairing the spelling of a message: abbreviations, accents, glued articles, typing errors. Without Rasa.

A word that French has, or that the training phrases have, is never changed but for its accents. Any other word becomes
the nearest word of the training phrases, if one is near enough.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from assistant.nlu.text import fold

# A word of pyspellchecker's French list counts as French from this number of occurrences in its corpus of subtitles;
# below it, the list holds many misspellings.
MIN_OCCURRENCES = 200
# A word of the training phrases that French does not have is believed from this number of occurrences.
MIN_OWN_OCCURRENCES = 3
# ... and is a target of repair from this number.
MIN_TARGET_OCCURRENCES = 5
MIN_LETTERS = 4  # shorter words are left as they are
LONG_WORD = 8  # letters from which two errors are repaired instead of one
CACHE_SIZE = 20_000
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_LETTERS = re.compile(r"[^\W\d_]+")
_GLUED = re.compile(r"(qu|[ldjcsnmt])([aeiouyh]\w{3,})")


def _spelled(text: str) -> str:
    return text.lower().replace("œ", "oe").replace("’", "'")


@lru_cache(maxsize=1)
def french_words() -> dict[str, str]:
    """French words: the folded form and the way it is most often written."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for word, count in SpellChecker(language="fr").word_frequency.items():
        if count >= MIN_OCCURRENCES:
            spellings[fold(word)][word] += count
    return {folded: counts.most_common(1)[0][0] for folded, counts in spellings.items()}


@dataclass(frozen=True)
class Vocabulary:
    """The words of the training phrases.

    Attributes:
        counts: how often each folded word stands in them.
        spellings: the way it is most often written.
    """

    counts: dict[str, int]
    spellings: dict[str, str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        """Counts the words of the training phrases."""
        counts: Counter[str] = Counter()
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for word in _LETTERS.findall(_spelled(text)):
                counts[fold(word)] += 1
                spellings[fold(word)][word] += 1
        return cls(dict(counts), {word: forms.most_common(1)[0][0] for word, forms in spellings.items()})

    def as_json(self) -> dict[str, Any]:
        """The vocabulary as data that JSON can hold."""
        return {"counts": self.counts, "spellings": self.spellings}


@dataclass
class Spelling:
    """Repairs messages.

    Attributes:
        vocabulary: the words of the training phrases.
        abbreviations: what people type and what it stands for (`data/chat_french.yml`), folded.
        french: folded French words and how they are written.
    """

    vocabulary: Vocabulary
    abbreviations: Mapping[str, str]
    french: Mapping[str, str] = field(default_factory=french_words)

    def __post_init__(self) -> None:
        """Indexes the words that a misspelt one may become, by length."""
        self._known = {
            word
            for word, count in self.vocabulary.counts.items()
            if word in self.french or count >= MIN_OWN_OCCURRENCES
        }
        self._targets: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            common = self.vocabulary.counts[word] >= MIN_TARGET_OCCURRENCES
            if len(word) >= MIN_LETTERS and (word in self.french or common):
                self._targets[len(word)].append(word)
        self._repaired = lru_cache(maxsize=CACHE_SIZE)(self._repair_word)

    def is_known(self, word: str) -> bool:
        """Whether a folded word is French or one of the training phrases'."""
        return word in self._known or word in self.french

    def _written(self, word: str) -> str:
        return self.french.get(word) or self.vocabulary.spellings.get(word, word)

    def _nearest(self, word: str) -> str | None:
        errors = 1 if len(word) < LONG_WORD else 2
        found = [
            (distance, target[0] != word[0], -self.vocabulary.counts[target], target)
            for length in range(len(word) - errors, len(word) + errors + 1)
            for target, distance, _ in process.extract(
                word, self._targets.get(length, []), scorer=OSA.distance, score_cutoff=errors, limit=5
            )
        ]
        return min(found)[-1] if found else None

    def _repair_word(self, word: str) -> str:
        """The repaired spelling of a folded word."""
        if self.is_known(word) or len(word) < MIN_LETTERS:
            return self._written(word)
        glued = _GLUED.fullmatch(word)
        if glued and glued.group(2) in self._known:
            return f"{glued.group(1)}'{self._written(glued.group(2))}"
        nearest = self._nearest(word)
        if nearest is None and glued:
            rest = self._nearest(glued.group(2))
            return f"{glued.group(1)}'{self._written(rest)}" if rest else word
        return self._written(nearest) if nearest else word

    def repair(self, text: str) -> str:
        """The text in lower case with its spelling repaired, single spaces between words and marks."""
        words = []
        for token in _TOKEN.findall(_spelled(text)):
            folded = fold(token)
            if not token[0].isalpha():
                words.append(self.abbreviations.get(token, token))
            elif folded in self.abbreviations:
                words.append(self.abbreviations[folded])
            elif folded != token and self.is_known(folded):
                words.append(token)  # accents that were typed are kept
            else:
                words.append(self._repaired(folded))
        return " ".join(words).replace(" ' ", "'")
