"""The component that takes a message for an intent: it ranks, decides, and keeps what is needed to see why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from itertools import islice
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from assistant.content.catalogue import Answer, catalogue
from assistant.nlu.decision import (
    OTHER_LANGUAGE,
    PRIVACY,
    Decision,
    Signals,
    Thresholds,
    best,
    decide,
    is_urgent,
    of_part,
    sentences_matter,
)
from assistant.nlu.excuses import (
    BEREAVEMENT,
    RATES,
    TESTIMONY,
    TESTIMONY_PARTS,
    asks_after_the_witness,
    is_about_a_gift,
    is_about_own_people,
)
from assistant.nlu.follow_up import FOLLOW_UP_CANCER, Context, FollowUps, HeadStart, chosen, context_of
from assistant.nlu.follow_up_model import FollowUpModel, FollowUpParameters
from assistant.nlu.follow_up_phrases import AFTER
from assistant.nlu.parts import sentences
from assistant.nlu.repair import abbreviations
from assistant.nlu.safety import SafetyPatterns, load_safety
from assistant.nlu.subject_model import Parameters, Sample, SubjectModel
from assistant.nlu.text import REPAIRED, is_only_masked, is_other_script, plain
from assistant.settings import ROOT

RANKING_LENGTH = 10
RECENT = 50  # events of the conversation that are looked at
_FILE, _FOLLOW_UPS_FILE = "model.npz", "follow_ups.npz"
_PARAMETERS = "follow_up"  # the configuration's key for those of the model of follow-ups


def sample(tokens: Sequence[Token]) -> Sample:
    """What the model reads of some tokens."""
    text = " ".join(token.text for token in tokens)
    return Sample(text, plain(text, {}), plain(" ".join(token.lemma for token in tokens), {}))


def _samples(messages: Sequence[Message]) -> list[Sample]:
    return [sample(message.get(TOKENS_NAMES[TEXT])) for message in messages]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SubjectClassifier(GraphComponent, IntentClassifier):
    """Sets `intent`, `intent_ranking` and `decision` (the reason, and the signals it came from) of a message.

    A message is judged by itself and by what was said before it; the component that finds cancers has to come first.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: SubjectModel,
        follow_up_state: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        """Reads the thresholds of `config.yml` and the safety patterns."""
        self._limits = Thresholds(**{item.name: config[item.name] for item in fields(Thresholds)})
        self._most = HeadStart(**config["head_start"])
        self._patterns: SafetyPatterns = load_safety(ROOT / "data" / "safety.yml", abbreviations())
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._content = catalogue()
        self._follow_up_model = FollowUpModel(
            FollowUpParameters(**config[_PARAMETERS]),
            lambda intent: self._content.theme(self._content.answer(intent)),
            follow_up_state,
        )
        self._follow_ups = (
            FollowUps(model.intents, self._content, self._most, self._follow_up_model) if model.intents else None
        )

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The configuration where `config.yml` says nothing; the thresholds have to stand there."""
        return {**asdict(Parameters()), _PARAMETERS: asdict(FollowUpParameters())}

    @staticmethod
    def _parameters(config: dict[str, Any]) -> Parameters:
        return Parameters(**{item.name: config[item.name] for item in fields(Parameters)})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SubjectClassifier:
        """Makes an untrained component (see the base class)."""
        return cls(config, model_storage, resource, SubjectModel(cls._parameters(config)))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SubjectClassifier:
        """Makes the component as it was trained (see the base class)."""
        with (
            model_storage.read_from(resource) as folder,
            np.load(folder / _FILE, allow_pickle=False) as arrays,  # arrays only: a file cannot run code
            np.load(folder / _FOLLOW_UPS_FILE, allow_pickle=False) as follow_up_arrays,
        ):
            state, follow_up_state = dict(arrays), dict(follow_up_arrays)
        # Rasa hands over one message at a time: on so little, a second thread costs more than it brings.
        threadpool_limits(1, user_api="blas")
        return cls(config, model_storage, resource, SubjectModel(cls._parameters(config), state), follow_up_state)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the training phrases."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        alone = [example for example in examples if not example.get(AFTER)]
        self._model.fit(_samples(alone), [example.get(INTENT) for example in alone])
        following = [example for example in examples if example.get(AFTER)]
        self._follow_up_model.fit(
            self._model.vectors(_samples(following)),
            [example.get(AFTER) for example in following],
            [example.get(INTENT) for example in following],
            self._model.intents,
        )
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _FILE, **self._model.state)
            np.savez(folder / _FOLLOW_UPS_FILE, **self._follow_up_model.state)
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Takes messages for intents (see the base class).

        Args:
            messages: the messages.
            tracker: the conversation so far; Rasa hands it to a component that names it.
        """
        recent = [event.as_dict() for event in islice(reversed(tracker.events), RECENT)]
        context = context_of(recent[::-1], self._content)
        for message in messages:
            tokens = message.get(TOKENS_NAMES[TEXT])
            if tokens:
                self._understand(message, tokens, context)
        return messages

    def _understand(self, message: Message, tokens: list[Token], context: Context) -> None:
        assert self._follow_ups is not None, "the component is not trained"
        words = [token.text for token in tokens]
        said = sample(tokens)
        names_cancer = bool(message.get(ENTITIES))
        vectors = self._model.vectors([said])
        margins = self._model.margins([said], vectors)
        (alone,) = self._rankings(margins)
        # As it was typed, and as it was probably meant.
        pattern, excused = self._patterns.judge(message.get(TEXT))
        if pattern is None:
            pattern, _ = self._patterns.judge(message.get(REPAIRED))
        if pattern is None and is_other_script(message.get(TEXT)):
            pattern = OTHER_LANGUAGE
        if pattern is None and is_only_masked(message.get(TEXT)):
            pattern = PRIVACY
        if is_about_own_people(said.plain):
            excused |= TESTIMONY_PARTS
        if is_about_a_gift(said.plain):
            excused |= RATES
        if self._is_testimony(context.subject) and asks_after_the_witness(said.plain):
            excused |= {BEREAVEMENT}
            pattern = None if pattern == BEREAVEMENT else pattern
        if context.subject and not names_cancer:
            excused |= {FOLLOW_UP_CANCER}
        start = self._follow_ups.head_start(context, said.plain, names_cancer, vectors[0])
        # What was said before takes nothing away from an urgent message.
        bends = start is not None and not is_urgent(best(alone, excused), self._limits)
        (whole,) = self._rankings(margins + start) if bends else (alone,)
        top = best(whole, excused)
        parts = sentences(words) if sentences_matter(alone, top, self._limits) else []
        pieces = [sample(tokens[part]) for part in parts]
        others = self._rankings(self._model.margins(pieces, self._model.vectors(pieces))) if pieces else []
        signals = Signals(
            top,
            tuple(of_part(ranking, alone, self._limits, excused) for ranking in others),
            pattern,
            chosen(plain(message.get(TEXT), {}), context.offered),
            start is not None,
        )
        self._set(message, decide(signals, self._limits), signals, whole)

    def _is_testimony(self, subject: Answer | None) -> bool:
        return subject is not None and self._content.theme(subject) == TESTIMONY

    def _rankings(self, margins: np.ndarray) -> list[dict[str, float]]:
        """The confidence of each intent for each row of margins."""
        rows = self._model.confidences(margins)
        return [dict(zip(self._model.intents, map(float, row), strict=True)) for row in rows]

    @staticmethod
    def _set(message: Message, decision: Decision, signals: Signals, whole: dict[str, float]) -> None:
        chosen = {INTENT_NAME_KEY: decision.intent, PREDICTED_CONFIDENCE_KEY: decision.confidence}
        ranked = sorted(whole.items(), key=lambda item: -item[1])[:RANKING_LENGTH]
        ranking = [
            {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
            for name, confidence in ranked
            if name != decision.intent
        ]
        message.set(INTENT, chosen, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [chosen, *ranking], add_to_output=True)
        message.set("decision", {"reason": decision.reason, "signals": signals.as_json()}, add_to_output=True)
