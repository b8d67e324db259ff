"""Reads the training phrases for Rasa, as objects that are quick to copy and to compare.

Rasa copies all phrases for each of some eight steps between the files and the first component, and compares them anew
after each. On 30,000 phrases that takes most of a minute.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class Phrase(Message):
    """A message that keeps its fingerprint until it really changes."""

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Sets a property (see the base class, which forgets the fingerprint also where nothing changes)."""
        if add_to_output or prop not in self.data or self.data[prop] != info:
            super().set(prop, info, add_to_output)

    def __deepcopy__(self, memo: dict[int, Any]) -> Phrase:
        """Makes an independent copy; texts cannot change and are shared."""
        data = {name: value if isinstance(value, str) else deepcopy(value, memo) for name, value in self.data.items()}
        copy = Phrase(data, set(self.output_properties), self.time, deepcopy(self.features, memo))
        copy._cached_fingerprint = self._cached_fingerprint
        return copy


class PhraseImporter(RasaFileImporter):
    """Rasa's importer of files, whose training phrases are `Phrase`s. For `importers` in config.yml."""

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The training data of all files (see the base class)."""
        read = super().get_nlu_data(language)
        phrases = [
            Phrase(message.data, message.output_properties, message.time, message.features)
            for message in read.training_examples
        ]
        return TrainingData(phrases, read.entity_synonyms, read.regex_features, read.lookup_tables, read.responses)
