"""`make check`: finds mistakes in the content files, and says what leans on the facts that changed."""

import argparse
import sys
from pathlib import Path

from assistant.checking.changes import LAST, changes, committed_facts, leaning
from assistant.checking.check import problems
from assistant.checking.project import Project, read_project
from assistant.settings import ROOT


def to_read_again(project: Project, revision: str) -> list[str]:
    """The lines about facts that changed since a commit; none where nothing changed or there is no such commit."""
    before = committed_facts(project.root, revision)
    if before is None or project.catalogue is None:
        return []
    lines = []
    for change in changes(before, project.catalogue):
        lines.append(f"- {change.what}")
        lines += [f"    à relire\u00a0: {line}" for line in leaning(project, change.answers)]
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Prints what was found; the exit code is 1 if there is something to mend.

    Args:
        arguments: of the command line, without the program's name.
    """
    parser = argparse.ArgumentParser(prog="make check", description="Vérifie les fichiers de contenu.")
    parser.add_argument("--root", type=Path, default=ROOT, help="le dossier du projet")
    parser.add_argument("--since", default=LAST, help="la version à laquelle les faits sont comparés")
    options = parser.parse_args(arguments)
    project = read_project(options.root)
    again = to_read_again(project, options.since)
    if again:
        print("Des faits ont changé. Relisez ce qui s’appuie sur eux\u00a0:", *again, sep="\n", end="\n\n")
    found = problems(project)
    for problem in found:
        print(problem)
    if found:
        count = "1 point" if len(found) == 1 else f"{len(found)} points"
        print(f"\nÀ corriger\u00a0: {count}.")
        return 1
    print("Tout est en ordre.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
