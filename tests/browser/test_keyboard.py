"""Everything can be done, and found again, without a mouse."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chat import LAUNCHER, TITLE, Chat, Held
from tests.browser.conftest import PHONE, Visit
from tests.browser.site import Site
from tests.browser.test_conversation import RATE

FIELD = "textarea Votre question"


def test_a_conversation_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    page = visit().page()
    chat = Chat(page)
    press = page.keyboard.press
    reach(chat, f"button {LAUNCHER}")
    press("Enter")
    expect(chat.field).to_be_focused()
    expect(chat.suggestions).to_be_visible()

    reach(chat, "button Est-ce efficace", "Shift+Tab")
    press("Space")
    expect(chat.answers).to_have_count(1)
    expect(chat.field).to_be_focused()
    page.keyboard.type("je voudrais faire un don")
    press("Shift+Enter")
    page.keyboard.type("svp")
    expect(chat.field).to_have_value("je voudrais faire un don\nsvp")
    press("Enter")
    expect(chat.answers).to_have_count(2)
    expect(chat.field).to_be_focused()
    expect(chat.field).to_have_value("")

    reach(chat, "a Faire un don", "Shift+Tab")
    useful = chat.log.get_by_role("button", name="Oui")
    expect(useful).to_have_count(2)
    useful = useful.last
    reach(chat, "button Oui")
    press("Enter")
    expect(chat.status).to_have_text("Merci, votre avis est enregistré.")
    expect(useful).to_be_focused()

    reach(chat, "button Options", "Shift+Tab")
    press("Enter")
    reach(chat, "button Supprimer ma conversation")
    press("Enter")
    question = page.get_by_role("alertdialog")
    expect(question).to_be_visible()
    assert chat.focused() == "button Annuler"  # the harmless one first
    for _ in range(3):  # nothing behind the question can be reached
        press("Tab")
        assert chat.focused() in ("button Annuler", "button Supprimer") or chat.focused().startswith("body")
    press("Escape")
    expect(question).to_have_count(0)
    expect(chat.options).to_be_focused()
    reach(chat, "button Supprimer ma conversation")
    press("Enter")
    reach(chat, "button Supprimer")
    press("Enter")
    expect(chat.answers).to_have_count(0)
    expect(chat.field).to_be_focused()

    press("Escape")
    expect(chat.panel).to_have_count(0)
    expect(chat.launcher).to_be_focused()


def reach(chat: Chat, wanted: str, key: str = "Tab") -> None:
    """Presses Tab until the wanted element has the focus."""
    passed = []
    for _ in range(40):
        passed.append(" ".join(chat.focused().split()))
        if passed[-1].startswith(wanted):
            return
        chat.page.keyboard.press(key)
    raise AssertionError(f"{wanted} was not reached: {passed}")


def test_the_order_of_focus_is_the_order_of_reading(chat: Chat) -> None:
    chat.ask("je voudrais faire un don")
    expect(chat.answers.first).to_be_visible()
    chat.panel.get_by_role("heading", name=TITLE).focus()
    order = []
    for _ in range(12):
        chat.page.keyboard.press("Tab")
        order.append(" ".join(chat.focused().split()))
    assert order == [
        "button Options",
        "button Fermer",
        "section Messages de la conversation",
        "a Confidentialité (s’ouvre dans un nouvel onglet)",
        "a Faire un don s’ouvre dans un nouvel onglet",
        "button Oui",
        "button Non",
        "button Copier",
        "button Don ponctuel",
        "button Don mensuel",
        FIELD,
        "button Envoyer",
    ]


def test_every_focus_can_be_seen(chat: Chat) -> None:
    chat.ask("je voudrais faire un don")
    expect(chat.answers.first).to_be_visible()
    chat.panel.get_by_role("heading", name=TITLE).focus()
    for _ in range(12):
        chat.page.keyboard.press("Tab")
        seen = chat.page.evaluate(
            """() => {
                const root = document.querySelector("arc-chat").shadowRoot, element = root.activeElement;
                const style = getComputedStyle(element), box = element.getBoundingClientRect();
                const over = root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return [style.outlineStyle, parseFloat(style.outlineWidth) >= 2, element.contains(over)];
            }"""
        )
        assert seen == ["solid", True, True], chat.focused()


def test_the_page_stays_in_reach_on_a_desktop(chat: Chat) -> None:
    reach(chat, "a Première page")


def test_the_page_is_out_of_reach_behind_a_full_screen(visit: Callable[..., Visit]) -> None:
    chat = visit(viewport={"width": 390, "height": 844}).chat()
    for _ in range(15):
        chat.page.keyboard.press("Tab")
        assert not chat.focused().startswith("a ") or "Confidentialité" in chat.focused()


def test_focus_returns_to_where_it_came_from(visit: Callable[..., Visit], site: Site) -> None:
    page = visit().page(site.page("/focus"))
    own = page.get_by_role("button", name="Un bouton du site")
    own.focus()
    page.evaluate("ArcChat.open()")
    chat = Chat(page)
    expect(chat.field).to_be_focused()
    page.keyboard.press("Escape")
    expect(own).to_be_focused()
    chat.launcher.click()
    chat.button("Fermer").click()
    expect(chat.launcher).to_be_focused()
    chat.launcher.click()
    own.click()  # the visitor is elsewhere: closing does not call them back
    page.evaluate("ArcChat.close()")
    expect(own).to_be_focused()


def test_escape_closes_one_thing_at_a_time(visit: Callable[..., Visit]) -> None:
    for options in ({}, {"viewport": {"width": 390, "height": 844}}):
        chat = visit(**options).chat()
        chat.ask(RATE)
        press = chat.page.keyboard.press
        question = chat.choose("Recommencer")
        press("Escape")
        expect(question).to_have_count(0)
        expect(chat.button("Recommencer")).to_be_visible()
        press("Escape")
        expect(chat.button("Recommencer")).to_have_count(0)
        expect(chat.options).to_be_focused()
        expect(chat.panel).to_be_visible()
        press("Escape")
        expect(chat.panel).to_have_count(0)
        expect(chat.launcher).to_be_focused()
        chat.open()
        press("Escape")
        press("Escape")
        expect(chat.panel).to_have_count(0)


def test_a_message_that_failed_by_keyboard(chat: Chat) -> None:
    chat.page.route("**/message", lambda route: route.abort(), times=1)
    chat.page.keyboard.type(RATE)
    chat.page.keyboard.press("Enter")
    expect(chat.panel.get_by_text("Message non envoyé.")).to_be_visible()
    reach(chat, "button Renvoyer", "Shift+Tab")
    chat.page.keyboard.press("Enter")
    expect(chat.answers).to_have_count(1)
    expect(chat.field).to_be_focused()


def test_a_telephone_keeps_its_keyboard_away(visit: Callable[..., Visit]) -> None:
    page = visit(**PHONE).page()
    chat = Chat(page)
    chat.launcher.tap()
    expect(chat.panel.get_by_role("heading", name=TITLE)).to_be_focused()
    chat.suggestions.get_by_role("button").first.tap()
    expect(chat.answers).to_have_count(1)
    expect(chat.panel.get_by_role("region", name="Messages de la conversation")).to_be_focused()


def test_what_is_read_out(chat: Chat) -> None:
    """Roles, names and live regions, as the browser hands them to a screen reader."""
    assert chat.page.locator("arc-chat").evaluate("host => host.shadowRoot.querySelector('.root').lang") == "fr"
    held = Held(chat.page, "message")
    chat.send(RATE)
    held.wait()
    expect(chat.panel).to_match_aria_snapshot(
        """
        - dialog "Assistant immunothérapie":
          - heading "Assistant immunothérapie" [level=2]
          - button "Fermer"
          - region "Messages de la conversation":
            - heading "Qui vous répond ?" [level=3]
            - log "Conversation":
              - paragraph: quel est le taux de réponse ?
              - time
          - status: L’assistant écrit…
          - textbox "Votre question"
          - button "Envoyer"
        """
    )
    held.let_go()
    expect(chat.answers).to_have_count(1)
    expect(chat.answers.first).to_be_visible()
    expect(chat.panel).to_match_aria_snapshot(
        """
        - dialog "Assistant immunothérapie":
          - button "Options"
          - region "Messages de la conversation":
            - log "Conversation":
              - list:
                - listitem: /30 %/
              - paragraph: /Source/
              - group "Cette réponse vous a-t-elle été utile ?":
                - button "Oui"
                - button "Non"
              - button "Copier"
            - group "Suggestions de questions":
              - button "Lire la suite"
          - status
        """
    )
    live = chat.log.evaluate(
        "log => [log.getAttribute('aria-live'), log.querySelector('.tools').getAttribute('aria-live')]"
    )
    assert live == [None, "off"]  # the log's role says polite; the buttons below an answer are not read out with it


@pytest.mark.parametrize("media", [{}, PHONE])
def test_the_newest_answer_is_in_view(visit: Callable[..., Visit], media: dict) -> None:
    chat = visit(**media).chat()
    for text in (RATE, "que raconte xavier ?", "je voudrais faire un don"):
        chat.ask(text)
    expect(chat.log.get_by_text("je voudrais faire un don")).to_be_in_viewport(ratio=0.9)
    expect(chat.log.get_by_text(re.compile("^Merci de penser"))).to_be_in_viewport(ratio=0.9)
    assert chat.page.evaluate("scrollY") == 0
