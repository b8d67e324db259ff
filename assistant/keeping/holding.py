"""Holding dialogue tests as `rasa test core --e2e` does, with the model in memory.

Rasa's own functions hold them, on its own trackers: their events say what came instead, which its result files only
tell in comments. Two things differ from the command. Its reading drops a story whose subjects and actions are those of
another, whatever its words; here every story is held. And nothing is printed.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.test import WronglyClassifiedUserUtterance, WronglyPredictedAction, _predict_tracker_actions
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph, StoryStep
from rasa.shared.exceptions import RasaException
from ruamel.yaml.error import YAMLError

from assistant.keeping.held import Held, HeldTurn, Marks, UnreadableError
from assistant.privacy.logs import describe


def read_text(text: str, file: str) -> list[StoryStep]:
    """The dialogue tests in a text, as Rasa reads them.

    Args:
        text: the YAML.
        file: its name, which goes with each of them.

    Raises:
        UnreadableError: Rasa cannot read it.
    """
    try:
        return list(YAMLStoryReader(None, file).read_from_string(text))
    except (RasaException, YAMLError, AttributeError, KeyError, TypeError) as problem:
        raise UnreadableError(f"Rasa ne peut pas lire {file} ({', '.join(describe(problem))}).") from problem


def read_files(files: Iterable[Path]) -> list[StoryStep]:
    """The dialogue tests of files, in their order.

    Raises:
        UnreadableError: one is missing, is none that `rasa test` would find, or cannot be read; or there are no tests.
    """
    steps: list[StoryStep] = []
    for file in files:
        if not file.name.startswith("test_") or file.suffix != ".yml":
            raise UnreadableError(f"{file}\u00a0: rasa test ne lit que les fichiers nommés test_….yml.")
        try:
            steps += read_text(file.read_text(encoding="utf-8"), str(file))
        except (OSError, UnicodeDecodeError) as problem:
            raise UnreadableError(f"{file} ne peut pas être lu ({type(problem).__name__}).") from problem
    if not steps:
        raise UnreadableError("Il n’y a aucun dialogue de test à passer.")
    return steps


async def hold(steps: Sequence[StoryStep], agent: Agent) -> list[Held]:
    """Holds dialogue tests with a model that is loaded."""
    generator = TrainingDataGenerator(
        StoryGraph(list(steps)),
        agent.domain,
        remove_duplicates=False,
        use_story_concatenation=False,
        augmentation_factor=0,
    )
    found: dict[tuple[str, str], Held] = {}
    for tracker in generator.generate_story_trackers():
        _, held, _, _ = await _predict_tracker_actions(tracker, agent, use_e2e=True)
        one = Held(tracker.sender_source or "", tracker.sender_id, tuple(_turns(held)))
        found[one.file, one.name] = one
        await asyncio.sleep(0)  # visitors of the same server are not kept waiting for all of them
    return [found[step.source_name or "", step.block_name] for step in steps]


def _marks(entities: Iterable[dict[str, Any]], text: str | None) -> Marks:
    found = []
    for entity in entities:
        start, end = entity.get("start"), entity.get("end")
        words = text[start:end] if text and start is not None else ""
        found.append((words, str(entity.get("entity")), str(entity.get("value"))))
    return tuple(sorted(found))


def _turns(tracker: DialogueStateTracker) -> Iterator[HeldTurn]:
    said: UserUttered | None = None
    actions: list[tuple[str, str]] = []
    for event in tracker.events:
        if isinstance(event, UserUttered):
            if said:
                yield _turn(said, actions)
            said, actions = event, []
        elif isinstance(event, ActionExecuted) and said:
            expected = event.action_name
            came = event.action_name_prediction if isinstance(event, WronglyPredictedAction) else expected
            if (expected, came) != (ACTION_LISTEN_NAME, ACTION_LISTEN_NAME):
                actions.append((expected, came))
    if said:
        yield _turn(said, actions)


def _turn(said: UserUttered, actions: Sequence[tuple[str, str]]) -> HeldTurn:
    expected = (said.intent["name"], _marks(said.entities, said.text))
    came = expected
    if isinstance(said, WronglyClassifiedUserUtterance):
        came = (said.predicted_intent, _marks(said.predicted_entities, said.text))
    return HeldTurn(said.text, (expected[0], came[0]), (expected[1], came[1]), tuple(actions))
