"""What the providers' documentation says of a request to them, read anew from it and not from the assistant's table.

Each check gives the problems of a request, none if the provider would take it.
"""

import base64
import hashlib
import hmac
import html.parser
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

# The credentials of the tests, as the assistant's environment holds them.
VALUES = {
    "TELEGRAM_TOKEN": "4242:TEST-token_of-telegram",
    "TELEGRAM_SECRET": "secret-of-the-tests_telegram",
    "TELEGRAM_USERNAME": "arc_essai_bot",
    "MESSENGER_PAGE_TOKEN": "EAAtestPageToken",
    "MESSENGER_APP_SECRET": "0123456789abcdef0123456789abcdef",
    "MESSENGER_VERIFY_TOKEN": "verify-token-messenger",
    "WHATSAPP_TOKEN": "EAAtestWhatsAppToken",
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_APP_SECRET": "fedcba9876543210fedcba9876543210",
    "WHATSAPP_VERIFY_TOKEN": "verify-token-whatsapp",
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "1234567890abcdef1234567890abcdef",
    "TWILIO_WHATSAPP_NUMBER": "+33700000000",
    "PUBLIC_URL": "https://assistant.example.org",
    "SLACK_TOKEN": "xoxb-12345678",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "SIGNED_SECRET": "a shared secret of forty characters ....",
}


@dataclass(frozen=True)
class Seen:
    """A request to a provider, as it came over the wire."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Problems = list[str]


def at_most(problems: Problems, what: str, text: Any, limit: int, size: Callable[[str], int] = len) -> None:
    if not isinstance(text, str) or not text.strip():
        problems.append(f"{what} is empty")
    elif size(text) > limit:
        problems.append(f"{what} has {size(text)} of at most {limit}")


def only(problems: Problems, what: str, content: dict[str, Any], fields: set[str], needed: set[str]) -> None:
    if set(content) - fields:
        problems.append(f"{what} has unknown fields {sorted(set(content) - fields)}")
    if needed - set(content):
        problems.append(f"{what} lacks {sorted(needed - set(content))}")


def is_address(text: Any) -> bool:
    return isinstance(text, str) and urlsplit(text).scheme in ("https", "http") and bool(urlsplit(text).hostname)


class _Html(html.parser.HTMLParser):
    """Telegram's HTML: only some tags, all closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.problems: Problems = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"):
            self.problems.append(f"tag {tag}")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"tag {tag} is closed and was not open")

    def handle_data(self, data: str) -> None:
        self.text += data


def _telegram_button(button: dict[str, Any]) -> Iterator[str]:
    problems: Problems = []
    only(problems, "button", button, {"text", "url", "callback_data"}, {"text"})
    at_most(problems, "button text", button.get("text"), 64)
    if ("url" in button) == ("callback_data" in button):
        problems.append("button must use exactly one of the optional fields")
    if "url" in button and not is_address(button["url"]):
        problems.append("button url is no address")
    if "callback_data" in button:
        at_most(problems, "callback_data", button["callback_data"], 64, lambda text: len(text.encode()))
    yield from problems


def telegram(seen: Seen) -> Problems:
    """core.telegram.org/bots/api#sendmessage, #answercallbackquery, #html-style"""
    problems: Problems = []
    token, _, method = seen.path.removeprefix("/bot").rpartition("/")
    if token != VALUES["TELEGRAM_TOKEN"]:
        return ["401 wrong token"]
    if method == "getMe":
        return problems
    content = seen.json
    if method == "answerCallbackQuery":
        only(problems, method, content, {"callback_query_id", "text"}, {"callback_query_id"})
        return problems
    if method != "sendMessage":
        return [f"unknown method {method}"]
    fields = {"chat_id", "message_thread_id", "text", "parse_mode", "link_preview_options", "reply_parameters"}
    only(problems, method, content, fields | {"reply_markup"}, {"chat_id", "text"})
    if not isinstance(content.get("chat_id"), int):
        problems.append("chat_id is no number")
    if content.get("parse_mode") == "HTML":
        parser = _Html()
        parser.feed(content.get("text", ""))
        parser.close()
        if re.search(r"<(?!/?[a-z])|&(?!(lt|gt|amp|quot|#[0-9]+);)", content.get("text", "")):
            problems.append("a < or & is not written as an entity")
        problems += parser.problems + [f"tag {tag} is not closed" for tag in parser.open]
        # counted after the entities are parsed, in UTF-16 units
        at_most(problems, "text", parser.text, 4096, lambda text: len(text.encode("utf-16-le")) // 2)
    else:
        at_most(problems, "text", content.get("text"), 4096)
    markup = content.get("reply_markup")
    if markup is not None:
        only(problems, "reply_markup", markup, {"inline_keyboard"}, {"inline_keyboard"})
        rows = markup["inline_keyboard"]
        if not rows or not all(rows) or sum(map(len, rows)) > 100:
            problems.append("inline_keyboard is empty, has an empty row or more than 100 buttons")
        problems += [problem for row in rows for button in row for problem in _telegram_button(button)]
    return problems


def _template(attachment: dict[str, Any]) -> Problems:
    problems: Problems = []
    only(problems, "attachment", attachment, {"type", "payload"}, {"type", "payload"})
    payload = attachment["payload"]
    only(problems, "payload", payload, {"template_type", "text", "buttons"}, {"template_type", "text", "buttons"})
    if (attachment["type"], payload["template_type"]) != ("template", "button"):
        problems.append("unknown template")
    at_most(problems, "template text", payload["text"], 640)
    if not 1 <= len(payload["buttons"]) <= 3:
        problems.append(f"{len(payload['buttons'])} buttons of 1 to 3")
    for button in payload["buttons"]:
        only(problems, "button", button, {"type", "url", "title"}, {"type", "url", "title"})
        at_most(problems, "button title", button.get("title"), 20)
        if not is_address(button.get("url")):
            problems.append("button url is no address")
    return problems


def messenger(seen: Seen) -> Problems:
    """developers.facebook.com/docs/messenger-platform: reference/send-api, .../templates/button, quick-replies"""
    problems: Problems = []
    query = dict(parse_qsl(seen.query))
    token, secret = VALUES["MESSENGER_PAGE_TOKEN"], VALUES["MESSENGER_APP_SECRET"]
    if query.get("access_token") != token:
        return ["401 wrong token"]
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if query.get("appsecret_proof") != proof:
        problems.append("appsecret_proof is wrong")
    if seen.method == "GET":
        return problems
    content = seen.json
    if seen.path != "/v23.0/me/messages":
        problems.append("wrong path")
    only(problems, "body", content, {"recipient", "messaging_type", "message"}, {"recipient", "message"})
    only(problems, "recipient", content.get("recipient", {}), {"id"}, {"id"})
    if content.get("messaging_type") != "RESPONSE":
        problems.append("messaging_type")
    message = content.get("message", {})
    only(problems, "message", message, {"text", "attachment", "quick_replies"}, set())
    if ("text" in message) == ("attachment" in message):
        problems.append("a message has a text or an attachment")
    if "text" in message:
        at_most(problems, "text", message["text"], 2000)
    if "attachment" in message:
        problems += _template(message["attachment"])
    replies = message.get("quick_replies", [])
    if len(replies) > 13 or ("quick_replies" in message and not replies):
        problems.append(f"{len(replies)} quick replies of 1 to 13")
    for reply in replies:
        only(problems, "quick reply", reply, {"content_type", "title", "payload"}, {"content_type", "title", "payload"})
        at_most(problems, "quick reply title", reply.get("title"), 20)
        at_most(problems, "quick reply payload", reply.get("payload"), 1000)
    return problems


def _reply_buttons(action: dict[str, Any]) -> Problems:
    problems: Problems = []
    only(problems, "action", action, {"buttons"}, {"buttons"})
    titles = [button["reply"]["title"] for button in action["buttons"]]
    ids = [button["reply"]["id"] for button in action["buttons"]]
    if not 1 <= len(titles) <= 3 or len(set(titles)) < len(titles) or len(set(ids)) < len(ids):
        problems.append("1 to 3 buttons, each of its own")
    for title in titles:
        at_most(problems, "button title", title, 20)
    for id_ in ids:
        at_most(problems, "button id", id_, 256)
    return problems


def _list(action: dict[str, Any]) -> Problems:
    problems: Problems = []
    only(problems, "action", action, {"button", "sections"}, {"button", "sections"})
    at_most(problems, "list button", action["button"], 20)
    rows = [row for section in action["sections"] for row in section["rows"]]
    if not 1 <= len(action["sections"]) <= 10 or not 1 <= len(rows) <= 10:
        problems.append("1 to 10 sections, 1 to 10 rows")
    if len({row["id"] for row in rows}) < len(rows):
        problems.append("rows have the same id")
    for section in action["sections"]:
        at_most(problems, "section title", section.get("title"), 24)
    for row in rows:
        only(problems, "row", row, {"id", "title", "description"}, {"id", "title"})
        at_most(problems, "row id", row["id"], 200)
        at_most(problems, "row title", row["title"], 24)
        if "description" in row:
            at_most(problems, "row description", row["description"], 72)
    return problems


def _cta_url(action: dict[str, Any]) -> Problems:
    problems: Problems = []
    only(problems, "action", action, {"name", "parameters"}, {"name", "parameters"})
    only(problems, "parameters", action["parameters"], {"display_text", "url"}, {"display_text", "url"})
    at_most(problems, "display_text", action["parameters"]["display_text"], 20)
    if action["name"] != "cta_url" or not is_address(action["parameters"]["url"]):
        problems.append("cta_url")
    return problems


_ACTIONS = {"button": _reply_buttons, "list": _list, "cta_url": _cta_url}


def whatsapp(seen: Seen) -> Problems:
    """developers.facebook.com/documentation/business-messaging/whatsapp/messages"""
    problems: Problems = []
    if seen.headers.get("authorization") != f"Bearer {VALUES['WHATSAPP_TOKEN']}":
        return ["401 wrong token"]
    number = VALUES["WHATSAPP_PHONE_NUMBER_ID"]
    if seen.method == "GET":
        return [] if seen.path == f"/v23.0/{number}" else ["wrong path"]
    if seen.path != f"/v23.0/{number}/messages":
        problems.append("wrong path")
    content = seen.json
    kind = content.get("type")
    head = {"messaging_product", "recipient_type", "to", "type"}
    only(problems, "body", content, head | {kind}, head | {kind})
    if (content.get("messaging_product"), content.get("recipient_type")) != ("whatsapp", "individual"):
        problems.append("messaging_product or recipient_type")
    if not re.fullmatch(r"[0-9]{6,15}", content.get("to", "")):
        problems.append("to is no number")
    if kind == "text":
        only(problems, "text", content["text"], {"body", "preview_url"}, {"body"})
        at_most(problems, "text body", content["text"].get("body"), 4096)
        return problems
    if kind != "interactive":
        return [*problems, f"unknown type {kind}"]
    interactive = content["interactive"]
    only(problems, kind, interactive, {"type", "header", "body", "footer", "action"}, {"type", "body", "action"})
    at_most(problems, "body text", interactive["body"].get("text"), 4096 if interactive["type"] == "list" else 1024)
    action = interactive["action"]
    if interactive["type"] not in _ACTIONS:
        return [*problems, f"unknown interactive {interactive['type']}"]
    return problems + _ACTIONS[interactive["type"]](action)


def twilio(seen: Seen) -> Problems:
    """twilio.com/docs/messaging/api/message-resource#create-a-message-resource"""
    problems: Problems = []
    sid, token = VALUES["TWILIO_ACCOUNT_SID"], VALUES["TWILIO_AUTH_TOKEN"]
    if seen.headers.get("authorization") != "Basic " + base64.b64encode(f"{sid}:{token}".encode()).decode():
        return ["401 wrong credentials"]
    if seen.method == "GET":
        return [] if seen.path == f"/2010-04-01/Accounts/{sid}.json" else ["wrong path"]
    if seen.path != f"/2010-04-01/Accounts/{sid}/Messages.json":
        problems.append("wrong path")
    if not seen.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return [*problems, "not a form"]
    form = {name: values[0] for name, values in parse_qs(seen.body.decode(), keep_blank_values=True).items()}
    only(problems, "form", form, {"From", "To", "Body"}, {"From", "To", "Body"})
    if form.get("From") != "whatsapp:" + VALUES["TWILIO_WHATSAPP_NUMBER"]:
        problems.append("From is not our number")
    if not re.fullmatch(r"whatsapp:\+[0-9]{6,15}", form.get("To", "")):
        problems.append("To is no WhatsApp number")
    at_most(problems, "Body", form.get("Body"), 1600)
    return problems


def slack(seen: Seen) -> Problems:
    """docs.slack.dev/reference/methods/chat.postMessage; slack_sdk knows the limits of the blocks"""
    problems: Problems = []
    if seen.headers.get("authorization") != f"Bearer {VALUES['SLACK_TOKEN']}":
        return ["401 invalid_auth"]
    if seen.path == "/api/auth.test":
        return []
    if seen.path != "/api/chat.postMessage":
        return ["unknown_method"]
    content = seen.json
    fields = {"channel", "text", "blocks", "thread_ts", "unfurl_links", "unfurl_media"}
    only(problems, "body", content, fields, {"channel", "text"})
    at_most(problems, "text", content.get("text"), 4000)
    if not re.fullmatch(r"[CDG][A-Z0-9]+", content.get("channel", "")):
        problems.append("channel_not_found")
    blocks = content.get("blocks", [])
    if not 1 <= len(blocks) <= 50:
        problems.append("1 to 50 blocks")
    names: list[str] = []
    for block in blocks:
        try:
            parsed = Block.parse(block)
            if parsed is None or parsed.to_dict() != block:
                problems.append(f"a block is not one of Slack's: {block.get('type')}")
                continue
            parsed.validate_json()
        except (SlackObjectFormationError, TypeError) as problem:
            problems.append(f"invalid_blocks: {problem}")
        if block["type"] == "section":
            at_most(problems, "section text", block["text"]["text"], 3000)
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            at_most(problems, "button text", element["text"]["text"], 75)
            names.append(element["action_id"])
            if "url" in element and not is_address(element["url"]):
                problems.append("button url is no address")
    if len(set(names)) < len(names):
        problems.append("action_id is not unique")
    return problems


def signed(seen: Seen) -> Problems:
    """docs/channels.md"""
    timestamp = seen.headers.get("x-assistant-timestamp", "")
    text = timestamp.encode() + b"." + seen.body
    right = "v1=" + hmac.new(VALUES["SIGNED_SECRET"].encode(), text, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, seen.headers.get("x-assistant-signature", "")):
        return ["401 wrong signature"]
    problems: Problems = []
    if abs(time.time() - float(timestamp)) > 300:
        problems.append("old time stamp")
    content = seen.json
    fields = {"id", "conversation", "in_reply_to", "text", "source", "choices", "links"}
    only(problems, "body", content, fields, fields)
    at_most(problems, "text", content.get("text"), 4000)
    for choice in content.get("choices", []):
        only(problems, "choice", choice, {"title", "short", "payload"}, {"title", "short", "payload"})
        at_most(problems, "title", choice["title"], 100)
        at_most(problems, "short", choice["short"], 20)
    for link in content.get("links", []):
        only(problems, "link", link, {"title", "url"}, {"title", "url"})
        if not is_address(link["url"]):
            problems.append("url is no address")
    return problems


CHECKS: dict[str, Callable[[Seen], Problems]] = {
    "telegram": telegram,
    "messenger": messenger,
    "whatsapp": whatsapp,
    "twilio": twilio,
    "slack": slack,
    "signed": signed,
}
