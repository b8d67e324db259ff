"""Draws docs/guide/*.png: the staff's workbench, as Chromium shows it. Usage: `make guide-pictures`.

Starts an assistant of its own, so that nothing else has to run.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from assistant.settings import ROOT
from scripts.browser import launch, take_picture
from tests.browser.workbench import Workbench
from tests.server.conftest import start, stop
from tests.server.workbench import PATH, WORKBENCH_TOKEN

FOLDER = ROOT / "docs" / "guide"
SCREEN = {"width": 1000, "height": 760}


def conversation(bench: Workbench) -> None:
    """A message, what it was understood as, and where the answer comes from."""
    bench.say("c koi le taux de réponse")


def whatsapp(bench: Workbench) -> None:
    """The same as WhatsApp shows it."""
    bench.open("/?look=whatsapp")


def again(bench: Workbench) -> None:
    """The same in other words."""
    bench.open("/again?turn=1")
    bench.page.get_by_label("Avec d’autres mots").fill("ça marche pour tout le monde ?")
    bench.page.keyboard.press("Enter")
    expect(bench.page.get_by_role("heading", name="Avec d’autres mots")).to_be_visible()
    bench.page.evaluate("scrollTo(0, 0)")


def keep(bench: Workbench) -> None:
    """Before it is kept."""
    bench.open("/keep")
    bench.page.get_by_label("Nom du test").fill("taux de réponse en abrégé")


def misunderstood(bench: Workbench) -> None:
    """Before it is marked."""
    bench.open("/misunderstood?turn=1")
    bench.page.get_by_label("Le bon sujet").select_option("responders")
    bench.page.get_by_label("Remarque").fill("Elle voulait savoir chez qui cela marche.")


PICTURES: tuple[tuple[Callable[[Workbench], None], int], ...] = (
    (conversation, 760),
    (whatsapp, 760),
    (again, 640),
    (keep, 520),
    (misunderstood, 560),
)


def main() -> int:
    """Draws all pictures; 1 if one is too big."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    too_big = 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start(Path(folder), WIDGET_SECRET="pictures" * 5, WORKBENCH_TOKEN=WORKBENCH_TOKEN)
        try:
            browser = launch(playwright)
            page = browser.new_context(locale="fr-FR", viewport=SCREEN).new_page()
            base = server.base + PATH
            page.goto(base)
            bench = Workbench(page, base).sign_in()
            for act, height in PICTURES:
                page.set_viewport_size({**SCREEN, "height": height})
                act(bench)
                too_big += take_picture(page, FOLDER / f"{act.__name__}.png")
            browser.close()
        finally:
            stop(server)
    return 1 if too_big else 0


if __name__ == "__main__":
    sys.exit(main())
