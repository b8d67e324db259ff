"""WhatsApp through Meta's Cloud API: reply buttons, lists, and buttons that lead to an address."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.channels.incoming import BadRequestError, parse_object
from assistant.channels.messaging.calls import Call, Delivery, Outgoing
from assistant.channels.messaging.capabilities import CAPABILITIES
from assistant.channels.messaging.drawing import (
    ASK_NEXT,
    CHOOSE,
    Choice,
    Drawable,
    LinkButton,
    emphasised,
    shortened,
    with_source,
)
from assistant.channels.messaging.meta import MetaProvider
from assistant.channels.messaging.provider import (
    a_message_id,
    a_text,
    an_id,
    as_list,
    as_mapping,
)

LIMITS = CAPABILITIES["whatsapp"]
MAX_ROWS = 10  # of a list
# Messages of a person that are not read. Reactions, edits, deletions, orders and notices of the system get no answer.
_OTHERS = frozenset({"audio", "contacts", "document", "image", "location", "sticker", "video", "unsupported"})


def starred(text: str) -> str:
    """The text with its emphasis as WhatsApp writes it."""
    return emphasised(text, lambda part: f"*{part}*")


class WhatsApp(MetaProvider):
    """See developers.facebook.com/documentation/business-messaging/whatsapp: webhooks and messages."""

    name = "whatsapp"
    prefix = "WHATSAPP"
    title = "WhatsApp (API Cloud de Meta)"

    def read(self, call: Call) -> list[Delivery]:
        """The messages to our number; not those in groups, nor receipts, reactions, edits or deletions."""
        content = parse_object(call.body)
        if content.get("object") != "whatsapp_business_account":
            raise BadRequestError("La requête n’est pas un événement de WhatsApp.")
        values = [
            as_mapping(as_mapping(change).get("value"))
            for entry in as_list(content.get("entry"))
            for change in as_list(as_mapping(entry).get("changes"))
            if as_mapping(change).get("field") == "messages"
        ]
        ours = self._value("PHONE_NUMBER_ID")
        messages = [
            as_mapping(message)
            for value in values
            if as_mapping(value.get("metadata")).get("phone_number_id") == ours
            for message in as_list(value.get("messages"))
        ]
        return [delivery for message in messages if (delivery := self._delivery(message))]

    @staticmethod
    def _delivery(message: Mapping[str, Any]) -> Delivery | None:
        person, wamid, kind = an_id(message.get("from")), a_message_id(message.get("id")), message.get("type")
        if person is None or wamid is None or not isinstance(kind, str) or message.get("group_id"):
            return None
        content = as_mapping(message.get(kind))
        text = payload = None
        if kind == "text":
            text = a_text(content.get("body"))
        elif kind == "interactive":
            pressed = as_mapping(content.get("button_reply") or content.get("list_reply"))
            payload = a_text(pressed.get("id"))
        elif kind == "button":
            payload = a_text(content.get("payload"))
        elif kind in _OTHERS:
            text = a_text(content.get("caption"))
        if not (text or payload or kind in _OTHERS):
            return None
        return Delivery(wamid, person, {"person": person}, text, payload, kind in _OTHERS)

    def draw(self, turn: Sequence[Drawable]) -> list[dict[str, Any]]:
        """The last part of an answer carries its choices, or its address; what does not fit comes after it."""
        messages: list[dict[str, Any]] = []
        for answer in turn:
            carries = bool(answer.links or answer.choices)
            texts = with_source(answer, LIMITS.choice_text if carries else LIMITS.text, starred)
            last = texts.pop() if carries else ""
            messages += [_text(text) for text in texts]
            for link in answer.links:
                messages.append(_link(last or f"«\u00a0{link.title}\u00a0»", link))
                last = ""
            if answer.choices:
                messages.append(_choices(last or ASK_NEXT, answer.choices[:MAX_ROWS]))
        return messages

    def request(self, delivery: Delivery, message: dict[str, Any], number: int) -> Outgoing:
        """`<phone number>/messages` (see the base class)."""
        head = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": delivery.to["person"]}
        return Outgoing(self._url("/messages"), json={**head, **message}, headers=self._credentials())

    def probe(self) -> Outgoing:
        """The number's own record (see the base class)."""
        return Outgoing(self._url(""), params={"fields": "id"}, headers=self._credentials(), method="GET")

    def _url(self, path: str) -> str:
        return f"{self._value('API_URL').rstrip('/')}/{self._value('PHONE_NUMBER_ID')}{path}"

    def _credentials(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._value('TOKEN')}"}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}


def _link(text: str, link: LinkButton) -> dict[str, Any]:
    parameters = {"display_text": shortened(link.label, LIMITS.link_title), "url": link.url}
    return _interactive("cta_url", text, {"name": "cta_url", "parameters": parameters})


def _choices(text: str, choices: Sequence[Choice]) -> dict[str, Any]:
    """Buttons where the questions fit onto them as they are, else a list that shows each in full."""
    if len(choices) <= LIMITS.choices and all(len(choice.title) <= LIMITS.choice_title for choice in choices):
        replies = [{"type": "reply", "reply": {"id": choice.payload, "title": choice.title}} for choice in choices]
        return _interactive("button", text, {"buttons": replies})
    rows = [_row(choice) for choice in choices]
    return _interactive("list", text, {"button": CHOOSE, "sections": [{"title": CHOOSE, "rows": rows}]})


def _row(choice: Choice) -> dict[str, str]:
    row = {"id": choice.payload, "title": shortened(choice.short, LIMITS.row_title)}
    if choice.title != choice.short:
        row["description"] = shortened(choice.title, LIMITS.row_description)
    return row
