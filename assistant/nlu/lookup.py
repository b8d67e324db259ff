"""Large dictionaries that are only looked up, in a tenth of the memory of Python's own. numpy, without Rasa."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TypeVar

import numpy as np
from spacy.strings import get_string_id

Default = TypeVar("Default")


class Lookup:
    """Strings by string. Keys are kept as spaCy's 64-bit hashes: they can be asked for, not listed.

    That two of a million keys have the same hash has a chance of one to thirty millions.
    """

    def __init__(self, items: Iterable[tuple[str | int, str]]) -> None:
        """Takes keys, each once, as strings or as their hashes, and the value of each."""
        pairs = [(get_string_id(key), value) for key, value in items]
        keys = np.fromiter((key for key, _ in pairs), dtype=np.uint64, count=len(pairs))
        order = np.argsort(keys)
        values = sorted({value for _, value in pairs})
        numbers = {value: number for number, value in enumerate(values)}
        self._keys = keys[order]
        self._values = np.fromiter((numbers[value] for _, value in pairs), dtype=np.int32, count=len(pairs))[order]
        encoded = [value.encode() for value in values]
        self._text = b"".join(encoded)
        self._ends = np.fromiter(accumulate(map(len, encoded), initial=0), dtype=np.int32, count=len(values) + 1)

    def _place(self, key: str | int) -> int | None:
        wanted = np.uint64(get_string_id(key))
        place = int(self._keys.searchsorted(wanted))
        return place if place < len(self._keys) and self._keys[place] == wanted else None

    def _value(self, number: int) -> str:
        return self._text[self._ends[number] : self._ends[number + 1]].decode()

    def __contains__(self, key: str | int) -> bool:
        return self._place(key) is not None

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, key: str | int, default: Default = None) -> str | Default:  # type: ignore[assignment]
        """The value of a key, or the default."""
        place = self._place(key)
        return default if place is None else self._value(self._values[place])

    def values(self) -> Iterator[str]:
        """The values, each once, in alphabetical order."""
        return map(self._value, range(len(self._ends) - 1))


class ListLookup(Lookup):
    """Short lists of strings by string."""

    BETWEEN = "\n"

    def __init__(self, items: Iterable[tuple[str | int, Iterable[str]]]) -> None:
        """Takes keys, each once, and the strings of each, of which none holds a line break."""
        super().__init__((key, self.BETWEEN.join(strings)) for key, strings in items)

    def get(self, key: str | int, default: Default = None) -> list[str] | Default:  # type: ignore[assignment,override]
        """The strings of a key, or the default."""
        found = super().get(key)
        return default if found is None else found.split(self.BETWEEN)
