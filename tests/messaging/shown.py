"""What a person sees of the requests to a provider: the same parts for every channel."""

import html
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.messaging.rules import Seen


@dataclass
class Shown:
    """One message on the person's screen."""

    to: str
    text: str
    payloads: list[str] = field(default_factory=list)  # of buttons
    urls: list[str] = field(default_factory=list)  # of buttons


def telegram(seen: Seen) -> Shown | None:
    if not seen.path.endswith("/sendMessage"):
        return None
    content = seen.json
    text = html.unescape(re.sub(r"</?b>", "", content["text"]))
    shown = Shown(str(content["chat_id"]), text)
    rows = content.get("reply_markup", {}).get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        (shown.urls if "url" in button else shown.payloads).append(button.get("url") or button["callback_data"])
    return shown


def messenger(seen: Seen) -> Shown:
    message = seen.json["message"]
    template = message.get("attachment", {}).get("payload", {})
    return Shown(
        seen.json["recipient"]["id"],
        message.get("text") or template["text"],
        [reply["payload"] for reply in message.get("quick_replies", [])],
        [button["url"] for button in template.get("buttons", [])],
    )


def whatsapp(seen: Seen) -> Shown:
    content = seen.json
    if content["type"] == "text":
        return Shown(content["to"], content["text"]["body"].replace("*", ""))
    interactive = content["interactive"]
    action = interactive["action"]
    rows = [row["id"] for section in action.get("sections", []) for row in section["rows"]]
    buttons = [button["reply"]["id"] for button in action.get("buttons", [])]
    urls = [action["parameters"]["url"]] if "parameters" in action else []
    return Shown(content["to"], interactive["body"]["text"].replace("*", ""), rows + buttons, urls)


def twilio(seen: Seen) -> Shown:
    form = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
    return Shown(form["To"], form["Body"].replace("*", ""), urls=re.findall(r"https://\S+", form["Body"]))


def slack(seen: Seen) -> Shown:
    content = seen.json
    shown = Shown(content["channel"], "")
    for block in content["blocks"]:
        if block["type"] == "section":
            shown.text += html.unescape(block["text"]["text"].replace("*", ""))
        elif block["type"] == "context":
            shown.text += "\n\n" + html.unescape(block["elements"][0]["text"])
        else:
            shown.urls += [element["url"] for element in block["elements"] if "url" in element]
            shown.payloads += [element["value"] for element in block["elements"] if "value" in element]
    return shown


def signed(seen: Seen) -> Shown:
    content = seen.json
    return Shown(
        content["conversation"],
        content["text"] + (f"\n\n{content['source']}" if content["source"] else ""),
        [choice["payload"] for choice in content["choices"]],
        [link["url"] for link in content["links"]],
    )


SHOWN = {
    "telegram": telegram,
    "messenger": messenger,
    "whatsapp": whatsapp,
    "twilio": twilio,
    "slack": slack,
    "signed": signed,
}
