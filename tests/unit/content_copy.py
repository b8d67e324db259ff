"""A copy of the content, to make mistakes in."""

import re
import shutil
from pathlib import Path

from assistant.checking.subjects import MIN_PHRASES
from assistant.settings import ROOT

KEPT = MIN_PHRASES + 15  # phrases of each subject: to read all of them takes a second for every test


def copy_content(to: Path) -> Path:
    """Copies all that is checked into a folder, with some of the phrases and without the evaluation messages."""
    for folder in ("data", "tests/dialogues", "tests/source"):
        shutil.copytree(ROOT / folder, to / folder)
    shutil.copy(ROOT / "domain.yml", to)
    (to / "tests/understanding").mkdir()
    for file in (to / "data" / "nlu").glob("*.yml"):
        file.write_text(_first_phrases(file.read_text(encoding="utf-8")), encoding="utf-8")
    return to


def _first_phrases(text: str) -> str:
    kept, count = [], 0
    for line in text.splitlines(keepends=True):
        count = count + 1 if re.match(" +- ", line) else 0
        if count <= KEPT:
            kept.append(line)
    return "".join(kept)
