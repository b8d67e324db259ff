"""No content can act: not the visitor's, not the server's, not the page's around."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from assistant.settings import ROOT
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.test_conversation import RATE
from tests.server.conftest import Server
from tests.server.widget import PATH

ATTACK = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
BAD_ADDRESSES = [
    "javascript:document.title='hacked'",
    "JavaScript:document.title='hacked'",
    " javascript:document.title='hacked'",
    "java\nscript:document.title='hacked'",
    "data:text/html,<script>document.title='hacked'</script>",
    "vbscript:x",
    "blob:http://127.0.0.1/x",
    "http://www.example.org/",
    "//www.example.org/",
    "/webhooks/widget/demo",
    "file:///etc/passwd",
    "",
]


def answer_with(chat: Chat, **changes: Any) -> None:
    """Changes the real answers of the server on their way to the browser."""

    def change(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        body["messages"] = [{**message, **changes} for message in body["messages"]]
        route.fulfill(response=response, body=json.dumps(body))

    chat.page.route(f"**{PATH}/message", change)


def check_harmless(chat: Chat) -> None:
    """What was an attack is text, and nothing has happened."""
    chat.page.wait_for_timeout(200)
    assert "hacked" not in chat.page.title()
    shadow = "document.querySelector('arc-chat').shadowRoot"
    assert chat.page.evaluate(f"{shadow}.querySelectorAll('img, script, iframe, object, embed, style').length") == 0


def test_a_script_in_what_the_visitor_writes(chat: Chat) -> None:
    chat.ask(ATTACK)
    expect(chat.log.get_by_text(ATTACK)).to_be_visible()
    chat.page.reload()
    Chat(chat.page).open()
    expect(chat.log).to_contain_text("onerror=")
    check_harmless(chat)


def test_scripts_in_what_the_server_says(chat: Chat) -> None:
    answer_with(
        chat,
        text=f"**{ATTACK}**\n\n- {ATTACK}",
        source=ATTACK,
        buttons=[{"title": ATTACK, "payload": "/definition"}],
        links=[{"title": ATTACK, "url": "https://www.example.org/", "kind": ATTACK}],
    )
    chat.ask(RATE)
    expect(chat.log.get_by_role("strong").filter(has_text=ATTACK)).to_have_count(2)
    expect(chat.log.get_by_role("listitem")).to_have_text(ATTACK)
    expect(chat.suggestions.get_by_role("button")).to_have_text(ATTACK)
    expect(chat.log.get_by_role("link")).to_contain_text(ATTACK)
    check_harmless(chat)
    chat.page.unroute_all()
    chat.suggestions.get_by_role("button").click()
    expect(chat.answers).to_have_count(2)
    check_harmless(chat)


def test_scripts_in_the_stored_history(chat: Chat) -> None:
    chat.ask(RATE)
    messages = [
        {"id": "a", "from": "user", "time": 1, "text": ATTACK},
        {
            "id": "a.0",
            "from": "assistant",
            "time": 1,
            "text": ATTACK,
            "buttons": [{"title": ATTACK, "payload": ATTACK}],
            "links": [{"title": ATTACK, "url": url} for url in BAD_ADDRESSES],
        },
        {"id": {"a": 1}, "from": "assistant", "text": ATTACK},
        None,
        "text",
    ]
    body = json.dumps({"messages": messages})
    chat.page.route(f"**{PATH}/conversation", lambda route: route.fulfill(body=body, content_type="application/json"))
    chat.page.reload()
    Chat(chat.page).open()
    expect(chat.log.get_by_text(ATTACK)).to_have_count(2)
    expect(chat.log.get_by_role("link")).to_have_count(0)
    check_harmless(chat)


def test_scripts_in_what_the_browser_has_stored(visit: Callable[..., Visit]) -> None:
    page = visit().page()
    turn = {"id": "a", "text": ATTACK, "time": 1, "state": "failed", "problem": {"code": ATTACK}, "answers": []}
    stored = {"token": None, "unsent": [turn, {"id": 5}, None]}
    page.evaluate("stored => localStorage.setItem('arc-chat', JSON.stringify(stored))", stored)
    chat = Chat(page).open()
    expect(chat.log.get_by_text(ATTACK)).to_be_visible()
    expect(chat.panel.get_by_role("alert").filter(has_text="Message non envoyé.")).to_be_visible()
    check_harmless(chat)


def test_only_safe_addresses_become_links(chat: Chat) -> None:
    good = ["https://www.example.org/", "mailto:a@example.org", "tel:15"]
    links = [{"title": f"Lien {url!r}", "url": url, "kind": "article"} for url in [*BAD_ADDRESSES, *good]]
    answer_with(chat, links=[*links, {"title": "Sans adresse"}, {"title": "Nombre", "url": 5}])
    chat.ask(RATE)
    found = chat.log.get_by_role("link")
    expect(found).to_have_count(len(good))
    assert [link.get_attribute("href") for link in found.all()] == good
    assert [link.get_attribute("target") for link in found.all()] == ["_blank", None, None]
    expect(found.first).to_have_accessible_name(f"Lien {good[0]!r} s’ouvre dans un nouvel onglet")


def test_a_button_that_does_not_exist(chat: Chat) -> None:
    answer_with(chat, buttons=[{"title": "Un autre", "payload": '/restart{"a": 1}'}])
    chat.ask(RATE)
    chat.page.unroute_all()
    chat.suggestions.get_by_role("button", name="Un autre").click()
    alert = chat.panel.get_by_role("alert").filter(has_text="Message non envoyé.")
    expect(alert).to_contain_text("Cette suggestion n’est plus disponible.")
    chat.button("Retirer").click()
    expect(alert).to_have_count(0)


def test_the_strictest_policy_is_never_violated(visit: Callable[..., Visit], site: Site) -> None:
    """On a website of another origin: nothing but the assistant's address is allowed, and no trusted type."""
    chat = visit().chat(site.page("/strict"))
    chat.press("L’immunothérapie, qu’est-ce que c’est ?")
    chat.ask("je voudrais faire un don")
    chat.log.get_by_role("button", name="Oui").first.click()
    expect(chat.status).to_have_text("Merci, votre avis est enregistré.")
    chat.ask(ATTACK)
    chat.answers.first.click()
    chat.page.reload()
    Chat(chat.page).open()
    expect(chat.answers).to_have_count(3)
    chat.choose("Supprimer ma conversation").get_by_role("button", name="Supprimer").click()
    expect(chat.answers).to_have_count(0)
    chat.button("Fermer").click()
    # the fixture `visit` counts the violations


def test_violations_would_be_counted(visit: Callable[..., Visit], site: Site) -> None:
    visitor = visit(expected_errors=True)
    page = visitor.page(site.page("/violations", body='<p style="color: red">x</p>'))
    page.evaluate("try { document.body.innerHTML = '<b>x</b>' } catch {}")
    page.wait_for_function("violations.length === 2")
    assert [text.split()[0] for text in visitor.violations()] == ["style-src-attr", "require-trusted-types-for"]
    assert len(visitor.errors) >= 2


def test_a_website_that_is_not_in_the_settings(visit: Callable[..., Visit], site: Site, bot: Server) -> None:
    visitor = visit(expected_errors=True)
    site.page("/stranger")
    page = visitor.page(f"{site.stranger}/stranger")
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.panel.get_by_role("alert").first).to_have_text("L’assistant ne répond pas pour le moment.")
    chat.send(RATE)
    expect(chat.panel.get_by_role("alert").filter(has_text="Message non envoyé.")).to_be_visible()
    assert page.evaluate(f"fetch('{bot.base}{PATH}/opening').then(() => 'read', (error) => error.name)") == "TypeError"
    page.goto(site.page("/friend"))
    expect(Chat(page).open().suggestions).to_be_visible()  # the same page is welcome at an origin that is


def integrity(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


@pytest.mark.parametrize("right", [True, False])
def test_subresource_integrity(visit: Callable[..., Visit], site: Site, right: bool) -> None:
    content = (ROOT / "widget" / "dist" / "widget.js").read_bytes()
    tag = site.tag(integrity=integrity(content if right else content + b" "), crossorigin="anonymous")
    page = visit(expected_errors=not right).page(site.page("/integrity", head=tag))
    page.wait_for_load_state("networkidle")
    expect(Chat(page).launcher).to_have_count(1 if right else 0)
    if right:
        Chat(page).open().ask(RATE)


def test_nothing_is_stored_or_asked_before_the_chat_is_opened(visit: Callable[..., Visit], site: Site) -> None:
    visitor = visit()
    requests: list[str] = []
    visitor.context.on("request", lambda request: requests.append(request.url))
    page = visitor.page(site.page("/quiet"))
    page.wait_for_load_state("networkidle")
    nothing = {"local": {}, "session": {}, "cookie": "", "databases": 0, "caches": 0}
    chat = Chat(page)
    assert chat.stored() == nothing
    assert requests == [page.url, f"{site.bot}{PATH}/widget.js"]
    chat.open()
    assert chat.stored() == nothing  # not yet: there is nothing to keep
    chat.ask(RATE)
    assert set(chat.stored()["local"]) == {"arc-chat"}
    assert {**chat.stored(), "local": {}} == nothing
    assert RATE not in json.dumps(chat.stored())  # what is answered is kept by the server alone
    assert visitor.context.cookies() == []
    assert {url.removeprefix(site.bot) for url in requests[2:]} == {
        f"{PATH}/{path}" for path in ("opening", "conversation", "message")
    }
