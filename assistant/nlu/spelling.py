"""Repairing the spelling of a message: abbreviations, accents, glued articles, typing errors. Without Rasa.

A word that French has, or that the training phrases have, is never changed but for its accents. Any other word becomes
a word of the training phrases: the one that sounds like it or the one nearest in letters, whichever is more frequent.
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

from assistant.nlu.french import dictionary, is_inflected
from assistant.nlu.lookup import Lookup
from assistant.nlu.sounds import sound
from assistant.nlu.text import fold

# A word that spaCy does not know counts as French from this number of occurrences in pyspellchecker's corpus of
# subtitles; below it, that list holds many misspellings.
MIN_OCCURRENCES = 200
# A word of the training phrases that French does not have is believed from this number of occurrences.
MIN_OWN_OCCURRENCES = 3
# ... and is a target of repair from this number.
MIN_TARGET_OCCURRENCES = 5
# ... unless it sounds like one that is this many times as frequent: then it is a misspelling that several wrote.
MISSPELT_RATIO = 5
# A word without accents is left so from this share of the occurrences of its commonest accented twin.
USUAL_SHARE = 0.1
# A word in two, article and rest, has to be this many times as frequent as a whole one to be preferred.
GLUED_RATIO = 2
MIN_LETTERS = 4  # shorter words are left as they are
LONG_WORD = 8  # letters from which two errors are repaired instead of one
CACHE_SIZE = 20_000
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_LETTERS = re.compile(r"[^\W\d_]+")
_GLUED = re.compile(r"(qu|[ldjcsnmt])([aàâeéèêiîoôuyh]\w{3,})")


def _spelled(text: str) -> str:
    return text.lower().replace("œ", "oe").replace("’", "'")


@lru_cache(maxsize=1)
def french_words() -> Lookup:
    """French words: the folded form and the way it is usually written."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for word, count in SpellChecker(language="fr").word_frequency.items():
        if count >= MIN_OCCURRENCES:
            spellings[fold(word)][word] += count
    usual = {folded: _usual(folded, counts) for folded, counts in spellings.items()}
    return Lookup(({fold(word): word for word in sorted(dictionary(), reverse=True)} | usual).items())


def _usual(folded: str, spellings: Counter[str]) -> str:
    """How a folded word is usually written: without accents where that is a word of its own, « tue » beside « tué »."""
    written, count = spellings.most_common(1)[0]
    return folded if spellings[folded] >= count * USUAL_SHARE else written


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
    french: Lookup = field(default_factory=french_words)

    def __post_init__(self) -> None:
        """Indexes the words that a misspelt one may become, by length and by sound."""
        counts = self.vocabulary.counts
        self._targets: dict[int, list[str]] = defaultdict(list)
        self._sounding: dict[str, str] = {}
        own = {word for word, count in counts.items() if count >= MIN_OWN_OCCURRENCES}
        known = {word for word in counts if word in self.french} | own
        for word in sorted(known, key=lambda word: (-counts[word], word)):
            common = counts[word] >= MIN_TARGET_OCCURRENCES
            if len(word) >= MIN_LETTERS and (word in self.french or common) and not self._is_misspelt(word):
                self._targets[len(word)].append(word)
                self._sounding.setdefault(sound(self._written(word)), word)
        self._known = {word for word in known if not self._is_misspelt(word)}
        self._repaired = lru_cache(maxsize=CACHE_SIZE)(self._repair_word)

    def _is_misspelt(self, word: str) -> bool:
        """Whether a word of the training phrases is a misspelling of a much more frequent one."""
        if word in self.french:
            return False
        counts = self.vocabulary.counts
        glued = _GLUED.fullmatch(word)
        if glued and counts.get(glued.group(2), 0) > counts[word]:
            return True
        twins = [self._sounding.get(sound(form)) for form in (word, glued.group(2) if glued else word)]
        return any(twin and twin != word and counts[twin] >= MISSPELT_RATIO * counts[word] for twin in twins)

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

    def _candidates(self, word: str) -> set[str]:
        """The words that a misspelt one may stand for: the one that sounds like it, and the one nearest in letters."""
        return {target for target in (self._sounding.get(sound(word)), self._nearest(fold(word))) if target}

    def _repair_word(self, word: str) -> str:
        """The repaired spelling of a word in lower case."""
        folded = fold(word)
        if self.is_known(folded) or len(folded) < MIN_LETTERS:
            return self._written(folded)
        if is_inflected(word):
            return word
        glued = _GLUED.fullmatch(word)
        article, rest = glued.groups() if glued else ("", "")
        if fold(rest) in self._known:
            return f"{article}'{self._written(fold(rest))}"
        counts = self.vocabulary.counts
        found = [(counts[target] * GLUED_RATIO, self._written(target)) for target in self._candidates(word)]
        if len(rest) > MIN_LETTERS:
            found += [(counts[target], f"{article}'{self._written(target)}") for target in self._candidates(rest)]
        return max(found)[1] if found else word

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
                words.append(self._repaired(token))
        return " ".join(words).replace(" ' ", "'")
