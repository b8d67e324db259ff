"""Messages that were misunderstood, as the staff marked them: the file of the setting `REVIEW_FILE`. Never learnt from.

One JSON object a line, which a person can read, without the name of the conversation and without the time of day.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from fcntl import LOCK_EX, flock
from pathlib import Path

from assistant.checking.problem import quoted
from assistant.checking.project import normal
from assistant.privacy.masking import Masking

MAX_TEXT, MAX_NOTE = 2000, 500  # characters
MAX_RECORDS = 5000  # some 3 MB at the very most of what people really write


class ReviewError(ValueError):
    """The message cannot be marked; the text says why, in French."""


@dataclass(frozen=True)
class Misunderstood:
    """A message that was misunderstood.

    Attributes:
        text: what was written, masked.
        understood: the subject that it was taken for, by its intent.
        right: the right one.
        day: when it was marked.
        note: what the person adds, masked; may be empty.
    """

    text: str
    understood: str
    right: str
    day: date
    note: str = ""


def misunderstood(
    text: str, understood: str, right: str, day: date, note: str, subjects: Collection[str], masking: Masking
) -> Misunderstood:
    """Checks what a person says of a message.

    Args:
        text: the message.
        understood: the intent that it was taken for.
        right: the intent that is right.
        day: today.
        note: in the person's words.
        subjects: all intents.
        masking: masks what is personal once more.

    Raises:
        ReviewError: something of it cannot be taken.
    """
    text, note = " ".join(masking.mask(text).split()), " ".join(masking.mask(note).split())
    if not text or text.startswith("/"):
        raise ReviewError("Seul un message écrit peut être marqué, pas un bouton.")
    for what, size, most in (("Le message", len(text), MAX_TEXT), ("La note", len(note), MAX_NOTE)):
        if size > most:
            raise ReviewError(f"{what} a {size} caractères, il en faut {most} au plus.")
    for intent in (understood, right):
        if intent not in subjects:
            raise ReviewError(f"Le sujet {quoted(intent)} n’existe pas.")
    if right == understood:
        raise ReviewError("C’est déjà le sujet qui a été compris.")
    return Misunderstood(text, understood, right, day, note)


def add(record: Misunderstood, file: Path) -> None:
    """Writes a record at the end of the file.

    Raises:
        ReviewError: it is there already, or the file is full or holds something else.
        OSError: the file cannot be written.
    """
    with _locked(file):
        records = _read(file)
        if any(_key(item) == _key(record) for item in records):
            raise ReviewError("Ce message est déjà marqué, avec le même sujet.")
        if len(records) >= MAX_RECORDS:
            raise ReviewError(f"Le fichier a déjà {MAX_RECORDS} messages\u00a0: relisez-les (make review) et videz-le.")
        _write(file, [*records, record])


def records_in(file: Path) -> list[Misunderstood]:
    """All records, oldest first; none where there is no file.

    Raises:
        ReviewError: a line is no record.
        OSError: the file cannot be read.
    """
    return _read(file)


def purge(days: int, today: date, file: Path) -> int:
    """Deletes the records that are older than so many days; returns their number.

    Raises:
        ReviewError: a line is no record.
        OSError: the file cannot be read or written.
    """
    if not file.exists():
        return 0
    with _locked(file):
        records = _read(file)
        left = [record for record in records if record.day >= today - timedelta(days=days)]
        if len(left) < len(records):
            _write(file, left)
    return len(records) - len(left)


def _key(record: Misunderstood) -> tuple[str, str]:
    """What two records share that say the same; of « ? » nothing else is left than itself."""
    return normal(record.text) or record.text, record.right


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Keeps other writers out, of this process and of others."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _read(file: Path) -> list[Misunderstood]:
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [_record(line, file, number) for number, line in enumerate(lines, start=1) if line.strip()]


def _record(line: str, file: Path, number: int) -> Misunderstood:
    try:
        fields = json.loads(line)
        return Misunderstood(**{**fields, "day": date.fromisoformat(fields["day"])})
    except (ValueError, TypeError, KeyError):
        what = f"{file.name}, ligne {number}\u00a0: cette ligne n’est plus lisible. Corrigez-la ou supprimez-la."
        raise ReviewError(what) from None


def _write(file: Path, records: Sequence[Misunderstood]) -> None:
    """Puts a whole new file in the place of the old one, for the owner's eyes alone."""
    lines = [json.dumps({**asdict(item), "day": item.day.isoformat()}, ensure_ascii=False) for item in records]
    draft = file.with_suffix(".tmp")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    draft.replace(file)
