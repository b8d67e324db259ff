"""One conversation as a person may ask to read it, in French. Pure functions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
_NBSP = "\u00a0"


def day_text(day: date) -> str:
    """A day as it is written in French."""
    return day.strftime("%d/%m/%Y")


def _time(event: Mapping[str, Any]) -> str:
    return datetime.fromtimestamp(event.get("timestamp") or 0, ZONE).strftime(f"%d/%m/%Y à %H{_NBSP}h{_NBSP}%M")


def _lines(events: Iterable[Mapping[str, Any]], titles: Mapping[str, str], links: Mapping[str, str]) -> Iterator[str]:
    for event in events:
        kind, text = event.get("event"), event.get("text") or ""
        if kind == "user":
            said = f"[{titles.get(text[1:], text)}]" if text.startswith("/") else text
            yield f"{_time(event)} — Vous{_NBSP}: {said}"
        elif kind == "bot":
            yield f"{_time(event)} — L’assistant{_NBSP}: {text}"
        elif kind == "feedback":
            judged = "utile" if event.get("useful") else "pas utile"
            yield f"{_time(event)} — Votre avis sur une réponse{_NBSP}: {judged}"
        elif kind == "link_opened":
            yield f"{_time(event)} — Vous avez ouvert un lien{_NBSP}: {links.get(event['link'], event['link'])}"


def readable(
    sender: str, events: Iterable[Mapping[str, Any]], titles: Mapping[str, str], links: Mapping[str, str]
) -> str:
    """A conversation as a text.

    Args:
        sender: its name.
        events: all its events, oldest first.
        titles: for each intent that a button carries, what the button says.
        links: the title of each link, by its key.
    """
    lines = list(_lines(events, titles, links))
    head = f"Conversation {sender}\nHeure de Paris. Entre crochets{_NBSP}: un bouton, ou ce qui a été masqué."
    return "\n\n".join([head, *lines]) + "\n"
