"""The fact base, `data/facts.yml`."""

from dataclasses import dataclass
from pathlib import Path

from assistant.content.yaml_file import ContentError, Place, field_error, read_mapping, text_field


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
        source: the dossier's own sentences that say it; None where it is said by no sentence.
        figures: pairs of a number and the context that must go with it.
    """

    id: str
    section: str
    statement: str
    speaker: str | None
    source: str | None
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
    place: Place = ()
    try:
        sections = {
            key: Section(text_field(value, "title"), text_field(value, "article"))
            for key, value in content["sections"].items()
        }
        facts: dict[str, Fact] = {}
        for number, record in enumerate(content["facts"]):
            place = ("facts", number)
            fact = Fact(
                id=record["id"],
                section=record["section"],
                statement=text_field(record, "statement"),
                speaker=record.get("speaker"),
                source=text_field(record, "source") if "source" in record else None,
                figures=tuple((str(figure["value"]), figure["context"]) for figure in record.get("figures", [])),
            )
            if fact.id in facts:
                raise ContentError(path.name, f"le fait «\u00a0{fact.id}\u00a0» est écrit deux fois.", place)
            if fact.section not in sections:
                what = f"le fait «\u00a0{fact.id}\u00a0» cite la partie «\u00a0{fact.section}\u00a0», qui n’existe pas."
                raise ContentError(path.name, what, (*place, "section"))
            facts[fact.id] = fact
        return FactBase(content["publisher"], content["year"], sections, facts)
    except (KeyError, TypeError, AttributeError) as error:
        raise field_error(path.name, place, error) from error
