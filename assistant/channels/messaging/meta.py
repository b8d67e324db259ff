"""What Messenger and WhatsApp have in common: both are Meta's Graph API."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, ClassVar

from assistant.channels.messaging.calls import Call, NotGenuineError, Reply, Verdict
from assistant.channels.messaging.provider import Provider, as_mapping, by_status, require

# Codes of errors that pass: busy, too many calls. Source: developers.facebook.com/docs/graph-api/guides/error-handling,
# .../docs/whatsapp/cloud-api/support/error-codes
AGAIN = frozenset({1, 2, 4, 17, 32, 341, 613, 80006, 80007, 130429, 131000, 131016, 131048, 131056, 133004})


class MetaProvider(Provider):
    """How Meta proves itself, and what its answers mean.

    Attributes:
        prefix: how the names of the channel's variables begin.
    """

    prefix: ClassVar[str]

    def _value(self, name: str) -> str:
        return self.values[f"{self.prefix}_{name}"]

    def handshake(self, call: Call) -> Reply:
        """Answers Meta's question whether this address is ours: gives back `hub.challenge` (see the base class).

        Source: developers.facebook.com/docs/graph-api/webhooks/getting-started, « Verification requests ».
        """
        require(call.query.get("hub.verify_token"), self._value("VERIFY_TOKEN"))
        challenge = call.query.get("hub.challenge", "")
        if call.query.get("hub.mode") != "subscribe" or not challenge.isalnum():
            raise NotGenuineError(403)
        return Reply(body=challenge)

    def check(self, call: Call) -> None:
        """Checks `X-Hub-Signature-256`: HMAC-SHA256 of the body as it was sent, with the app's secret.

        Source: developers.facebook.com/docs/messenger-platform/webhooks, « Validating payloads ».

        Raises:
            NotGenuineError: it is missing or wrong.
        """
        digest = hmac.new(self._value("APP_SECRET").encode(), call.body, hashlib.sha256).hexdigest()
        require(call.headers.get("x-hub-signature-256"), f"sha256={digest}")

    def verdict(self, status: int, headers: Mapping[str, str], body: Any) -> Verdict:
        """What an answer of the Graph API means (see the base class)."""
        error = as_mapping(as_mapping(body).get("error"))
        code = error.get("code")
        verdict = by_status(status, headers, str(code) if isinstance(code, int) else "")
        if not verdict.taken and not verdict.again and (code in AGAIN or error.get("is_transient") is True):
            return Verdict(False, True, 0.0, verdict.why)
        return verdict
