"""Turning a response's name into an answer: text, source line, buttons.

The shape of an answer, as every output channel receives it:
    text     the French text; its last paragraph is the source line where the answer leans on the dossier
    buttons  up to three next steps, each {"title": …, "payload": "/intent"}
    custom   {"links": [{"title": …, "url": …}]}, only from the actions that give an address
    answer   the response's name
"""

from typing import Any

from rasa.core.nlg import interpolator
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from assistant.content.catalogue import Answer, Catalogue, catalogue


def compose(content: Catalogue, answer: Answer, values: dict[str, Any]) -> dict[str, Any]:
    """Makes the message of an answer.

    Args:
        content: the catalogue that the answer belongs to.
        answer: what to say.
        values: values for the text's own {placeholders}; one that is missing stays visible.
    """
    text = interpolator.interpolate_text(answer.text, {**content.placeholders(), **values})
    source = content.source_line(answer)
    return {
        "text": f"{text}\n\n{source}" if source else text,
        "buttons": [content.button(step) for step in answer.next],
        "answer": answer.name,
    }


class AnswerGenerator(NaturalLanguageGenerator):
    """Rasa's place for making responses (`nlg` in endpoints.yml)."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        """Loads the content; Rasa passes the arguments, they are not needed."""
        self._content = catalogue()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Makes the answer of a response's name, None if there is no such response (see the base class)."""
        answer = self._content.answers.get(utter_action)
        if answer is None:
            return None
        message = compose(self._content, answer, kwargs)
        if self._safety_was_needed(tracker):
            message["buttons"] = [item for item in message["buttons"] if not self._is_giving(item)]
        return message

    def _is_giving(self, item: dict[str, str]) -> bool:
        return self._content.answer(item["payload"].lstrip("/")).kind == "giving"

    def _safety_was_needed(self, tracker: DialogueStateTracker) -> bool:
        """Whether this person has had an answer about distress or the like: then giving is not offered."""
        names = (event.metadata.get("answer") for event in tracker.events if isinstance(event, BotUttered))
        return any(map(self._content.is_safety, names))
