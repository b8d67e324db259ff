import sys

import pytest
from spacy.strings import get_string_id

from assistant.nlu.lookup import ListLookup, Lookup

WORDS = {"œuvre": "oeuvre", "guéris": "guérir", "guérit": "guérir", "": "rien", "rien": ""}


@pytest.fixture
def lookup() -> Lookup:
    return Lookup(WORDS.items())


def test_every_key_has_its_value(lookup: Lookup) -> None:
    assert {key: lookup.get(key) for key in WORDS} == WORDS
    assert all(key in lookup for key in WORDS)
    assert len(lookup) == len(WORDS)


def test_other_keys_have_none(lookup: Lookup) -> None:
    assert "guérir" not in lookup
    assert lookup.get("guérir") is None
    assert lookup.get("guérir", "?") == "?"
    assert "x" not in Lookup([]) and Lookup([]).get("x") is None


def test_keys_may_be_hashes(lookup: Lookup) -> None:
    assert Lookup([(get_string_id("guéris"), "guérir")]).get("guéris") == "guérir"
    assert lookup.get(get_string_id("guéris")) == "guérir"


def test_values_are_listed_once(lookup: Lookup) -> None:
    assert list(lookup.values()) == ["", "guérir", "oeuvre", "rien"]


def test_lists() -> None:
    lists = ListLookup([("suis", ["être", "suivre"]), ("va", ("aller",))])
    assert lists.get("suis") == ["être", "suivre"]
    assert lists.get("va") == ["aller"]
    assert lists.get("vas", []) == []


def test_it_is_small() -> None:
    numbers = {f"mot{number}": f"mot{number % 1000}" for number in range(10_000)}
    lookup = Lookup(numbers.items())
    kept = sum(sys.getsizeof(part) for part in vars(lookup).values())
    assert kept < 15 * len(numbers)
