"""Reading a content file, with errors that name the file."""

from pathlib import Path
from typing import Any

import yaml


class ContentError(ValueError):
    """A content file holds something that the assistant cannot use; the text names the file and the entry."""


def read_mapping(path: Path) -> dict[str, Any]:
    """Reads a YAML file that holds one mapping.

    Raises:
        ContentError: the file is missing, is not YAML, or is not a mapping.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(f"{path.name}: cannot be read ({error.strerror}).") from error
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name}: is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise ContentError(f"{path.name}: must hold a mapping.")
    return content
