"""Rasa's rule policy, with the same predictions for less work.

Rasa's own replays the whole conversation for every prediction, twice, and tries every rule on every state of it. Where
rules look only at what was last understood and done, as all of this project do, the last states are enough. The work
grows with the conversation no more.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rasa.core.policies.rule_policy import (
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    RULES_NOT_IN_STORIES,
    RulePolicy,
)
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

Place = tuple[str | None, str | None]  # what was last done, and what was last understood


def place(state: Mapping[str, Any]) -> Place:
    """What was last done and last understood in a state."""
    return state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME), state.get(USER, {}).get(INTENT)


def is_plain(state: Mapping[str, Any]) -> bool:
    """Whether the state of a rule names an action and an intent, and nothing else."""
    action, intent = place(state)
    names_both = bool(action) and bool(intent) and SHOULD_NOT_BE_SET not in (action, intent)
    return names_both and state == {PREVIOUS_ACTION: {ACTION_NAME: action}, USER: {INTENT: intent}}


def plain_rules(lookup: Mapping[str, Any]) -> dict[str, list[State]] | None:
    """The states of each rule by its key; None if there is more to the rules than actions and intents.

    Args:
        lookup: what Rasa's rule policy has learned.
    """
    rules = {key: json.loads(key) for key in lookup.get(RULES, {})}
    if lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH) or not all(is_plain(state) for item in rules.values() for state in item):
        return None
    # Where no rule applies, Rasa looks here for the states themselves: nothing but rules may be found.
    others = [key for key in lookup.get(RULES_NOT_IN_STORIES, ()) if key.startswith("[") and key not in rules]
    return None if others else rules


def latest_events(applied: Sequence[Event], states: int) -> list[Event]:
    """The events that decide the last states of a conversation.

    Args:
        applied: the events of the conversation that were not taken back.
        states: how many of the last states are wanted.
    """
    actions = 0
    for index in range(len(applied) - 1, -1, -1):
        # Each state names the action before it and the last message: one action a state, then the message before them.
        if actions >= states and isinstance(applied[index], UserUttered):
            return list(applied[index:])
        actions += isinstance(applied[index], ActionExecuted)
    return list(applied)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class ShortSightedRulePolicy(RulePolicy):
    """Rasa's RulePolicy that looks back no further than its longest rule; where a rule needs more, it is Rasa's own."""

    def __init__(self, *args: Any, lookup: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Sorts the rules of a trained policy (see the base class for the arguments)."""
        super().__init__(*args, lookup=lookup, **kwargs)
        rules = plain_rules(lookup) if lookup else None
        self._longest = max(map(len, rules.values()), default=0) if rules else 0
        self._by_place: dict[Place, dict[str, str]] = defaultdict(dict)
        for key, states in (rules or {}).items():
            self._by_place[place(states[-1])][key] = self.lookup[RULES][key]

    def _prediction_states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """The last states of a conversation; all of them where rules are not plain or there was a form."""
        if self._longest and not any(isinstance(event, ActiveLoop) for event in tracker.events):
            recent = tracker.init_copy()
            for event in latest_events(tracker.applied_events(), self._longest):
                recent.update(event)
            states = super()._prediction_states(recent, domain, use_text_for_last_user_input, rule_only_data)
            return states[-self._longest :]
        return super()._prediction_states(tracker, domain, use_text_for_last_user_input, rule_only_data)

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The rules that apply (see the base class); only those are tried that end where the conversation is."""
        if self._longest and lookup is self.lookup[RULES]:
            lookup = self._by_place.get(place(states[-1]), {})
        return super()._get_possible_keys(lookup, states)
