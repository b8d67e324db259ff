"""What the renderers of the channels do alike. Pure functions.

A turn is what the assistant says in answer to one message: one or several answers, each a `Drawable`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.channels.messaging.commands import OWN_CHOICES
from assistant.content.catalogue import Catalogue

# What a button that leads to an address says, by the kind of the link (assistant/channels/rendering.py).
LINK_LABELS = {"article": "Lire l’article", "gift": "Faire un don", "site": "Voir le site"}
CHOOSE = "Choisir"
ASK_NEXT = "Vous pouvez aussi demander\u00a0:"
_EMPHASIS = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
# Where a text is best cut, the best places first; the match belongs to the part before it.
_CUTS = (r"\n\n+", r"\n+", r"(?<=[.!?…])[ \n]+|(?<=[\u00a0 ][!?»])[ \n]+", r"[;:,] ", r"[ \n]+")


@dataclass(frozen=True)
class Choice:
    """A next step: its question, the same in at most 20 characters, and what its button sends."""

    title: str
    short: str
    payload: str


@dataclass(frozen=True)
class LinkButton:
    """An address: its title, what a button that leads there says, and the address."""

    title: str
    label: str
    url: str


@dataclass(frozen=True)
class Drawable:
    """An answer in the parts that a channel can draw.

    Attributes:
        text: the text, with `**` around what is emphasised.
        source: the line that names the source, None if there is none.
        choices: the next steps.
        links: the addresses.
    """

    text: str
    source: str | None = None
    choices: tuple[Choice, ...] = ()
    links: tuple[LinkButton, ...] = ()


def drawables(answers: Iterable[dict[str, Any]], content: Catalogue) -> list[Drawable]:
    """The answers of a turn.

    Args:
        answers: as assistant/channels/rendering.py's `widget_answer` makes them.
        content: the catalogue, for the short titles.
    """
    return [
        Drawable(
            answer["text"],
            answer["source"],
            tuple(_choice(button, content) for button in answer["buttons"]),
            tuple(LinkButton(link["title"], LINK_LABELS[link["kind"]], link["url"]) for link in answer["links"]),
        )
        for answer in answers
    ]


def _choice(button: dict[str, str], content: Catalogue) -> Choice:
    own = OWN_CHOICES.get(button["payload"])
    return Choice(button["title"], own or content.short_title(button["payload"].lstrip("/")), button["payload"])


def units(text: str) -> int:
    """How long a text is in UTF-16 units, as Telegram counts: an emoji counts for two, which is safe for the others."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str) -> str:
    """The text without emphasis."""
    return _EMPHASIS.sub(r"\1", text).replace("**", "")


def emphasised(text: str, mark: Callable[[str], str]) -> str:
    """The text with its emphasis in a channel's own way; a mark that has lost its pair in a cut is left out."""
    return _EMPHASIS.sub(lambda match: mark(match[1]), text).replace("**", "")


def shortened(title: str, limit: int) -> str:
    """A title in at most so many characters, cut between words, with an ellipsis where something is missing."""
    if len(title) <= limit:
        return title
    kept = title[: limit - 1]
    if not title[limit - 1].isspace() and " " in kept:
        kept = kept.rsplit(" ", 1)[0]
    return kept.rstrip(" \u00a0,;:.?!") + "…"


def split(text: str, limit: int, size: Callable[[str], int] = units) -> list[str]:
    """Cuts a text into parts, at paragraphs or lines where that is enough, else at sentences, at worst at words.

    Args:
        text: the text.
        limit: the most that `size` may say of a part.
        size: how long a part is in the channel's count.
    """
    text = text.strip()
    if size(text) <= limit:
        return [text] if text else []
    for cut in _CUTS:
        parts = _pieces(text, cut)
        if len(parts) > 1:
            return list(_packed(parts, limit, size))
    half = len(text) // 2
    return [*split(text[:half], limit, size), *split(text[half:], limit, size)]


def _pieces(text: str, cut: str) -> list[str]:
    ends = [match.end() for match in re.finditer(cut, text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True) if text[start:end]]


def _packed(parts: Iterable[str], limit: int, size: Callable[[str], int]) -> Iterator[str]:
    """As many parts together as the limit allows; a part that is too long by itself is cut further."""
    held = ""
    for part in parts:
        if size((held + part).strip()) <= limit:
            held += part
            continue
        if held.strip():
            yield held.strip()
        *whole, held = split(part, limit, size) or [""]
        held += part[len(part.rstrip()) :]  # what stood between it and the next
        yield from whole
    if held.strip():
        yield held.strip()


def with_source(
    answer: Drawable, limit: int, draw: Callable[[str], str], size: Callable[[str], int] = units, extra: str = ""
) -> list[str]:
    """The text of an answer in parts of at most `limit`; the source stands below the last one, never alone.

    Args:
        answer: the answer.
        limit: the most that a part may have.
        draw: draws a text in the channel's way.
        size: how long a drawn part is in the channel's count.
        extra: what stands at the very end, drawn already, such as numbered choices.
    """
    tail = "\n\n".join(part for part in (draw(answer.source or ""), extra) if part)
    below = f"\n\n{tail}" if tail else ""
    room = limit - size(below)
    if room < limit // 2:  # what stands below is long itself
        return [*split_drawn(answer.text, limit, draw, size), *split(tail, limit, size)]
    parts = split_drawn(answer.text, room, draw, size)
    return [*parts[:-1], parts[-1] + below] if parts else split(tail, limit, size)


def split_drawn(text: str, limit: int, draw: Callable[[str], str], size: Callable[[str], int] = units) -> list[str]:
    """Cuts a text so that each part, drawn in the channel's way, keeps the limit; gives the drawn parts."""
    return [draw(part) for part in split(text, limit, lambda part: size(draw(part)))]


def numbered(choices: Sequence[Choice], first: int) -> str:
    """The choices as numbered lines, counted from `first`."""
    return "\n".join(f"{number}. {choice.title}" for number, choice in enumerate(choices, first))


def written_out(links: Sequence[LinkButton]) -> str:
    """The addresses, each with its title, one a line."""
    return "\n".join(f"{link.title}\u00a0: {link.url}" for link in links)
