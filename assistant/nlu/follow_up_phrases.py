"""The first component of the pipeline: it adds `data/follow_ups.yml`, which is no format of Rasa, to the training."""

from __future__ import annotations

import hashlib
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.content.follow_ups import load_follow_ups
from assistant.settings import ROOT

AFTER = "after"  # the message's property: the intent that was answered before it; without it, a message stands alone
_FILE = ROOT / "data" / "follow_ups.yml"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class FollowUpPhrases(GraphComponent):
    """Adds phrases to the training data, and does nothing to a message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FollowUpPhrases:
        """Makes the component (see the base class)."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What makes Rasa train again when the file changes."""
        return hashlib.sha256(_FILE.read_bytes()).hexdigest()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training data with the follow-ups. Raises ContentError if their file cannot be used."""
        phrases = [
            Message({TEXT: phrase.text, INTENT: phrase.intent, AFTER: phrase.after})
            for phrase in load_follow_ups(_FILE)
        ]
        return training_data.merge(TrainingData(phrases))

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages as they are (see the base class)."""
        return messages
