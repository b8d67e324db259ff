"""The content files of a project, read once, with what could not be read. Without Rasa."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.checking.documents import Document, read_document, syntax_problem
from assistant.checking.problem import Problem
from assistant.content.catalogue import Catalogue, read_catalogue
from assistant.content.yaml_file import ContentError
from assistant.nlu.text import words

DOMAIN, FACTS, LINKS, CANCERS = "domain.yml", "data/facts.yml", "data/links.yml", "data/cancers.yml"
NAMES = "data/subject_names.yml"  # what the staff's pages call the subjects
CONTENT = (DOMAIN, FACTS, LINKS, CANCERS, "data/contacts.yml")  # what the catalogue is read from
NLU, RULES, DIALOGUES, EVALUATION = "data/nlu", "data/rules", "tests/dialogues", "tests/understanding"
FALLBACK = "nlu_fallback"  # Rasa's own: taken when nothing else fits, so no phrase is learnt for it
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def normal(text: str) -> str:
    """Lower case, without accents, apostrophes and punctuation."""
    return " ".join(word for word in words(text) if word not in "?%")


@dataclass(frozen=True)
class Phrase:
    """A training phrase.

    Attributes:
        text: as it is written, without the marks of entities.
        intent: the subject that it stands under.
        file: where it is.
        line: where in it, from 1.
    """

    text: str
    intent: str
    file: str
    line: int

    @cached_property
    def normal(self) -> str:
        """The text without what does not tell two wordings apart."""
        return normal(self.text)


@dataclass(frozen=True)
class Message:
    """An evaluation message: a phrase that must not be learnt, with its other right subjects and its register."""

    text: str
    intent: str
    also: tuple[str, ...]
    register: str
    file: str
    line: int


@dataclass(frozen=True)
class Step:
    """A step of a rule or of a dialogue test: the subject or the action that it names.

    Attributes:
        file: where it is.
        name: of the rule or dialogue.
        line: of the step.
        intent: the subject, None where the step is an action.
        action: the action, None where the step is a subject.
    """

    file: str
    name: str
    line: int
    intent: str | None
    action: str | None


@dataclass(frozen=True)
class Project:
    """What could be read.

    Attributes:
        root: the folder.
        documents: the YAML files, by path from the folder.
        messages: the evaluation messages.
        catalogue: all the content together, None where a file of it cannot be used.
        unread: what could not be read.
    """

    root: Path
    documents: dict[str, Document]
    messages: tuple[Message, ...]
    catalogue: Catalogue | None
    unread: tuple[Problem, ...]

    def within(self, folder: str) -> list[Document]:
        """The documents of a folder, in their order."""
        return [document for file, document in self.documents.items() if file.startswith(f"{folder}/")]

    @property
    def domain(self) -> dict[str, Any]:
        """What domain.yml holds; empty where it could not be read."""
        return self.documents[DOMAIN].data if DOMAIN in self.documents else {}

    @cached_property
    def intents(self) -> dict[str, int]:
        """The subjects that domain.yml lists, with their line."""
        listed = self.domain.get("intents") or []
        return {str(intent): self.documents[DOMAIN].line("intents", n) for n, intent in enumerate(listed)}

    @property
    def names(self) -> dict[str, str]:
        """The names in data/subject_names.yml, by intent; none where it could not be read."""
        named = self.documents[NAMES].data.get("subjects") if NAMES in self.documents else None
        return named if isinstance(named, dict) else {}

    @cached_property
    def phrases(self) -> list[Phrase]:
        """All training phrases."""
        return [phrase for document in self.within(NLU) for phrase in _phrases(document)]

    @cached_property
    def rules(self) -> list[Step]:
        """The steps of all rules."""
        return [step for document in self.within(RULES) for step in _steps(document, "rules", "rule")]

    @cached_property
    def dialogue_steps(self) -> list[Step]:
        """The steps of all dialogue tests."""
        return [step for document in self.within(DIALOGUES) for step in _steps(document, "stories", "story")]

    def problem(self, error: ContentError) -> Problem:
        """The problem of an entry that cannot be used."""
        file = next((file for file in CONTENT if file.endswith(error.file)), error.file)
        document = self.documents.get(file)
        line = error.line or (document.line(*error.place) if document else 1)
        return Problem(file, line, error.what, "Corrigez ce nom ou ce champ, ou ajoutez ce qui manque.")


def read_project(root: Path) -> Project:
    """Reads the content files, the rules, the training phrases, the dialogue tests and the evaluation messages."""
    documents: dict[str, Document] = {}
    unread: list[Problem] = []
    files = [*CONTENT, NAMES]
    for folder in (NLU, RULES, DIALOGUES):
        files += [str(path.relative_to(root)) for path in sorted((root / folder).glob("*.yml"))]
    for file in files:
        try:
            documents[file] = read_document(root / file, file)
        except ContentError as error:
            unread.append(syntax_problem(error))
    messages = tuple(_messages(root, unread))
    project = Project(root, documents, messages, None, ())
    catalogue = None
    if not any(problem.file in CONTENT for problem in unread):
        try:
            catalogue = read_catalogue(root, {})
        except ContentError as error:
            unread.append(project.problem(error))
    return Project(root, documents, messages, catalogue, tuple(unread))


def _records(document: Document, part: str, fields: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries of a list that have the fields, with their position."""
    entries = document.data.get(part)
    for number, record in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(record, dict) and all(field in record for field in fields):
            yield number, record


def _phrases(document: Document) -> Iterator[Phrase]:
    for number, item in _records(document, "nlu", ("intent", "examples")):
        first = document.line("nlu", number, "examples") + 1
        for offset, line in enumerate(str(item["examples"]).splitlines()):
            if line.startswith("- "):
                text = _ENTITY.sub(r"\1", line[2:]).strip()
                yield Phrase(text, str(item["intent"]), document.file, first + offset)


def _steps(document: Document, part: str, title: str) -> Iterator[Step]:
    for number, record in _records(document, part, (title, "steps")):
        for position, step in enumerate(record["steps"] if isinstance(record["steps"], list) else ()):
            if isinstance(step, dict):
                named = "intent" if "intent" in step else "action"
                line = document.line(part, number, "steps", position, named)
                yield Step(document.file, str(record[title]), line, step.get("intent"), step.get("action"))


def _messages(root: Path, unread: list[Problem]) -> Iterator[Message]:
    for path in sorted((root / EVALUATION).glob("*.jsonl")):
        file = str(path.relative_to(root))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                yield Message(row["text"], row["intent"], tuple(row.get("also", ())), row["register"], file, number)
            except (ValueError, KeyError, TypeError):
                what = "cette ligne n’est pas un message d’évaluation lisible (JSON)."
                mend = "Reprenez la forme des lignes voisines (text, intent, register)."
                unread.append(Problem(file, number, what, mend))
