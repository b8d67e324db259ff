"""The pipeline's first component: it repairs the spelling of a message for the components after it."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.content.yaml_file import read_mapping
from assistant.nlu.spelling import Spelling, Vocabulary
from assistant.nlu.text import REPAIRED
from assistant.settings import ROOT

_FILE = "vocabulary.json"


def abbreviations() -> dict[str, str]:
    """What people type and what it stands for, `data/chat_french.yml`."""
    return read_mapping(ROOT / "data" / "chat_french.yml")["abbreviations"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingRepair(GraphComponent):
    """Learns the words of the training phrases and sets `repaired_text`; the text itself stays as it was typed."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, spelling: Spelling | None = None) -> None:
        """Keeps where to save what is learnt."""
        self._model_storage = model_storage
        self._resource = resource
        self._spelling = spelling

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpellingRepair:
        """Makes an untrained component (see the base class)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpellingRepair:
        """Makes the component as it was trained (see the base class)."""
        with model_storage.read_from(resource) as folder:
            vocabulary = Vocabulary(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
        return cls(model_storage, resource, Spelling(vocabulary, abbreviations()))

    def train(self, training_data: TrainingData) -> Resource:
        """Counts the words of the training phrases."""
        vocabulary = Vocabulary.of(example.get(TEXT) for example in training_data.intent_examples if example.get(TEXT))
        self._spelling = Spelling(vocabulary, abbreviations())
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(vocabulary.as_json(), ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Repairs the training phrases."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Repairs messages (see the base class)."""
        assert self._spelling is not None, "the component is not trained"
        for message in messages:
            if message.get(TEXT):
                # In the output too: the staff's workbench shows how a message was read.
                message.set(REPAIRED, self._spelling.repair(message.get(TEXT)), add_to_output=True)
        return messages
