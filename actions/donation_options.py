"""The two ways to give."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ContentAction, Events, Message
from assistant.content.catalogue import Catalogue


def donation(content: Catalogue, intent: str) -> Message:
    """The response and its values for giving: both ways for `donate`, or the one that is asked for.

    Where the foundation has set no address of its own for a way, the general page stands in, under its own title.
    """
    names = [intent] if intent in ("donate_once", "donate_monthly") else ["donate_once", "donate_monthly"]
    links = [content.links[content.links[name].stands_in or name] for name in names]
    data = [link.data() for link in dict.fromkeys(links)]
    return f"utter_{intent}", {"json_message": {"links": data}}


class ActionDonationOptions(ContentAction):
    """Both ways to give, or the one that is asked for."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_donation_options"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Gives the links (see the base class)."""
        response, values = donation(self.content, tracker.latest_message["intent"]["name"])
        dispatcher.utter_message(response=response, **values)
        return []
