"""Phrase patterns for what must never be missed, `data/safety.yml`. Pure, without Rasa."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.content.yaml_file import ContentError, field_error, read_mapping
from assistant.nlu.text import plain


@dataclass(frozen=True)
class SafetyPatterns:
    """The patterns, compiled.

    Attributes:
        rules: for each intent, in order of precedence, what to cut out and what to look for.
        abbreviations: what people type and what it stands for (`data/chat_french.yml`).
    """

    rules: tuple[tuple[str, re.Pattern[str] | None, re.Pattern[str]], ...]
    abbreviations: Mapping[str, str]

    def judge(self, text: str) -> tuple[str | None, frozenset[str]]:
        """Looks for the patterns in a text.

        Returns:
            The intent whose pattern the text holds, None if it holds none; and the intents for which it holds only a
            harmless idiom.
        """
        message = plain(text, self.abbreviations)
        excused = set()
        for intent, exceptions, pattern in self.rules:
            rest = exceptions.sub(" , ", message) if exceptions else message
            if pattern.search(rest):
                return intent, frozenset()
            if rest != message:
                excused.add(intent)
        return None, frozenset(excused)


def _compile(expressions: list[str], file: str) -> re.Pattern[str]:
    try:
        return re.compile("|".join(rf"\b(?:{expression})\b" for expression in expressions))
    except re.error as error:
        raise ContentError(file, f"un motif n’est pas une expression régulière ({error}).") from error


def load_safety(path: Path, abbreviations: Mapping[str, str]) -> SafetyPatterns:
    """Reads the patterns.

    Raises:
        ContentError: a field is missing or a pattern cannot be compiled.
    """
    try:
        rules = tuple(
            (
                record["intent"],
                _compile(record["except"], path.name) if record.get("except") else None,
                _compile(record["match"], path.name),
            )
            for record in read_mapping(path)["safety"]
        )
    except (KeyError, TypeError) as error:
        raise field_error(path.name, (), error) from error
    return SafetyPatterns(rules, abbreviations)
