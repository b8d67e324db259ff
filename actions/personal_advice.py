"""A request for advice, which is not given; right after an emergency it is about that."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.after_a_cry import EMERGENCY
from actions.base import ContentAction, Events
from assistant.history import last_answer_name


class ActionPersonalAdvice(ContentAction):
    """« J’y vais maintenant ou j’attends lundi ? » after an emergency gets the numbers again, whom to ask otherwise."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_personal_advice"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Sends to those who may advise (see the base class)."""
        again = last_answer_name(tracker.events) == EMERGENCY
        dispatcher.utter_message(response=EMERGENCY if again else "utter_personal_advice")
        return []
