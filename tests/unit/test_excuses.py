import pytest

from assistant.content.catalogue import Catalogue
from assistant.nlu.excuses import (
    RATES,
    TESTIMONY,
    TESTIMONY_PARTS,
    asks_after_the_witness,
    is_about_a_gift,
    is_about_own_people,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ma mere a ete operee des ganglions", True),
        ("mon beau frere a un nodule", True),
        ("ma meilleure amie a une metastase", True),
        ("quelle operation a eue xavier", False),
        ("mon pere veut savoir ce qui est arrive a xavier", False),
        ("ma fille a lu l histoire de ce monsieur", False),
        ("il a ete opere de quoi", False),
    ],
)
def test_own_people(text: str, expected: bool) -> None:
    assert is_about_own_people(text) is expected


def test_every_part_of_the_testimony_is_known(content: Catalogue) -> None:
    parts = {answer.intent for answer in content.answers.values() if answer.intent.startswith("testimony_")}
    assert parts == TESTIMONY_PARTS
    assert all(content.theme(content.answer(intent)) == TESTIMONY for intent in parts)


def test_the_rates_are_answers(content: Catalogue) -> None:
    assert all(content.answer(intent) for intent in RATES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("il est mort ?", True),
        ("la maladie l a emporte ?", True),
        ("il est mort", False),
        ("mon mari est mort ?", False),
        ("on m a dit qu il est mort ?", False),
        ("il est mort hier soir a l hopital pres de chez lui ?", False),
    ],
)
def test_asking_after_the_witness(text: str, expected: bool) -> None:
    assert asks_after_the_witness(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("combien vous gardez sur un don ?", True),
        ("elle donne combien de chances ?", False),
        ("don ca marche pour qui ?", False),
    ],
)
def test_gifts(text: str, expected: bool) -> None:
    assert is_about_a_gift(text) is expected
