"""« Lire la suite »: the article of the subject at hand."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ContentAction, Events, Message
from assistant.content.catalogue import Answer, Catalogue
from assistant.history import last_subject

READ_MORE = "Lire la suite"


def article(content: Catalogue, subject: Answer | None) -> Message:
    """The response and its values that point to the article of a subject, or to the whole dossier without one.

    Returns:
        The response's name and the keyword arguments for the message.
    """
    link = content.article_of(subject)
    exact = link.stands_in != "home"
    title = f"{READ_MORE}\u00a0: {link.title}" if exact else content.links["home"].title
    response = "utter_full_article" if exact else "utter_full_article_from_home"
    return response, {"title": link.title, "json_message": {"links": [link.data(title)]}}


class ActionFullArticle(ContentAction):
    """« Lire la suite »: the article of what was just answered."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_full_article"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Gives the link (see the base class)."""
        response, values = article(self.content, last_subject(tracker.events, self.content))
        dispatcher.utter_message(response=response, **values)
        return []
