"""Finding the cancer that a message names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rapidfuzz.distance import OSA
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.content.cancers import Cancer, load_cancers
from assistant.nlu.text import fold
from assistant.settings import ROOT

# A word of this length or more may hold one typing error.
MIN_LETTERS_FOR_ERROR = 7
_WORD = re.compile(r"[^\W_]+")


class CancerFinder:
    """Finds the names of cancers and organs in a text, whatever the accents, with one typing error in a long word."""

    def __init__(self, cancers: Iterable[Cancer]) -> None:
        """Indexes the forms; the longest form wins."""
        self._forms = {tuple(form.split()): cancer.id for cancer in cancers for form in cancer.forms}
        self._longest = max(map(len, self._forms))
        self._long_words = {
            words[0]: id_
            for words, id_ in self._forms.items()
            if len(words) == 1 and len(words[0]) >= MIN_LETTERS_FOR_ERROR
        }

    def _misspelt(self, word: str) -> str | None:
        if len(word) < MIN_LETTERS_FOR_ERROR:
            return None
        for form, id_ in self._long_words.items():
            if abs(len(form) - len(word)) <= 1 and OSA.distance(form, word, score_cutoff=1) <= 1:
                return id_
        return None

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Finds the cancers named.

        Returns:
            Start and end (characters in the text) and the cancer's id, in their order.
        """
        spans = [(match.start(), match.end(), fold(match.group())) for match in _WORD.finditer(text)]
        found = []
        index = 0
        while index < len(spans):
            for length in range(min(self._longest, len(spans) - index), 0, -1):
                window = tuple(word for _, _, word in spans[index : index + length])
                id_ = self._forms.get(window) or (self._misspelt(window[0]) if length == 1 else None)
                if id_:
                    found.append((spans[index][0], spans[index + length - 1][1], id_))
                    index += length
                    break
            else:
                index += 1
        return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CancerExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the entity `cancer` to a message; its value is an id of `data/cancers.yml`."""

    def __init__(self) -> None:
        """Reads the cancers."""
        self._finder = CancerFinder(load_cancers(ROOT / "data" / "cancers.yml").values())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CancerExtractor:
        """Makes the component (see the base class)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities (see the base class)."""
        for message in messages:
            entities = [
                {"entity": "cancer", "start": start, "end": end, "value": value}
                for start, end, value in self._finder.find(message.get(TEXT) or "")
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(entities), add_to_output=True)
        return messages
