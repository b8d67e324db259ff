"""When facts change, as with a new edition of the dossier: everything that leans on them."""

import json
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.checking.answers import SOURCED
from assistant.checking.problem import quoted
from assistant.checking.project import DOMAIN, EVALUATION, FACTS, Project
from assistant.content.catalogue import Answer, Catalogue
from assistant.content.facts import FactBase, load_facts
from assistant.content.yaml_file import ContentError

LAST = "HEAD"


@dataclass(frozen=True)
class Change:
    """A fact, or what is shown with all facts, that is not what it was.

    Attributes:
        fact: id of the fact; None where the year, the publisher or a section changed.
        what: what changed, a French sentence.
        answers: names of the answers that lean on it.
    """

    fact: str | None
    what: str
    answers: tuple[str, ...]


def committed_facts(root: Path, revision: str = LAST) -> FactBase | None:
    """The facts as they stand in a commit; None where git, the commit or the file in it cannot be read.

    Args:
        root: the project's folder, a git working tree.
        revision: the commit.
    """
    command = ["git", "-C", str(root), "show", f"{revision}:./{FACTS}"]
    try:
        shown = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(FACTS).name
        path.write_bytes(shown)
        try:
            return load_facts(path)
        except ContentError:
            return None


def changes(before: FactBase, content: Catalogue) -> list[Change]:
    """What changed since then, with the answers to read again."""
    now = content.facts
    found = []
    sourced = [answer for answer in content.answers.values() if answer.kind in SOURCED]
    if (before.year, before.publisher) != (now.year, now.publisher):
        what = f"le dossier est celui de {now.publisher}, {now.year}, et plus de {before.publisher}, {before.year}."
        found.append(Change(None, what, _names(sourced)))
    for key, section in now.sections.items():
        if key in before.sections and before.sections[key] != section:
            inside = {fact.id for fact in now.facts.values() if fact.section == key}
            cited = [answer for answer in sourced if inside & set(answer.facts)]
            found.append(Change(None, f"le titre ou l’article de la partie {quoted(key)} a changé.", _names(cited)))
    for id_ in dict.fromkeys([*before.facts, *now.facts]):
        old, new = before.facts.get(id_), now.facts.get(id_)
        if old == new:
            continue
        leaning = [answer for answer in content.answers.values() if id_ in answer.facts]
        if new is None:
            what = f"le fait {quoted(id_)} a été supprimé."
        elif old is None:
            what = f"le fait {quoted(id_)} est nouveau."
        else:
            field = "source" if old.statement == new.statement else "statement"
            first, last = getattr(old, field), getattr(new, field)
            what = f"le fait {quoted(id_)} a changé.\n    avant\u00a0: {first}\n    après\u00a0: {last}"
        found.append(Change(id_, what, _names(leaning)))
    return found


def _names(answers: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(answer.name for answer in answers)


def subjects_of(project: Project, names: Iterable[str]) -> list[str]:
    """The subjects that lead to some answers: that of the same name, else the longest one that its name begins with.

    « utter_response_rate_hodgkin » is said for the subject « response_rate ».
    """
    found = []
    for name in names:
        said = name.removeprefix("utter_")
        subject = max((intent for intent in project.intents if said.startswith(intent)), key=len, default=None)
        if subject:
            found.append(subject)
    return list(dict.fromkeys(found))


def leaning(project: Project, names: tuple[str, ...]) -> list[str]:
    """What leans on some answers, each a French line: answers, dialogue tests, evaluation, training phrases."""
    content = project.catalogue
    if content is None or not names:
        return []
    subjects = set(subjects_of(project, names))
    document = project.documents[DOMAIN]
    lines = [
        f"réponse {quoted(name)} (domain.yml, ligne {document.line(content.answers[name].part, name)})"
        for name in names
    ]
    tests: dict[tuple[str, str], int] = {}
    for step in project.dialogue_steps:
        if step.action in names or step.intent in subjects:
            tests.setdefault((step.file, step.name), step.line)
    lines += [f"test {quoted(name)} ({file}, ligne {line})" for (file, name), line in tests.items()]
    lines += _evaluation_dialogues(project.root, set(names))
    for message in project.messages:
        if message.intent in subjects:
            lines.append(f"message d’évaluation {quoted(message.text)} ({message.file}, ligne {message.line})")
    for subject in sorted(subjects):
        phrases = [phrase for phrase in project.phrases if phrase.intent == subject]
        if phrases:
            lines.append(
                f"les {len(phrases)} phrases du sujet {quoted(subject)} ({phrases[0].file}, à partir de la ligne "
                f"{phrases[0].line})"
            )
    return lines


def _evaluation_dialogues(root: Path, names: set[str]) -> list[str]:
    lines = []
    for path in sorted((root / EVALUATION).glob("*dialogues.json")):
        text = path.read_text(encoding="utf-8")
        for dialogue in json.loads(text):
            expected = {name for turn in dialogue["turns"] for answers in turn["expect"] for name in answers}
            if expected & names:
                line = text[: text.index(json.dumps(dialogue["name"], ensure_ascii=False))].count("\n") + 1
                lines.append(
                    f"dialogue d’évaluation {quoted(dialogue['name'])} ({path.relative_to(root)}, ligne {line})"
                )
    return lines
