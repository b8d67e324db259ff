import pytest

from assistant.nlu.sounds import sound


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("docier", "dossier"),
        ("avanse", "avance"),
        ("imunotérapi", "immunothérapie"),
        ("kanser", "cancer"),
        ("traitemen", "traitement"),
        ("réponce", "réponse"),
        ("fondassion", "fondation"),
        ("biomarkeur", "biomarqueur"),
        ("anfant", "enfant"),
        ("otorisé", "autorisé"),
        ("urgense", "urgence"),
        ("éfet", "effet"),
        ("ganglyon", "ganglion"),
        ("oprés", "auprès"),
    ],
)
def test_the_same_sound(misspelt: str, meant: str) -> None:
    assert sound(misspelt) == sound(meant)


@pytest.mark.parametrize(
    ("one", "other"),
    [("dossier", "docteur"), ("cancer", "casser"), ("tumeur", "teneur"), ("guérir", "gérer"), ("rein", "rien")],
)
def test_another_sound(one: str, other: str) -> None:
    assert sound(one) != sound(other)
