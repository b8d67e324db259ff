import json
import re
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some
from rasa.shared.core.events import BotUttered, UserUttered
from stdnum import iban, luhn
from stdnum.fr import nir

from assistant.content.catalogue import Catalogue, load_catalogue
from assistant.evaluation.sets import all_sets
from assistant.privacy.masking import Masking
from assistant.settings import ROOT
from assistant.stores.masked import mask_events

PUBLIC = ("0 805 123 124", "3114", "15", "112", "114")
MAIL, PHONE, NIR = "[adresse e-mail]", "[numéro de téléphone]", "[numéro de sécurité sociale]"
CARD, IBAN, POSTAL, OTHER = "[numéro de carte]", "[IBAN]", "[adresse postale]", "[numéro]"
MASKING = Masking(PUBLIC)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mon mail est jean.dupont@gmail.com merci", f"mon mail est {MAIL} merci"),
        ("jean@free.fr,paul@free.fr", f"{MAIL},{MAIL}"),
        ("JEAN.DUPONT+TEST@MAIL.EXAMPLE.ORG.", f"{MAIL}."),
        ("ma fille écrit à élodie@exemple.fr ?", f"ma fille écrit à {MAIL} ?"),
        ("écrivez à j.d@orange. Merci", f"écrivez à {MAIL}. Merci"),
        ("jean @ free . fr", MAIL),
        ("jean＠free．fr", MAIL),
        ("jean (at) free (point) fr", MAIL),
        ("jean[at]free.fr", MAIL),
        ("jean arobase free point fr, c'est tout", f"{MAIL}, c'est tout"),
        ("jean point dupont arobase gmail point com", MAIL),
        ("jean dot dupont at gmail dot com", MAIL),
        ("jean.dupont gmail.com", MAIL),
        ("jean.dupont @ gmail", MAIL),
    ],
)
def test_email_addresses(text: str, masked: str) -> None:
    assert MASKING.mask(text) == masked


@pytest.mark.parametrize(
    "number",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "06,12,34,56,78",
        "06 12.34-56/78",
        "0 6 1 2 3 4 5 6 7 8",
        "061 234 5678",
        "06\u00a012\u00a034\u00a056\u00a078",
        "06\u200b12\u200b34\u200b56\u200b78",
        "(01) 42-34-56-78",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "(+33) 6 12 34 56 78",
        "+33-6-12-34-56-78",
        "0033612345678",
        "33612345678",
        "612345678",
        "6 12 34 56 78",
        "O6 12 34 56 78",
        "06 12 34 56 7",
        "06 12 34 puis 56 78",
        "０６ １２ ３４ ５６ ７８",
        "٠٦ ١٢ ٣٤ ٥٦ ٧٨",
        "0590 12 34 56",
        "+32 470 12 34 56",
        "0470/12.34.56",
        "02 511 45 67",
        "+41 79 123 45 67",
        "+1 514 555 0123",
    ],
)
@pytest.mark.parametrize("text", ["{}", "appelez le {}, merci", "tel:{} !", "j’ai 62 ans, {} le soir"])
def test_telephone_numbers(text: str, number: str) -> None:
    masked = MASKING.mask(text.format(number))
    assert not re.search(r"\d{2}", masked.replace("62 ans", ""))
    assert PHONE in masked
    if text == "appelez le {}, merci":
        assert masked.replace("(" + PHONE, PHONE) == f"appelez le {PHONE}, merci"


@pytest.mark.parametrize(
    "text",
    [
        "0 805 123 124",
        "0805123124",
        "08 05 12 31 24",
        "+33 805 123 124",
        "le 0 805 123 124, le 3114, le 15 ou le 112, le 114",
        "faut-il appeler le 15 ?",
        "Cancer info 0.805.123.124",
    ],
)
def test_the_numbers_that_the_assistant_speaks_of_are_left(text: str) -> None:
    assert MASKING.mask(text) == text
    assert MASKING.mask(f"{text} ou 06 12 34 56 78") == f"{text} ou {PHONE}"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("1 85 05 78 006 084 91", NIR),
        ("185057800608491", NIR),
        ("1850578006084", NIR),
        ("mon numéro 2 69 05 49 588 157 80 !", f"mon numéro {NIR} !"),
        ("2.55.08.2A.004.123.45", NIR),
        ("255082B00412345", NIR),
        ("FR76 3000 6000 0112 3456 7890 189 merci beaucoup", f"{IBAN} merci beaucoup"),
        ("FR7630006000011234567890189", IBAN),
        ("fr76-3000-6000-0112-3456-7890-189", IBAN),
        ("F R7630006000011234567890189", f"F R{OTHER}"),
        ("fr76 3000 6000 0112 3456 7890 188, merci", f"{IBAN}, merci"),
        ("DE89 3704 0044 0532 0130 00", IBAN),
        ("BE68 5390 0754 7034 voilà", f"{IBAN} voilà"),
        ("30006000011234567890189", OTHER),
        ("4111 1111 1111 1111", CARD),
        ("4111111111111111 exp 12/25", f"{CARD} exp 12/25"),
        ("5500-0000-0000-0004", CARD),
        ("3782 822463 10005", CARD),
        ("4970.1012.3456.7893", CARD),
        ("dossier 12345678901234567", f"dossier {OTHER}"),
    ],
)
def test_numbers_of_the_state_and_the_bank(text: str, masked: str) -> None:
    assert MASKING.mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("j’habite 12 rue de la Paix, 75002 Paris et j’ai un cancer", f"j’habite {POSTAL} et j’ai un cancer"),
        ("12 bis avenue du Général de Gaulle 69003 Lyon", POSTAL),
        ("12, rue victor hugo comment marche l'immunothérapie", f"{POSTAL} comment marche l'immunothérapie"),
        ("3 impasse des lilas 31000 toulouse", POSTAL),
        ("12 rue d'alésia", POSTAL),
        ("12 rue de l’église, je suis perdue", f"{POSTAL}, je suis perdue"),
        ("rue de Rivoli 75001 Paris", POSTAL),
        ("mon adresse : 5 bd Saint-Michel", f"mon adresse : {POSTAL}"),
        ("25 place du 8 mai 1945, 13001 Marseille", POSTAL),
        ("1 place de la mairie 69003 Lyon", POSTAL),
        ("4 place du Marché", POSTAL),
        ("j’habite au 75002 Paris", f"j’habite au {POSTAL}"),
    ],
)
def test_postal_addresses(text: str, masked: str) -> None:
    assert MASKING.mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "30 % des patients, 20 % et 70 % en 2020",
        "j’ai 75 ans, né le 12/03/1954, opéré le 01/02/2020, 12 fois",
        "le 2020-06-12 10:45:30 j’ai eu 2 g/l",
        "1 000 000 de cellules et 600 000 000 euros",
        "de 2018 2019 2020 2021",
        "12 cures de 240 mg toutes les 2 semaines, 3 mg/kg, 0,5 mg, 1 500 UI",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "3.14159265358979",
        "2 route vers la guérison ?",
        "3 cours de gym par semaine, 2 places de théâtre",
        "en 1984, avait-on cela ?",
        "NCT01234567, anti PD-1 PD-L1 CTLA-4 CD19 CD20 10^11",
        "75000 Parisiens malades en 2020, 12000 Français, 382 000 cas",
        "10.1056/NEJMoa1504030",
        "@ bientôt, à + @+",
        "le point de vue de free",
        "",
    ],
)
def test_figures_years_ages_and_doses_are_left(text: str) -> None:
    assert MASKING.mask(text) == text


def known_texts(content: Catalogue) -> Iterator[str]:
    """All that the project knows people to write, and all that the assistant says."""
    for file in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            yield from (line[2:] for line in entry.get("examples", "").splitlines())
    for rows in all_sets().values():
        yield from (row.text for row in rows)
    for file in sorted((ROOT / "tests" / "understanding").glob("*.json")):
        yield from strings(json.loads(file.read_text(encoding="utf-8")))
    yield from (answer.text for answer in content.answers.values())


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def test_no_false_alarm_on_any_known_message(content: Catalogue) -> None:
    masking = Masking(content.contacts.values())
    texts = list(known_texts(content))
    assert len(texts) > 15_000
    assert [masking.mask(text) for text in texts if masking.mask(text) != text] == []


def written(digits: str, separators: list[str]) -> str:
    return "".join(digit + separator for digit, separator in zip(digits, [*separators, ""], strict=True))


SEPARATORS = some.sampled_from(["", "", "", " ", ".", "-", "/", " - ", "\u00a0", ", ", "_", "\u200b"])


@given(some.data())
@settings(max_examples=300, deadline=None)
def test_numbers_split_in_any_way(data: some.DataObject) -> None:
    kind = data.draw(some.sampled_from(["phone", "card", "nir", "iban"]))
    if kind == "phone":
        number = "0" + data.draw(some.from_regex(r"[1-9][0-9]{8}", fullmatch=True))
        expected = PHONE
    elif kind == "card":
        start = "4" + data.draw(some.from_regex(r"[0-9]{14}", fullmatch=True))
        number, expected = start + luhn.calc_check_digit(start), CARD
    elif kind == "nir":
        start = data.draw(some.from_regex(r"[12][0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[1-8][0-9])[0-9]{6}", fullmatch=True))
        number, expected = start + nir.calc_check_digits(start), NIR
    else:
        start = "FR00" + data.draw(some.from_regex(r"[0-9]{23}", fullmatch=True))
        number, expected = "FR" + iban.calc_check_digits(start) + start[4:], IBAN
    split = data.draw(some.lists(SEPARATORS, min_size=len(number) - 1, max_size=len(number) - 1))
    if kind == "iban":  # one sign at most between two characters, and none in the first four
        split = ["", "", "", *(sign[:1] if sign[:1] in ("", " ", ".", "-") else "" for sign in split[3:])]
    masked = MASKING.mask(f"bonjour, {written(number, split)} merci")
    if kind in ("card", "nir"):  # a card's number can have the form of a NIR, and a date can stand in it
        expected = masked[len("bonjour, ") : -len(" merci")]
        assert expected in (CARD, NIR, OTHER)
    assert masked == f"bonjour, {expected} merci"


@given(some.text(max_size=120) | some.text(alphabet="06 12@.fr+-()rueAa[]", max_size=120))
@settings(max_examples=500, deadline=None)
def test_any_text_can_be_masked_and_masking_again_changes_nothing(text: str) -> None:
    masked = MASKING.mask(text)
    assert MASKING.mask(masked) == masked


def test_what_is_left_beside_a_placeholder_is_masked_too() -> None:
    assert MASKING.find(MASKING.mask("0@0.@0")) == []


def test_the_second_line_masks_stored_events(content: Catalogue) -> None:
    said = UserUttered(
        "mon mail : a.b@free.fr", parse_data={"text": "mon mail : a.b@free.fr", "entities": [{"value": "a.b@free.fr"}]}
    )
    answer = BotUttered("Appelez le 0 805 123 124.")
    other = UserUttered("et pour le foie ?", entities=[{"entity": "cancer", "value": "liver"}])
    mask_events([said, answer, other], Masking(content.contacts.values()))
    assert said.text == f"mon mail : {MAIL}"
    assert "free.fr" not in json.dumps(said.as_dict())
    assert answer.text == "Appelez le 0 805 123 124."
    assert other.entities == [{"entity": "cancer", "value": "liver"}]


def test_public_numbers_come_from_the_contacts() -> None:
    masking = Masking(load_catalogue(ROOT, {}).contacts.values())
    assert masking.mask("le 0 805 123 124 ou le 0 810 810 821") == f"le 0 805 123 124 ou le {PHONE}"
