"""The evaluation messages, `tests/understanding/*.jsonl`. Pure functions, without Rasa.

The sets named `blind_…` were written last, by authors who saw no training phrase; docs/understanding.md says what was
changed after they were measured. Whoever writes phrases for what they show moves their messages into the set of the
same name without `blind_`.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import ROOT

FOLDER = ROOT / "tests" / "understanding"
# Off-topic messages of other projects, beside this one on the machines where it is developed; never part of it.
FOREIGN_OFF_TOPIC = ROOT.parent / "shared" / "eval" / "out_of_scope.jsonl"


@dataclass(frozen=True)
class Labelled:
    """A message and what it should be taken for.

    Attributes:
        text: as a person would type it.
        intents: the right intent, and others that are just as right.
        register: formal, spoken, sms, keyword, story, negative or typo.
    """

    text: str
    intents: tuple[str, ...]
    register: str


def read_set(path: Path) -> list[Labelled]:
    """Reads one set. Raises OSError or ValueError if it cannot be read."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Labelled(row["text"], (row["intent"], *row.get("also", ())), row["register"]) for row in rows]


def all_sets(folder: Path = FOLDER) -> dict[str, list[Labelled]]:
    """All sets of a folder, by name, with the foreign off-topic messages where they are present."""
    sets = {path.stem: read_set(path) for path in sorted(folder.glob("*.jsonl"))}
    if FOREIGN_OFF_TOPIC.exists():
        rows = [json.loads(line) for line in FOREIGN_OFF_TOPIC.read_text(encoding="utf-8").splitlines()]
        sets["foreign_off_topic"] = [Labelled(row["text"], ("off_topic",), "foreign") for row in rows]
    return sets
