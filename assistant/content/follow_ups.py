"""Short messages that are meant by what was answered before, `data/follow_ups.yml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.content.yaml_file import ContentError, read_mapping


@dataclass(frozen=True)
class FollowUp:
    """A message after a subject.

    Attributes:
        after: the intent of the subject that was answered before.
        intent: the intent of the message.
        text: the message.
    """

    after: str
    intent: str
    text: str


def load_follow_ups(path: Path) -> tuple[FollowUp, ...]:
    """Reads the messages.

    Raises:
        ContentError: the file cannot be read, or an entry is no list of texts.
    """
    return tuple(_follow_ups(path.name, read_mapping(path)))


def _follow_ups(file: str, content: dict[str, Any]) -> Iterator[FollowUp]:
    for after, intents in content.items():
        if not isinstance(intents, dict):
            raise ContentError(file, f"«\u00a0{after}\u00a0» doit contenir des sujets.", (after,))
        for intent, texts in intents.items():
            if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
                what = f"«\u00a0{intent}\u00a0», après «\u00a0{after}\u00a0», doit être une liste de phrases."
                raise ContentError(file, what, (after, intent))
            for text in texts:
                yield FollowUp(after, intent, text)
