"""The staff's workbench in Chromium: axe-core on every page, by keyboard alone, on small screens, without a script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.test_accessibility import NARROW, broken_rules
from tests.browser.workbench import Workbench
from tests.server.workbench import PATH, WORKBENCH_TOKEN

TALK = ("c koi l imuno", "et ça marche comment ? je voudrais aussi faire un don")
ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}  # 1280 × 800 at 200 %


@pytest.fixture
def workbench(visit: Callable[..., Visit]) -> Callable[..., Workbench]:
    def make(**options: Any) -> Workbench:
        visitor = visit(**options)
        base = visitor.server.base + PATH
        return Workbench(visitor.page(base), base)

    return make


def states(bench: Workbench) -> Iterator[str]:
    """Every page and state, one after the other."""
    page = bench.page
    yield "sign-in"
    page.get_by_label("Jeton de l’atelier").fill("faux")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Ce n’est pas le bon jeton.")
    yield "sign-in, wrong token"
    bench.sign_in()
    yield "nothing said"
    for text in TALK:
        bench.say(text)
    for details in page.locator("details:not([open]) summary").all():
        details.click()
    yield "conversation, explanations open"
    for look in ("whatsapp", "slack"):
        bench.open(f"/?look={look}")
        yield look
    bench.open("/again?turn=1")
    page.get_by_label("Avec d’autres mots").fill("définition")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Avec d’autres mots")).to_be_visible()
    yield "asked again"
    bench.open("/misunderstood?turn=1")
    page.get_by_label("Le bon sujet").select_option("definition")
    page.get_by_role("button", name="Noter").click()
    expect(page.get_by_role("alert")).to_contain_text("C’est déjà le sujet")
    yield "misunderstood, error"
    bench.open("/keep")
    yield "keep"
    page.get_by_label("Nom du test").fill("…")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("au moins une lettre")
    yield "keep, error"
    bench.open("/nothing")
    yield "not found"


@pytest.mark.parametrize("look", ["desktop", "telephone, dark"])
def test_axe_finds_nothing_on_any_page_and_nothing_is_cut_off(workbench: Callable[..., Workbench], look: str) -> None:
    options: dict[str, Any] = {} if look == "desktop" else {**PHONE, "color_scheme": "dark"}
    bench = workbench(**options)
    found = {}
    for state in states(bench):
        wide = bench.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[state] = [*broken_rules(bench.page), *(["wider than the screen"] if wide > 0 else [])]
    assert len(found) > 10
    assert {state: broken for state, broken in found.items() if broken} == {}


@pytest.mark.parametrize("options", [NARROW, ZOOMED], ids=["narrow", "zoomed"])
def test_it_reflows(workbench: Callable[..., Workbench], options: dict[str, Any]) -> None:
    bench = workbench(**options).sign_in()
    bench.say(TALK[0])
    page = bench.page
    for path in ("/", "/again?turn=1", "/misunderstood?turn=1", "/keep"):
        bench.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_by_keyboard_alone_from_the_sign_in_to_a_kept_test(workbench: Callable[..., Workbench]) -> None:
    bench = workbench()
    page, keyboard = bench.page, bench.page.keyboard
    expect(page.get_by_label("Jeton de l’atelier")).to_be_focused()
    keyboard.type(WORKBENCH_TOKEN)
    keyboard.press("Enter")
    expect(bench.field).to_be_focused()
    keyboard.type("est-ce que c’est remboursé ?")
    keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    # The field keeps the focus, and what came is read out.
    expect(bench.field).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("Le dossier n’aborde ni le prix")
    expect(page.get_by_role("status")).to_contain_text("Compris\u00a0: «\u00a0Prix et remboursement\u00a0»")
    summary = page.locator("summary")
    bench.tab_to("Compris", "Shift+Tab")
    expect(page.locator("details")).to_have_attribute("open", "")
    keyboard.press("Enter")
    expect(page.locator("details")).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    bench.tab_to("Garder comme test", "Shift+Tab")
    keyboard.press("Enter")
    expect(page.get_by_label("Nom du test")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Garder comme test")).to_be_visible()  # the browser wants a name
    keyboard.type("remboursement au clavier")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Test gardé")).to_be_focused()
    kept = page.get_by_role("region", name="Contenu du test").or_(page.get_by_label("Contenu du test"))
    expect(kept).to_contain_text("action: utter_cost")


def test_everything_works_without_a_script(workbench: Callable[..., Workbench]) -> None:
    bench = workbench(java_script_enabled=False, expected_errors=True)
    bench.page.get_by_label("Jeton de l’atelier").fill(WORKBENCH_TOKEN)
    bench.page.keyboard.press("Enter")
    bench.field.fill("quel est le taux de réponse ?")
    bench.field.press("Enter")
    expect(bench.page.get_by_text("on recense 30 % de répondeurs en moyenne").first).to_be_visible()
    bench.page.get_by_role("link", name="Redemander autrement").click()
    bench.page.get_by_label("Avec d’autres mots").fill("et pour le foie ?")
    bench.page.keyboard.press("Enter")
    bench.page.get_by_role("button", name="Continuer avec cette version").click()
    expect(bench.page.get_by_text("et pour le foie ?").first).to_be_visible()
    bench.page.get_by_role("button", name="Nouvelle conversation").click()
    expect(bench.page.get_by_role("article")).to_have_count(0)
    bench.page.get_by_role("button", name="Se déconnecter").click()
    expect(bench.page.get_by_label("Jeton de l’atelier")).to_be_visible()
