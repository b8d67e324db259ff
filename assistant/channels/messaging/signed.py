"""Our own signed webhook, for anything that has no channel here. docs/channels.md describes it.

Both directions are signed alike: `X-Assistant-Timestamp` holds the seconds since the epoch, `X-Assistant-Signature` is
`v1=` and HMAC-SHA256, in hexadecimal, of the time stamp, a full stop and the body.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Sequence
from typing import Any

from assistant.channels.incoming import BadRequestError, parse_object
from assistant.channels.messaging.calls import Call, Delivery, NotGenuineError, Outgoing, Reply
from assistant.channels.messaging.capabilities import CAPABILITIES
from assistant.channels.messaging.drawing import Drawable, plain, shortened, split_drawn
from assistant.channels.messaging.provider import Provider, a_text, require

LIMITS = CAPABILITIES["signed"]
WINDOW = 300  # seconds for which a signature holds
TIMESTAMP, SIGNATURE = "x-assistant-timestamp", "x-assistant-signature"
_ID = re.compile(r"[A-Za-z0-9._:@+-]{1,128}")
_TIME = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body that is sent at a time."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Signed(Provider):
    """See docs/channels.md."""

    name = "signed"
    title = "Webhook signé"

    def check(self, call: Call) -> None:
        """Checks the signature and that it is fresh (see the base class); `replay_key` lets it pass only once."""
        timestamp = call.headers.get(TIMESTAMP, "")
        if not timestamp:
            raise NotGenuineError(401)
        if not _TIME.fullmatch(timestamp):
            raise NotGenuineError(403)
        require(call.headers.get(SIGNATURE), signature(self.values["SIGNED_SECRET"], timestamp, call.body))
        if abs(call.received - float(timestamp)) > WINDOW:
            raise NotGenuineError(403)

    def replay_key(self, call: Call) -> str:
        """The signature: whoever sends a message again signs it again (see the base class)."""
        return call.headers[SIGNATURE]

    def read(self, call: Call) -> list[Delivery]:
        """`{"id", "conversation", "text" | "payload", "attachment"}` (see the base class)."""
        content = parse_object(call.body)
        parts = [content.get("id"), content.get("conversation")]
        if not all(isinstance(part, str) and _ID.fullmatch(part) for part in parts):
            raise BadRequestError("« id » et « conversation » : 1 à 128 lettres, chiffres ou . _ : @ + -")
        text, payload = content.get("text"), content.get("payload")
        has_other = content.get("attachment") is True
        if not all(part is None or isinstance(part, str) for part in (text, payload)) or (text and payload):
            raise BadRequestError("Un message a un « text » ou un « payload ».")
        if not (a_text(text) or a_text(payload) or has_other):
            raise BadRequestError("Le message est vide.")
        message_id, conversation = map(str, parts)
        to = {"conversation": conversation}
        # Another conversation's message of the same id is another message. The end cannot be part of an id.
        return [Delivery(f"{conversation}/{message_id}/", conversation, to, a_text(text), a_text(payload), has_other)]

    def reply(self, call: Call) -> Reply:
        """See the base class."""
        return Reply(body=json.dumps({"status": "accepted"}), content_type="application/json")

    def draw(self, turn: Sequence[Drawable]) -> list[dict[str, Any]]:
        """Text, source, next steps and addresses apart, for the other side to draw (see the base class)."""
        messages: list[dict[str, Any]] = []
        for answer in turn:
            *before, last = split_drawn(answer.text, LIMITS.text, plain) or [""]
            messages += [{"text": text, "source": None, "choices": [], "links": []} for text in before]
            choices = [
                {
                    "title": shortened(choice.title, LIMITS.choice_title),
                    "short": choice.short,
                    "payload": choice.payload,
                }
                for choice in answer.choices[: LIMITS.choices]
            ]
            links = [
                {"title": shortened(link.title, LIMITS.link_title), "url": link.url}
                for link in answer.links[: LIMITS.link_buttons]
            ]
            messages.append({"text": last, "source": answer.source, "choices": choices, "links": links})
        return messages

    def request(self, delivery: Delivery, message: dict[str, Any], number: int) -> Outgoing:
        """A signed call of the other side's address; a second try has the same id (see the base class)."""
        answered = delivery.id.split("/")[1]
        head = {"id": f"{answered}.{number}", "conversation": delivery.to["conversation"], "in_reply_to": answered}
        return self._signed({**head, **message})

    def probe(self) -> None:
        """The other side has no address that changes nothing (see the base class)."""

    def _signed(self, content: dict[str, Any]) -> Outgoing:
        body = json.dumps(content, ensure_ascii=False).encode()
        now = f"{time.time():.3f}"
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            TIMESTAMP: now,
            SIGNATURE: signature(self.values["SIGNED_SECRET"], now, body),
        }
        return Outgoing(self.values["SIGNED_REPLY_URL"], data=body, headers=headers)
