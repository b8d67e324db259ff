"""Saying the last turn again."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ContentAction, Events
from assistant.history import last_turn


class ActionRepeat(ContentAction):
    """Says the last turn again."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_repeat"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Repeats the last turn (see the base class)."""
        messages = last_turn(tracker.events)
        for message in messages:
            data = message.get("data") or {}
            dispatcher.utter_message(
                text=message.get("text"),
                buttons=data.get("buttons"),
                json_message=data.get("custom"),
                answer=(message.get("metadata") or {}).get("answer"),
            )
        if not messages:
            dispatcher.utter_message(response="utter_repeat")
        return []
