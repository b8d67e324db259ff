"""The cancers and organs that people name, `data/cancers.yml`."""

from dataclasses import dataclass
from pathlib import Path

from assistant.content.yaml_file import ContentError, Place, field_error, read_mapping, text_field


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
    content = read_mapping(path)
    cancers: dict[str, Cancer] = {}
    owners: dict[str, str] = {}
    place: Place = ()
    try:
        for number, record in enumerate(content["cancers"]):
            place = ("cancers", number)
            cancer = Cancer(record["id"], text_field(record, "label"), tuple(record["forms"]), record.get("response"))
            cancers[cancer.id] = cancer
            for form in cancer.forms:
                if owners.setdefault(form, cancer.id) != cancer.id:
                    what = f"«\u00a0{form}\u00a0» est à la fois sous {owners[form]} et sous {cancer.id}."
                    raise ContentError(path.name, what, place)
    except (KeyError, TypeError) as error:
        raise field_error(path.name, place, error) from error
    return cancers
