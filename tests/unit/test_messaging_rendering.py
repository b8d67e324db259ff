"""Every answer of the assistant, drawn for every channel, against what the providers' documentation allows."""

import json
import random
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from aiohttp import BasicAuth

from assistant.answers import compose
from assistant.channel_settings import read_channels
from assistant.channels.messaging import messenger, signed, slack, telegram, twilio, whatsapp
from assistant.channels.messaging.calls import Delivery, Outgoing
from assistant.channels.messaging.channel import PROVIDERS
from assistant.channels.messaging.commands import OWN_CHOICES
from assistant.channels.messaging.drawing import (
    Choice,
    Drawable,
    LinkButton,
    drawables,
    emphasised,
    plain,
    shortened,
    split,
)
from assistant.channels.messaging.provider import Provider
from assistant.channels.rendering import widget_answer
from assistant.content.catalogue import Catalogue
from tests.messaging.rules import CHECKS, VALUES, Seen
from tests.messaging.shown import SHOWN, Shown

ENVIRON = {
    **VALUES,
    "SIGNED_REPLY_URL": "https://other.example/replies",
    "TELEGRAM_API_URL": "https://telegram.example",
    "MESSENGER_API_URL": "https://graph.example/v23.0",
    "WHATSAPP_API_URL": "https://graph.example/v23.0",
    "SLACK_API_URL": "https://slack.example/api",
}
NAMES = [provider.name for provider in PROVIDERS]
TO: dict[str, dict[str, Any]] = {
    "telegram": {"chat": 123, "reply_to": 7},
    "messenger": {"person": "987"},
    "whatsapp": {"person": "33612345678"},
    "twilio": {"person": "whatsapp:+33612345678"},
    "slack": {"channel": "D123", "thread": None},
    "signed": {"conversation": "c-1"},
}
LONG = "Une phrase qui dit quelque chose. « Une citation\u00a0! » Et **une autre** qui continue, longuement. "


def provider_of(name: str) -> Provider:
    kind = next(provider for provider in PROVIDERS if provider.name == name)
    return kind(read_channels(ENVIRON)[name])


def seen(request: Outgoing) -> Seen:
    """The request as it goes over the wire."""
    parts = urlsplit(request.url)
    headers = {key.lower(): value for key, value in request.headers.items()}
    if request.auth:
        headers["authorization"] = BasicAuth(*request.auth).encode()
    body = request.data or b""
    if request.json is not None:
        body, headers["content-type"] = json.dumps(request.json).encode(), "application/json"
    if request.form is not None:
        body, headers["content-type"] = urlencode(request.form).encode(), "application/x-www-form-urlencoded"
    return Seen(request.method, parts.path, urlencode(request.params), headers, body)


def sent(name: str, turn: list[Drawable]) -> list[Seen]:
    provider = provider_of(name)
    delivery = Delivery("c/m-1/", "c-1", TO[name])
    return [seen(provider.request(delivery, message, n)) for n, message in enumerate(provider.draw(turn))]


def problems(name: str, turn: list[Drawable]) -> list[str]:
    return [problem for request in sent(name, turn) for problem in CHECKS[name](request)]


def on_screen(name: str, turn: list[Drawable]) -> list[Shown]:
    return [shown for request in sent(name, turn) if (shown := SHOWN[name](request))]


def everything(content: Catalogue) -> dict[str, list[dict[str, Any]]]:
    """Each answer of the assistant as a turn, with and without the notice, with the longest that it may carry."""
    values = {"cancer": "le lymphome de Hodgkin", "title": "Qu’est-ce que l’immunothérapie anti-tumorale\u00a0?"}
    values["max_characters"] = "2000"
    links = [link.data() for link in content.links.values()]
    turns = {}
    for answer in content.answers.values():
        for number, own in enumerate(([], links[:1], links[1:4], links)):
            composed = {**compose(content, answer, values), "custom": {"links": own}}
            if answer.name == "utter_ask_deletion":
                composed["buttons"] = [{"title": title, "payload": payload} for payload, title in OWN_CHOICES.items()]
            drawn = widget_answer(composed, content, "m.0", 1.0)
            notice = widget_answer(compose(content, content.answers["utter_notice"], values), content, "m.1", 1.0)
            turns[f"{answer.name}-{number}"] = [drawn, notice] if number == 1 else [drawn]
    offers = list(content.offers())
    for start in range(0, len(offers), 3):
        offered = {"text": "Est-ce l’une de ces questions\u00a0?", "answer": "utter_nlu_fallback"}
        offered["buttons"] = [content.button(intent) for intent in offers[start : start + 3]]
        turns[f"offers-{start}"] = [widget_answer(offered, content, "m.0", 1.0)]
    return turns


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_breaks_a_limit_and_nothing_is_lost(name: str, content: Catalogue) -> None:
    for label, answers in everything(content).items():
        turn = drawables(answers, content)
        assert problems(name, turn) == [], label
        screen = on_screen(name, turn)
        text = "\n\n".join(shown.text for shown in screen)
        for answer in answers:
            assert " ".join(plain(answer["text"]).split()) in " ".join(text.split()), label
            if answer["source"]:
                holding = [shown for shown in screen if answer["source"] in shown.text]
                assert holding, label
                assert holding[0].text.strip() != answer["source"], f"{label}: the source stands alone"
            for link in answer["links"]:
                assert any(link["url"] in shown.urls for shown in screen), label
        payloads = [button["payload"] for answer in answers for button in answer["buttons"]]
        if name == "twilio":
            titles = [button["title"] for answer in answers for button in answer["buttons"]]
            for number, title in enumerate(titles, 1):
                assert f"{number}. {title}" in text, label
        else:
            assert [payload for shown in screen for payload in shown.payloads] == payloads, label


@pytest.mark.parametrize("name", NAMES)
def test_long_answers_are_cut_at_sentences_and_keep_the_limits(name: str) -> None:
    link = LinkButton("Un titre " * 30, "Lire l’article", "https://example.org/" + "a" * 300)
    choices = tuple(Choice("Une question " * 20, "Une question", f"/q{n}") for n in range(3))
    for text in (
        LONG * 100,
        LONG.replace("\u00a0", " ") * 300,
        "mot " * 5000,
        "é" * 9000,
        "& < > " * 2000,
        "🙂" * 5000,
    ):
        turn = [Drawable(text, "Source\u00a0: le dossier, 2020", choices, (link,) * 4)]
        assert problems(name, turn) == []
        said = "".join(shown.text for shown in on_screen(name, turn))
        assert "Source\u00a0: le dossier, 2020" in said
    first, *_ = on_screen(name, [Drawable(LONG * 100)])
    assert first.text.rstrip().endswith((".", "»")) or name == "slack"


def test_texts_are_cut_where_a_reader_would() -> None:
    text = "Un. Deux\u00a0! «\u00a0Trois\u00a0?\u00a0» Quatre, cinq et six. Sept."
    assert split(text, 9)[:2] == ["Un.", "Deux\u00a0!"]
    assert split(text, 12) == ["Un. Deux\u00a0!", "«\u00a0Trois\u00a0?\u00a0»", "Quatre,", "cinq et six.", "Sept."]
    assert split(text, 26) == ["Un. Deux\u00a0! «\u00a0Trois\u00a0?\u00a0»", "Quatre, cinq et six. Sept."]
    assert split("Premier paragraphe.\n\nSecond.", 20) == ["Premier paragraphe.", "Second."]
    assert split("- un ;\n- deux ;\n- trois.", 15) == ["- un ;\n- deux ;", "- trois."]
    assert split("", 5) == []
    generator = random.Random(7)
    for _ in range(300):
        made = "".join(
            generator.choice(["mot", " ", "\n", "\n\n", ". ", "\u00a0!", " ; ", "é" * 12]) for _ in range(60)
        )
        limit = generator.randint(5, 60)
        parts = split(made, limit)
        assert all(0 < len(part) <= limit for part in parts)
        if max(map(len, re.split(r"[ \n]+", made))) <= limit:
            assert " ".join(parts).split() == made.split()
        assert "".join("".join(parts).split()) == "".join(made.split())


def test_titles_are_shortened_between_words() -> None:
    assert shortened("Comment agit-elle\u00a0?", 20) == "Comment agit-elle\u00a0?"
    assert shortened("Est-ce que cela marche pour tous\u00a0?", 20) == "Est-ce que cela…"
    assert shortened("immunomodulateurs-anti", 20) == "immunomodulateurs-a…"
    assert all(len(shortened("Est-ce que cela marche pour tous\u00a0?", n)) <= n for n in range(1, 40))


def test_emphasis_that_lost_its_pair_is_left_out() -> None:
    assert emphasised("un **mot** et **la suite", lambda part: f"<{part}>") == "un <mot> et la suite"


def test_every_choice_has_a_short_title_of_its_own(content: Catalogue) -> None:
    shorts = [content.short_title(intent) for intent in content.offers()] + list(OWN_CHOICES.values())
    assert all(0 < len(short) <= 20 for short in shorts)
    assert len(set(shorts)) == len(shorts)


# A renderer that breaks a rule is found: each of these breaks one.
BROKEN = [
    ("telegram", telegram.Telegram, lambda m: {**m, "text": "é" * 4097}),
    ("telegram", telegram.Telegram, lambda m: {**m, "text": "<b>un"}),
    ("telegram", telegram.Telegram, lambda m: {**m, "text": "1 <2"}),
    ("telegram", telegram.Telegram, lambda m: {**m, "reply_markup": {"inline_keyboard": [[]]}}),
    ("telegram", telegram.Telegram, lambda m: {**m, "buttons": []}),
    (
        "telegram",
        telegram.Telegram,
        lambda m: {**m, "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]}},
    ),
    ("messenger", messenger.Messenger, lambda m: {"text": "a" * 2001}),
    (
        "messenger",
        messenger.Messenger,
        lambda m: {"text": "a", "quick_replies": [{"content_type": "text", "title": "a" * 21, "payload": "/a"}]},
    ),
    (
        "messenger",
        messenger.Messenger,
        lambda m: {"text": "a", "quick_replies": [{"content_type": "text", "title": "a", "payload": "/a"}] * 14},
    ),
    ("messenger", messenger.Messenger, lambda m: {}),
    ("whatsapp", whatsapp.WhatsApp, lambda m: {"type": "text", "text": {"body": "a" * 4097}}),
    ("whatsapp", whatsapp.WhatsApp, lambda m: {"type": "text", "text": {"body": ""}}),
    (
        "whatsapp",
        whatsapp.WhatsApp,
        lambda m: whatsapp._interactive("button", "a", {"buttons": [{"reply": {"id": "a", "title": "a"}}] * 2}),
    ),
    (
        "whatsapp",
        whatsapp.WhatsApp,
        lambda m: whatsapp._interactive(
            "list", "a", {"button": "b", "sections": [{"title": "c", "rows": [{"id": "d", "title": "e" * 25}]}]}
        ),
    ),
    ("twilio", twilio.Twilio, lambda m: {"Body": "a" * 1601}),
    ("twilio", twilio.Twilio, lambda m: {"Body": "a", "Buttons": "b"}),
    (
        "slack",
        slack.Slack,
        lambda m: {**m, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3001}}]},
    ),
    ("slack", slack.Slack, lambda m: {**m, "blocks": [{"type": "keyboard"}]}),
    ("slack", slack.Slack, lambda m: {"blocks": m["blocks"]}),
    (
        "slack",
        slack.Slack,
        lambda m: {
            **m,
            "blocks": [
                {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": slack._label("b")}] * 2}
            ],
        },
    ),
    ("signed", signed.Signed, lambda m: {**m, "text": ""}),
]


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_a_wrong_renderer_is_found(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    name, kind, breaks = BROKEN[number]
    turn = [Drawable("Une réponse.", "Source\u00a0: 2020", (Choice("Une question", "Question", "/definition"),))]
    assert problems(name, turn) == []
    right = kind.draw
    monkeypatch.setattr(kind, "draw", lambda self, turn: [breaks(message) for message in right(self, turn)])
    assert problems(name, turn) != []
