import pytest

from assistant.content.yaml_file import read_mapping
from assistant.nlu.text import fold, is_only_masked, is_other_script, plain, words
from assistant.settings import ROOT

ABBREVIATIONS = read_mapping(ROOT / "data" / "chat_french.yml")["abbreviations"]


def test_fold_brings_all_spellings_to_one() -> None:
    assert fold("Génial, le CŒUR… Siiiii") == "genial, le coeur... si"
    assert words("L’immuno, c’est quoi ? 30 %") == ["l", "immuno", "c", "est", "quoi", "?", "30", "%"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("c koi l immuno", "c est quoi l immunotherapie"),
        ("slt pk sa marche pa ds ts les cas", "salut pourquoi sa marche pa dans tous les cas"),
        ("QQN peut m’aider svp", "quelqu un peut m aider s il vous plait"),
    ],
)
def test_text_message_french_is_written_out(typed: str, meant: str) -> None:
    assert plain(typed, ABBREVIATIONS) == meant


def test_abbreviations_are_in_plain_form() -> None:
    for short, full in ABBREVIATIONS.items():
        assert words(short) == [short] or not short.isascii()
        assert " ".join(words(full)) == full
        assert short not in full.split(), short


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("مرحبا بكم", True),
        ("Как дела?", True),
        ("免疫", True),
        ("ça va ?", False),
        ("bonjour سلام", False),
        ("30 %", False),
    ],
)
def test_other_letters_than_ours(text: str, expected: bool) -> None:
    assert is_other_script(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[numéro de téléphone]", True),
        ("[adresse e-mail], [numéro de téléphone]", True),
        ("mon mail : [adresse e-mail]", False),
        ("", False),
    ],
)
def test_nothing_but_personal_data(text: str, expected: bool) -> None:
    assert is_only_masked(text) is expected
