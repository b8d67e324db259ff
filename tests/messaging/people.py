"""People who write on a channel: what their provider delivers to the assistant's webhook, byte for byte."""

import hashlib
import hmac
import itertools
import json
import random
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from twilio.request_validator import RequestValidator

from tests.messaging.rules import VALUES
from tests.messaging.shown import Shown
from tests.messaging.standin import StandIn

_NUMBERS = itertools.count(random.SystemRandom().randrange(10**8, 9 * 10**8))


def number() -> int:
    """One that nothing else has."""
    return next(_NUMBERS)


@dataclass
class Wire:
    """A call of the webhook."""

    body: bytes
    headers: dict[str, str]


def _json(content: Any, **headers: str) -> Wire:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Wire(body, {"Content-Type": "application/json", **headers})


class Person(ABC):
    """A person on a channel.

    Attributes:
        id: who they are to the provider.
        to: where the assistant's answers go.
    """

    channel = ""
    has_buttons = True

    def __init__(self, base: str, standin: StandIn) -> None:
        self.base, self.standin = base, standin
        self.id = str(number())
        self.to = self.id
        self.seen = 0

    @property
    def webhook(self) -> str:
        return f"{self.base}/webhooks/{self.channel}/webhook"

    @property
    def sender(self) -> str:
        """The conversation's name in the assistant's database."""
        return f"{self.channel}:{self.id}"

    def post(self, wire: Wire) -> requests.Response:
        return requests.post(self.webhook, data=wire.body, headers=wire.headers, timeout=30)

    def deliver(self, wire: Wire, wait: float = 20) -> list[Shown]:
        """Delivers a call, which has to be accepted, and gives what the person is sent for it."""
        answer = self.post(wire)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return self.answers(wait)

    def answers(self, wait: float = 20) -> list[Shown]:
        """What the person was sent since the last look; with a wait, until something came and no more does."""
        deadline = time.monotonic() + wait
        while len(self.screen()) == self.seen and time.monotonic() < deadline:
            time.sleep(0.05)
        before = -1
        while wait and len(self.screen()) != before:
            before = len(self.screen())
            time.sleep(0.06)
        shown = self.screen()[self.seen :]
        self.seen += len(shown)
        return shown

    def screen(self) -> list[Shown]:
        return self.standin.screen(self.channel, self.to)

    def say(self, text: str) -> list[Shown]:
        return self.deliver(self.text(text))

    def press(self, payload: str) -> list[Shown]:
        return self.deliver(self.button(payload))

    @abstractmethod
    def text(self, text: str) -> Wire: ...

    @abstractmethod
    def button(self, payload: str) -> Wire: ...

    @abstractmethod
    def picture(self, caption: str = "") -> Wire: ...

    def unsigned(self, wire: Wire) -> Wire:
        """The same without its proof."""
        proofs = ("signature", "secret-token")
        kept = {name: value for name, value in wire.headers.items() if not name.lower().endswith((*proofs, "-256"))}
        return Wire(wire.body, kept)

    def forged(self, wire: Wire) -> Wire:
        """The same with a proof that another secret would have made."""
        lost = set(wire.headers) - set(self.unsigned(wire).headers)
        return Wire(wire.body, {**wire.headers, **{name: wire.headers[name][:-1] + "0" * 2 for name in lost}})


class TelegramPerson(Person):
    channel = "telegram"

    def update(self, **content: Any) -> Wire:
        return _json(
            {"update_id": number(), **content},
            **{"X-Telegram-Bot-Api-Secret-Token": VALUES["TELEGRAM_SECRET"]},
        )

    def who(self) -> dict[str, Any]:
        return {"id": int(self.id), "is_bot": False, "first_name": "Camille", "language_code": "fr"}

    def message(self, **content: Any) -> dict[str, Any]:
        chat = {"id": int(self.id), "first_name": "Camille", "type": "private"}
        return {"message_id": number(), "from": self.who(), "chat": chat, "date": int(time.time()), **content}

    def text(self, text: str) -> Wire:
        return self.update(message=self.message(text=text))

    def button(self, payload: str) -> Wire:
        bot = {"id": 4242, "is_bot": True, "first_name": "ARC", "username": VALUES["TELEGRAM_USERNAME"]}
        query = {"id": str(number()), "from": self.who(), "chat_instance": "1", "data": payload}
        return self.update(callback_query={**query, "message": {**self.message(text="…"), "from": bot}})

    def picture(self, caption: str = "") -> Wire:
        photo = [{"file_id": "A", "file_unique_id": "B", "width": 90, "height": 90, "file_size": 900}]
        return self.update(message=self.message(photo=photo, **({"caption": caption} if caption else {})))


class MetaPerson(Person):
    secret = ""

    def signed(self, content: Any) -> Wire:
        wire = _json(content)
        digest = hmac.new(VALUES[self.secret].encode(), wire.body, hashlib.sha256).hexdigest()
        wire.headers["X-Hub-Signature-256"] = f"sha256={digest}"
        return wire


class MessengerPerson(MetaPerson):
    channel, secret = "messenger", "MESSENGER_APP_SECRET"

    def event(self, **content: Any) -> dict[str, Any]:
        now = int(time.time() * 1000)
        return {"sender": {"id": self.id}, "recipient": {"id": "777"}, "timestamp": now, **content}

    def page(self, *events: dict[str, Any]) -> Wire:
        entry = {"id": "777", "time": int(time.time() * 1000), "messaging": list(events)}
        return self.signed({"object": "page", "entry": [entry]})

    def message(self, **content: Any) -> dict[str, Any]:
        return self.event(message={"mid": f"m_{number()}", **content})

    def text(self, text: str) -> Wire:
        return self.page(self.message(text=text))

    def button(self, payload: str) -> Wire:
        return self.page(self.message(text="Un bouton", quick_reply={"payload": payload}))

    def picture(self, caption: str = "") -> Wire:
        attachment = {"type": "image", "payload": {"url": "https://scontent.example/a.jpg"}}
        return self.page(self.message(attachments=[attachment], **({"text": caption} if caption else {})))


class WhatsAppPerson(MetaPerson):
    channel, secret = "whatsapp", "WHATSAPP_APP_SECRET"

    def __init__(self, base: str, standin: StandIn) -> None:
        super().__init__(base, standin)
        self.id = self.to = f"33{self.id}"

    def value(self, **content: Any) -> Wire:
        metadata = {"display_phone_number": "33700000000", "phone_number_id": VALUES["WHATSAPP_PHONE_NUMBER_ID"]}
        value = {"messaging_product": "whatsapp", "metadata": metadata, **content}
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        return self.signed({"object": "whatsapp_business_account", "entry": [entry]})

    def message(self, kind: str, content: Any) -> dict[str, Any]:
        head = {"from": self.id, "id": f"wamid.{number()}==", "timestamp": str(int(time.time()))}
        return {**head, "type": kind, kind: content}

    def messages(self, *messages: dict[str, Any]) -> Wire:
        contacts = [{"profile": {"name": "Camille"}, "wa_id": self.id}]
        return self.value(contacts=contacts, messages=list(messages))

    def text(self, text: str) -> Wire:
        return self.messages(self.message("text", {"body": text}))

    def button(self, payload: str) -> Wire:
        reply = {"type": "list_reply", "list_reply": {"id": payload, "title": "Un choix", "description": "…"}}
        return self.messages(self.message("interactive", reply))

    def picture(self, caption: str = "") -> Wire:
        image = {"mime_type": "image/jpeg", "sha256": "A", "id": "1"}
        return self.messages(self.message("image", {**image, **({"caption": caption} if caption else {})}))


class TwilioPerson(Person):
    channel = "twilio"
    has_buttons = False

    def __init__(self, base: str, standin: StandIn) -> None:
        super().__init__(base, standin)
        self.id = f"+33{self.id}"
        self.to = f"whatsapp:{self.id}"

    def form(self, **fields: str) -> Wire:
        sid = f"SM{number():032x}"
        content = {
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "AccountSid": VALUES["TWILIO_ACCOUNT_SID"],
            "From": self.to,
            "To": "whatsapp:" + VALUES["TWILIO_WHATSAPP_NUMBER"],
            "WaId": self.id.lstrip("+"),
            "ProfileName": "Camille é",
            "SmsStatus": "received",
            "NumMedia": "0",
            "NumSegments": "1",
            "MessageType": "text",
            "Body": "",
            "ApiVersion": "2010-04-01",
            **fields,
        }
        address = f"{VALUES['PUBLIC_URL']}/webhooks/twilio/webhook"
        proof = RequestValidator(VALUES["TWILIO_AUTH_TOKEN"]).compute_signature(address, content)
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Twilio-Signature": proof}
        return Wire(urlencode(content).encode(), headers)

    def text(self, text: str) -> Wire:
        return self.form(Body=text)

    def button(self, payload: str) -> Wire:
        """The number of the choice below the last answers: there are no buttons."""
        raise AssertionError("no buttons")

    def picture(self, caption: str = "") -> Wire:
        media = {"MediaUrl0": "https://api.twilio.com/media/1", "MediaContentType0": "image/jpeg"}
        return self.form(NumMedia="1", MessageType="image", Body=caption, **media)


class SlackPerson(Person):
    channel = "slack"

    def __init__(self, base: str, standin: StandIn) -> None:
        super().__init__(base, standin)
        self.user = f"U{self.id}"
        self.id = self.to = f"D{self.id}"

    def signed(self, body: bytes, kind: str, at: float | None = None, **headers: str) -> Wire:
        moment = str(int(at or time.time()))
        digest = hmac.new(
            VALUES["SLACK_SIGNING_SECRET"].encode(), b"v0:" + moment.encode() + b":" + body, hashlib.sha256
        ).hexdigest()
        proof = {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}
        return Wire(body, {"Content-Type": kind, **proof, **headers})

    def event(self, at: float | None = None, **event: Any) -> Wire:
        content = {
            "token": "old",
            "team_id": "T1",
            "api_app_id": "A1",
            "type": "event_callback",
            "event_id": f"Ev{number()}",
            "event_time": int(time.time()),
            "event": event,
        }
        return self.signed(json.dumps(content).encode(), "application/json", at)

    def message(self, **event: Any) -> dict[str, Any]:
        moment = f"{int(time.time())}.{number() % 10**6:06d}"
        base = {"type": "message", "channel_type": "im", "channel": self.id, "user": self.user, "ts": moment}
        return {**base, **event}

    def text(self, text: str) -> Wire:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return self.event(**self.message(text=escaped, client_msg_id=str(number())))

    def button(self, payload: str) -> Wire:
        moment = f"{int(time.time())}.{number() % 10**6:06d}"
        action = {"type": "button", "action_id": "ask0", "block_id": "b", "value": payload, "action_ts": moment}
        content = {
            "type": "block_actions",
            "user": {"id": self.user},
            "channel": {"id": self.id, "name": "directmessage"},
            "container": {"type": "message", "message_ts": "1.1", "channel_id": self.id},
            "actions": [action],
            "trigger_id": "1",
        }
        return self.signed(urlencode({"payload": json.dumps(content)}).encode(), "application/x-www-form-urlencoded")

    def picture(self, caption: str = "") -> Wire:
        files = [{"id": "F1", "mimetype": "image/png", "url_private": "https://files.slack.com/a.png"}]
        return self.event(**self.message(subtype="file_share", text=caption, files=files))


class SignedPerson(Person):
    channel = "signed"

    def signed(self, content: Any, at: float | None = None) -> Wire:
        wire = _json(content)
        moment = f"{at or time.time():.6f}"
        text = moment.encode() + b"." + wire.body
        digest = hmac.new(VALUES["SIGNED_SECRET"].encode(), text, hashlib.sha256).hexdigest()
        wire.headers.update({"X-Assistant-Timestamp": moment, "X-Assistant-Signature": f"v1={digest}"})
        return wire

    def message(self, **content: Any) -> dict[str, Any]:
        return {"id": str(number()), "conversation": self.id, **content}

    def text(self, text: str) -> Wire:
        return self.signed(self.message(text=text))

    def button(self, payload: str) -> Wire:
        return self.signed(self.message(payload=payload))

    def picture(self, caption: str = "") -> Wire:
        return self.signed(self.message(attachment=True, **({"text": caption} if caption else {})))


PEOPLE: dict[str, type[Person]] = {
    kind.channel: kind
    for kind in (TelegramPerson, MessengerPerson, WhatsAppPerson, TwilioPerson, SlackPerson, SignedPerson)
}
