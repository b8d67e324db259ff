"""The staff's guide names only commands and files that exist, and its example is right."""

import re

import pytest
import yaml

from assistant.checking.answers import MAX_CHARACTERS, MAX_SENTENCES
from assistant.checking.language import typography
from assistant.checking.project import Project
from assistant.checking.subjects import MIN_MESSAGES, MIN_PHRASES, MIN_REGISTERS, REGISTERS
from assistant.content.catalogue import MAX_SHORT, Catalogue
from assistant.settings import ROOT

GUIDE = (ROOT / "docs/guide-equipe.md").read_text(encoding="utf-8")
_BLOCKS = re.compile(r"```.*?```|!(?=\[)|\]\([^)]*\)|^\|[ -|]*$", flags=re.DOTALL | re.MULTILINE)
PROSE = re.sub(r"`[^`]*`", "x", _BLOCKS.sub("", GUIDE))


def test_its_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", GUIDE))
    assert {"check", "new-subject", "run", "test"} <= named <= targets


def test_its_files_exist() -> None:
    named = set(re.findall(r"`((?:data|tests|deploy|docs)/[^`]*|domain\.yml)`", GUIDE))
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_its_limits_are_those_that_are_checked() -> None:
    for said in (
        f"sous {MAX_CHARACTERS} caractères et {MAX_SENTENCES} phrases",
        f"de {MAX_SHORT} caractères au plus",
        f"au moins {MIN_PHRASES} **phrases**",
        f"au moins {MIN_MESSAGES}, de {MIN_REGISTERS} sortes",
        *(f"`{register}`" for register in REGISTERS),
    ):
        assert said in GUIDE, said


def test_its_example_of_a_test_names_what_exists(project: Project, content: Catalogue) -> None:
    example = re.search(r"```yaml\n(- story: .*?)```", GUIDE, flags=re.DOTALL)
    assert example
    for step in yaml.safe_load(example[1])[0]["steps"]:
        assert step.get("intent") in {None, *project.intents}
        assert step.get("action") in {None, *content.answers}


@pytest.mark.parametrize("line", [line for line in PROSE.splitlines() if line.strip()])
def test_its_typography(line: str) -> None:
    """But for the signs that the guide speaks about, and the spaces of Markdown."""
    if "L’apostrophe est" not in line:
        assert typography(line.strip()) == []
