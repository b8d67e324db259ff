import pytest

from assistant.nlu.spelling import Spelling, Vocabulary

PHRASES = ["c'est quoi l'immunothérapie ?", "les effets secondaires du traitement", "un mélanome guéri"] * 5


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(Vocabulary.of(PHRASES), {"koi": "quoi", "svp": "s'il vous plait"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("C’est koi l’immunotherapie ?", "c'est quoi l'immunothérapie ?"),
        ("imunoterapie svp", "immunothérapie s'il vous plait"),
        ("limmunotherapie", "l'immunothérapie"),
        ("limunotherapie", "immunothérapie"),
        ("l'imunotérapi", "l'immunothérapie"),
        ("gairi", "guéri"),
        ("sekondère", "secondaires"),
        ("leffai du traitman", "l'effets du traitement"),
        ("les éfets secondères du tritement", "les effets secondaires du traitement"),
        ("melanome gueri", "mélanome guéri"),
        ("la voiture est bleue", "la voiture est bleue"),
        ("xyzzyx 12 😀", "xyzzyx 12 😀"),
        ("", ""),
    ],
)
def test_repair(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.repair(typed) == meant


def test_french_words_never_become_other_words(spelling: Spelling) -> None:
    for word in ("pleure", "peinture", "traitant", "affection", "décelée", "cédait", "libéralité"):
        assert spelling.repair(word) == word


def test_a_misspelling_that_several_wrote_is_still_one() -> None:
    spelling = Spelling(Vocabulary.of([*PHRASES * 20, *["dis limunotherapie", "un mélanaume"] * 5]), {})
    assert spelling.repair("limunotherapie, un mélanaume") == "immunothérapie , un mélanome"


def test_the_vocabulary_survives_saving() -> None:
    vocabulary = Vocabulary.of(PHRASES)
    assert Vocabulary(**vocabulary.as_json()) == vocabulary
