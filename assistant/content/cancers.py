"""The cancers and organs that people name, `data/cancers.yml`."""

from dataclasses import dataclass
from pathlib import Path

from assistant.content.yaml_file import ContentError, read_mapping


@dataclass(frozen=True)
class Cancer:
    """A cancer that a message may name.

    Attributes:
        id: value of the entity `cancer`.
        label: the cancer with its article, as an answer writes it.
        forms: words that name it, without accents, in lower case.
        response: the response with its own rate, if the dossier has something to say of it.
    """

    id: str
    label: str
    forms: tuple[str, ...]
    response: str | None


def load_cancers(path: Path) -> dict[str, Cancer]:
    """Reads the cancers, by id.

    Raises:
        ContentError: a field is missing, or a form stands under two cancers.
    """
    try:
        cancers = {
            record["id"]: Cancer(record["id"], record["label"], tuple(record["forms"]), record.get("response"))
            for record in read_mapping(path)["cancers"]
        }
    except (KeyError, TypeError) as error:
        raise ContentError(f"{path.name}: a field is missing or has the wrong form: {error}") from error
    owners: dict[str, str] = {}
    for cancer in cancers.values():
        for form in cancer.forms:
            if owners.setdefault(form, cancer.id) != cancer.id:
                raise ContentError(f"{path.name}: {form!r} stands under {owners[form]!r} and {cancer.id!r}.")
    return cancers
