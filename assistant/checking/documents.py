"""YAML files with the line of every entry. Pure, without Rasa."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.checking.problem import Problem, quoted
from assistant.content.yaml_file import LOADER, ContentError, Place, syntax_error

# Parts of what PyYAML and libyaml say, and what it most often means.
_REASONS = {
    "mapping values are not allowed": "Un texte qui contient un deux-points se met entre guillemets droits "
    '("…")\u00a0; sinon, le début de la ligne est mal aligné.',
    "tab character": "Remplacez la tabulation du début de la ligne par des espaces.",
    "'\\t'": "Remplacez la tabulation du début de la ligne par des espaces.",
    "expected ':'": "Il manque un deux-points, ou un guillemet qui ferme, ici ou juste au-dessus.",
    "end of stream": 'Un guillemet (") ouvert n’est jamais refermé.',
    "node content": "Une liste ouverte par [ plus haut n’est pas refermée par ].",
    "',' or ']'": "Une liste ouverte par [ n’est pas refermée par ], ou une virgule manque.",
    "',' or '}'": "Une accolade { n’est pas refermée par }, un guillemet n’est pas refermé, ou une virgule manque.",
}
_ALIGN = "Comparez l’alignement, les tirets et les guillemets de cette ligne, et de celle d’avant, avec leurs voisines."


@dataclass(frozen=True)
class Document:
    """A YAML file as it was read.

    Attributes:
        file: its path from the project's folder.
        lines: its text.
        data: what it holds.
        spans: first and last line of every entry, from 1.
        repeated: keys that stand twice in one mapping, with the line of the second.
    """

    file: str
    lines: tuple[str, ...]
    data: dict[str, Any]
    spans: dict[Place, tuple[int, int]]
    repeated: tuple[tuple[str, int], ...]

    def line(self, *place: str | int) -> int:
        """The line of an entry, or of the nearest entry that holds it."""
        while place and place not in self.spans:
            place = place[:-1]
        return self.spans[place][0] if place else 1

    def line_of(self, text: str, *place: str | int) -> int:
        """The first line inside an entry that holds a text; else the line of the entry."""
        first, last = self.spans.get(place, (self.line(*place),) * 2)
        found = (number for number in range(first, last + 1) if text in self.lines[number - 1])
        return next(found, first)


def read_document(path: Path, file: str) -> Document:
    """Reads a YAML file that holds one mapping.

    Args:
        path: where it is.
        file: its path from the project's folder, for the errors.

    Raises:
        ContentError: it is missing, is not UTF-8, is not YAML or not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
        loader = LOADER(text if text.endswith("\n") else f"{text}\n")
        try:
            node: yaml.Node | None = loader.get_single_node()
            data = loader.construct_document(node) if node else None
        finally:
            loader.dispose()
    except OSError as error:
        raise ContentError(file, f"le fichier ne peut pas être lu ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ContentError(file, "le fichier n’est pas enregistré en UTF-8.") from error
    except yaml.YAMLError as error:
        raise syntax_error(file, error) from error
    if not isinstance(data, dict):
        raise ContentError(file, "le fichier doit contenir des entrées «\u00a0nom: valeur\u00a0».")
    repeated: list[tuple[str, int]] = []
    spans = dict(_spans(node, (), repeated)) if node else {}
    return Document(file, tuple(text.splitlines()), data, spans, tuple(repeated))


def _spans(node: yaml.Node, place: Place, repeated: list[tuple[str, int]]) -> Iterator[tuple[Place, tuple[int, int]]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                repeated.append((key.value, key.start_mark.line + 1))
            seen.add(key.value)
            here = (*place, key.value)
            yield here, _span(key, value)
            yield from _spans(value, here, repeated)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            here = (*place, number)
            yield here, _span(value, value)
            yield from _spans(value, here, repeated)


def _span(first: yaml.Node, last: yaml.Node) -> tuple[int, int]:
    start, end = first.start_mark.line + 1, last.end_mark.line + 1
    # What is written in a block ends, for the parser, where the next entry begins.
    if isinstance(last, yaml.CollectionNode):
        is_block = not last.flow_style
    else:
        is_block = isinstance(last, yaml.ScalarNode) and last.style in ("|", ">")
    return start, max(start, end - 1 if is_block else end)


def syntax_problem(error: ContentError) -> Problem:
    """The problem of a file that could not be read at all."""
    reason = str(getattr(error.__cause__, "problem", "") or "")
    mend = next((said for part, said in _REASONS.items() if part in reason), _ALIGN)
    if error.line is None:
        mend = "Reprenez ce fichier dans sa dernière version publiée (voir le guide, «\u00a0Revenir en arrière\u00a0»)."
    return Problem(error.file, error.line or 1, error.what, mend)


def repeated_keys(document: Document) -> Iterator[Problem]:
    """Entries that stand twice: YAML keeps the last one only, without a word."""
    for key, line in document.repeated:
        what = f"l’entrée {quoted(key)} est écrite deux fois\u00a0; seule la seconde compterait."
        yield Problem(document.file, line, what, "Supprimez l’une des deux.")
