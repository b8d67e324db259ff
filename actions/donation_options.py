"""The two ways to give."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ContentAction, Events, Message
from assistant.content.catalogue import Catalogue


def donation(content: Catalogue, intent: str) -> Message:
    """The response and its values for giving: both ways for `donate`, or the one that is asked for.

    Where both ways have the same address, it is given once.
    """
    names = [intent] if intent in ("donate_once", "donate_monthly") else ["donate_once", "donate_monthly"]
    links = [content.links[name] for name in names]
    if len({link.url for link in links}) < len(links):
        data = [links[0].data(content.links["donation"].title)]
    else:
        data = [link.data() for link in links]
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
