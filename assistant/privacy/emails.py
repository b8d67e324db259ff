"""Finding e-mail addresses, also where they are written to escape a machine. Pure functions."""

import re
from collections.abc import Iterator

PLACEHOLDER = "[adresse e-mail]"

_ENDINGS = r"(?:com|fr|net|org|eu|be|ch|ca|info|de|uk|it|es|lu|mc|re|pro|email)"
_HOSTS = (
    r"(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|orange|wanadoo|free|sfr|neuf|laposte|bbox|aol|icloud|"
    r"protonmail|proton|gmx|numericable|club-internet|aliceadsl)"
)
_AT = r"(?:@|[(\[{<]\s*(?:at|a|arobase?|@)\s*[)\]}>]|\barobase?\b)"
_DOT = r"(?:\s?\.\s?|\s*[(\[{]\s*(?:\.|dot|point)\s*[)\]}]\s*|\s(?:point|dot)\s)"
_CHARACTER = r"[^\s@<>()\[\]{},;:\"«»\ufffc]"
_NAME = rf"{_CHARACTER}+"
_START = rf"(?<!{_CHARACTER})"  # only where a word begins, so that a long one is tried once
# « jean point dupont »: what stands before counts too
_LOCAL = rf"{_NAME}(?:\s(?:point|dot|tiret|underscore|souligné)\s{_NAME}){{0,3}}"

_PATTERNS = (
    # jean@free.fr, jean@free
    re.compile(rf"{_START}{_NAME}@{_NAME}(?<![.!?'’])"),
    # jean @ free . fr, jean (at) free (point) fr, jean arobase free point fr
    re.compile(rf"{_START}{_LOCAL}\s*{_AT}\s*[\w-]+(?:{_DOT}[\w-]+)*?{_DOT}{_ENDINGS}\b", re.IGNORECASE),
    # jean at free dot fr
    re.compile(rf"{_START}{_LOCAL}\s(?:at|chez)\s[\w-]+{_DOT}{_ENDINGS}\b", re.IGNORECASE),
    # jean.dupont gmail.com, jean @ gmail
    re.compile(rf"{_START}{_NAME}\s+{_HOSTS}{_DOT}(?:com|fr|net)\b", re.IGNORECASE),
    re.compile(rf"{_START}{_LOCAL}\s*{_AT}\s*{_HOSTS}\b", re.IGNORECASE),
)


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """The addresses in a text, as start, end and placeholder, without overlaps."""
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= low or start >= high for low, high in taken):
                taken.append((start, end))
                yield start, end, PLACEHOLDER
