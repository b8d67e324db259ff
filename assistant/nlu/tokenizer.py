"""French tokens from spaCy, with lemma and part of speech."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.tokens import Doc

from assistant.nlu.french import language
from assistant.nlu.text import REPAIRED


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FrenchTokenizer(Tokenizer):
    """Rasa tokens of the repaired text, made by spaCy. Their places are those in the repaired text."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Loads the French language."""
        super().__init__(config)
        self._language = language()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FrenchTokenizer:
        """Makes the component (see the base class)."""
        return cls(config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The configuration where `config.yml` says nothing."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @staticmethod
    def _tokens(doc: Doc) -> list[Token]:
        return [
            Token(token.text, token.idx, lemma=token.lemma_, data={"pos": token.pos_})
            for token in doc
            if not token.is_space
        ]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one text (see the base class)."""
        return self._tokens(self._language(message.get(REPAIRED) or message.get(attribute)))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Tokenizes the training phrases, in batches."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        docs = self._language.pipe((example.get(REPAIRED) for example in examples), batch_size=256)
        for example, doc in zip(examples, docs, strict=True):
            example.set(TOKENS_NAMES[TEXT], self._tokens(doc))
        return training_data
