"""The French language as spaCy's model knows it: loaded once, for words and for tokens."""

from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.lookups import Lookups
from thinc.api import NumpyOps

from assistant.nlu.lookup import ListLookup, Lookup

MODEL = "fr_core_news_sm"
# Parts of the model that are not used: dependencies, sentences, and names, which it finds poorly in questions.
UNUSED = ["parser", "senter", "ner"]


class _Ops(NumpyOps):
    """Matrix products by numpy: on the few words of a message they take a third of the time of thinc's own."""

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        return np.matmul(x.T if trans1 else x, y.T if trans2 else y, out=out)


class _Exceptions(ListLookup):
    """The lemmas of irregular forms; each list begins with the form itself, so that the forms can be listed."""

    def get(self, key: str | int, default: Any = None) -> Any:
        found = super().get(key)
        return default if found is None else found[1:]


def _make_small(lookups: Lookups) -> None:
    """Puts the lemmatizer's tables into a form that takes 12 MB instead of 135."""
    lookups.set_table("lemma_lookup", ListLookup(lookups.get_table("lemma_lookup").items()))
    exceptions, index = lookups.get_table("lemma_exc"), lookups.get_table("lemma_index")
    for part_of_speech, forms in exceptions.items():
        exceptions[part_of_speech] = _Exceptions((form, (form, *lemmas)) for form, lemmas in forms.items())
    for part_of_speech, words in index.items():
        index[part_of_speech] = Lookup((word, word) for word in dict.fromkeys(words))


@lru_cache(maxsize=1)
def language() -> Language:
    """The spaCy model without the parts that are not used. Raises OSError if it is not installed."""
    model = spacy.load(MODEL, exclude=UNUSED)
    _make_small(model.get_pipe("lemmatizer").lookups)
    ops = _Ops()
    for _, component in model.pipeline:
        for layer in (getattr(component, "model", None) and component.model.walk()) or ():
            layer.ops = ops
    return model


def is_inflected(word: str) -> bool:
    """Whether the model's lemmatizer knows a word in lower case, written with its accents, as an inflected form."""
    return word in language().get_pipe("lemmatizer").lookups.get_table("lemma_lookup")


def dictionary() -> frozenset[str]:
    """The words that the model's lemmatizer spells out, in lower case: base forms and irregular ones.

    Its regular inflected forms are kept as hashes only, for `is_inflected`.
    """
    lookups = language().get_pipe("lemmatizer").lookups
    irregular, index = (lookups.get_table(name).values() for name in ("lemma_exc", "lemma_index"))
    forms = (value.split(ListLookup.BETWEEN)[0] for table in irregular for value in table.values())
    words = chain(forms, lookups.get_table("lemma_lookup").values(), *(table.values() for table in index))
    return frozenset(word.lower() for word in words if word.isalpha())
