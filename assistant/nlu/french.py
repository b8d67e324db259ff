"""The French language as spaCy's model knows it: loaded once, for words and for tokens."""

from functools import lru_cache
from itertools import chain

import spacy
from spacy.language import Language

MODEL = "fr_core_news_sm"
# Parts of the model that are not used: dependencies, and names, which it finds poorly in questions.
UNUSED = ["parser", "ner"]


@lru_cache(maxsize=1)
def language() -> Language:
    """The spaCy model without the parts that are not used. Raises OSError if it is not installed."""
    return spacy.load(MODEL, disable=UNUSED)


def is_inflected(word: str) -> bool:
    """Whether the model's lemmatizer knows a word in lower case, written with its accents, as an inflected form."""
    return word in language().get_pipe("lemmatizer").lookups.get_table("lemma_lookup")


@lru_cache(maxsize=1)
def dictionary() -> frozenset[str]:
    """The words that the model's lemmatizer spells out, in lower case: base forms and irregular ones.

    Its regular inflected forms are kept as hashes only, for `is_inflected`.
    """
    lookups = language().get_pipe("lemmatizer").lookups
    lemmas = chain.from_iterable(lookups.get_table("lemma_lookup").values())
    base = chain.from_iterable(lookups.get_table("lemma_index").values())
    irregular = chain.from_iterable(lookups.get_table("lemma_exc").values())
    return frozenset(word.lower() for word in chain(lemmas, base, irregular) if word.isalpha())
