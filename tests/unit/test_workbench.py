"""The workbench's sessions, forms, looks and pages, without a server."""

import shutil
import time
import uuid
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jwt
import pytest

from assistant.channels.gate import Gate
from assistant.channels.refusals import RefusedError
from assistant.channels.rendering import widget_answer
from assistant.content.catalogue import Catalogue
from assistant.privacy import records
from assistant.settings import SettingsError, read_settings
from assistant.workbench import forms, rendering
from assistant.workbench.looks import LOOKS, WIDGET, Bubble, bubbles
from assistant.workbench.rendering import Pages
from assistant.workbench.sessions import AUDIENCE, SECONDS, Session, Sessions, set_cookie
from assistant.workbench.telling import lines
from tests.unit.test_explaining import action, bot, user

SECRET, TOKEN = "k" * 40, "le jeton de l’atelier, assez long, é"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(SECRET, TOKEN)


@pytest.fixture(scope="module")
def gate(content: Catalogue) -> Gate:
    return Gate(content, read_settings({"MAX_CHARACTERS": "100"}))


@pytest.fixture(scope="module")
def pages(gate: Gate) -> Pages:
    return Pages(gate, read_settings({}), "/webhooks/workbench")


# Sessions


def test_the_token_is_long_or_there_is_no_workbench() -> None:
    assert read_settings({}).workbench_token is None
    with pytest.raises(SettingsError, match="WORKBENCH_TOKEN"):
        read_settings({"WORKBENCH_TOKEN": "x" * 31})
    assert "x" * 32 not in repr(read_settings({"WORKBENCH_TOKEN": "x" * 32}))


def test_only_the_token_is_the_token(sessions: Sessions) -> None:
    assert sessions.is_token(f" {TOKEN}\n")
    for typed in ("", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\udcff"):
        assert not sessions.is_token(typed)


def test_a_cookie_gives_its_session_back(sessions: Sessions) -> None:
    session = sessions.begin()
    assert sessions.read(sessions.cookie(session)) == session
    assert session.sender != sessions.begin().sender
    assert 0 < session.expires - time.time() <= SECONDS
    assert TOKEN not in sessions.cookie(session)


def test_cookies_that_are_forged_or_over_open_nothing(sessions: Sessions) -> None:
    def signed(sub: str, key: str = sessions._key, aud: str = AUDIENCE, seconds: int = 60) -> str:
        return jwt.encode({"sub": sub, "aud": aud, "exp": int(time.time()) + seconds}, key, algorithm="HS256")

    name = f"workbench-{'0' * 32}-a"
    assert sessions.read(signed(name)) is not None
    forged = [None, "", "é", "a.b.c", sessions.cookie(sessions.begin())[:-3] + "abc"]
    forged += [signed(name, key=SECRET), signed(name, aud="assistant-widget"), signed(name, seconds=-1)]
    forged += [signed("widget-" + "0" * 32), signed(name + "\n"), signed("workbench-x-a")]
    forged += [jwt.encode({"sub": name, "aud": AUDIENCE, "exp": 9999999999}, None, algorithm="none")]
    assert [sessions.read(cookie) for cookie in forged] == [None] * len(forged)
    assert Sessions(SECRET, TOKEN + "2").read(signed(name)) is None  # whoever changes the token ends all sessions


def test_the_other_conversation_goes_there_and_back(sessions: Sessions) -> None:
    session = sessions.begin()
    other = sessions.renamed(session, session.other)
    assert other.sender != session.sender
    assert (other.other, other.expires) == (session.sender, session.expires)
    assert sessions.renamed(session).sender not in (session.sender, session.other)


@pytest.mark.parametrize("is_https", [True, False])
def test_the_cookie_is_for_the_workbench_and_no_script(is_https: bool) -> None:
    header = set_cookie("x", int(time.time()) + 60, "/webhooks/workbench", is_https)
    assert ("Secure" in header) == is_https
    for part in ("HttpOnly", "SameSite=Strict", "Path=/webhooks/workbench", "Max-Age="):
        assert part in header
    assert "Max-Age=0" in set_cookie("", 0, "/x", is_https)


# Forms


def test_a_form_is_read_and_anything_else_is_refused() -> None:
    assert forms.read_form(FORM, b"text=c%C3%A9+%26+x&empty=") == {"text": "cé & x", "empty": ""}
    bodies = [b"text=%FF", "text=é".encode(), b"&".join(b"a=1" for _ in range(50))]
    for body in bodies:
        with pytest.raises(RefusedError, match="bad_request"):
            forms.read_form(FORM, body)
    with pytest.raises(RefusedError, match="bad_type"):
        forms.read_form("text/plain", b"text=a")


def test_messages_of_a_form(gate: Gate) -> None:
    id_ = str(uuid.uuid4())
    assert forms.read_message({"id": id_, "text": " /donate a"}, gate, 0).text == "donate a"
    assert forms.read_message({"id": id_, "payload": "/donate"}, gate, 0).text == "/donate"
    for form in ({"text": "a"}, {"id": "x", "text": "a"}, {"id": id_, "payload": "/restart"}):
        with pytest.raises(RefusedError):
            forms.read_message(form, gate, 0)
    for text, told in (("  ", "vide"), ("x" * 101, "100 caractères")):
        with pytest.raises(forms.FormError, match=told):
            forms.read_message({"id": id_, "text": text}, gate, 0)
    with pytest.raises(forms.FormError, match="40 messages"):
        forms.read_message({"id": id_, "text": "a"}, gate, forms.MAX_TURNS)


@pytest.mark.parametrize("number", [None, "", "0", "3", "-1", "1.0", "²", "01", "999999"])
def test_a_turn_that_is_not_there(number: str | None) -> None:
    assert forms.turn_number("2", 2) == 2
    with pytest.raises(RefusedError, match="not_found"):
        forms.turn_number(number, 2)


# Looks


def answer(content: Catalogue, **more: Any) -> dict[str, Any]:
    buttons = [content.button(intent) for intent in ("response_rate", "definition", "full_article")]
    said = {"text": "Un **mot** & <b>\n- un\n- deux\n\nSource\u00a0: ici", "buttons": buttons, **more}
    return widget_answer(said, content, "m.0", 0.0)


def drawn(content: Catalogue, look: str, **more: Any) -> list[Bubble]:
    return bubbles(look, [answer(content, **more)], content)


@pytest.mark.parametrize("look", LOOKS)
def test_each_channel_shows_the_words_the_emphasis_and_the_source(content: Catalogue, look: str) -> None:
    (bubble,) = drawn(content, look)
    runs = [run for block in bubble.blocks for line in block.lines for run in line]
    said = "".join(text for text, _ in runs)
    assert "mot & <b>" in said
    assert "*" not in said and "\0" not in said and "&amp;" not in said
    assert [text for text, strong in runs if strong] == ([] if look == "messenger" else ["mot"])
    assert (bubble.source or said).endswith("Source\u00a0: ici") or look == "twilio"
    payloads = [button.payload for button in bubble.buttons]
    assert payloads == ([] if look == "twilio" else ["/response_rate", "/definition", "/full_article"])


def test_what_is_each_channels_own(content: Catalogue) -> None:
    (widget,) = drawn(content, WIDGET)
    assert [block.is_list for block in widget.blocks] == [False, True]
    (twilio,) = drawn(content, "twilio")
    assert "Répondez par un numéro pour choisir." in str(twilio.blocks)
    (whatsapp,) = drawn(content, "whatsapp")
    assert whatsapp.list_button == "Choisir"
    assert all(len(button.title) <= 24 for button in whatsapp.buttons)
    link = {"title": "Le dossier", "url": content.links["home"].url}
    for look in LOOKS:
        shown = drawn(content, look, custom={"links": [link]})
        addresses = [button.url for bubble in shown for button in bubble.buttons if button.url]
        assert addresses == ([] if look == "twilio" else [link["url"]])


# Pages


class _Html(HTMLParser):
    """What a page holds that could run, or that a label or another element should name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.named: list[str] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("for", "aria-labelledby", "aria-describedby"):
                self.named += (value or "").split()
            if name.startswith("on") or name == "style" or (value or "").startswith("javascript:"):
                self.inline.append(f"{tag} {name}")


EVIL = "<script>alert(1)</script> \" '"


def test_what_was_typed_is_text_on_every_page(pages: Pages) -> None:
    events = [{**user(EVIL, "definition", "message"), "timestamp": 0.0}, action("utter_definition")]
    events.append({**bot("utter_definition"), "timestamp": 0.0})
    (turn,) = pages.turns(events)
    common = {"turns": [turn], "typed": EVIL, "number": 1}
    made = {
        name: pages.page(name, error=forms.FormError(field, EVIL), **common, **more)
        for name, field, more in (
            ("sign_in", "token", {}),
            ("conversation", "text", {"look": WIDGET, "opening": []}),
            ("again", "text", {"before": turn, "after": turn}),
            ("keep", "name", {"count": 1, "max_name": 80}),
        )
    }
    typed = {"right": "", "note": EVIL}
    made["misunderstood"] = pages.page(
        "misunderstood", turn=turn, number=1, groups=pages.subjects(), max_note=500, typed=typed, error=None
    )
    made["problem"] = pages.problem("too_many", {"retry_after": 7}, signed_in=True)
    for name, page in made.items():
        read = _Html(page)
        assert "<script>" not in page, name
        assert read.inline == [], name
        assert len(read.ids) == len(set(read.ids)), name
        assert set(read.named) <= set(read.ids), name
    assert "dans 7\u00a0secondes" in made["problem"]
    assert "L’immunothérapie anti-tumorale est une stratégie thérapeutique contre le cancer." in made["conversation"]


def test_the_first_turn_on_a_messaging_channel_says_who_speaks(pages: Pages) -> None:
    events = [{**event, "timestamp": 0.0} for event in (user("a", "definition"), bot("utter_definition"))]
    assert len(pages.turns(events)[0].bubbles) == 1
    assert len(pages.turns(events, "telegram")[0].bubbles) == 2
    assert pages.opening(WIDGET) and not pages.opening("telegram")


def test_the_files_of_the_pages_are_read_once(gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pages"
    shutil.copytree(rendering.FOLDER, folder)
    monkeypatch.setattr(rendering, "FOLDER", folder)
    made = Pages(gate, read_settings({}), "/webhooks/workbench")
    before, style = made.page("sign_in", signed_in=False), made.files["style.css"]
    shutil.rmtree(folder)
    assert made.page("sign_in", signed_in=False) == before
    assert made.files["style.css"] == style != b""


def test_every_subject_can_be_chosen_and_none_twice(pages: Pages) -> None:
    listed = [intent for subjects in pages.subjects().values() for intent, _ in subjects]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(pages.names) - {"nlu_fallback"}


def test_the_terminal_is_told_the_same(pages: Pages) -> None:
    asked = user("c koi", "definition", "message", 0.5, ranking={"definition": 0.5}, repaired_text="c'est quoi")
    (why,) = pages._explainer.explain([asked, action("utter_definition"), bot("utter_definition")])
    told = "\n".join(lines(why))
    for part in ("c'est quoi", "██████████ ", "50\u00a0%", "[definition]", "dossier.yml", "stratégie thérapeutique"):
        assert part in told


# What is kept of the staff's conversations


def test_only_the_staffs_old_conversations_go_after_a_day(tmp_path: Path) -> None:
    engine = records.open_database(f"sqlite:///{tmp_path / 'c.db'}")
    now = time.time()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE events (id INTEGER, sender_id, type_name, timestamp, data)")
        for place, (sender, age) in enumerate([("workbench-1-a", 2), ("workbench-2-a", 0), ("workbenchX", 2)]):
            row = (place, sender, "user", now - age * records.DAY, "{}")
            connection.exec_driver_sql("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)
    assert records.purge(engine, now - records.DAY, "workbench-") == 1
    assert len(list(records.all_conversations(engine, ["user"]))) == 2
    assert len(list(records.all_conversations(engine, ["user"], without="workbench-"))) == 1
    assert Session("workbench-1-a", 0).other == "workbench-1-b"
