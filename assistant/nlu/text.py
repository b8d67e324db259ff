"""Bringing French chat writing to one plain form. Pure functions, without Rasa."""

import re
import unicodedata
from collections.abc import Mapping

REPAIRED = "repaired_text"  # the property of a message that holds its repaired spelling
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_REPEATED = re.compile(r"(?<=[a-z])([a-z])\1{2,}")
# « c koi » is « c'est quoi »; the c of « c'est » and « c'était » is left as it is.
_BARE_C = re.compile(r"\bc (?!est\b|etai|en\b|a\b)")
_MASKED = re.compile(r"(?:\s*\[[a-zA-Zé -]+\][\s,;.]*)+")
_WORD = re.compile(r"[a-z0-9]+|[?%]")


def fold(text: str) -> str:
    """Lower case, without accents and ligatures, a letter typed three times or more brought to one (not « ttt »).

    « Génial, le cœur… Siiii » becomes « genial, le coeur... si ».
    """
    text = unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower())
    text = "".join(char for char in text if not unicodedata.combining(char))
    return _REPEATED.sub(r"\1", text)


def words(text: str) -> list[str]:
    """The words of a text in folded form, with « ? » and « % » as words of their own."""
    return _WORD.findall(fold(text))


def plain(text: str, abbreviations: Mapping[str, str]) -> str:
    """The text as folded words with abbreviations written out, single spaces between them.

    Args:
        text: a message as it was typed.
        abbreviations: what people type and what it stands for, both folded.
    """
    return _BARE_C.sub("c est ", " ".join(abbreviations.get(word, word) for word in words(text)))


def is_only_masked(text: str) -> bool:
    """Whether nothing is left of a text but what personal data was replaced by, such as « [adresse e-mail] »."""
    return bool(_MASKED.fullmatch(text))


def is_other_script(text: str) -> bool:
    """Whether a text is written in other letters than ours, in Arabic or Cyrillic for instance."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and not any("LATIN" in unicodedata.name(char, "") for char in letters)
