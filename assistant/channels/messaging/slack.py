"""Slack, for the staff: blocks with buttons. slack_sdk checks the signature and its time."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import SignatureVerifier

from assistant.channels.incoming import BadRequestError, parse_object
from assistant.channels.messaging.calls import Call, Delivery, NotGenuineError, Outgoing, Reply, Verdict
from assistant.channels.messaging.capabilities import CAPABILITIES
from assistant.channels.messaging.drawing import Drawable, emphasised, plain, shortened, split_drawn
from assistant.channels.messaging.provider import OK, Provider, a_text, an_id, as_list, as_mapping, by_status

LIMITS = CAPABILITIES["slack"]
# Kinds of messages that a person has written; all others are edits, deletions, joins, bots.
_SUBTYPES = (None, "file_share", "me_message", "thread_broadcast")
_ASK = "ask"  # begins the name of a button that asks something; the buttons of links are reported too
# What Slack says under the status 200 where it is worth trying again (docs.slack.dev, chat.postMessage, errors).
_AGAIN = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
_MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>")
_MARKED = re.compile(r"<(?:[^|>]*\|)?([^>]*)>")


class Slack(Provider):
    """See docs.slack.dev: apis/events-api, interactivity, reference/methods/chat.postMessage."""

    name = "slack"
    title = "Slack"

    def check(self, call: Call) -> None:
        """Checks `X-Slack-Signature`, which holds for five minutes (see the base class).

        Source: docs.slack.dev/authentication/verifying-requests-from-slack.
        """
        signature, timestamp = call.headers.get("x-slack-signature"), call.headers.get("x-slack-request-timestamp")
        if not signature or not timestamp:
            raise NotGenuineError(401)
        try:
            verifier = SignatureVerifier(self.values["SLACK_SIGNING_SECRET"])
            genuine = verifier.is_valid(call.body, timestamp, signature)
        except (ValueError, TypeError):  # no number, or letters that no signature holds
            genuine = False
        if not genuine:
            raise NotGenuineError(403)

    def read(self, call: Call) -> list[Delivery]:
        """A message to the app, a mention of it, or a pressed button (see the base class)."""
        if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return self._pressed(call)
        content = parse_object(call.body)
        if content.get("type") == "url_verification":
            return []
        if content.get("type") != "event_callback":
            raise BadRequestError("La requête n’est pas un événement de Slack.")
        delivery = self._message(as_mapping(content.get("event")))
        return [delivery] if delivery else []

    @staticmethod
    def _message(event: Mapping[str, Any]) -> Delivery | None:
        is_direct = event.get("type") == "message" and event.get("channel_type") == "im"
        if not is_direct and event.get("type") != "app_mention":
            return None  # what is said in a channel is for the bot only where it is named
        if event.get("bot_id") or event.get("bot_profile") or event.get("subtype") not in _SUBTYPES:
            return None
        person, channel, moment = an_id(event.get("user")), an_id(event.get("channel")), an_id(event.get("ts"))
        if person is None or channel is None or moment is None:
            return None
        text = _read_text(a_text(event.get("text")) or "")
        has_other = bool(as_list(event.get("files")))
        if not text and not has_other and is_direct:
            return None
        thread = an_id(event.get("thread_ts")) or (None if is_direct else moment)
        # The same message can come as a mention and as a message: its place in the channel is its id.
        return Delivery(
            f"{channel}-{moment}",
            channel if is_direct else f"{channel}.{person}",
            {"channel": channel, "thread": thread},
            text=text or (None if has_other else "/start"),  # the bare name calls it
            has_other=has_other,
        )

    @staticmethod
    def _pressed(call: Call) -> list[Delivery]:
        try:
            payload = parse_object(dict(parse_qsl(call.body.decode("utf-8"))).get("payload", "").encode())
        except ValueError:
            raise BadRequestError("La requête n’est pas une action de Slack.") from None
        person = an_id(as_mapping(payload.get("user")).get("id"))
        channel = an_id(as_mapping(payload.get("channel")).get("id"))
        if payload.get("type") != "block_actions" or person is None or channel is None:
            return []
        thread = an_id(as_mapping(payload.get("container")).get("thread_ts"))
        is_direct = channel.startswith("D")
        deliveries = []
        for action in map(as_mapping, as_list(payload.get("actions"))):
            value, moment, name = a_text(action.get("value")), an_id(action.get("action_ts")), action.get("action_id")
            if value and moment and isinstance(name, str) and name.startswith(_ASK):
                conversation = channel if is_direct else f"{channel}.{person}"
                to = {"channel": channel, "thread": thread}
                deliveries.append(Delivery(f"{channel}-{person}-{moment}", conversation, to, payload=value))
        return deliveries

    def reply(self, call: Call) -> Reply:
        """The challenge by which Slack asks whether the address is ours, else nothing (see the base class)."""
        if call.headers.get("content-type", "").startswith("application/json"):
            content = parse_object(call.body)
            challenge = content.get("challenge")
            if content.get("type") == "url_verification" and isinstance(challenge, str):
                return Reply(body=json.dumps({"challenge": challenge}), content_type="application/json")
        return Reply()

    def draw(self, turn: Sequence[Drawable]) -> list[dict[str, Any]]:
        """One message an answer: the text, its source in small print, links and next steps as buttons."""
        return [self._draw(answer) for answer in turn]

    @staticmethod
    def _draw(answer: Drawable) -> dict[str, Any]:
        texts = split_drawn(answer.text, LIMITS.text, _marked)
        blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts]
        if answer.source:
            blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": _marked(answer.source)}]})
        links = [
            {"type": "button", "action_id": f"link{number}", "text": _label(link.title), "url": link.url}
            for number, link in enumerate(answer.links)
        ]
        asks = [
            {"type": "button", "action_id": f"{_ASK}{number}", "text": _label(choice.title), "value": choice.payload}
            for number, choice in enumerate(answer.choices)
        ]
        if links or asks:
            blocks.append({"type": "actions", "elements": (links + asks)[: LIMITS.choices]})
        # What notices and screen readers say; Slack shows the blocks.
        said = plain(answer.text) + (f"\n\n{answer.source}" if answer.source else "")
        return {"text": html.escape(said, quote=False)[: LIMITS.text], "blocks": blocks}

    def request(self, delivery: Delivery, message: dict[str, Any], number: int) -> Outgoing:
        """`chat.postMessage` (see the base class)."""
        body = {"channel": delivery.to["channel"], "unfurl_links": False, "unfurl_media": False, **message}
        if delivery.to["thread"]:
            body["thread_ts"] = delivery.to["thread"]
        return Outgoing(self._method("chat.postMessage"), json=body, headers=self._credentials())

    def verdict(self, status: int, headers: Mapping[str, str], body: Any) -> Verdict:
        """Slack says `"ok": false` under the status 200 (see the base class)."""
        content = as_mapping(body)
        error = content.get("error")
        verdict = by_status(status, headers, error if isinstance(error, str) and error.isidentifier() else "")
        if status == OK:
            return Verdict(content.get("ok") is True, error in _AGAIN, verdict.wait, verdict.why)
        return verdict

    def probe(self) -> Outgoing:
        """`auth.test` (see the base class)."""
        return Outgoing(self._method("auth.test"), json={}, headers=self._credentials())

    def _method(self, name: str) -> str:
        return f"{self.values['SLACK_API_URL'].rstrip('/')}/{name}"

    def _credentials(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.values['SLACK_TOKEN']}"}


def _read_text(text: str) -> str:
    """The words of a message: without mentions, with the text of links, and with Slack's three escapes undone."""
    return html.unescape(_MARKED.sub(r"\1", _MENTION.sub(" ", text))).strip()


def _marked(text: str) -> str:
    """The text as Slack's mrkdwn."""
    return emphasised(html.escape(text, quote=False), lambda part: f"*{part}*")


def _label(title: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": shortened(title, LIMITS.choice_title)}
