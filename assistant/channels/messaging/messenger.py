"""Facebook Messenger (Send API): quick replies for the next steps, link buttons for addresses."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.channels.incoming import BadRequestError, parse_object
from assistant.channels.messaging.calls import Call, Delivery, Outgoing, Reply
from assistant.channels.messaging.capabilities import CAPABILITIES
from assistant.channels.messaging.drawing import Drawable, plain, shortened, split, with_source
from assistant.channels.messaging.meta import MetaProvider
from assistant.channels.messaging.provider import (
    a_message_id,
    a_text,
    an_id,
    as_list,
    as_mapping,
)

LIMITS = CAPABILITIES["messenger"]


class Messenger(MetaProvider):
    """See developers.facebook.com/docs/messenger-platform: webhooks and reference/send-api."""

    name = "messenger"
    prefix = "MESSENGER"
    title = "Facebook Messenger"

    def read(self, call: Call) -> list[Delivery]:
        """Messages, quick replies and postbacks; not echoes, receipts, reactions, edits or what another app answers."""
        content = parse_object(call.body)
        if content.get("object") != "page":
            raise BadRequestError("La requête n’est pas un événement d’une page.")
        events = [
            as_mapping(event)
            for entry in as_list(content.get("entry"))
            for event in as_list(as_mapping(entry).get("messaging"))
        ]
        return [delivery for event in events if (delivery := self._delivery(event))]

    @staticmethod
    def _delivery(event: Mapping[str, Any]) -> Delivery | None:
        person = an_id(as_mapping(event.get("sender")).get("id"))
        message, postback = as_mapping(event.get("message")), as_mapping(event.get("postback"))
        # Old versions of the API gave postbacks no id.
        mid = a_message_id(message.get("mid") or postback.get("mid") or event.get("timestamp"))
        if person is None or mid is None or message.get("is_echo") or not (message or postback):
            return None
        payload = a_text(as_mapping(message.get("quick_reply")).get("payload") or postback.get("payload"))
        text = a_text(message.get("text"))
        # A shared link comes with its text, and an attachment of this type that says nothing more.
        others = [kind for item in as_list(message.get("attachments")) if (kind := as_mapping(item).get("type"))]
        has_other = any(kind != "fallback" for kind in others) or bool(others and not text)
        if not (payload or text or has_other):
            return None
        return Delivery(mid, person, {"person": person}, None if payload else text, payload, has_other)

    def reply(self, call: Call) -> Reply:
        """What the documentation asks for (see the base class)."""
        return Reply(body="EVENT_RECEIVED")

    def draw(self, turn: Sequence[Drawable]) -> list[dict[str, Any]]:
        """Texts; each address in a button below its title; the next steps as quick replies of the last message."""
        messages: list[dict[str, Any]] = []
        for answer in turn:
            messages += [{"text": text} for text in with_source(answer, LIMITS.text, plain)]
            for start in range(0, len(answer.links), LIMITS.link_buttons):
                links = answer.links[start : start + LIMITS.link_buttons]
                titles = split("\n".join(f"«\u00a0{link.title}\u00a0»" for link in links), LIMITS.link_text)[0]
                buttons = [
                    {"type": "web_url", "url": link.url, "title": shortened(link.label, LIMITS.link_title)}
                    for link in links
                ]
                payload = {"template_type": "button", "text": titles, "buttons": buttons}
                messages.append({"attachment": {"type": "template", "payload": payload}})
        # Quick replies vanish with the next message, so that only the last can carry them.
        choices = [choice for answer in turn for choice in answer.choices][-LIMITS.choices :]
        if choices and messages:
            messages[-1]["quick_replies"] = [
                {
                    "content_type": "text",
                    "title": shortened(choice.short, LIMITS.choice_title),
                    "payload": choice.payload,
                }
                for choice in choices
            ]
        return messages

    def request(self, delivery: Delivery, message: dict[str, Any], number: int) -> Outgoing:
        """`me/messages` (see the base class)."""
        body = {"recipient": {"id": delivery.to["person"]}, "messaging_type": "RESPONSE", "message": message}
        return Outgoing(self._url("me/messages"), json=body, params=self._credentials())

    def probe(self) -> Outgoing:
        """The page's own record (see the base class)."""
        return Outgoing(self._url("me"), params={"fields": "id", **self._credentials()}, method="GET")

    def _url(self, path: str) -> str:
        return f"{self._value('API_URL').rstrip('/')}/{path}"

    def _credentials(self) -> dict[str, str]:
        """The token, with the proof that whoever sends it holds the app's secret.

        Source: developers.facebook.com/docs/graph-api/guides/secure-requests, « appsecret_proof ».
        """
        token, secret = self._value("PAGE_TOKEN"), self._value("APP_SECRET")
        proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        return {"access_token": token, "appsecret_proof": proof}
