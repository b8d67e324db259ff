"""« Oui » and « non », which mean something only after what was just said."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.after_a_cry import AFTER_A_CRY
from actions.base import ContentAction, Events, Message
from actions.donation_options import donation
from actions.full_article import article
from assistant.history import last_answer_name, last_subject, offered


class ActionAffirm(ContentAction):
    """« Oui » after an offer: the one thing that was offered, else a question which one.

    Another way of giving is never taken up by a mere « oui » or « ok ».
    """

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Takes the offer up (see the base class)."""
        steps = offered(tracker.events)
        last = last_answer_name(tracker.events)
        if last in AFTER_A_CRY:
            dispatcher.utter_message(response=AFTER_A_CRY[last])
        elif len(steps) == 1 and not (self._is_giving(f"utter_{steps[0]}") and self._is_giving(last)):
            for response, values in self._answer(steps[0], tracker):
                dispatcher.utter_message(response=response, **values)
        else:
            dispatcher.utter_message(
                response="utter_affirm" if not steps else "utter_affirm_which",
                buttons=[self.content.button(intent) for intent in steps],
            )
        return []

    def _is_giving(self, name: str | None) -> bool:
        return name in self.content.answers and self.content.answers[name].kind == "giving"

    def _answer(self, intent: str, tracker: Tracker) -> list[Message]:
        if intent == "full_article":
            return [article(self.content, last_subject(tracker.events, self.content))]
        if intent.startswith("donate"):
            return [donation(self.content, intent)]
        return [(self.content.answer(intent).name, {})]


class ActionDeny(ContentAction):
    """« Non »: no more is offered, but a person who needed help is not let go with a mere « d’accord »."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_deny"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Leaves it at that (see the base class)."""
        last = last_answer_name(tracker.events)
        dispatcher.utter_message(response=AFTER_A_CRY.get(last or "", "utter_deny"))
        return []
