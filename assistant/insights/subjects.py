"""What the staff's pages call a subject, and where its phrases are."""

import re
from collections.abc import Mapping
from pathlib import Path

from assistant.content.catalogue import Catalogue
from assistant.content.yaml_file import read_mapping
from assistant.settings import ROOT

GONE = "Sujet retiré depuis"
KIND_NAMES = {
    "dossier": "le dossier",
    "giving": "le don",
    "outside": "hors du dossier",
    "safety": "aide et urgence",
    "conversation": "conversation",
}
_INTENT = re.compile(r"^- intent: (\S+)", re.MULTILINE)


def subject_names(content: Catalogue) -> dict[str, str]:
    """The French name of each subject, by its intent: the one in data/subject_names.yml, else its button's title.

    Raises:
        ContentError: subject_names.yml cannot be read.
    """
    own: Mapping[str, str] = read_mapping(ROOT / "data" / "subject_names.yml")["subjects"]
    return {**content.offers(), **own}


def files_of_phrases(folder: Path) -> dict[str, str]:
    """The name of the file that holds the phrases of each intent, `data/nlu/….yml`.

    Args:
        folder: the project's `data/nlu`.
    """
    return {
        intent: f"data/nlu/{file.name}"
        for file in sorted(folder.glob("*.yml"))
        for intent in _INTENT.findall(file.read_text(encoding="utf-8"))
    }
