"""Writing a new subject into the content files as text, so that their comments and their order stay. Pure functions."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.checking.documents import Document
from assistant.checking.project import DIALOGUES, DOMAIN, NAMES, NLU, RULES, Project
from assistant.content.catalogue import Answer


@dataclass(frozen=True)
class Subject:
    """All that a new subject needs.

    Attributes:
        name: of the intent.
        theme: name of the file of data/nlu that gets its phrases, without `.yml`.
        answer: what is said.
        phrases: how people put the question.
        test: what the dialogue test says.
        staff_name: what the staff's pages call it, None where the title of its button will do.
    """

    name: str
    theme: str
    answer: Answer
    phrases: tuple[str, ...]
    test: str
    staff_name: str | None = None


def insert(project: Project, subject: Subject) -> dict[str, str]:
    """The new texts of the files that change, by path.

    Args:
        project: the project; its files can be read.
        subject: what to add.

    Raises:
        ValueError: a new text is not YAML any more; nothing is to be written then.
    """
    kind = "outside" if subject.answer.kind == "outside" else "subjects"
    rules = "outside" if kind == "outside" else "giving" if subject.answer.kind == "giving" else "dossier"
    files = (
        DOMAIN,
        f"{NLU}/{subject.theme}.yml",
        f"{RULES}/{rules}.yml",
        f"{DIALOGUES}/test_{kind}.yml",
    )
    domain, phrases, rule, dialogue = (project.documents[file] for file in files)
    siblings = _siblings(project, phrases.file)
    texts = {
        domain.file: _domain(domain, siblings, subject),
        phrases.file: _added(list(phrases.lines), len(phrases.lines), _examples(subject)),
        rule.file: _rules(rule, siblings, subject),
        dialogue.file: _added(list(dialogue.lines), len(dialogue.lines), _story(subject)),
    }
    if subject.staff_name:
        names = project.documents[NAMES]
        last = _end(names, "subjects", list(names.data["subjects"])[-1])
        texts[NAMES] = _added(list(names.lines), last, [f'  {subject.name}: "{subject.staff_name}"'])
    for file, text in texts.items():
        try:
            yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(file) from error
    return texts


def write(root: Path, texts: dict[str, str]) -> None:
    """Writes the texts; where one cannot be written, those already written get their old text back.

    Raises:
        OSError: a file cannot be written.
    """
    before = {file: (root / file).read_text(encoding="utf-8") for file in texts}
    try:
        for file, text in texts.items():
            (root / file).write_text(text, encoding="utf-8")
    except OSError:
        for file, text in before.items():
            if (root / file).read_text(encoding="utf-8") != text:
                (root / file).write_text(text, encoding="utf-8")
        raise


def _siblings(project: Project, file: str) -> list[str]:
    """The subjects of the same theme, in the order of domain.yml."""
    there = {phrase.intent for phrase in project.phrases if phrase.file == file}
    return [intent for intent in project.intents if intent in there]


def _added(lines: list[str], after: int, block: list[str]) -> str:
    """The lines with a block behind the first `after` of them."""
    return "\n".join([*lines[:after], *block, *lines[after:]]) + "\n"


def _end(document: Document, *place: str | int) -> int:
    """The last line of an entry, without the empty lines and comments that follow it."""
    last = document.spans[place][1]
    while not document.lines[last - 1].strip() or document.lines[last - 1].lstrip().startswith("#"):
        last -= 1
    return last


def _domain(domain: Document, siblings: list[str], subject: Subject) -> str:
    intents = list(domain.data["intents"])
    nearest = next((intent for intent in reversed(intents) if intent in siblings), intents[-1])
    responses = domain.data["responses"]
    said = [f"utter_{intent}" for intent in siblings if f"utter_{intent}" in responses] or list(responses)
    after_response = _end(domain, "responses", said[-1])
    after_intent = _end(domain, "intents", intents.index(nearest))
    lines = list(domain.lines)
    # From below, so that the places above stay right.
    lines[after_response:after_response] = ["", *_response(subject.answer)]
    return _added(lines, after_intent, [f"- {subject.name}"])


def _response(answer: Answer) -> list[str]:
    lines = [f"  {answer.name}:", "  - text: |-"]
    lines += [f"      {line}" if line else "" for line in answer.text.splitlines()]
    lines += ["    metadata:", f"      kind: {answer.kind}", f'      title: "{answer.title}"']
    if answer.short != answer.title:
        lines.append(f'      short: "{answer.short}"')
    if answer.facts:
        lines.append(f"      facts: [{', '.join(answer.facts)}]")
    if answer.next:
        lines.append(f"      next: [{', '.join(answer.next)}]")
    return lines


def _examples(subject: Subject) -> list[str]:
    return [f"- intent: {subject.name}", "  examples: |", *(f"    - {phrase}" for phrase in subject.phrases)]


def _rules(document: Document, siblings: list[str], subject: Subject) -> str:
    rules = document.data["rules"]
    near = [n for n, rule in enumerate(rules) if rule["steps"][0].get("intent") in siblings]
    after = _end(document, "rules", near[-1] if near else len(rules) - 1)
    block = [f"- rule: {subject.name.replace('_', ' ')}", "  steps:", f"  - intent: {subject.name}"]
    return _added(list(document.lines), after, [*block, f"  - action: {subject.answer.name}"])


def _story(subject: Subject) -> list[str]:
    name = subject.name.replace("_", " ")
    kind = "outside" if subject.answer.kind == "outside" else "subject"
    block = [f"- story: {kind} {name}", "  steps:", "  - user: |", f"      {subject.test}"]
    return [*block, f"    intent: {subject.name}", f"  - action: {subject.answer.name}"]
