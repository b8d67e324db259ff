"""Finding telephone, social-security, bank-card, bank-account and other long numbers. Pure functions.

A number is read as groups of digits with signs between them, since people write `06 12.34-56/78` as they like. Only
whole groups make a number, so that figures that stand side by side are not cut up into one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import phonenumbers
from stdnum import iban, luhn
from stdnum.fr import nir

PHONE = "[numéro de téléphone]"
SOCIAL_SECURITY = "[numéro de sécurité sociale]"
CARD = "[numéro de carte]"
ACCOUNT = "[IBAN]"
OTHER = "[numéro]"

# What people put between the digits, zero-width characters and « puis » included.
_SIGNS = r"[\s.,:;'|*+()/\\_\-\u2010-\u2015\u2212·•\u200b-\u200d\u2060\u00ad]"
_BETWEEN = rf"(?:{_SIGNS}{{1,4}}|\s(?:et|puis)\s)"
_RUN = re.compile(rf"\d+(?:{_BETWEEN}\d+)*")
_DIGITS = re.compile(r"\d+")
# Not where digits stand before or after: then it is a part of a longer number.
_DATE = re.compile(
    r"(?<!\d)(?<!\d[\s./-])(?:(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:19\d\d|20[0-4]\d)"
    r"|(?:19\d\d|20[0-4]\d)-(?:0[1-9]|1[0-2])-[0-3]\d)(?![/.-]?\d)"
)
# « O6 12 34 56 78 »: a letter for the first zero
_LETTER_FOR_ZERO = re.compile(rf"(?<![^\W\d])[oO](?={_SIGNS}?[1-9](?:{_SIGNS}{{0,2}}\d){{8}}(?!\d))")
_CORSICAN_NIR = re.compile(
    rf"(?<!\d)[12]{_SIGNS}{{0,2}}\d\d{_SIGNS}{{0,2}}\d\d{_SIGNS}{{0,2}}2{_SIGNS}?[ABab]"
    rf"(?:{_SIGNS}{{0,2}}\d){{6,8}}(?!\d)"
)
_IBAN_START = re.compile(r"(?<![^\W_])[A-Za-z]{2}\s?\d\s?\d(?=[\s.\-]?[A-Za-z0-9])")
_IBAN_CHARACTER = re.compile(r"[\s.\-_]{0,2}([A-Za-z0-9])")
_IBAN_LENGTHS = range(15, 35)  # characters, ISO 13616
_FRENCH_IBAN = 27  # characters, of which the last two are digits
_MIN_FRENCH_DIGITS = 14  # in the 23 characters after `FR76`; a mistyped IBAN is one all the same

_CARD_LENGTHS = range(13, 20)  # digits, ISO/IEC 7812
_NIR_WITHOUT_KEY, _NIR_LENGTH = 13, 15  # digits
# Months of the NIR: real ones, and what the Insee gives where the month is not known.
_NIR_MONTHS = {*range(1, 13), *range(20, 43), *range(50, 100)}
_LONG = 13  # digits: no figure that people write out has so many, but for the decimals of pi
_MAX_DIGITS = 24
_NATIONAL = 10  # digits of a French number with its leading zero
_BARE = 9  # digits without it
_PHONE_LENGTHS = range(_BARE, 18)  # digits, with `00` and the country
_MOBILE_WITH_A_SLIP = range(9, 12)
_BARE_GROUPS = ([9], [1, 2, 2, 2, 2], [3, 2, 2, 2], [3, 3, 3])
# Whose national numbers are looked for: those of the neighbours whose language is French come without a prefix too.
_REGIONS = ("FR", "BE", "CH", "LU", "MC")


def _parse(digits: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None


class PhoneBook:
    """Telephone numbers that belong to no person."""

    def __init__(self, public: Iterable[str]) -> None:
        """Takes them as they are written in France, or in the international form."""
        self._known = {self._key(re.sub(r"[^\d+]", "", number)) for number in public}

    @staticmethod
    def _key(digits: str) -> str:
        parsed = _parse(digits, "FR")
        return str(parsed.national_number) if parsed else digits

    def holds(self, digits: str) -> bool:
        """Whether a number, its digits only, is one of them."""
        return self._key(digits) in self._known


def _is_valid(digits: str, region: str | None) -> bool:
    parsed = _parse(digits, region)
    return parsed is not None and phonenumbers.is_valid_number(parsed)


def _is_phone(digits: str, groups: Sequence[int], is_international: bool) -> bool:
    if is_international:
        return _is_valid(f"+{digits}", None)
    if digits.startswith("00"):
        return digits[2] != "0" and _is_valid(f"+{digits[2:]}", None)
    if digits[0] == "0":
        if len(digits) == _NATIONAL:
            return True
        if digits[1] in "67" and len(digits) in _MOBILE_WITH_A_SLIP:
            return True
        return len(digits) == _BARE and any(_is_valid(digits, region) for region in _REGIONS)
    if digits.startswith("33") and len(digits) > _NATIONAL:
        return _is_valid(f"+{digits}", None)
    is_mobile = len(digits) == _BARE and digits[0] in "67" and not digits.endswith("000")
    return is_mobile and list(groups) in _BARE_GROUPS and _is_valid(digits, "FR")


def _is_nir(digits: str) -> bool:
    if len(digits) not in (_NIR_WITHOUT_KEY, _NIR_LENGTH) or digits[0] not in "123478":
        return False
    # The key is not asked for where the month is right: a mistyped number is one all the same.
    return (digits[0] in "12" and int(digits[3:5]) in _NIR_MONTHS) or nir.is_valid(digits)


def _is_card(digits: str) -> bool:
    is_issued = digits[0] in "3456" or 2221 <= int(digits[:4]) <= 2720  # noqa: PLR2004  (Mastercard's second range)
    return len(digits) in _CARD_LENGTHS and is_issued and luhn.is_valid(digits)


def _kind(digits: str, groups: Sequence[int], is_international: bool, public: PhoneBook) -> str | None:
    """What a number is: a placeholder, "" if it is public, None if it is no number of this kind."""
    if len(digits) > _MAX_DIGITS:
        return OTHER if len(groups) == 1 else None
    if len(digits) < _BARE:
        return None
    if _is_card(digits):
        return CARD
    if _is_nir(digits):
        return SOCIAL_SECURITY
    if len(digits) in _PHONE_LENGTHS and _is_phone(digits, groups, is_international):
        return "" if public.holds(f"+{digits}" if is_international else digits) else PHONE
    is_long = len(groups) == 1 and len(digits) >= _LONG and not digits.endswith("000000")
    return OTHER if is_long else None


def _in_run(text: str, start: int, end: int, public: PhoneBook) -> Iterator[tuple[int, int, str]]:
    """The numbers in a run of groups, the longest from each group on."""
    groups = [match.span() for match in _DIGITS.finditer(text, start, end)]
    first = 0
    while first < len(groups):
        begin = groups[first][0]
        is_international = text[:begin].rstrip(" (").endswith("+")
        for last in range(min(len(groups), first + _MAX_DIGITS) - 1, first - 1, -1):
            chosen = groups[first : last + 1]
            digits = "".join(text[low:high] for low, high in chosen)
            if len(digits) > _MAX_DIGITS and len(chosen) > 1:
                continue
            kind = _kind(digits, [high - low for low, high in chosen], is_international, public)
            if kind == OTHER and re.search(r"\d[.,]$", text[:begin]):
                continue
            if kind is not None:
                if kind:
                    yield _begin(text, begin, groups[last][1], is_international), groups[last][1], kind
                first = last
                break
        first += 1


def _begin(text: str, first_digit: int, end: int, is_international: bool) -> int:
    """Where a number begins, with its `+` and with a bracket that is closed inside it: « (06) 12… »."""
    if is_international:
        return text.rindex("+", 0, first_digit)
    has_bracket = text[first_digit - 1 : first_digit] == "(" and ")" in text[first_digit:end]
    return first_digit - 1 if has_bracket else first_digit


def find(text: str, public: PhoneBook) -> Iterator[tuple[int, int, str]]:
    """The numbers in a text but for bank accounts, as start, end and placeholder, without overlaps.

    Args:
        text: with plain digits.
        public: telephone numbers that are not to be found.
    """
    for match in _CORSICAN_NIR.finditer(text):
        yield *match.span(), SOCIAL_SECURITY
        text = text[: match.start()] + "\ufffc" * (match.end() - match.start()) + text[match.end() :]
    text = _DATE.sub(lambda match: "\ufffc" * len(match.group()), text)
    text = _LETTER_FOR_ZERO.sub("0", text)
    for run in _RUN.finditer(text):
        yield from _in_run(text, *run.span(), public)


def find_ibans(text: str) -> Iterator[tuple[int, int, str]]:
    """The bank accounts in a text, as start, end and placeholder, without overlaps."""
    end = 0
    for start in _IBAN_START.finditer(text):
        if start.start() >= end:
            end = _iban_end(text, start.start())
            if end:
                yield start.start(), end, ACCOUNT


def _iban_end(text: str, start: int) -> int:
    """Where the IBAN that begins here ends; 0 if none begins here."""
    characters, ends = "", []
    position = start
    while len(characters) < _IBAN_LENGTHS[-1] and (match := _IBAN_CHARACTER.match(text, position)):
        characters += match.group(1).upper()
        position = match.end()
        ends.append(position)
    for length in reversed(_IBAN_LENGTHS):
        if length <= len(characters) and iban.is_valid(characters[:length], check_country=False):
            return ends[length - 1]
    french = characters[:_FRENCH_IBAN]
    if french.startswith("FR") and sum(map(str.isdigit, french[4:])) >= _MIN_FRENCH_DIGITS:
        return ends[len(french) - 1]
    return 0
