"""What to offer when the assistant is unsure."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.after_a_cry import AFTER_AN_URGENT_CRY
from actions.base import ContentAction, Events
from assistant.content.catalogue import MAX_NEXT_STEPS, Catalogue
from assistant.history import last_answer_name, safety_was_needed

# A subject below this share of the probability is no guess worth showing.
MIN_CONFIDENCE = 0.05
UNSURE, CANNOT_ANSWER = "utter_nlu_fallback", "utter_cannot_answer"


def suggestions(content: Catalogue, ranking: Sequence[dict[str, Any]], giving: bool) -> list[str]:
    """The intents to offer, the likeliest first, at most three.

    Args:
        content: the catalogue.
        ranking: the intents of a message with their confidence, as Rasa gives them.
        giving: whether giving may be among them.
    """
    offers = content.offers()
    return [
        item["name"]
        for item in ranking
        if item.get("name") in offers
        and item.get("confidence", 0) >= MIN_CONFIDENCE
        and (giving or content.answer(item["name"]).kind != "giving")
    ][:MAX_NEXT_STEPS]


def unsure(offered: Sequence[str], last_answer: str | None) -> str:
    """The response for a message that was not understood: an offer once, then what cannot be done and whom to ask."""
    return CANNOT_ANSWER if last_answer in (UNSURE, CANNOT_ANSWER) or not offered else UNSURE


class ActionDefaultFallback(ContentAction):
    """When unsure: at most three questions that it can answer; the second time, whom to ask.

    Right after an emergency or a thought of suicide: the numbers again.
    """

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_default_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Offers or declines (see the base class)."""
        last = last_answer_name(tracker.events)
        if last in AFTER_AN_URGENT_CRY:
            dispatcher.utter_message(response=AFTER_AN_URGENT_CRY[last])
            return []
        giving = not safety_was_needed(tracker.events, self.content)
        intents = suggestions(self.content, tracker.latest_message.get("intent_ranking", []), giving)
        response = unsure(intents, last)
        buttons = [self.content.button(intent) for intent in intents] if response == UNSURE else []
        dispatcher.utter_message(response=response, buttons=buttons)
        return []
