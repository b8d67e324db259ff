"""What a turn looks like on each channel: the channel's own drawing, taken apart for the page. Pure functions.

What is shown is what the channel's renderer would send: its texts, its emphasis, its limits, its buttons.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.channel_settings import read_channels
from assistant.channels.messaging.drawing import drawables
from assistant.channels.messaging.messenger import Messenger
from assistant.channels.messaging.provider import Provider
from assistant.channels.messaging.slack import Slack
from assistant.channels.messaging.telegram import Telegram
from assistant.channels.messaging.twilio import Twilio
from assistant.channels.messaging.whatsapp import WhatsApp
from assistant.content.catalogue import Catalogue

WIDGET = "widget"
PROVIDERS: tuple[type[Provider], ...] = (Telegram, Messenger, WhatsApp, Twilio, Slack)
LOOKS: Mapping[str, str] = {WIDGET: "Site web", **{kind.name: kind.title for kind in PROVIDERS}}

Run = tuple[str, bool]  # some text, and whether it is emphasised
Content = dict[str, Any]  # a message as a provider takes it


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list of items; each a line of runs."""

    is_list: bool
    lines: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class Button:
    """What can be pressed: a next step with its payload, or an address.

    Attributes:
        title: what it says.
        below: the line below it, where the channel shows one.
        payload: what it sends, None if it leads to an address.
        url: the address.
    """

    title: str
    below: str | None = None
    payload: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Bubble:
    """One message on the person's screen.

    Attributes:
        blocks: its text.
        source: the line of the source, where the channel sets it apart.
        list_button: what the button says that opens the list of choices; None where they lie open.
        buttons: what can be pressed.
    """

    blocks: tuple[Block, ...]
    source: str | None = None
    list_button: str | None = None
    buttons: tuple[Button, ...] = ()


def bubbles(look: str, answers: Sequence[dict[str, Any]], content: Catalogue) -> list[Bubble]:
    """What a person sees of a turn.

    Args:
        look: one of LOOKS.
        answers: as assistant/channels/rendering.py's `widget_answer` makes them.
        content: the catalogue, for the short titles.
    """
    if look == WIDGET:
        return [_of_widget(answer) for answer in answers]
    kind = next(kind for kind in PROVIDERS if kind.name == look)
    drawn = kind(read_channels({})[look]).draw(drawables(answers, content))
    return [_READERS[look](message) for message in drawn]


def _runs(text: str, mark: str) -> tuple[Run, ...]:
    """The text in runs: what stands between two marks is emphasised."""
    parts = re.split(f"{mark}(.+?){mark}", text)
    return tuple((part, place % 2 == 1) for place, part in enumerate(parts) if part)


def _blocks(text: str, mark: str) -> tuple[Block, ...]:
    """Paragraphs apart by a blank line, and lists of lines that begin with « - » (widget/src/markup.ts)."""
    return tuple(block for paragraph in re.split(r"\n{2,}", text.strip()) for block in _of_paragraph(paragraph, mark))


def _of_paragraph(paragraph: str, mark: str) -> Iterator[Block]:
    held: Block | None = None
    for line in filter(str.strip, paragraph.split("\n")):
        is_item = line.startswith("- ")
        runs = _runs(line[2:] if is_item else line, mark)
        if held and held.is_list == is_item:
            held = replace(held, lines=(*held.lines, runs))
        else:
            if held:
                yield held
            held = Block(is_item, (runs,))
    if held:
        yield held


def _verbatim(text: str, mark: str) -> tuple[Block, ...]:
    """Paragraphs whose lines stay as they are: the messaging channels know no lists."""
    return tuple(
        Block(False, tuple(_runs(line, mark) for line in paragraph.split("\n")))
        for paragraph in re.split(r"\n{2,}", text.strip())
    )


def _of_widget(answer: dict[str, Any]) -> Bubble:
    links = [Button(link["title"], url=link["url"]) for link in answer["links"]]
    asks = [Button(button["title"], payload=button["payload"]) for button in answer["buttons"]]
    return Bubble(_blocks(answer["text"], r"\*\*"), answer["source"], buttons=(*links, *asks))


def _of_telegram(message: Content) -> Bubble:
    text = html.unescape(re.sub(r"</?b>", "\0", message["text"]))
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [
        Button(button["text"], payload=button.get("callback_data"), url=button.get("url"))
        for row in rows
        for button in row
    ]
    return Bubble(_verbatim(text, "\0"), buttons=tuple(buttons))


def _of_messenger(message: Content) -> Bubble:
    template = message.get("attachment", {}).get("payload", {})
    links = [Button(button["title"], url=button["url"]) for button in template.get("buttons", [])]
    asks = [Button(reply["title"], payload=reply["payload"]) for reply in message.get("quick_replies", [])]
    return Bubble(_verbatim(message.get("text") or template["text"], "\0"), buttons=(*links, *asks))


def _of_whatsapp(message: Content) -> Bubble:
    if message["type"] == "text":
        return Bubble(_verbatim(message["text"]["body"], r"\*"))
    interactive = message["interactive"]
    action, text = interactive["action"], interactive["body"]["text"]
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    buttons = [
        *(Button(item["reply"]["title"], payload=item["reply"]["id"]) for item in action.get("buttons", [])),
        *(Button(row["title"], row.get("description"), row["id"]) for row in rows),
    ]
    if "parameters" in action:
        buttons.append(Button(action["parameters"]["display_text"], url=action["parameters"]["url"]))
    return Bubble(_verbatim(text, r"\*"), list_button=action.get("button"), buttons=tuple(buttons))


def _of_twilio(message: Content) -> Bubble:
    return Bubble(_verbatim(message["Body"], r"\*"))


def _of_slack(message: Content) -> Bubble:
    texts, source, buttons = [], None, []
    for block in message["blocks"]:
        if block["type"] == "section":
            texts.append(html.unescape(block["text"]["text"]))
        elif block["type"] == "context":
            source = html.unescape(block["elements"][0]["text"])
        else:
            buttons += [
                Button(item["text"]["text"], payload=item.get("value"), url=item.get("url"))
                for item in block["elements"]
            ]
    return Bubble(_verbatim("\n\n".join(texts), r"\*"), source, buttons=tuple(buttons))


_READERS: Mapping[str, Callable[[Content], Bubble]] = {
    "telegram": _of_telegram,
    "messenger": _of_messenger,
    "whatsapp": _of_whatsapp,
    "twilio": _of_twilio,
    "slack": _of_slack,
}
