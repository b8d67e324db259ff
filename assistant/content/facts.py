"""The fact base, `data/facts.yml`."""

from dataclasses import dataclass
from pathlib import Path

from assistant.content.yaml_file import ContentError, read_mapping


@dataclass(frozen=True)
class Section:
    """A part of the dossier: its title and the link (key of `data/links.yml`) to its full text."""

    title: str
    article: str


@dataclass(frozen=True)
class Fact:
    """One thing that the dossier says.

    Attributes:
        id: name that answers use.
        section: key of the section that says it.
        statement: the fact in French.
        speaker: who says it, if the dossier gives the word to a person.
        figures: pairs of a number and the context that must go with it.
    """

    id: str
    section: str
    statement: str
    speaker: str | None
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FactBase:
    """All facts, by id, with the sections and the year and publisher of the dossier."""

    publisher: str
    year: int
    sections: dict[str, Section]
    facts: dict[str, Fact]


def load_facts(path: Path) -> FactBase:
    """Reads the fact base.

    Raises:
        ContentError: a field is missing, an id stands twice or a section is unknown.
    """
    content = read_mapping(path)
    try:
        sections = {key: Section(**value) for key, value in content["sections"].items()}
        facts: dict[str, Fact] = {}
        for record in content["facts"]:
            fact = Fact(
                id=record["id"],
                section=record["section"],
                statement=record["statement"],
                speaker=record.get("speaker"),
                figures=tuple((str(figure["value"]), figure["context"]) for figure in record.get("figures", [])),
            )
            if fact.id in facts:
                raise ContentError(f"{path.name}: the fact {fact.id!r} stands twice.")
            if fact.section not in sections:
                raise ContentError(f"{path.name}: the fact {fact.id!r} names the unknown section {fact.section!r}.")
            facts[fact.id] = fact
        return FactBase(content["publisher"], content["year"], sections, facts)
    except (KeyError, TypeError, AttributeError) as error:
        raise ContentError(f"{path.name}: a field is missing or has the wrong form: {error}") from error
