"""`make review`: the messages that the staff marked as misunderstood, in French, grouped by the right subject."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.checking.problem import quoted
from assistant.content.catalogue import catalogue
from assistant.content.yaml_file import ContentError
from assistant.insights.export import training_data
from assistant.insights.subjects import subject_names
from assistant.keeping.review import Misunderstood, ReviewError, records_in
from assistant.privacy.export import day_text
from assistant.settings import ROOT, SettingsError, settings

EXPORT = ROOT / "reports" / "review.yml"
NOTHING = "Aucun message n’est marqué comme mal compris."
HEAD = """\
# Messages mal compris, sous le sujet que l’équipe leur donne : à relire par une personne, un par un.
# Rien n’en est appris tant que personne ne le recopie, récrit, dans data/nlu/.
"""


def grouped(records: Sequence[Misunderstood]) -> dict[str, list[Misunderstood]]:
    """The records of each right subject, the subject with the most first."""
    groups: dict[str, list[Misunderstood]] = defaultdict(list)
    for record in records:
        groups[record.right].append(record)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def listed(records: Sequence[Misunderstood], names: Mapping[str, str]) -> str:
    """The records as a text.

    Args:
        records: in any order.
        names: the French name of each subject, by its intent.
    """
    lines = []
    for right, group in grouped(records).items():
        lines.append(f"{quoted(names.get(right, right))} ({right}), messages\u00a0: {len(group)}")
        for record in group:
            understood = quoted(names.get(record.understood, record.understood))
            lines.append(f"  - {record.text}")
            lines.append(f"    compris comme {understood}, marqué le {day_text(record.day)}")
            lines += [f"    note\u00a0: {record.note}"] if record.note else []
        lines.append("")
    return "\n".join([*lines, f"Messages mal compris\u00a0: {len(records)}."])


def exported(records: Sequence[Misunderstood]) -> str:
    """The records as Rasa training data for a person to read; no training reads it."""
    items = [
        (right, {"messages": len(group)}, [item.text for item in group]) for right, group in grouped(records).items()
    ]
    return training_data(HEAD, items)


def main(arguments: list[str] | None = None) -> int:
    """Reads the command line; the exit code is 2 if the file cannot be used."""
    parser = argparse.ArgumentParser(prog="make review", description="Les messages marqués comme mal compris.")
    parser.add_argument("--export", action="store_true", help="les écrit aussi dans reports/review.yml, à relire")
    wanted = parser.parse_args(arguments)
    try:
        records = records_in(settings().review_file)
        print(listed(records, subject_names(catalogue())) if records else NOTHING)
        if wanted.export and records:
            _write(EXPORT, exported(records))
            print(f"Écrit dans {EXPORT.relative_to(ROOT)}.")
    except (ReviewError, ContentError, SettingsError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
