"""Drawing an answer for a channel. The one home of what each channel can show.

The shape of an answer is described in assistant/answers.py.
"""

import re
from typing import Any

_EMPHASIS = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def plain_text(answer: dict[str, Any]) -> str:
    """The answer as text without markup, with the addresses of its links written out."""
    paragraphs = [_EMPHASIS.sub(r"\1", answer.get("text") or "")]
    links = (answer.get("custom") or {}).get("links", [])
    paragraphs += [f"{link['title']}\u00a0: {link['url']}" for link in links]
    return "\n\n".join(part for part in paragraphs if part)


def rest_message(recipient_id: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as Rasa's REST channel gives it: one message, with its buttons and links as data beside the text."""
    message: dict[str, Any] = {"recipient_id": recipient_id, "text": plain_text(answer)}
    if answer.get("buttons"):
        message["buttons"] = [{"title": item["title"], "payload": item["payload"]} for item in answer["buttons"]]
    custom = dict(answer.get("custom") or {})
    if answer.get("answer"):
        custom["answer"] = answer["answer"]
    if custom:
        message["custom"] = custom
    return message
