"""The quick rule policy predicts what Rasa's own does, on every rule and on conversations made at random."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RULES, RULES_NOT_IN_STORIES, RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.loading import load_data_from_files
from rasa.shared.core.training_data.structures import StoryGraph

from assistant.policy import ShortSightedRulePolicy, latest_events, plain_rules
from assistant.settings import ROOT

CONVERSATIONS = 300
LISTEN, LOOP = "action_listen", "action_repeat"
ASK, SAY = {"action_name": LISTEN}, {"action_name": "utter_a"}


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.from_file(str(ROOT / "domain.yml"))


def policy(kind: type[RulePolicy], folder: Path, lookup: dict[str, Any] | None = None) -> RulePolicy:
    context = ExecutionContext(GraphSchema({}), "model")
    storage = LocalModelStorage.create(folder)
    return kind(kind.get_default_config(), storage, Resource("rules"), context, lookup=lookup)


@pytest.fixture(scope="module")
def lookup(domain: Domain, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Rasa's own policy learns from the project's rules."""
    files = [str(file) for file in sorted((ROOT / "data" / "rules").glob("*.yml"))]
    graph = StoryGraph(load_data_from_files(files, domain))
    trackers = TrainingDataGenerator(graph, domain, augmentation_factor=0).generate()
    teacher = policy(RulePolicy, tmp_path_factory.mktemp("teacher"))
    teacher.train(trackers, domain)
    return json.loads(json.dumps({**teacher.lookup, RULES_NOT_IN_STORIES: list(teacher.lookup[RULES_NOT_IN_STORIES])}))


@pytest.fixture(scope="module")
def both(lookup: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[RulePolicy, RulePolicy]:
    kinds = (RulePolicy, ShortSightedRulePolicy)
    return tuple(policy(kind, tmp_path_factory.mktemp("rules"), lookup) for kind in kinds)


def same(both: tuple[RulePolicy, RulePolicy], events: list[Event], domain: Domain) -> tuple[list[float], str | None]:
    """The prediction for a conversation, which must be the same of both."""
    tracker = DialogueStateTracker.from_events("one", events, domain.slots, domain=domain)
    (rasas, _), (ours, source) = (item._predict(tracker, domain) for item in both)
    assert ours.policy_name == ShortSightedRulePolicy.__name__
    ours.policy_name = rasas.policy_name
    assert ours == rasas
    assert ours.hide_rule_turn == rasas.hide_rule_turn
    return ours.probabilities, source


def said(intent: str | None, text: str = "un message", **more: Any) -> UserUttered:
    return UserUttered(text, {"name": intent, "confidence": 0.9}, **more)


def test_every_rule(both: tuple[RulePolicy, RulePolicy], lookup: dict[str, Any], domain: Domain) -> None:
    assert both[1]._longest == 2
    for key, action in lookup[RULES].items():
        states = json.loads(key)
        events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted(LISTEN)]
        events.append(said(states[0]["user"]["intent"]))
        events += [ActionExecuted(state["prev_action"]["action_name"]) for state in states[1:]]
        probabilities, source = same(both, events, domain)
        assert (probabilities[domain.index_for_action(action)], source) == (1, key)


def random_conversation(rng: random.Random, domain: Domain) -> list[Event]:
    intents = [*domain.intents, "restart", "back", None, "unknown"]
    actions = [LISTEN, *domain.user_actions, "action_default_fallback"]
    events: list[Event] = []
    if rng.random() < 0.9:
        events += [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted(LISTEN)]
    for _ in range(rng.randrange(12)):
        intent = rng.choice(intents)
        entities = [{"entity": "cancer", "value": "foie", "start": 0, "end": 4}] if rng.random() < 0.2 else []
        events.append(said(intent, rng.choice(["un message", "", "/greet"]), entities=entities))
        usual = f"utter_{intent}"
        action = usual if usual in actions and rng.random() < 0.7 else rng.choice(actions)
        events += [ActionExecuted(action), BotUttered("Une réponse")][: rng.randrange(3)]
        if rng.random() < 0.15:
            events.append(rng.choice([UserUtteranceReverted(), ActionReverted(), Restarted(), SessionStarted()]))
        if rng.random() < 0.8:
            events.append(ActionExecuted(LISTEN))
        if rng.random() < 0.03:
            events += [ActionExecuted(LOOP), ActiveLoop(LOOP), *[ActiveLoop(None)] * rng.randrange(2)]
    return events


def test_conversations_made_at_random(both: tuple[RulePolicy, RulePolicy], domain: Domain) -> None:
    rng, found = random.Random(5), 0
    for _ in range(CONVERSATIONS):
        events = random_conversation(rng, domain)
        for end in range(max(0, len(events) - 4), len(events) + 1):
            _, source = same(both, events[:end], domain)
            found += source in both[0].lookup[RULES]
    assert found > CONVERSATIONS  # else most of them tried nothing


def test_where_there_was_a_form_all_is_looked_at(both: tuple[RulePolicy, RulePolicy], domain: Domain) -> None:
    turn = [ActionExecuted(LISTEN), said("definition"), ActionExecuted("utter_definition")]
    for events, states in (turn * 3, 2), ([*turn * 3, ActiveLoop(LOOP), ActiveLoop(None)], 7):
        tracker = DialogueStateTracker.from_events("one", events, domain.slots, domain=domain)
        assert len(both[1]._prediction_states(tracker, domain)) == states


def test_no_more_is_looked_at_than_the_rules_need() -> None:
    turn = [said("a"), ActionExecuted("utter_a"), BotUttered("A"), ActionExecuted(LISTEN)]
    assert latest_events([*turn * 50, said("b")], 2) == [*turn, said("b")]
    assert latest_events([*turn * 50, said("b"), ActionExecuted("utter_b")], 2)[0] == turn[0]
    assert latest_events(turn[1:], 2) == turn[1:]


@pytest.mark.parametrize(
    "learned",
    [
        {RULES: {json.dumps([{"prev_action": ASK, "user": {"intent": "a"}, "slots": {"s": [1.0]}}]): "utter_a"}},
        {RULES: {json.dumps([{"prev_action": ASK, "user": {"text": "a"}}]): "utter_a"}},
        {RULES: {json.dumps([{"prev_action": ASK, "user": {"intent": "a", "entities": ["e"]}}]): "utter_a"}},
        {RULES: {json.dumps([{"prev_action": SAY}]): LISTEN}},
        {RULES: {json.dumps([{}, {"prev_action": ASK, "user": {"intent": "a"}}]): "utter_a"}},
        {RULES: {}, "rules_for_loop_unhappy_path": {"[]": "loop_was_interrupted"}},
        {RULES: {}, RULES_NOT_IN_STORIES: [json.dumps([{"prev_action": ASK, "user": {"intent": "a"}}])]},
    ],
)
def test_rules_that_look_at_more_are_left_to_rasa(learned: dict[str, Any], tmp_path: Path) -> None:
    assert plain_rules(learned) is None
    assert policy(ShortSightedRulePolicy, tmp_path, {RULES_NOT_IN_STORIES: [], **learned})._longest == 0
