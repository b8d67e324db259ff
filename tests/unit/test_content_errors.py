"""A mistake in a content file stops the start with a text that names it."""

import shutil
from pathlib import Path

import pytest

from assistant.content.catalogue import load_catalogue
from assistant.content.yaml_file import ContentError
from assistant.settings import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "domain.yml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("domain.yml", "facts: [treatment_strategy,", "facts: [no_such_fact,", "no_such_fact"),
        ("domain.yml", "next: [how_it_works,", "next: [bereavement,", "bereavement"),
        ("domain.yml", "kind: outside", "kind: other", "a le genre"),
        ("domain.yml", "responses:", "responses: [", "plus lisible"),
        ("data/facts.yml", "id: immune_reaction", "id: treatment_strategy", "deux fois"),
        ("data/facts.yml", "section: what_it_is\n", "section: nowhere\n", "nowhere"),
        ("data/facts.yml", "article: today", "article: nowhere", "nowhere"),
        ("data/cancers.yml", "forms: [poumon,", "forms: [foie,", "à la fois"),
        ("data/cancers.yml", "response: utter_response_rate_hodgkin", "response: utter_none", "utter_none"),
        ("data/links.yml", "https://www", "http://www", "https"),
    ],
)
def test_mistakes_are_named(project: Path, file: str, old: str, new: str, message: str) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=message):
        load_catalogue(project, {})


def test_a_missing_file_is_named(project: Path) -> None:
    (project / "data" / "facts.yml").unlink()
    with pytest.raises(ContentError, match=r"facts\.yml"):
        load_catalogue(project, {})
