"""WhatsApp through Twilio: no buttons, so that the next steps are numbered. Twilio's library checks the signature."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from twilio.request_validator import RequestValidator, add_port, remove_port

from assistant.channels.incoming import BadRequestError
from assistant.channels.messaging.calls import Call, Delivery, NotGenuineError, Outgoing, Reply
from assistant.channels.messaging.capabilities import CAPABILITIES
from assistant.channels.messaging.drawing import Drawable, numbered, with_source, written_out
from assistant.channels.messaging.provider import Provider, a_message_id, a_text, an_id, same
from assistant.channels.messaging.whatsapp import starred

LIMITS = CAPABILITIES["twilio"]
PATH = "/webhooks/twilio/webhook"
PREFIX = "whatsapp:"
MAX_FIELDS = 200
XML = "text/xml; charset=utf-8"
# Not read, and shown by a field of the call that is not empty (twilio.com/docs/messaging/guides/webhook-request).
_OTHERS = ("Latitude", "Longitude", "MediaUrl0")


class Twilio(Provider):
    """See twilio.com/docs/messaging/guides/webhook-request and .../api/message-resource."""

    name = "twilio"
    title = "WhatsApp (Twilio)"

    def check(self, call: Call) -> None:
        """Checks `X-Twilio-Signature`: HMAC-SHA1 of the address as registered and of the sorted fields.

        The address is the one of PUBLIC_URL: behind a proxy the server does not see it. Twilio signs it with or
        without the port.

        Source: twilio.com/docs/usage/security, « Validating requests ».
        """
        signature = call.headers.get("x-twilio-signature")
        if not signature:
            raise NotGenuineError(401)
        address = self.values["PUBLIC_URL"].rstrip("/") + PATH
        parts = urlsplit(f"{address}?{call.query_string}" if call.query_string else address)
        validator = RequestValidator(self.values["TWILIO_AUTH_TOKEN"])
        fields = _fields(call)
        right = [validator.compute_signature(form(parts), fields) for form in (add_port, remove_port)]
        if not sum(same(signature, expected) for expected in right):  # both are always compared
            raise NotGenuineError(403)

    def read(self, call: Call) -> list[Delivery]:
        """The message of the call; none where it reports on one of ours, or on a reaction (see the base class)."""
        fields = _fields(call)
        sid = a_message_id(fields.get("MessageSid") or fields.get("SmsMessageSid"))
        person = fields.get("From", "")
        if sid is None:
            raise BadRequestError("La requête n’est pas un message de Twilio.")
        status = fields.get("MessageStatus") or fields.get("SmsStatus") or "received"
        number = an_id(person.removeprefix(PREFIX))
        if status != "received" or not person.startswith(PREFIX) or number is None:
            return []
        if fields.get("To") != PREFIX + self.values["TWILIO_WHATSAPP_NUMBER"]:
            return []
        if fields.get("MessageType") == "reaction":
            return []
        text = a_text(fields.get("Body"))
        # A contact comes as a file.
        has_other = fields.get("NumMedia", "0") not in ("", "0") or any(fields.get(name) for name in _OTHERS)
        payload = a_text(fields.get("ButtonPayload"))
        if not (text or payload or has_other):
            has_other = fields.get("MessageType", "text") not in ("text", "button", "interactive")
            if not has_other:
                return []
        return [Delivery(sid, number, {"person": person}, None if payload else text, payload, has_other)]

    def reply(self, call: Call) -> Reply:
        """An empty document: the answer goes out by itself (see the base class)."""
        return Reply(body="<Response/>", content_type=XML)

    def apology(self, text: str) -> Reply:
        """Twilio delivers nothing twice, so that the person is told at once (see the base class)."""
        return Reply(body=f"<Response><Message>{escape(text)}</Message></Response>", content_type=XML)

    def draw(self, turn: Sequence[Drawable]) -> list[dict[str, Any]]:
        """Texts, with addresses written out and the next steps numbered over the whole turn (see the base class)."""
        messages: list[dict[str, Any]] = []
        first = 1
        for answer in turn:
            below = [written_out(answer.links), numbered(answer.choices, first)]
            if answer.choices:
                one = first == 1 and len(answer.choices) == 1
                below.append("Répondez par 1 pour choisir." if one else "Répondez par un numéro pour choisir.")
            first += len(answer.choices)
            extra = "\n\n".join(part for part in below if part)
            messages += [{"Body": text} for text in with_source(answer, LIMITS.text, starred, extra=extra)]
        return messages

    def request(self, delivery: Delivery, message: dict[str, Any], number: int) -> Outgoing:
        """A message resource (see the base class)."""
        sender = PREFIX + self.values["TWILIO_WHATSAPP_NUMBER"]
        form = {"From": sender, "To": delivery.to["person"], **message}
        return Outgoing(self._url("/Messages.json"), form=form, auth=self._credentials())

    def probe(self) -> Outgoing:
        """The account's own record (see the base class)."""
        return Outgoing(self._url(".json"), auth=self._credentials(), method="GET")

    def _url(self, path: str) -> str:
        account = f"/2010-04-01/Accounts/{self.values['TWILIO_ACCOUNT_SID']}"
        return self.values["TWILIO_API_URL"].rstrip("/") + account + path

    def _credentials(self) -> tuple[str, str]:
        return self.values["TWILIO_ACCOUNT_SID"], self.values["TWILIO_AUTH_TOKEN"]


def _fields(call: Call) -> dict[str, str]:
    try:
        pairs = parse_qsl(call.body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise BadRequestError("La requête n’est pas un formulaire.") from None
    return dict(pairs)
