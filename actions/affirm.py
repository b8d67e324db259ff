"""« Oui » after an offer."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ContentAction, Events, Message
from actions.donation_options import donation
from actions.full_article import article
from actions.history import last_subject, offered


class ActionAffirm(ContentAction):
    """« Oui » after an offer: the one thing that was offered, else a question which one."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Takes the offer up (see the base class)."""
        steps = offered(tracker.events)
        if len(steps) == 1:
            for response, values in self._answer(steps[0], tracker):
                dispatcher.utter_message(response=response, **values)
        else:
            dispatcher.utter_message(
                response="utter_affirm" if not steps else "utter_affirm_which",
                buttons=[self.content.button(intent) for intent in steps],
            )
        return []

    def _answer(self, intent: str, tracker: Tracker) -> list[Message]:
        if intent == "full_article":
            return [article(self.content, last_subject(tracker.events, self.content))]
        if intent.startswith("donate"):
            return [donation(self.content, intent)]
        return [(self.content.answer(intent).name, {})]
