"""A mistake in a content file, as staff read it."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake.

    Attributes:
        file: path of the file, from the project's folder.
        line: where, from 1.
        what: what is wrong, a French sentence.
        mend: how to mend it, a French sentence.
    """

    file: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}, ligne {self.line}\u00a0: {self.what}\n    → {self.mend}"


def quoted(text: object) -> str:
    """A text in French quotation marks."""
    return f"«\u00a0{text}\u00a0»"
