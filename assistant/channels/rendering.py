"""Drawing an answer for a channel. The one home of what each channel can show.

The shape of an answer is described in assistant/answers.py.
"""

import re
from collections.abc import Iterable
from typing import Any

from assistant.content.catalogue import Catalogue

_SOURCE = "Source\u00a0: "
_FORGOTTEN_BUTTON = "Question choisie dans la liste"
# Asking whether these were useful would be tactless, as it would be under an emergency number, or silly.
_COURTESY = frozenset({"utter_greet", "utter_goodbye", "utter_thanks", "utter_praise", "utter_insult", "utter_deny"})
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


def _link_kind(link: dict[str, str], answer: str | None, content: Catalogue) -> str:
    if link["url"] == content.links["home"].url:
        return "site"
    return "gift" if answer in content.answers and content.answers[answer].kind == "giving" else "article"


def _asks_if_useful(answer: str | None, content: Catalogue) -> bool:
    if answer in _COURTESY:
        return False
    return answer not in content.answers or content.answers[answer].kind != "safety"


def widget_answer(
    answer: dict[str, Any], content: Catalogue, message_id: str, time: float, useful: bool | None = None
) -> dict[str, Any]:
    """The answer as the widget takes it: the source apart from the text, and the links with their kind.

    Args:
        answer: the answer, in the shape of assistant/answers.py.
        content: the catalogue, for the kinds of answers and links.
        message_id: the id of this message.
        time: when it was said, in seconds since the epoch.
        useful: what the visitor thought of it, None if they have not said. Left out where it is not asked.
    """
    name = answer.get("answer")
    paragraphs = (answer.get("text") or "").split("\n\n")
    source = paragraphs.pop() if paragraphs[-1].startswith(_SOURCE) else None
    return {
        "id": message_id,
        "from": "assistant",
        "time": time,
        "answer": name,
        "text": "\n\n".join(paragraphs),
        "source": source,
        "buttons": [{"title": item["title"], "payload": item["payload"]} for item in answer.get("buttons") or []],
        "links": [
            {"title": link["title"], "url": link["url"], "kind": _link_kind(link, name, content)}
            for link in (answer.get("custom") or {}).get("links", [])
        ],
        **({"useful": useful} if _asks_if_useful(name, content) else {}),
    }


def _widget_question(event: dict[str, Any], content: Catalogue) -> dict[str, Any]:
    text = event.get("text") or ""
    if text.startswith("/"):
        text = content.offers().get(text[1:], _FORGOTTEN_BUTTON)
    return {"id": event["message_id"], "from": "user", "time": event["timestamp"], "text": text}


def _stored_answer(event: dict[str, Any]) -> dict[str, Any]:
    """The answer as it was before Rasa stored it."""
    return {**(event.get("metadata") or {}), **(event.get("data") or {}), "text": event.get("text")}


def widget_messages(events: Iterable[dict[str, Any]], content: Catalogue) -> list[dict[str, Any]]:
    """The messages of a conversation as the widget takes them.

    Args:
        events: the stored `user`, `bot` and `feedback` events, oldest first. What comes before the first `user` event
            belongs to no turn and is left out.
        content: the catalogue.
    """
    events = list(events)
    useful = {event["message_id"]: event["useful"] for event in events if event["event"] == "feedback"}
    messages: list[dict[str, Any]] = []
    turn, number = "", 0
    for event in events:
        if event["event"] == "user":
            turn, number = event["message_id"], 0
            messages.append(_widget_question(event, content))
        elif event["event"] == "bot" and turn:
            message_id = f"{turn}.{number}"
            number += 1
            answer = _stored_answer(event)
            messages.append(widget_answer(answer, content, message_id, event["timestamp"], useful.get(message_id)))
    return messages
