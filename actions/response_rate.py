"""The response rate, in general or of a cancer, and the follow-up that asks for another one."""

import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ContentAction, Events, Message
from assistant.content.cancers import Cancer
from assistant.content.catalogue import Answer, Catalogue
from assistant.history import last_subject
from assistant.nlu.text import words

MAX_CANCERS = 2  # with more in one message, the general figures say more than a list
# Subjects that a follow-up such as « et pour le foie ? » asks again as a question about the rate of response.
RATE_SUBJECTS = {
    *("response_rate", "effectiveness", "responders", "resistance"),
    *("cancer_variety", "melanoma_first", "new_indications"),
}
# A follow-up that asks for the rate by itself, whatever was spoken of: « et pour le poumon, ça marche ? »
_ASKS_RATE = re.compile(r"\b(?:marche\w*|fonctionne\w*|efficac\w*|repond\w*|taux|pourcent\w*|chances?)\b|%")

# Subjects that are the same whatever the cancer: after them, such a follow-up asks for the rate.
WITHOUT_CANCER = {
    *("authors", "dossier_date", "scientific_director", "more_information"),
    *("donation_tax", "donation_use", "donation_management", "legacy", "foundation", "medical_words", "support"),
}


def cancers_named(content: Catalogue, entities: Sequence[dict[str, Any]]) -> list[Cancer]:
    """The cancers among a message's entities, each once, in their order."""
    ids = dict.fromkeys(item.get("value") for item in entities if item.get("entity") == "cancer")
    return [content.cancers[id_] for id_ in ids if id_ in content.cancers]


def is_rate_answer(answer: Answer) -> bool:
    """Whether an answer is about how often, or for whom, the treatment works."""
    return answer.intent in RATE_SUBJECTS or answer.intent.startswith("response_rate")


def rates(content: Catalogue, cancers: Sequence[Cancer]) -> list[Message]:
    """The messages that give the rate: the general one without a cancer, else one for each cancer (two at most)."""
    if not cancers or len(cancers) > MAX_CANCERS:
        return [("utter_response_rate", {})]
    return [
        (cancer.response, {}) if cancer.response else ("utter_response_rate_other", {"cancer": cancer.label})
        for cancer in cancers
    ]


def follow_up(content: Catalogue, subject: Answer | None, cancers: Sequence[Cancer], text: str = "") -> list[Message]:
    """The messages for « et pour le foie ? »: the last question asked again for another cancer.

    Args:
        content: the catalogue.
        subject: what was answered last, None if nothing was.
        cancers: the cancers that the message names.
        text: the message.
    """
    if not cancers:
        return [("utter_follow_up_no_context", {})]
    asks_rate = bool(_ASKS_RATE.search(" ".join(words(text))))
    if subject is None or subject.intent in WITHOUT_CANCER or is_rate_answer(subject) or asks_rate:
        return rates(content, cancers)
    if subject.kind == "outside":
        return [(subject.name, {})]
    return [("utter_follow_up_cancer", {"cancer": cancers[0].label}), (subject.name, {})]


class ActionResponseRate(ContentAction):
    """The response rate, in general or for the cancer that the message names."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_response_rate"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Gives the rate (see the base class)."""
        cancers = cancers_named(self.content, tracker.latest_message.get("entities", []))
        for response, values in rates(self.content, cancers):
            dispatcher.utter_message(response=response, **values)
        return []


class ActionFollowUpCancer(ContentAction):
    """« Et pour le foie ? »: the last question again, for another cancer."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_follow_up_cancer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answers again (see the base class)."""
        cancers = cancers_named(self.content, tracker.latest_message.get("entities", []))
        subject = last_subject(tracker.events, self.content)
        for response, values in follow_up(self.content, subject, cancers, tracker.latest_message.get("text") or ""):
            dispatcher.utter_message(response=response, **values)
        return []
