"""Draws docs/widget/*.png: the widget's main states, as Chromium shows them. Usage: `make widget-pictures`.

Starts an assistant of its own, so that nothing else has to run.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect, sync_playwright

from assistant.settings import ROOT
from scripts.browser import launch, take_picture
from tests.browser.chat import Chat
from tests.server.conftest import start, stop
from tests.server.widget import PATH

FOLDER = ROOT / "docs" / "widget"
DESKTOP: dict[str, Any] = {"viewport": {"width": 960, "height": 700}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True}
ZOOMED: dict[str, Any] = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}  # 1280 × 1024 at 400 %


def asked(page: Page, *texts: str) -> Chat:
    """The chat, opened, after these questions."""
    chat = Chat(page).open()
    for text in texts:
        chat.ask(text)
    return chat


def opening(page: Page) -> None:
    """Before the first message."""
    expect(asked(page).suggestions).to_be_visible()


def conversation(page: Page) -> None:
    """An answer with figures, and its follow-up."""
    asked(page, "c koi l immuno", "quel est le taux de réponse ?")


def links(page: Page) -> None:
    """An answer with a card, judged useful."""
    chat = asked(page, "je voudrais faire un don")
    chat.log.get_by_role("button", name="Oui").click()
    expect(chat.status).not_to_be_empty()


def error(page: Page) -> None:
    """A message that did not arrive."""
    chat = asked(page, "quel est le taux de réponse ?")

    def lose(route: Route) -> None:
        route.abort()

    page.route("**/message", lose)
    chat.send("et pour le foie ?")
    expect(chat.button("Renvoyer")).to_be_visible()


def deletion(page: Page) -> None:
    """The question before a conversation is deleted."""
    asked(page, "quel est le taux de réponse ?").choose("Supprimer ma conversation")


PICTURES: dict[str, tuple[Callable[[Page], None], dict[str, Any]]] = {
    "opening": (opening, DESKTOP),
    "conversation": (conversation, DESKTOP),
    "dark": (conversation, {**DESKTOP, "color_scheme": "dark"}),
    "links": (links, DESKTOP),
    "error": (error, DESKTOP),
    "deletion": (deletion, DESKTOP),
    "telephone-opening": (opening, PHONE),
    "telephone": (conversation, PHONE),
    "telephone-dark": (links, {**PHONE, "color_scheme": "dark"}),
    "zoom-400": (conversation, ZOOMED),
}


def main() -> int:
    """Draws all pictures; 1 if one is too big."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    too_big = 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start(Path(folder), WIDGET_SECRET="pictures" * 5, WIDGET_MESSAGES="1000/minute")
        try:
            browser = launch(playwright)
            for name, (act, options) in PICTURES.items():
                context = browser.new_context(locale="fr-FR", **options)
                page = context.new_page()
                page.goto(f"{server.base}{PATH}/demo")
                act(page)
                too_big += take_picture(page, FOLDER / f"{name}.png")
                context.close()
            browser.close()
        finally:
            stop(server)
    return 1 if too_big else 0


if __name__ == "__main__":
    sys.exit(main())
