"""A dialogue test that was held: what was expected, what came. Without Rasa."""

from dataclasses import dataclass

Marks = tuple[tuple[str, str, str], ...]  # the entities of a message: the words, the entity, its value


class UnreadableError(ValueError):
    """A file holds no dialogue tests that Rasa can read; the text says so in French."""


@dataclass(frozen=True)
class HeldTurn:
    """A message and what followed, expected and as it came.

    Attributes:
        text: the message; None where the test gives its subject only.
        intent: the subject that is expected, and the one that came.
        entities: the entities that are expected, and those that came.
        actions: each action that is expected, with the one that came.
    """

    text: str | None
    intent: tuple[str, str | None]
    entities: tuple[Marks, Marks]
    actions: tuple[tuple[str, str], ...]

    @property
    def is_understood(self) -> bool:
        """Whether the subject and the entities are those expected."""
        return self.intent[0] == self.intent[1] and self.entities[0] == self.entities[1]

    @property
    def is_right(self) -> bool:
        """Whether all came as expected."""
        return self.is_understood and all(expected == came for expected, came in self.actions)


@dataclass(frozen=True)
class Held:
    """A dialogue test that was held: its file, its name and its turns."""

    file: str
    name: str
    turns: tuple[HeldTurn, ...]

    @property
    def is_right(self) -> bool:
        """Whether every turn came as expected."""
        return all(turn.is_right for turn in self.turns)
