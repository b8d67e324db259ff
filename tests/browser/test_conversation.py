"""What a visitor does, from the first click to the deletion, against the real assistant."""

import json
import re
import sqlite3
from collections.abc import Callable

import jwt
from playwright.sync_api import expect

from tests.browser.chat import Chat, Held
from tests.browser.conftest import PRIVACY, SECRET, Visit
from tests.server.conftest import Server
from tests.server.widget import PATH

RATE = "quel est le taux de réponse ?"


def events(server: Server, token: str, kind: str | None = None) -> list[str]:
    """What the server has stored of a conversation."""
    sender = jwt.decode(token, SECRET, algorithms=["HS256"], audience="assistant-widget")["sub"]
    query = "SELECT data FROM events WHERE sender_id = ? AND type_name LIKE ?"
    with sqlite3.connect(server.folder / "test.db") as database:
        return [row[0] for row in database.execute(query, (sender, kind or "%"))]


def test_who_is_speaking_is_said_before_the_first_message(chat: Chat) -> None:
    intro = chat.panel.get_by_role("region", name="Messages de la conversation")
    expect(intro.get_by_role("heading", name="Qui vous répond ?")).to_be_visible()
    for text in ("pas un médecin", "2020", "données personnelles sur votre santé"):
        expect(intro).to_contain_text(text)
    link = intro.get_by_role("link", name="Confidentialité (s’ouvre dans un nouvel onglet)")
    expect(link).to_have_attribute("href", PRIVACY)
    expect(chat.suggestions.get_by_role("button")).to_have_count(3)


def test_a_whole_conversation(chat: Chat, bot: Server) -> None:
    page = chat.page
    chat.press("L’immunothérapie, qu’est-ce que c’est ?")
    expect(chat.log).to_contain_text("système immunitaire")
    expect(chat.log).to_contain_text("Source : Fondation ARC")

    chat.ask(RATE)
    figures = chat.log.get_by_role("listitem")
    expect(figures).to_have_count(3)
    expect(figures.nth(1)).to_contain_text("20 %")
    expect(chat.log.get_by_role("strong").filter(has_text="inhibiteurs de point de contrôle")).to_be_visible()

    chat.ask("et pour le foie ?")
    expect(chat.log).to_contain_text("Pour l’hépatocarcinome")

    chat.press("Lire la suite")
    expect(chat.log.get_by_role("link", name="s’ouvre dans un nouvel onglet")).to_have_count(1)
    chat.ask("je voudrais faire un don")
    gift = chat.log.get_by_role("link", name="Faire un don s’ouvre dans un nouvel onglet")
    expect(gift).to_have_attribute("href", "https://donner.fondation-arc.org/dons/~mon-don")
    expect(gift).to_have_attribute("target", "_blank")
    expect(gift).to_have_attribute("rel", "noopener")
    chat.press("Don mensuel")
    expect(chat.log.get_by_role("link")).to_have_count(3)
    expect(chat.log.get_by_text(re.compile(r"^\d\d:\d\d$"))).to_have_count(12)  # a time for each message

    useful = chat.log.get_by_role("group", name="Cette réponse vous a-t-elle été utile ?").nth(1)
    useful.get_by_role("button", name="Oui").click()
    expect(chat.status).to_have_text("Merci, votre avis est enregistré.")
    useful.get_by_role("button", name="Non").click()
    expect(useful.get_by_role("button", name="Non", pressed=True)).to_be_visible()
    expect(useful.get_by_role("button", name="Oui", pressed=False)).to_be_visible()
    page.wait_for_timeout(300)
    stored = events(bot, chat.token(), "feedback")
    assert len(stored) == 2
    assert '"answer": "utter_response_rate"' in stored[-1]
    assert '"useful": false' in stored[-1]

    before = chat.log.text_content()
    page.reload()
    Chat(page).open()
    expect(chat.answers).to_have_count(6)
    assert chat.log.text_content() == before
    expect(useful.get_by_role("button", name="Non", pressed=True)).to_be_visible()

    page.goto(f"{bot.base}{PATH}/demo/other")
    Chat(page).open()
    expect(chat.answers).to_have_count(6)
    chat.ask("et une seule fois ?")
    expect(chat.answers).to_have_count(7)


def test_the_article_that_a_visitor_opens_is_noted(visit: Callable[..., Visit], bot: Server) -> None:
    visitor = visit()
    visitor.context.route("https://www.fondation-arc.org/**", lambda route: route.fulfill(body="ok"))
    chat = visitor.chat()
    chat.ask(RATE)
    chat.press("Lire la suite")
    link = chat.log.get_by_role("link", name="s’ouvre dans un nouvel onglet")
    assert events(bot, chat.token(), "link_opened") == []
    with chat.page.expect_response(f"**{PATH}/opened") as noted, chat.page.expect_popup() as opened:
        link.click()
    opened.value.close()
    assert noted.value.status == 204
    told = noted.value.request.post_data_json
    assert link.text_content().startswith(told["link"])
    (kept,) = map(json.loads, events(bot, chat.token(), "link_opened"))
    assert (kept["message_id"], kept["link"]) == (told["message_id"], "home")
    answers = [event["text"] for event in map(json.loads, events(bot, chat.token(), "bot"))]
    assert len(answers) == 2  # the conversation holds no more than it did


def test_two_tabs_stay_in_step(visit: Callable[..., Visit]) -> None:
    visitor = visit()
    one, other = visitor.chat(), visitor.chat()
    one.ask(RATE)
    expect(other.answers).to_have_count(1)
    expect(other.log).to_contain_text(RATE)
    other.ask("et pour le foie ?")
    expect(one.log).to_contain_text("Pour l’hépatocarcinome")
    assert one.log.text_content() == other.log.text_content()
    assert one.token() == other.token()

    one.page.bring_to_front()  # a tab in the background draws seldom
    one.log.get_by_role("button", name="Oui").first.click()
    expect(other.log.get_by_role("button", name="Oui", pressed=True)).to_have_count(1)
    one.choose("Supprimer ma conversation").get_by_role("button", name="Supprimer").click()
    expect(other.answers).to_have_count(0)
    other.ask(RATE)
    expect(one.answers).to_have_count(1)


def test_two_tabs_begin_one_conversation(visit: Callable[..., Visit]) -> None:
    visitor = visit()
    one, other = visitor.chat(), visitor.chat()
    one.send(RATE)
    other.send("que raconte xavier ?")
    for chat in (one, other):
        expect(chat.answers).to_have_count(2)
    assert one.token() == other.token()
    other.page.reload()
    expect(Chat(other.page).open().answers).to_have_count(2)


def test_deleting_asks_first_and_leaves_nothing(chat: Chat, bot: Server) -> None:
    chat.ask(RATE)
    token = chat.token()
    assert len(events(bot, token)) > 2
    question = chat.choose("Supprimer ma conversation")
    expect(question).to_have_accessible_name("Supprimer cette conversation ?")
    expect(question).to_have_accessible_description(re.compile("supprimés définitivement"))
    question.get_by_role("button", name="Annuler").click()
    expect(question).to_have_count(0)
    expect(chat.answers).to_have_count(1)
    chat.button("Supprimer ma conversation").click()
    question.get_by_role("button", name="Supprimer").click()
    expect(chat.status).to_have_text("Votre conversation a été supprimée.")
    expect(chat.answers).to_have_count(0)
    expect(chat.suggestions).to_be_visible()
    assert events(bot, token) == []
    assert chat.stored()["local"] == {}
    chat.ask(RATE)
    assert chat.token() != token


def test_starting_again(chat: Chat, bot: Server) -> None:
    chat.ask(RATE)
    token = chat.token()
    chat.choose("Recommencer").get_by_role("button", name="Recommencer").click()
    expect(chat.status).to_have_text("Une nouvelle conversation commence.")
    expect(chat.answers).to_have_count(0)
    assert events(bot, token) == []


def test_an_answer_can_be_copied(visit: Callable[..., Visit]) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    chat = visitor.chat()
    chat.ask("je voudrais faire un don")
    chat.answers.first.click()
    expect(chat.status).to_have_text("Réponse copiée.")
    copied = " ".join(chat.page.evaluate("navigator.clipboard.readText()").split())
    assert copied.startswith("Merci de penser à la recherche")
    assert "https://donner.fondation-arc.org/dons/~mon-don" in copied
    assert "Source : Fondation ARC" in copied
    assert "**" not in copied


def test_an_answer_to_a_closed_chat_is_marked_unread(visit: Callable[..., Visit]) -> None:
    page = visit().page()
    chat = Chat(page).open()
    held = Held(page, "message")
    chat.send(RATE)
    held.wait()
    chat.button("Fermer").click()
    held.let_go()
    expect(page.get_by_role("button", name="Poser une question 1 nouvelle réponse")).to_be_visible()
    Chat(page).open()
    expect(chat.answers).to_have_count(1)
    chat.button("Fermer").click()
    expect(page.get_by_role("button", name="Poser une question", exact=True)).to_be_visible()


def test_an_emergency_is_not_asked_about(chat: Chat) -> None:
    chat.ask("je n’arrive plus à respirer")
    expect(chat.log).to_contain_text("Appelez tout de suite le 15")
    expect(chat.log.get_by_role("group", name="Cette réponse vous a-t-elle été utile ?")).to_have_count(0)
