"""spaCy's model as we change it says what it said before."""

import pytest
import spacy
from spacy.language import Language

from assistant.nlu.french import MODEL, dictionary, is_inflected, language

SENTENCES = [
    "Est-ce que l’immunothérapie guérit les mélanomes métastatiques ?",
    "mes soeurs étaient soignées par des inhibiteurs, qu'en disent les chercheurs",
    "Je ne sais plus quoi faire, j'ai peur pour ma mère !",
    "xavier avait été opéré deux fois du poumon en 2013, puis il va mieux",
    "c koi les anti corps ki bloquent les lymphocytes T",
]


@pytest.fixture(scope="module")
def unchanged() -> Language:
    return spacy.load(MODEL)


def test_tokens_lemmas_and_parts_of_speech_are_the_same(unchanged: Language) -> None:
    for sentence in SENTENCES:
        found, expected = (
            [(token.text, token.lemma_, token.pos_) for token in model(sentence)] for model in (language(), unchanged)
        )
        assert found == expected


def test_the_small_tables_hold_what_the_large_ones_do(unchanged: Language) -> None:
    small, large = (model.get_pipe("lemmatizer").lookups for model in (language(), unchanged))
    forms, expected = small.get_table("lemma_lookup"), large.get_table("lemma_lookup")
    assert all(forms.get(key) == lemmas for key, lemmas in list(expected.items())[::50])
    irregular = small.get_table("lemma_exc")
    for part_of_speech, exceptions in large.get_table("lemma_exc").items():
        assert all(irregular[part_of_speech].get(form) == lemmas for form, lemmas in list(exceptions.items())[::50])
        assert irregular[part_of_speech].get("xyzzy", []) == []
    for part_of_speech, words in large.get_table("lemma_index").items():
        index = small.get_table("lemma_index")[part_of_speech]
        assert all(word in index for word in words[::50]) and "xyzzy" not in index


def test_the_dictionary_holds_base_forms_and_irregular_ones() -> None:
    assert {"guérir", "poumon", "yeux", "abaissées"} <= dictionary()
    assert is_inflected("mangeait") and not is_inflected("xyzzy")
