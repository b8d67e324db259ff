"""What the channels make of what the providers deliver: pure, without the assistant."""

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from assistant.channel_settings import read_channels
from assistant.channels.incoming import BadRequestError
from assistant.channels.messaging.calls import Call, Delivery, NotGenuineError, Outgoing
from assistant.channels.messaging.channel import PROVIDERS
from assistant.channels.messaging.provider import Provider
from tests.messaging.people import (
    PEOPLE,
    MessengerPerson,
    Person,
    SignedPerson,
    SlackPerson,
    TelegramPerson,
    TwilioPerson,
    WhatsAppPerson,
    Wire,
)
from tests.messaging.rules import VALUES
from tests.messaging.standin import StandIn

BASE = {**VALUES, "SIGNED_REPLY_URL": "https://other.example/replies"}
NAMES = [provider.name for provider in PROVIDERS]


def provider_of(name: str, **changed: str) -> Provider:
    kind = next(provider for provider in PROVIDERS if provider.name == name)
    return kind(read_channels({**BASE, **changed})[name])


def person_of(name: str) -> Any:
    return PEOPLE[name]("http://127.0.0.1:1", StandIn())


def call(wire: Wire, **query: str) -> Call:
    headers = {name.lower(): value for name, value in wire.headers.items()}
    return Call(query, "", headers, wire.body, time.time())


def read(name: str, wire: Wire, **changed: str) -> list[Delivery]:
    provider = provider_of(name, **changed)
    provider.check(call(wire))
    return provider.read(call(wire))


@pytest.mark.parametrize("name", NAMES)
def test_texts_buttons_and_pictures(name: str) -> None:
    person = person_of(name)
    (text,) = read(name, person.text("C’est <quoi> & où ? 🙂"))
    assert (text.text, text.payload, text.has_other) == ("C’est <quoi> & où ? 🙂", None, False)
    assert f"{name}:{text.conversation}" == person.sender
    if person.has_buttons:
        (pressed,) = read(name, person.button("/definition"))
        assert (pressed.text, pressed.payload) == (None, "/definition")
        assert pressed.conversation == text.conversation
    (bare,) = read(name, person.picture())
    assert (bare.text, bare.payload, bare.has_other) == (None, None, True)
    (captioned,) = read(name, person.picture("c'est efficace ?"))
    assert (captioned.text, captioned.has_other) == ("c'est efficace ?", True)
    assert len({text.id, bare.id, captioned.id}) == 3


@pytest.mark.parametrize("name", NAMES)
def test_proofs_that_are_missing_wrong_or_for_something_else(name: str) -> None:
    person: Person = person_of(name)
    provider = provider_of(name)
    wire = person.text("bonjour")
    provider.check(call(wire))
    with pytest.raises(NotGenuineError) as caught:
        provider.check(call(person.unsigned(wire)))
    assert caught.value.status == 401
    wrong = [person.forged(wire)]
    proofs = set(wire.headers) - set(person.unsigned(wire).headers)
    wrong += [Wire(wire.body, {**wire.headers, proof: "é\u0000"}) for proof in proofs]
    if name != "telegram":
        wrong.append(Wire(wire.body.replace(b"bonjour", b"bonsoir"), wire.headers))
    for other in wrong:
        with pytest.raises(NotGenuineError) as caught:
            provider.check(call(other))
        assert caught.value.status in (401, 403)


def test_old_and_future_signatures() -> None:
    slack, signed = person_of("slack"), person_of("signed")
    for age in (-400, 400):
        with pytest.raises(NotGenuineError, match="403"):
            read("slack", slack.event(time.time() - age, **slack.message(text="x")))
        with pytest.raises(NotGenuineError, match="403"):
            read("signed", signed.signed(signed.message(text="x"), time.time() - age))
    for age in (-200, 200):
        assert read("slack", slack.event(time.time() - age, **slack.message(text="x")))
        assert read("signed", signed.signed(signed.message(text="x"), time.time() - age))


def test_handshakes() -> None:
    for name, token in (("messenger", VALUES["MESSENGER_VERIFY_TOKEN"]), ("whatsapp", VALUES["WHATSAPP_VERIFY_TOKEN"])):
        provider = provider_of(name)
        empty = Wire(b"", {})
        right = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
        reply = provider.handshake(call(empty, **right))
        assert (reply.status, reply.body) == (200, "1158201444")
        wrong = ({"hub.verify_token": "x"}, {"hub.mode": "x"}, {"hub.challenge": "<script>"}, {"hub.challenge": ""})
        for change in wrong:
            with pytest.raises(NotGenuineError, match="403"):
                provider.handshake(call(empty, **{**right, **change}))
        with pytest.raises(NotGenuineError, match="401"):
            provider.handshake(call(empty))
    slack = person_of("slack")
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    question = call(slack.signed(body, "application/json"))
    assert provider_of("slack").read(question) == []
    assert json.loads(provider_of("slack").reply(question).body) == {"challenge": "abc"}


def test_telegram_ignores_what_is_for_nobody() -> None:
    person: TelegramPerson = person_of("telegram")
    message = person.message(text="bonjour")
    bot = {**person.who(), "is_bot": True}
    for content in (
        {"edited_message": message},
        {"channel_post": message},
        {"my_chat_member": {"chat": message["chat"]}},
        {"message_reaction": {"chat": message["chat"], "new_reaction": []}},
        {"inline_query": {"id": "1", "from": person.who(), "query": "x", "offset": ""}},
        {"message": {**message, "from": bot}},
        {"message": person.message(new_chat_members=[person.who()])},
        {"message": person.message(pinned_message=message)},
        {"message": person.message(some_new_field={"a": 1})},
        {"callback_query": {"id": "1", "from": person.who(), "chat_instance": "1", "data": "/a"}},
    ):
        assert read("telegram", person.update(**content)) == [], content


@pytest.mark.parametrize(
    "kind",
    [
        "voice",
        "sticker",
        "location",
        "contact",
        "document",
        "video",
        "video_note",
        "audio",
        "venue",
        "poll",
        "animation",
    ],
)
def test_telegram_kinds_that_are_not_read(kind: str) -> None:
    person: TelegramPerson = person_of("telegram")
    content: Any = {"file_id": "A", "file_unique_id": "B", "duration": 1, "width": 1, "height": 1, "length": 1}
    (delivery,) = read("telegram", person.update(message=person.message(**{kind: content})))
    assert (delivery.text, delivery.has_other) == (None, True)


def test_telegram_in_a_group_only_when_addressed() -> None:
    person: TelegramPerson = person_of("telegram")

    def group(**content: Any) -> list[Delivery]:
        message = person.message(**content)
        message["chat"] = {"id": -1001, "type": "supergroup", "title": "Un groupe"}
        return read("telegram", person.update(message=message))

    bot = {"id": 4242, "is_bot": True, "first_name": "ARC"}
    answered = {**person.message(text="…"), "from": bot}
    for content in ({"text": "quelqu'un sait ?"}, {"text": "/help@autre_bot"}, {"photo": []}, {"sticker": {}}):
        assert group(**content) == []
    for content, text in (
        ({"text": "@arc_essai_bot c'est efficace ?"}, "c'est efficace ?"),
        ({"text": "c'est efficace @ARC_essai_bot ?"}, "c'est efficace  ?"),
        ({"text": "/help@arc_essai_bot"}, "/help"),
        ({"text": "/help"}, "/help"),
        ({"text": "et pour le foie ?", "reply_to_message": answered}, "et pour le foie ?"),
    ):
        (delivery,) = group(**content)
        assert delivery.text == text
        assert delivery.conversation == f"-1001.{person.id}"
        assert delivery.to["chat"] == -1001
        assert "reply_to" in delivery.to


def test_messenger_ignores_what_is_for_nobody() -> None:
    person: MessengerPerson = person_of("messenger")
    for event in (
        person.message(text="bonjour", is_echo=True, app_id=1),
        person.event(delivery={"mids": ["m_1"], "watermark": 1}),
        person.event(read={"watermark": 1}),
        person.event(reaction={"reaction": "love", "emoji": "❤", "action": "react", "mid": "m_1"}),
        person.event(message_edit={"mid": "m_1", "text": "x", "num_edit": 1}),
        person.event(optin={"ref": "x"}),
        {"message": {"mid": "m_1", "text": "sans expéditeur"}},
        person.event(message={"text": ""}),
    ):
        assert read("messenger", person.page(event)) == [], event
    standby = person.signed({"object": "page", "entry": [{"id": "1", "standby": [person.message(text="x")]}]})
    assert read("messenger", standby) == []


def test_messenger_batches_postbacks_and_shared_links() -> None:
    person: MessengerPerson = person_of("messenger")
    start = person.event(postback={"mid": "m_9", "title": "Démarrer", "payload": "/start"})
    link = person.message(text="https://a.example", attachments=[{"type": "fallback", "payload": {"url": "x"}}])
    voice = person.message(attachments=[{"type": "audio", "payload": {"url": "x"}}])
    found = read("messenger", person.page(start, link, voice))
    assert [(item.payload, item.text, item.has_other) for item in found] == [
        ("/start", None, False),
        (None, "https://a.example", False),
        (None, None, True),
    ]


def test_whatsapp_ignores_what_is_for_nobody() -> None:
    person: WhatsAppPerson = person_of("whatsapp")
    status = {"id": "wamid.1", "status": "read", "timestamp": "1", "recipient_id": person.id}
    reaction = person.message("reaction", {"message_id": "wamid.1", "emoji": "👍"})
    in_group = {**person.message("text", {"body": "x"}), "group_id": "g"}
    for wire in (
        person.value(statuses=[status]),
        person.messages(reaction),
        person.messages(in_group),
        person.messages(person.message("system", {"body": "changed number"})),
        person.messages(person.message("edit", {"original_message_id": "wamid.1"})),
    ):
        assert read("whatsapp", wire) == []
    assert read("whatsapp", person.text("x"), WHATSAPP_PHONE_NUMBER_ID="99999") == [], "another number of the same app"
    for kind in ("audio", "video", "sticker", "document", "location", "contacts", "unsupported"):
        (delivery,) = read("whatsapp", person.messages(person.message(kind, [] if kind == "contacts" else {})))
        assert (delivery.text, delivery.has_other) == (None, True)


def test_twilio_ignores_what_is_for_nobody() -> None:
    person: TwilioPerson = person_of("twilio")
    for fields in (
        {"SmsStatus": "delivered", "MessageStatus": "delivered"},
        {"MessageStatus": "read", "Body": "x"},
        {"MessageType": "reaction", "Body": "👍"},
        {"From": "+33600000000", "Body": "un SMS"},
        {"To": "whatsapp:+33799999999", "Body": "x"},
        {"Body": " "},
    ):
        assert read("twilio", person.form(**fields)) == [], fields
    (place,) = read("twilio", person.form(MessageType="location", Latitude="48.8", Longitude="2.3"))
    assert (place.text, place.has_other) == (None, True)


def test_twilio_signs_the_registered_address() -> None:
    person: TwilioPerson = person_of("twilio")
    wire = person.text("bonjour")
    for address, right in (
        (VALUES["PUBLIC_URL"] + "/", True),
        (VALUES["PUBLIC_URL"] + ":443", True),
        ("https://autre.example.org", False),
    ):
        if right:
            assert read("twilio", wire, PUBLIC_URL=address)
        else:
            with pytest.raises(NotGenuineError, match="403"):
                read("twilio", wire, PUBLIC_URL=address)


def test_slack_ignores_what_is_for_nobody() -> None:
    person: SlackPerson = person_of("slack")
    channel = {"channel": "C1", "channel_type": "channel"}
    for event in (
        person.message(text="x", bot_id="B1"),
        person.message(text="x", subtype="bot_message"),
        person.message(subtype="message_changed", message={}),
        person.message(subtype="message_deleted"),
        person.message(subtype="channel_join", text="x"),
        person.message(text="bavardage", **channel),
        {"type": "reaction_added", "user": "U1", "reaction": "tada", "item": {}},
        person.message(text=""),
    ):
        assert read("slack", person.event(**event)) == [], event
    link = {"type": "button", "action_id": "link0", "url": "https://a.example", "action_ts": "1.1"}
    payload = {"type": "block_actions", "user": {"id": "U1"}, "channel": {"id": "D1"}, "actions": [link]}
    form = urlencode({"payload": json.dumps(payload)}).encode()
    assert read("slack", person.signed(form, "application/x-www-form-urlencoded")) == []


def test_slack_mentions_are_answered_in_their_thread() -> None:
    person: SlackPerson = person_of("slack")
    event = person.message(type="app_mention", channel="C1", text="<@U0BOT> c'est &lt;efficace&gt; <https://a.b|là> ?")
    del event["channel_type"]
    (delivery,) = read("slack", person.event(**event))
    assert delivery.text == "c'est <efficace> là ?"
    assert delivery.to == {"channel": "C1", "thread": event["ts"]}
    assert delivery.conversation == f"C1.{person.user}"
    (bare,) = read("slack", person.event(**{**event, "text": "<@U0BOT>"}))
    assert bare.text == "/start"
    # the same message as a mention and as a message has one id
    (again,) = read("slack", person.event(**event))
    assert again.id == delivery.id


@pytest.mark.parametrize(
    "content",
    [
        {"id": "a", "text": "x"},
        {"id": "a\u0000", "conversation": "c", "text": "x"},
        {"id": "a" * 129, "conversation": "c", "text": "x"},
        {"id": "a", "conversation": "c/../d", "text": "x"},
        {"id": 1, "conversation": "c", "text": "x"},
        {"id": "a", "conversation": "c"},
        {"id": "a", "conversation": "c", "text": "x", "payload": "/y"},
        {"id": "a", "conversation": "c", "text": ["x"]},
    ],
)
def test_signed_messages_that_are_none(content: dict[str, Any]) -> None:
    person: SignedPerson = person_of("signed")
    with pytest.raises(BadRequestError):
        read("signed", person.signed(content))


@pytest.mark.parametrize("name", NAMES)
def test_ids_that_could_harm_are_no_ids(name: str) -> None:
    person = person_of(name)
    if name in ("telegram", "signed"):
        return  # numbers only; see above
    for bad in ("a" * 300, "a\u0000b", "é", "a b", ""):
        person.id = person.user = person.to = bad if name != "twilio" else f"whatsapp:{bad}"
        deliveries = read(name, person.text("bonjour"))
        assert all(len(delivery.conversation) < 200 and delivery.conversation.isascii() for delivery in deliveries)
        assert deliveries == []


@pytest.mark.parametrize("name", NAMES)
def test_secrets_and_texts_are_not_shown(name: str) -> None:
    provider = provider_of(name)
    (delivery,) = read(name, person_of(name).text("un secret de santé"))
    request: Outgoing = provider.request(delivery, {"text": "un secret de santé", "Body": "x"}, 0)
    shown = repr(delivery) + repr(request) + repr(read_channels(BASE)[name])
    assert "santé" not in shown
    assert not any(value in shown for key, value in VALUES.items() if key not in ("PUBLIC_URL", "TELEGRAM_USERNAME"))


def test_long_ids_of_messages_are_taken_and_names_of_conversations_fit_the_column() -> None:
    messenger: MessengerPerson = person_of("messenger")
    event = messenger.event(message={"mid": "m_" + "A" * 300, "text": "x"})
    assert len(read("messenger", messenger.page(event))) == 1
    slack: SlackPerson = person_of("slack")
    event = slack.message(type="app_mention", channel="C" * 100, user="U" * 100, text="x")
    (delivery,) = read("slack", slack.event(**event))
    assert len(f"slack:{delivery.conversation}") <= 255
