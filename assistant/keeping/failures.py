"""`make test-dialogues`: holds the dialogue tests with Rasa, and shows in French each that goes wrong."""

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from assistant.checking.problem import quoted
from assistant.checking.project import DIALOGUES
from assistant.content.catalogue import catalogue
from assistant.content.yaml_file import ContentError
from assistant.insights.subjects import subject_names
from assistant.keeping.held import Held, HeldTurn, Marks, UnreadableError
from assistant.serve import MODEL, StartError, train_if_stale
from assistant.settings import ROOT, SettingsError

MARK = "✗"


def shown(held: Held, names: Mapping[str, str]) -> str:
    """A dialogue with its wrong turns marked.

    Args:
        held: the dialogue.
        names: the French name of each subject, by its intent.
    """
    lines = [f"{held.file}, dialogue {quoted(held.name)}\u00a0:"]
    for number, turn in enumerate(held.turns, start=1):
        said = " ".join(turn.text.split()) if turn.text else f"({_subject(turn.intent[0], names)})"
        lines.append(f"{' ' if turn.is_right else MARK} {number:>2}. Visiteur\u00a0: {said}")
        lines += [f"       {line}" for line in _differences(turn, names)]
    return "\n".join(lines)


def _differences(turn: HeldTurn, names: Mapping[str, str]) -> Iterator[str]:
    expected, came = turn.intent
    if expected != came:
        yield f"Sujet attendu\u00a0: {_subject(expected, names)}. Compris\u00a0: {_subject(came, names)}."
    if turn.entities[0] != turn.entities[1]:
        wanted, found = map(_entities, turn.entities)
        yield f"Attendu dans le message\u00a0: {wanted}. Trouvé\u00a0: {found}."
    for due, given in turn.actions:
        if due == given:
            yield f"Assistant\u00a0: {due}"
        else:
            yield f"Réponse attendue\u00a0: {_action(due)}. Donnée\u00a0: {_action(given)}."
            return  # what comes after a wrong answer follows from it


def _subject(intent: str | None, names: Mapping[str, str]) -> str:
    if not intent:
        return "aucun"
    return f"{quoted(names[intent])} ({intent})" if intent in names else intent


def _action(name: str) -> str:
    """An action; listening is how Rasa calls the end of a turn."""
    return "aucune" if name == "action_listen" else name


def _entities(marks: Marks) -> str:
    return ", ".join(f"{quoted(words)} ({entity}\u00a0: {value})" for words, entity, value in marks) or "rien"


def summary(held: Sequence[Held], names: Mapping[str, str]) -> str:
    """All dialogues that went wrong, and the count at the end."""
    wrong = [shown(one, names) for one in held if not one.is_right]
    if not wrong:
        return f"Dialogues\u00a0: {len(held)}, tous comme attendu."
    return "\n\n".join([*wrong, f"Dialogues\u00a0: {len(held)}, dont {len(wrong)} en échec."])


def quiet() -> None:
    """Keeps what Rasa and its libraries say of themselves from the terminal. To be called before they are imported."""
    os.environ["LOG_LEVEL"] = "ERROR"  # Rasa's progress bars ask for this
    logging.disable(logging.WARNING)
    logging.captureWarnings(True)


def hold_files(files: Sequence[Path]) -> list[Held]:
    """Holds the dialogue tests of some files with the trained model; trains it first where it is stale.

    Raises:
        UnreadableError: a file cannot be used.
        StartError: the training failed.
    """
    quiet()
    from assistant.evaluation.parsing import Parser  # noqa: PLC0415  (Rasa is not quiet when it is imported)
    from assistant.keeping.holding import hold, read_files  # noqa: PLC0415

    steps = read_files(files)
    train_if_stale()
    model = Parser(MODEL)
    return model.run(hold(steps, model.agent))


def main(arguments: list[str] | None = None) -> int:
    """Prints the dialogues that went wrong; the exit code is 0 if none did, 1 if some, 2 if they could not be held."""
    parser = argparse.ArgumentParser(prog="make test-dialogues", description="Passe les dialogues de test.")
    parser.add_argument("file", nargs="*", type=Path, help="un fichier de dialogues\u00a0; tous, si rien n’est dit")
    files = parser.parse_args(arguments).file or sorted(
        path.relative_to(ROOT) for path in (ROOT / DIALOGUES).glob("test_*.yml")
    )
    try:
        held = hold_files(files)
    except (UnreadableError, StartError, SettingsError, ContentError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(summary(held, subject_names(catalogue())))
    return 0 if all(one.is_right for one in held) else 1


if __name__ == "__main__":
    sys.exit(main())
