"""What a visitor sees when something goes wrong, and that nothing is lost or doubled by it."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jwt
import pytest
from playwright.sync_api import Error, Playwright, Route, expect

from scripts.browser import FLAGS, find_chromium
from tests.browser.chat import Chat, Held
from tests.browser.conftest import DESKTOP, MESSAGES, SECRET, Visit
from tests.browser.test_conversation import RATE, events
from tests.server.conftest import Server, kill, start
from tests.server.widget import PATH, Visitor, new_id

NOT_SENT = "Message non envoyé."


def questions(server: Server, chat: Chat) -> list[str]:
    """The visitor's messages that the server has stored."""
    return [json.loads(event)["text"] for event in events(server, chat.token(), "user")]


def refuse(chat: Chat, path: str, status: int, body: str = "{}", method: str = "POST") -> None:
    """Has the browser get this answer from the channel."""

    def handle(route: Route) -> None:
        if route.request.method == method:
            route.fulfill(status=status, body=body, content_type="application/json")
        else:
            route.fallback()

    chat.page.route(f"**{PATH}/{path}", handle)


@contextmanager
def killed(server: Server) -> Iterator[None]:
    """Kills the server for the length of the block, then starts it again at the same place."""
    kill(server)
    try:
        yield
    finally:
        port = server.base.rsplit(":", 1)[1]
        variables = {**server.variables, "PORT": port, "ACTION_PORT": str(server.action_port)}
        server.process = start(server.folder, **variables).process


def test_the_server_is_killed_and_started_again(chat: Chat, bot: Server) -> None:
    chat.ask(RATE)
    alert = chat.panel.get_by_role("alert").filter(has_text=NOT_SENT)
    with killed(bot):
        chat.send("et pour le foie ?")
        expect(alert).to_contain_text("L’assistant n’a pas pu être joint.")
        expect(chat.log).to_contain_text("et pour le foie ?")
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            chat.page.reload()
    chat.page.goto(f"{bot.base}{PATH}/demo")
    Chat(chat.page).open()
    expect(chat.answers).to_have_count(1)
    expect(alert).to_be_visible()  # what was not sent has outlived its page
    chat.button("Renvoyer").click()
    expect(chat.answers).to_have_count(2)
    expect(chat.log).to_contain_text("Pour l’hépatocarcinome")  # the context of the follow-up was kept
    expect(alert).to_have_count(0)
    assert questions(bot, chat) == [RATE, "et pour le foie ?"]


def test_a_message_whose_answer_was_lost_is_not_doubled(chat: Chat, bot: Server) -> None:
    chat.ask(RATE)

    def lose_answer(route: Route) -> None:
        route.fetch()  # the server has it, the browser does not hear of it
        route.abort()

    chat.page.route("**/message", lose_answer, times=1)
    chat.send("et pour le foie ?")
    expect(chat.panel.get_by_text(NOT_SENT)).to_be_visible()
    assert questions(bot, chat) == [RATE, "et pour le foie ?"]
    chat.button("Renvoyer").click()
    expect(chat.answers).to_have_count(2)
    assert questions(bot, chat) == [RATE, "et pour le foie ?"]
    chat.page.reload()
    expect(Chat(chat.page).open().answers).to_have_count(2)


def test_a_page_left_while_a_message_is_under_way(chat: Chat, bot: Server) -> None:
    chat.ask(RATE)
    held = Held(chat.page, "message")
    chat.send("et pour le foie ?")
    held.wait()
    chat.page.unroute_all(behavior="ignoreErrors")
    chat.page.goto(f"{bot.base}{PATH}/demo/other")
    Chat(chat.page).open()
    expect(chat.answers).to_have_count(2)
    assert questions(bot, chat) == [RATE, "et pour le foie ?"]


def test_a_slow_server(visit: Callable[..., Visit]) -> None:
    page = visit().page()
    page.clock.install()
    chat = Chat(page).open()
    held = Held(page, "message")
    chat.send(RATE)
    held.wait()
    expect(chat.status).to_have_text("L’assistant écrit…")
    page.clock.run_for(4_000)
    expect(chat.status).to_have_text("L’assistant écrit…")
    page.clock.run_for(2_000)
    expect(chat.status).to_have_text("L’assistant met plus de temps que d’habitude. Merci de patienter.")
    held.let_go()
    expect(chat.answers).to_have_count(1)
    expect(chat.status).to_have_text("")


def test_messages_written_while_one_is_under_way_keep_their_order(chat: Chat, bot: Server) -> None:
    held = Held(chat.page, "message")
    chat.send(RATE)
    held.wait()
    chat.send("et pour le foie ?")
    chat.page.wait_for_timeout(200)
    assert held.count() == 1
    held.let_go()
    expect(chat.answers).to_have_count(2)
    assert questions(bot, chat) == [RATE, "et pour le foie ?"]


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (500, '{"error": "internal"}', "L’assistant a rencontré une erreur."),
        (503, '{"error": "unavailable"}', "L’assistant est momentanément indisponible."),
        (502, "<html>Bad Gateway</html>", "L’assistant est momentanément indisponible."),
        (403, '{"error": "bad_origin"}', "L’assistant n’est pas disponible sur ce site."),
        (418, '{"error": "<b>new</b>"}', "L’assistant a rencontré une erreur."),
        (200, '{"messages": []}', "L’assistant n’a rien répondu."),
        (200, "[1, 2", "L’assistant a rencontré une erreur."),
        (200, '{"messages": "none"}', "L’assistant a rencontré une erreur."),
    ],
)
def test_answers_that_are_errors(chat: Chat, status: int, body: str, text: str) -> None:
    refuse(chat, "message", status, body)
    chat.send(RATE)
    alert = chat.panel.get_by_role("alert").filter(has_text=NOT_SENT)
    expect(alert).to_contain_text(text)
    assert alert.locator("b").count() == 0
    expect(chat.status).to_have_text("")
    chat.page.unroute_all()
    chat.button("Renvoyer").click()
    expect(chat.answers).to_have_count(1)


def test_a_failed_message_can_be_changed(chat: Chat) -> None:
    refuse(chat, "message", 500)
    chat.send("quel est le taux de reponse")
    chat.button("Modifier").click()
    expect(chat.field).to_be_focused()
    expect(chat.field).to_have_value("quel est le taux de reponse")
    expect(chat.log).not_to_contain_text("taux de reponse")


def test_an_oversize_message(chat: Chat) -> None:
    chat.field.fill("a" * 1799)
    expect(chat.field).to_have_accessible_description("")
    chat.field.fill("🙂" * 2000)  # counted as the server counts: by characters
    expect(chat.field).to_have_accessible_description(re.compile(r"2\s000\s/\s2\s000 caractères"))
    expect(chat.field).to_have_attribute("aria-invalid", "false")
    chat.field.fill("a" * 2001)
    expect(chat.field).to_have_attribute("aria-invalid", "true")
    alert = chat.panel.get_by_role("alert").filter(has_text="dépasse")
    expect(alert).to_have_text(re.compile(r"Votre message dépasse 2\s000 caractères"))
    requests: list[str] = []
    chat.page.on("request", lambda request: requests.append(request.url))
    chat.field.press("Enter")
    chat.button("Envoyer").click()
    expect(chat.field).to_have_value("a" * 2001)
    assert requests == []
    chat.field.fill("a" * 1999)
    expect(alert).to_have_count(0)
    chat.field.press("Enter")
    expect(chat.answers).to_have_count(1)


def test_a_server_that_takes_less_says_so(chat: Chat) -> None:
    refuse(chat, "message", 422, '{"error": "too_long", "max_characters": 100}')
    chat.send("a" * 200)
    expect(chat.panel.get_by_role("alert").filter(has_text=NOT_SENT)).to_contain_text("Ce message est trop long.")
    chat.button("Modifier").click()
    expect(chat.panel.get_by_role("alert").filter(has_text="dépasse 100 caractères")).to_be_visible()


def test_too_many_messages(chat: Chat, bot: Server) -> None:
    chat.ask(RATE)
    flood = Visitor(bot, chat.token())
    answers = [flood.call("POST", "/message", json={"id": new_id(), "text": "bonjour"}) for _ in range(MESSAGES)]
    assert answers[-1].status_code == 429
    chat.send("et pour le foie ?")
    alert = chat.panel.get_by_role("alert").filter(has_text=NOT_SENT)
    expect(alert).to_contain_text(re.compile(r"Trop de messages en peu de temps. Réessayez dans \d+ seconde"))
    again = chat.button("Renvoyer")
    expect(again).to_have_attribute("aria-disabled", "true")
    again.click(force=True)
    expect(alert).to_be_visible()
    expect(again).to_have_attribute("aria-disabled", "false")
    again.click()
    expect(alert).to_have_count(0)
    expect(chat.answers).to_have_count(2)


@pytest.mark.parametrize(("age", "text"), [(60, "expired_token"), (None, "bad_token")])
def test_a_token_that_is_no_longer_good(visit: Callable[..., Visit], age: int | None, text: str) -> None:
    claims = {"sub": "widget-" + "0" * 32, "aud": "assistant-widget", "exp": int(time.time()) - (age or -60)}
    token = jwt.encode(claims, SECRET if age else "another secret, of more than forty characters", algorithm="HS256")
    page = visit().page()
    with page.expect_response(f"**{PATH}/conversation") as answer:
        page.evaluate("token => localStorage.setItem('arc-chat', JSON.stringify({token, unsent: []}))", token)
        chat = Chat(page).open()
    assert answer.value.json() == {"error": text}
    expect(chat.status).to_have_text("Votre conversation précédente a expiré. Une nouvelle conversation commence.")
    chat.ask(RATE)
    assert chat.token() != token


def test_a_token_that_expires_during_the_conversation(chat: Chat) -> None:
    chat.ask(RATE)
    old = chat.token()
    body = '{"error": "expired_token"}'
    chat.page.route("**/message", lambda route: route.fulfill(status=401, body=body), times=1)
    chat.send("que raconte xavier ?")
    expect(chat.log).to_contain_text("59 ans")
    expect(chat.status).to_have_text("Votre conversation précédente a expiré. Une nouvelle conversation commence.")
    assert chat.token() != old


def test_offline(chat: Chat, bot: Server) -> None:
    chat.ask(RATE)
    chat.page.context.set_offline(True)
    alert = chat.panel.get_by_role("alert").filter(has_text="Vous êtes hors connexion. Vos messages partiront")
    expect(alert).to_be_visible()
    chat.send("et pour le foie ?")
    expect(chat.panel.get_by_text(NOT_SENT)).to_be_visible()
    chat.page.context.set_offline(False)
    expect(alert).to_have_count(0)
    expect(chat.answers).to_have_count(2)  # sent again by itself
    assert questions(bot, chat) == [RATE, "et pour le foie ?"]


def test_opening_without_a_server(visit: Callable[..., Visit]) -> None:
    page = visit().page()
    page.route(f"**{PATH}/opening", lambda route: route.abort())
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.panel.get_by_role("alert").first).to_have_text("L’assistant ne répond pas pour le moment.")
    page.unroute_all()
    chat.button("Réessayer").click()
    expect(chat.suggestions).to_be_visible()
    chat.ask(RATE)


def test_what_could_not_be_stored_or_deleted_is_said(chat: Chat, bot: Server) -> None:
    chat.ask(RATE)
    refuse(chat, "feedback", 503, '{"error": "unavailable"}')
    yes = chat.log.get_by_role("button", name="Oui")
    yes.click()
    expect(chat.panel.get_by_role("alert").filter(has_text="Votre avis n’a pas pu être enregistré.")).to_be_visible()
    expect(yes).to_have_attribute("aria-pressed", "false")
    refuse(chat, "conversation", 503, '{"error": "unavailable"}', method="DELETE")
    chat.choose("Supprimer ma conversation").get_by_role("button", name="Supprimer").click()
    failed = chat.panel.get_by_role("alert").filter(has_text="La conversation n’a pas pu être supprimée.")
    expect(failed).to_be_visible()
    expect(chat.answers).to_have_count(1)
    assert events(bot, chat.token()) != []


def test_without_storage(playwright: Playwright, bot: Server, tmp_path: Path) -> None:
    """A browser whose settings refuse all site data: the conversation lasts as long as its page."""
    (tmp_path / "Default").mkdir()
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(settings))
    context = playwright.chromium.launch_persistent_context(
        str(tmp_path), executable_path=find_chromium(), args=FLAGS, viewport=DESKTOP
    )
    try:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{bot.base}{PATH}/demo")
        assert page.evaluate("(() => { try { return localStorage.length } catch (e) { return e.name } })()") == (
            "SecurityError"
        )
        chat = Chat(page).open()
        chat.ask(RATE)
        chat.ask("et pour le foie ?")
        expect(chat.log).to_contain_text("Pour l’hépatocarcinome")
        chat.choose("Recommencer").get_by_role("button", name="Recommencer").click()
        expect(chat.answers).to_have_count(0)
        assert errors == []
    finally:
        context.close()
