"""Words, lemmas or groups of letters of a text as weighted counts (tf-idf). scikit-learn and numpy, without Rasa.

scikit-learn learns which there are and how rare each is. A single message is counted here: through scikit-learn and
its sparse matrices that takes several times as long, and ten times the memory once loaded from a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

_ONE_OR_TWO_WORDS: dict[str, Any] = {"token_pattern": r"\S+", "ngram_range": (1, 2), "min_df": 2}
OPTIONS: dict[str, dict[str, Any]] = {
    "words": _ONE_OR_TWO_WORDS,
    "lemmas": _ONE_OR_TWO_WORDS,
    "letters": {"analyzer": "char_wb", "ngram_range": (2, 4), "min_df": 3},
}
_BETWEEN = "\n"  # between the terms where they are kept; no term holds one


def _vectorizer(view: str) -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **OPTIONS[view])


class Counts:
    """What `fitted` learnt of one view."""

    def __init__(self, view: str, terms: np.ndarray, idf: np.ndarray) -> None:
        """Indexes the terms.

        Args:
            view: one of `OPTIONS`.
            terms: the terms in their order, as UTF-8 bytes with line breaks between them.
            idf: how much each counts for its rarity.
        """
        self.terms, self.idf = terms, idf
        self._places = {term: place for place, term in enumerate(terms.tobytes().decode().split(_BETWEEN))}
        self._analyze = _vectorizer(view).build_analyzer()

    def of(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The known terms of a text, as places in their order, and their weights: a vector of length 1."""
        found = Counter(place for place in map(self._places.get, self._analyze(text)) if place is not None)
        places = np.fromiter(found.keys(), dtype=np.intp, count=len(found))
        values = np.log(np.fromiter(found.values(), dtype=np.float32, count=len(found)))
        values += 1
        values *= self.idf[places]
        if len(values):
            values /= np.sqrt(values @ values)
        return places, values


def fitted(view: str, texts: Sequence[str]) -> tuple[Counts, csr_matrix]:
    """Learns the terms of the texts; returns them, and the weights of each text in a row."""
    vectorizer = _vectorizer(view)
    features = vectorizer.fit_transform(texts)
    terms = _BETWEEN.join(vectorizer.get_feature_names_out()).encode()
    return Counts(view, np.frombuffer(terms, dtype=np.uint8), vectorizer.idf_.astype(np.float32)), features
