"""Holding the evaluation dialogues, `tests/understanding/*dialogues.json`, and judging each turn. Without Rasa."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.evaluation.sets import FOLDER

Answers = tuple[str, ...]  # the names of the answers of one turn, in their order


@dataclass(frozen=True)
class Turn:
    """What a person says, and the answers that are right: several alternatives, each a turn's answers."""

    say: str
    expect: tuple[Answers, ...]


@dataclass(frozen=True)
class Dialogue:
    """A whole conversation."""

    name: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class HeldTurn:
    """A turn with what was really answered."""

    turn: Turn
    answers: Answers

    @property
    def right(self) -> bool:
        """Whether the answers are among those expected."""
        return self.answers in self.turn.expect


def read_dialogues(folder: Path = FOLDER) -> dict[str, list[Dialogue]]:
    """Reads the sets of dialogues, by name. Raises OSError, ValueError or KeyError if one cannot be read."""
    return {
        file.stem: [
            Dialogue(row["name"], tuple(Turn(turn["say"], tuple(map(tuple, turn["expect"]))) for turn in row["turns"]))
            for row in json.loads(file.read_text(encoding="utf-8"))
        ]
        for file in sorted(folder.glob("*dialogues.json"))
    }


def hold(dialogue: Dialogue, say: Callable[[str], Sequence[str]]) -> list[HeldTurn]:
    """Holds a dialogue to its end, whatever is answered.

    Args:
        dialogue: what to say.
        say: sends a text in one new conversation and returns the names of the answers, the notice left out.
    """
    return [HeldTurn(turn, tuple(say(turn.say))) for turn in dialogue.turns]
