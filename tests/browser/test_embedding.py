"""What a website can set, call and hear; and that its styles and the widget's do not meet."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.test_conversation import RATE

HEARD = """
window.heard = [];
for (const name of ["open", "close", "message-sent", "answer", "feedback", "link"])
  document.addEventListener(`arc-chat:${name}`, ({detail}) => heard.push([name, detail]));
"""
HOSTILE = """
* { all: revert; color: rgb(255, 0, 0) !important; background: rgb(0, 255, 0) !important; font: 40px cursive !important;
  letter-spacing: 9px !important; text-transform: uppercase !important; margin: 30px !important;
  box-sizing: content-box !important; border: 9px solid rgb(0, 0, 255) !important }
html { font-size: 5px !important; zoom: 1; direction: rtl; line-height: 4 !important; visibility: visible }
button, textarea, dialog, h2, p { display: none !important; opacity: 0.1 !important }
arc-chat { display: none !important; transform: rotate(3deg) !important; position: absolute !important;
  opacity: 0 !important; width: 1px; filter: blur(9px) }
:root { --surface: red; --ink: red; --accent: red; --gap: 200px; --radius: 90px; --line: red; --tint: red }
.panel, .launcher, .root, .answer { display: none !important }
"""
LOOKS = """() => {
    const root = document.querySelector("arc-chat").shadowRoot;
    const names = ["color", "backgroundColor", "fontSize", "fontFamily", "lineHeight", "letterSpacing", "textTransform",
        "display", "margin", "padding", "border", "borderRadius", "opacity", "direction", "transform", "position",
        "visibility", "filter"];
    const looks = {};
    for (const selector of [".root", ".launcher", ".panel", "h2", ".intro", "#field", "form button", ".answer",
                            ".question p", ".suggestions button"]) {
        const style = getComputedStyle(root.querySelector(selector));
        looks[selector] = Object.fromEntries(names.map((name) => [name, style[name]]));
    }
    const box = root.querySelector(".panel").getBoundingClientRect();
    looks.box = [box.width, box.height, innerWidth - box.right, innerHeight - box.bottom];
    return looks;
}"""
PAGE_LOOKS = """() => [...document.querySelectorAll("html, body, main, h1, p, a, main button")].map((element) => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return [...style].map((name) => style.getPropertyValue(name)).join() + [box.x, box.y, box.width, box.height];
})"""


def loose(site: Site) -> str:
    """The strict policy, but with styles of the page's own."""
    return f"{site.strict_policy()}; style-src 'unsafe-inline'"


def test_styles_of_the_page_do_not_leak_in(visit: Callable[..., Visit], site: Site) -> None:
    looks: list[dict[str, Any]] = []
    for path, style in (("/plain", ""), ("/hostile", HOSTILE)):
        address = site.page(path, head=f"<style>{style}</style>{site.tag()}", policy=loose(site))
        chat = Chat(visit().page(address))
        expect(chat.launcher).to_be_visible()
        chat.open().ask(RATE)
        looks.append(chat.page.evaluate(LOOKS))
    for part, look in looks[0].items():
        assert looks[1][part] == look, part


def test_styles_do_not_leak_out(visit: Callable[..., Visit], site: Site) -> None:
    bare = visit().page(site.page("/bare", head=" "))
    expected = bare.evaluate(PAGE_LOOKS)
    chat = visit().chat(site.page("/with"))
    chat.ask(RATE)
    assert chat.page.evaluate(PAGE_LOOKS) == expected
    names = "Object.getOwnPropertyNames(window)"
    assert set(chat.page.evaluate(names)) - set(bare.evaluate(names)) == {"ArcChat"}


def test_a_double_tag_makes_one_chat(visit: Callable[..., Visit], site: Site) -> None:
    page = visit().page(site.page("/double", head=site.tag() + site.tag(data_title="Un autre"), body=site.tag()))
    expect(page.locator("arc-chat")).to_have_count(1)
    chat = Chat(page).open()
    chat.ask(RATE)
    expect(chat.answers).to_have_count(1)


def test_attributes(visit: Callable[..., Visit], site: Site) -> None:
    tag = site.tag(
        data_title="Immuno <b>Info</b>",
        data_launcher="Une question ?",
        data_opening="Bienvenue. Que cherchez-vous ?",
        data_side="left",
        data_scheme="light",
    )
    page = visit(color_scheme="dark").page(site.page("/attributes", head=tag))
    chat = Chat(page, title="Immuno <b>Info</b>", launcher="Une question ?").open()
    expect(chat.panel.get_by_text("Bienvenue. Que cherchez-vous ?")).to_be_visible()
    box = chat.panel.bounding_box()
    assert box and box["x"] < 30
    assert background(page, ".panel") == "rgb(255, 255, 255)"


def background(page: Page, selector: str) -> str:
    return page.evaluate(
        """selector => getComputedStyle(document.querySelector("arc-chat").shadowRoot.querySelector(selector))
            .backgroundColor""",
        selector,
    )


def test_dark_unless_the_page_is_always_light(visit: Callable[..., Visit], site: Site) -> None:
    chat = visit(color_scheme="dark").chat(site.page("/dark"))
    assert background(chat.page, ".panel") == "rgb(36, 29, 26)"
    assert background(visit().chat(site.page("/dark")).page, ".panel") == "rgb(255, 255, 255)"


def test_custom_properties(visit: Callable[..., Visit], site: Site) -> None:
    style = """<style>arc-chat { --arc-chat-accent: rgb(0, 80, 0); --arc-chat-surface: rgb(250, 250, 240);
        --arc-chat-text: rgb(1, 2, 3); --arc-chat-tint: rgb(220, 230, 220); --arc-chat-on-accent: rgb(255, 255, 200);
        --arc-chat-radius: 0px; --arc-chat-offset: 50px; --arc-chat-width: 300px; --arc-chat-height: 400px;
        --arc-chat-z-index: 7; --arc-chat-font: monospace; --arc-chat-font-title: fantasy }</style>"""
    chat = visit().chat(site.page("/properties", head=style + site.tag(), policy=loose(site)))
    chat.ask(RATE)
    looks = chat.page.evaluate(LOOKS)
    assert looks["box"] == [300, 400, 50, 50]
    assert looks["form button"]["backgroundColor"] == "rgb(0, 80, 0)"
    assert looks["form button"]["color"] == "rgb(255, 255, 200)"
    assert looks[".panel"]["backgroundColor"] == "rgb(250, 250, 240)"
    assert looks[".panel"]["color"] == "rgb(1, 2, 3)"
    assert looks[".question p"]["backgroundColor"] == "rgb(220, 230, 220)"
    assert looks[".answer"]["borderRadius"] == "0px"
    assert looks[".answer"]["fontFamily"] == "monospace"
    assert looks["h2"]["fontFamily"] == "fantasy"


def test_the_api_and_the_events(visit: Callable[..., Visit], site: Site) -> None:
    visitor = visit()
    visitor.context.add_init_script(HEARD)
    page = visitor.page(site.page("/api"))
    chat = Chat(page)
    page.evaluate("ArcChat.open(); ArcChat.open()")
    expect(chat.panel).to_be_visible()
    page.evaluate("ArcChat.close(); ArcChat.close()")
    expect(chat.panel).to_have_count(0)
    page.evaluate("ArcChat.ask('je voudrais faire un don')")
    expect(chat.panel).to_be_visible()
    expect(chat.answers).to_have_count(1)
    chat.press("Don mensuel")
    chat.log.get_by_role("button", name="Oui").first.click()
    expect(chat.status).to_have_text("Merci, votre avis est enregistré.")
    visitor.context.route("https://donner.fondation-arc.org/**", lambda route: route.fulfill(body="ok"))
    with page.expect_popup() as opened:
        chat.log.get_by_role("link").first.click()
    assert opened.value.evaluate("window.opener") is None
    opened.value.close()
    heard = page.evaluate("heard")
    assert heard == [
        ["open", {}],
        ["close", {}],
        ["open", {}],
        ["message-sent", {"kind": "text"}],
        ["answer", {"answer": "utter_donate"}],
        ["message-sent", {"kind": "button"}],
        ["answer", {"answer": "utter_donate_monthly"}],
        ["feedback", {"answer": "utter_donate", "useful": True}],
        ["link", {"kind": "gift"}],
    ]
    told = json.dumps(heard, ensure_ascii=False)
    assert not any(text in told for text in ("je voudrais", "Merci", "Don mensuel", "https:"))


@pytest.mark.parametrize("question", ["", "   ", "a" * 2001, "<b>x</b>"])
def test_strange_questions_through_the_api(visit: Callable[..., Visit], site: Site, question: str) -> None:
    page = visit().page(site.page("/strange"))
    page.evaluate("question => ArcChat.ask(question)", question)
    chat = Chat(page)
    expect(chat.panel).to_be_visible()
    if question == "<b>x</b>":
        expect(chat.log.get_by_text(question)).to_be_visible()
    else:
        expect(chat.log).to_be_attached()
        expect(chat.field).to_have_value(question)
        expect(chat.answers).to_have_count(0)


def test_a_tag_in_the_head_without_defer(visit: Callable[..., Visit], site: Site) -> None:
    page = visit().page(site.page("/early", head=site.tag().replace(" defer", "")))
    Chat(page).open().ask(RATE)
