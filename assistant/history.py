"""What has been said so far, read from a tracker's events as data. Pure functions, without Rasa."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from assistant.content.catalogue import Answer, Catalogue

Event = dict[str, Any]
SUBJECT_KINDS = ("dossier", "outside")
SILENT_ACTIONS = ("action_listen", "action_session_start")  # what Rasa does in every turn
_LINKS = ("full_article", "full_article_from_home")  # they are about whatever was said before


def _bot_events(events: Sequence[Event]) -> Iterator[Event]:
    """The assistant's messages, the last one first, back to the last restart."""
    for event in reversed(events):
        if event.get("event") == "restart":
            return
        if event.get("event") == "bot":
            yield event


def _answer_of(event: Event, content: Catalogue) -> Answer | None:
    return content.answers.get((event.get("metadata") or {}).get("answer", ""))


def last_turn(events: Sequence[Event]) -> list[Event]:
    """The assistant's messages since the last-but-one message of the person, in their order.

    The person's current message is the last `user` event; what is wanted came before it.
    """
    messages: list[Event] = []
    users = 0
    for event in reversed(events):
        if event.get("event") == "user":
            users += 1
            if users > 1:
                break
        elif event.get("event") == "restart":
            break
        elif event.get("event") == "bot" and users == 1:
            messages.append(event)
    return messages[::-1]


def last_answer_name(events: Sequence[Event]) -> str | None:
    """The response's name of the assistant's last message."""
    for event in _bot_events(events):
        return (event.get("metadata") or {}).get("answer")
    return None


def last_subject(events: Sequence[Event], content: Catalogue, kinds: Collection[str] = SUBJECT_KINDS) -> Answer | None:
    """The last answer that was about a subject, by default one in the dossier or outside it.

    Links, small talk and answers of other kinds do not change the subject; a safety answer ends it.
    """
    for event in _bot_events(events):
        answer = _answer_of(event, content)
        if answer is None:
            continue
        if answer.kind == "safety":
            return None
        if answer.kind in kinds and answer.intent not in _LINKS:
            return answer
    return None


def offered(events: Sequence[Event]) -> list[str]:
    """The intents of the buttons under the assistant's last turn."""
    payloads = [
        button.get("payload", "")
        for event in last_turn(events)
        for button in (event.get("data") or {}).get("buttons") or []
    ]
    return [payload.lstrip("/") for payload in payloads if payload.startswith("/")]


def safety_was_needed(events: Sequence[Event], content: Catalogue) -> bool:
    """Whether the person has had an answer about an emergency, distress or the like."""
    return any(content.is_safety((event.get("metadata") or {}).get("answer")) for event in events)
