"""Compares what visitors were answered with what the database holds."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import psycopg2

from tests.faults.visitors import Visitor

SHOWN = 40  # of a visitor's newest messages, which the history shows with their answers; older ones it leaves out


@dataclass(frozen=True)
class Differences:
    """How many messages or answers are not as they should be.

    Attributes:
        missing: accepted messages that are not stored, or whose answers are not, or are others.
        doubled: messages that are stored twice, or with answers that were not given.
        mixed: messages that are stored in the conversation of another visitor, or with another text.
        out_of_order: conversations whose messages are not stored in the order in which they were accepted.
        halves: messages that are stored without any answer.
        extra: messages that were stored and never accepted; none is wrong, the visitor had been told to send it again.
    """

    missing: int = 0
    doubled: int = 0
    mixed: int = 0
    out_of_order: int = 0
    halves: int = 0
    extra: int = 0

    @property
    def are_none(self) -> bool:
        return not any((self.missing, self.doubled, self.mixed, self.out_of_order, self.halves))


@dataclass
class StoredTurn:
    """A message as it is stored, with the texts of its answers."""

    sender: str
    message_id: str
    text: str
    answers: list[str]


def stored_turns(database_url: str) -> list[StoredTurn]:
    """All messages in the database, in order."""
    turns: list[StoredTurn] = []
    latest: dict[str, StoredTurn] = {}
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT sender_id, type_name, data FROM events WHERE type_name IN ('user', 'bot') ORDER BY id")
        for sender, kind, data in cursor:
            event: dict[str, Any] = json.loads(data)
            if kind == "user":
                latest[sender] = StoredTurn(sender, event["message_id"], event["text"], [])
                turns.append(latest[sender])
            else:
                latest[sender].answers.append(event["text"])
    connection.close()
    return turns


def compare(visitors: list[Visitor], turns: list[StoredTurn], histories: list[list[dict[str, Any]]]) -> Differences:
    """What differs.

    Args:
        visitors: with their ledgers.
        turns: what the database holds of these visitors.
        histories: what each of them sees of the conversation when coming back.
    """
    by_id: dict[str, list[StoredTurn]] = {}
    for turn in turns:
        by_id.setdefault(turn.message_id, []).append(turn)
    missing = doubled = mixed = out_of_order = 0
    for visitor, history in zip(visitors, histories, strict=True):
        seen = Counter(message["id"] for message in history)
        shown = {message["id"]: message for message in history}
        accepted = visitor.accepted
        for request in accepted:
            found = by_id.get(request.message_id, [])
            own = [turn for turn in found if turn.sender == visitor.sender and turn.text == request.text]
            mixed += len(found) - len(own)
            doubled += len(own) > 1 or seen[request.message_id] > 1
            doubled += any(len(turn.answers) > len(request.answers) for turn in own)
            missing += not own or any(len(turn.answers) < len(request.answers) for turn in own)
        for request in accepted[-SHOWN:]:
            missing += any(shown.get(answer["id"]) != answer for answer in request.answers)
        ids = {request.message_id for request in accepted}
        order = [turn.message_id for turn in turns if turn.sender == visitor.sender and turn.message_id in ids]
        out_of_order += list(dict.fromkeys(order)) != [request.message_id for request in accepted]
    all_accepted = {request.message_id for visitor in visitors for request in visitor.accepted}
    halves = sum(not turn.answers for turn in turns)
    return Differences(missing, doubled, mixed, out_of_order, halves, len(set(by_id) - all_accepted))
