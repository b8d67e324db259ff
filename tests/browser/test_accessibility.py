"""axe-core in every state and look; small and enlarged screens; what the visitor's system asks for."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assistant.settings import ROOT
from tests.browser.chat import Chat, Held
from tests.browser.conftest import PHONE, Visit
from tests.browser.site import Site
from tests.browser.test_conversation import RATE
from tests.server.widget import PATH

AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = {
    "desktop": {},
    "desktop, dark": {"color_scheme": "dark"},
    "telephone": PHONE,
    "telephone, dark": {**PHONE, "color_scheme": "dark"},
}
# Contrasts that axe-core cannot measure: the ✕ is no text, and an element may be half scrolled out of view.
NOT_MEASURED = ("nonBmp", "elmPartiallyObscured", "elmPartiallyObscuring")
NARROW = {"viewport": {"width": 320, "height": 640}}
ZOOMED = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}  # 1280 × 1024 at 400 %


def broken_rules(page: Page, not_measured: tuple[str, ...] = NOT_MEASURED) -> list[str]:
    """What axe-core finds wrong in the whole page, and contrasts that it could not measure."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    assert found["passes"]
    unsure = [
        f"contrast not measured: {node['target']} {check['message']}"
        for rule in found["incomplete"]
        if rule["id"] == "color-contrast"
        for node in rule["nodes"]
        for check in node["any"]
        if check["data"]["messageKey"] not in not_measured
    ]
    broken = [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    return broken + unsure


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_state(visit: Callable[..., Visit], look: str) -> None:
    page = visit(**LOOKS[look]).page()
    chat = Chat(page)
    found: dict[str, list[str]] = {}

    def check(state: str, *not_measured: str) -> None:
        page.wait_for_timeout(50)
        found[state] = broken_rules(page, NOT_MEASURED + not_measured)

    check("closed")
    held = Held(page, "opening")
    chat.launcher.click()
    held.wait()
    check("loading")
    held.let_go()
    expect(chat.suggestions).to_be_visible()
    check("opening")
    held = Held(page, "message")
    chat.send(RATE)
    held.wait()
    expect(chat.status).to_have_text("L’assistant écrit…")
    check("typing")
    held.let_go()
    expect(chat.answers.first).to_be_visible()
    check("answer")
    chat.ask("je voudrais faire un don")
    chat.log.get_by_role("button", name="Oui").last.click()
    expect(chat.status).to_have_text("Merci, votre avis est enregistré.")
    check("links and feedback")
    page.route(f"**{PATH}/message", lambda route: route.abort(), times=1)
    chat.send("et mensuel ?")
    expect(chat.panel.get_by_text("Message non envoyé.")).to_be_visible()
    check("error")
    chat.field.fill("a" * 2001)
    check("too long")
    chat.field.fill("")
    chat.options.click()
    check("options")
    chat.button("Supprimer ma conversation").click()
    check("delete confirmation", "bgOverlap")  # on a telephone two modal dialogs lie over each other
    page.get_by_role("alertdialog").get_by_role("button", name="Annuler").click()
    page.context.set_offline(True)
    offline = chat.panel.get_by_text("Vous êtes hors connexion. Vos messages partiront")
    expect(offline).to_be_visible()
    check("offline")
    assert {state: rules for state, rules in found.items() if rules} == {}
    assert len(found) == 11


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_without_a_server(visit: Callable[..., Visit], look: str) -> None:
    page = visit(**LOOKS[look]).page()
    page.route(f"**{PATH}/opening", lambda route: route.abort())
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.button("Réessayer")).to_be_visible()
    assert broken_rules(page) == []


def test_axe_would_find_something(visit: Callable[..., Visit], site: Site) -> None:
    page = visit().page(site.page("/poor", body="<button></button><div role=dialog>x</div>"))
    rules = " ".join(broken_rules(page))
    assert "button-name" in rules
    assert "aria-dialog-name" in rules


def too_wide(page: Page) -> list[str]:
    """What has to be scrolled sideways, or juts out of the screen."""
    return page.evaluate(
        """() => {
            const root = document.querySelector("arc-chat").shadowRoot;
            const wide = [document.scrollingElement, ...root.querySelectorAll("*")].filter((element) => {
                if (element.closest?.(".hidden") || !element.getClientRects().length) return false;
                const box = element.getBoundingClientRect();
                return element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
                    && getComputedStyle(element).overflowX !== "visible" || box.right > innerWidth + 1 || box.left < -1;
            });
            return wide.map((element) => `${element.localName}.${element.className} ${element.textContent}`);
        }"""
    )


@pytest.mark.parametrize("screen", [NARROW, ZOOMED], ids=["320 px", "400 %"])
def test_no_sideways_scrolling(visit: Callable[..., Visit], screen: dict[str, Any]) -> None:
    page = visit(**screen).page()
    chat = Chat(page)
    expect(chat.launcher).to_be_in_viewport(ratio=1)
    chat.open()
    chat.ask(RATE)
    assert too_wide(page) == []
    chat.ask("je voudrais faire un don")
    chat.ask("anticonstitutionnellement" * 12)
    chat.page.route("**/message", lambda route: route.abort(), times=1)
    chat.send("https://www.example.org/" + "a" * 200)
    expect(chat.panel.get_by_text("Message non envoyé.")).to_be_visible()
    assert too_wide(page) == []
    for part in (chat.button("Fermer"), chat.button("Envoyer"), chat.field, chat.button("Renvoyer")):
        part.scroll_into_view_if_needed()
        expect(part).to_be_in_viewport(ratio=0.99)
    chat.field.fill("a" * 2001)
    expect(chat.field).to_be_in_viewport(ratio=0.9)
    assert too_wide(page) == []
    question = chat.choose("Supprimer ma conversation")
    question.get_by_role("button", name="Supprimer").scroll_into_view_if_needed()
    expect(question.get_by_role("button", name="Supprimer")).to_be_in_viewport(ratio=1)
    assert too_wide(page) == []


def test_an_enlarged_text_and_wide_spacing(visit: Callable[..., Visit]) -> None:
    """WCAG 1.4.12: nothing is cut off when a visitor spaces the text out."""
    chat = visit(**NARROW).chat()
    chat.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
                word-spacing: 0.16em !important } p { margin-bottom: 2em !important } .root { font-size: 1.5em }`);
            document.querySelector("arc-chat").shadowRoot.adoptedStyleSheets.push(sheet);
        }"""
    )
    chat.ask("je voudrais faire un don")
    assert too_wide(chat.page) == []
    chat.button("Envoyer").scroll_into_view_if_needed()
    expect(chat.button("Envoyer")).to_be_in_viewport(ratio=1)


def test_the_launcher_and_the_buttons_are_large_enough(visit: Callable[..., Visit]) -> None:
    chat = visit(**PHONE).chat()
    chat.ask("je voudrais faire un don")
    expect(chat.answers.first).to_be_visible()
    chat.options.click()
    for part in [*chat.panel.get_by_role("button").all(), *chat.panel.get_by_role("link").all()]:
        box = part.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 43.9, part.inner_text()


def test_the_field_stays_above_the_keyboard_of_a_telephone(visit: Callable[..., Visit]) -> None:
    chat = visit(**PHONE).chat()
    chat.field.focus()
    chat.page.set_viewport_size({"width": 390, "height": 420})  # what the keyboard leaves
    expect(chat.field).to_be_in_viewport(ratio=1)
    expect(chat.button("Envoyer")).to_be_in_viewport(ratio=1)
    expect(chat.button("Fermer")).to_be_in_viewport(ratio=1)


MOVING = """() => document.querySelector("arc-chat").shadowRoot.getAnimations()
    .filter((one) => one.effect.getComputedTiming().duration > 0).length"""


def test_nothing_moves_for_whoever_asks_for_that(visit: Callable[..., Visit]) -> None:
    for motion, count in (("no-preference", 1), ("reduce", 0)):
        chat = visit(reduced_motion=motion).chat()
        held = Held(chat.page, "message")
        chat.send(RATE)
        held.wait()
        expect(chat.status).to_have_text("L’assistant écrit…")
        assert chat.page.evaluate(MOVING) == count
        assert (
            chat.page.evaluate(
                "getComputedStyle(document.querySelector('arc-chat').shadowRoot.querySelector('section')).scrollBehavior"
            )
            == "auto"
        )
        held.let_go()
        expect(chat.answers).to_have_count(1)


def test_forced_colours(visit: Callable[..., Visit]) -> None:
    chat = visit(forced_colors="active").chat()
    chat.ask(RATE)
    chat.log.get_by_role("button", name="Oui").click()
    looks = chat.page.evaluate(
        """() => {
            const find = (selector) => document.querySelector("arc-chat").shadowRoot.querySelector(selector);
            const edge = (selector) => {
                const style = getComputedStyle(find(selector));
                return parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none"
                    && style.borderTopColor !== style.backgroundColor;
            };
            const parts = [".panel", ".question p", ".answer", "#field", "form button", ".suggestions button", ".tool"];
            return Object.fromEntries(parts.map((part) => [part, edge(part)]));
        }"""
    )
    assert looks == dict.fromkeys(looks, True)
    pressed = chat.log.get_by_role("button", name="Oui", pressed=True)
    mark = pressed.evaluate("button => getComputedStyle(button, '::before').content")
    assert "✓" in mark  # not by colour alone
    # axe-core takes the forced colours of a filled button for its own
    assert broken_rules(chat.page, (*NOT_MEASURED, "equalRatio")) == []
    for part in (chat.button("Envoyer"), pressed):
        ink, ground = part.evaluate(
            "button => [getComputedStyle(button).color, getComputedStyle(button).backgroundColor]"
        )
        assert ink != ground
    chat.button("Fermer").click()
    edge = chat.launcher.evaluate("button => getComputedStyle(button).borderTopStyle")
    assert edge == "solid"


def test_print(visit: Callable[..., Visit]) -> None:
    chat = visit().chat()
    for text in (RATE, "que raconte xavier ?", "je voudrais faire un don"):
        chat.ask(text)
    chat.page.emulate_media(media="print")
    expect(chat.field).to_be_hidden()
    expect(chat.launcher).to_be_hidden()
    expect(chat.panel.get_by_role("button")).to_have_count(0)
    cut = chat.page.evaluate(
        """() => [...document.querySelector("arc-chat").shadowRoot.querySelectorAll(".panel, .panel *")]
            .filter((element) => element.getClientRects().length && element.scrollHeight > element.clientHeight + 1
                && getComputedStyle(element).overflowY !== "visible" && !element.closest(".hidden"))
            .map((element) => element.className || element.localName)"""
    )
    assert cut == []
    for text in (RATE, "59 ans", "Merci de penser"):
        expect(chat.log.get_by_text(text)).to_be_visible()
    page_end = chat.page.get_by_role("main").bounding_box()
    panel = chat.panel.bounding_box()
    assert page_end and panel
    assert panel["y"] >= page_end["y"] + page_end["height"] - 1  # after the page, over nothing of it


def test_a_closed_chat_leaves_no_trace_on_paper(visit: Callable[..., Visit]) -> None:
    page = visit().page()
    page.emulate_media(media="print")
    expect(Chat(page).launcher).to_be_hidden()
