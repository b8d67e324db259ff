"""Masking: personal data in a message is replaced by what it was, `[adresse e-mail]`. Pure functions, without Rasa.

What is masked: e-mail addresses, telephone numbers, social-security numbers (NIR), IBAN, bank cards, other long
numbers, and postal addresses with a house number or a post code. Names, dates and ages are not: see docs/privacy.md.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from assistant.privacy import emails, numbers, postal

_HIDDEN = "\ufffc"  # stands for what is masked already: neither a letter, a digit nor a space
# Nothing that is masked is without a digit or one of these.
_SUSPECT = re.compile(
    r"\d|@|\barobase?\b|\bat\b|\(a\)|\bdot\b|\bpoint\b|\.\s?(?:com|fr|net|org|eu|be|ch)\b", re.IGNORECASE
)


class Found(NamedTuple):
    """A piece of a text, from `start` to before `end`, and what stands in its place."""

    start: int
    end: int
    placeholder: str


def _shadow(text: str) -> str:
    """The text in plain digits and signs (« ０６ » is « 06 »), each character in its place."""
    if text.isascii():
        return text
    return "".join(map(_plain, text))


def _plain(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


class Masking:
    """Masks personal data, but never the numbers that the assistant itself speaks of."""

    def __init__(self, public_numbers: Iterable[str]) -> None:
        """Takes the telephone numbers that belong to no person, however they are written."""
        public = numbers.PhoneBook(public_numbers)
        self._finders: tuple[Callable[[str], Iterator[tuple[int, int, str]]], ...] = (
            emails.find,
            numbers.find_ibans,
            lambda shadow: numbers.find(shadow, public),
            postal.find,
        )

    def find(self, text: str) -> list[Found]:
        """What is personal in a text, in its order, without overlaps."""
        shadow = _shadow(text)
        if not _SUSPECT.search(shadow):
            return []
        found: list[Found] = []
        for finder in self._finders:
            for start, end, placeholder in list(finder(shadow)):
                found.append(Found(start, end, placeholder))
                shadow = shadow[:start] + _HIDDEN * (end - start) + shadow[end:]
        return sorted(found)

    def mask(self, text: str) -> str:
        """The text with a French placeholder for each piece that is personal; a masked text stays as it is."""
        # What is left beside a placeholder can be personal too, as in « a@b.fr@c ».
        while found := self.find(text):
            for start, end, placeholder in reversed(found):
                text = text[:start] + placeholder + text[end:]
        return text
