"""Reading a content file, with errors that name the file and the entry. Their texts are French: staff read them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

# libyaml's, ten times as quick, where PyYAML was built with it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Place = tuple[str | int, ...]  # the keys and positions that lead to an entry of a YAML file


class ContentError(ValueError):
    """A content file holds something that the assistant cannot use.

    Attributes:
        file: the name of the file.
        what: what is wrong, in French, as a sentence.
        place: the entry, as far as it is known.
        line: the line, from 1, where the file could not be parsed and there is no entry to name.
    """

    def __init__(self, file: str, what: str, place: Place = (), line: int | None = None) -> None:
        """Keeps the parts; `str()` of the error is the file and the sentence."""
        super().__init__(f"{file}\u00a0: {what}")
        self.file = file
        self.what = what
        self.place = place
        self.line = line


def field_error(file: str, place: Place, error: Exception) -> ContentError:
    """The error of an entry in which a field is missing or has the wrong form.

    Args:
        file: the name of the file.
        place: the entry.
        error: what was raised when the entry was read.
    """
    entry = f"«\u00a0{place[-1]}\u00a0»\u00a0: " if place and isinstance(place[-1], str) else ""
    if isinstance(error, KeyError):
        return ContentError(file, f"{entry}le champ «\u00a0{error.args[0]}\u00a0» manque.", place)
    return ContentError(file, f"{entry}un champ manque ou n’a pas la forme attendue.", place)


def text_field(record: Mapping[str, Any], field: str) -> str:
    """A field that holds a text. Raises KeyError if it is missing, TypeError if it is empty or no text."""
    value = record[field]
    if not isinstance(value, str):
        raise TypeError(field)
    return value


def syntax_error(file: str, error: yaml.YAMLError) -> ContentError:
    """The error of a text that is not YAML, with the line where its reading stopped."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    return ContentError(file, f"le fichier n’est plus lisible (YAML) à partir de la ligne {line}.", line=line)


def read_mapping(path: Path) -> dict[str, Any]:
    """Reads a YAML file that holds one mapping.

    Raises:
        ContentError: the file is missing, is not YAML, or is not a mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), LOADER)
    except OSError as error:
        raise ContentError(path.name, f"le fichier ne peut pas être lu ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ContentError(path.name, "le fichier n’est pas enregistré en UTF-8.") from error
    except yaml.YAMLError as error:
        raise syntax_error(path.name, error) from error
    if not isinstance(content, dict):
        raise ContentError(path.name, "le fichier doit contenir des entrées «\u00a0nom: valeur\u00a0».")
    return content
