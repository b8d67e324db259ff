"""The links, `data/links.yml`, with the addresses that the environment overrides."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assistant.content.yaml_file import ContentError, field_error, read_mapping, text_field


@dataclass(frozen=True)
class Link:
    """An address to give.

    Attributes:
        name: key in `data/links.yml`.
        title: what the link leads to, in French.
        url: the address, https.
        env: the environment variable that overrides the address.
        stands_in: name of the link whose address is given instead, None where the address is the link's own.
    """

    name: str
    title: str
    url: str
    env: str
    stands_in: str | None

    def data(self, title: str | None = None) -> dict[str, str]:
        """The link as an answer carries it, under its own title or another."""
        return {"title": title or self.title, "url": self.url}


def named(links: Iterable[Link], title: str) -> Link | None:
    """The link that is shown under a title, its own or « Lire la suite : » and its own; None if there is none."""
    return next((link for link in links if title == link.title or title.endswith(f"\u00a0: {link.title}")), None)


def check_url(url: str) -> str | None:
    """Says what is wrong with an address, or None if it is a well-formed https address."""
    if re.search(r"[\s<>\"'\\]", url):
        return "holds a space, a quote or another character that an address cannot hold"
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises on a wrong port)
    except ValueError as error:
        return str(error)
    if parts.scheme != "https":
        return "must begin with https://"
    if not parts.hostname or "." not in parts.hostname:
        return "has no host name"
    if parts.username or parts.password:
        return "must not hold a user name or password"
    return None


def load_links(path: Path, environ: Mapping[str, str]) -> dict[str, Link]:
    """Reads the links and resolves each address: environment first, then the file, then the link that stands in.

    Raises:
        ContentError: an address is not https or not well formed, or `default` leads nowhere. The text names the
            variable or the entry to mend.
    """
    records = read_mapping(path).get("links")
    if not isinstance(records, dict):
        raise ContentError(path.name, "le champ «\u00a0links\u00a0» manque.")
    return {name: _resolve(name, records, environ, path.name) for name in records}


def _resolve(name: str, records: dict, environ: Mapping[str, str], file: str) -> Link:
    seen: list[str] = []
    current = name
    while True:
        if current in seen or current not in records:
            what = (
                f"le lien «\u00a0{name}\u00a0» n’a pas d’adresse\u00a0: son «\u00a0default\u00a0» ne mène nulle part."
            )
            raise ContentError(file, what, ("links", name))
        seen.append(current)
        record = records[current]
        try:
            text_field(record, "title")
            variable = text_field(record, "env")
        except (KeyError, TypeError) as error:
            raise field_error(file, ("links", current), error) from error
        override = environ.get(variable, "").strip()
        url = override or record.get("url")
        if url:
            if not isinstance(url, str) or check_url(url):
                origin = f"la variable {variable}" if override else f"le lien «\u00a0{current}\u00a0»"
                what = (
                    f"{origin} a l’adresse «\u00a0{url}\u00a0», qui ne peut pas être donnée\u00a0: il faut une adresse "
                    "complète qui commence par https://, sans espace, guillemet ni nom d’utilisateur."
                )
                raise ContentError(file, what, ("links", current))
            stands_in = None if current == name else current
            return Link(name, records[name]["title"], url, records[name]["env"], stands_in)
        current = record.get("default", "")
