"""The rules of `data/rules`, to say which one led to an action: Rasa keeps the policy, not the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.content.yaml_file import field_error, read_mapping


@dataclass(frozen=True)
class Rule:
    """A rule: its name, its file from the project's root, and the action that it calls for."""

    name: str
    file: str
    action: str


def read_rules(folder: Path) -> Mapping[str, Rule]:
    """The rules by the intent that each begins with.

    Args:
        folder: the project's `data/rules`.

    Raises:
        ContentError: a file cannot be read, or holds a rule without an intent and an action.
    """
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.yml")):
        for number, rule in enumerate(read_mapping(path).get("rules", [])):
            try:
                asked, done = rule["steps"][:2]
                rules[asked["intent"]] = Rule(rule["rule"], f"data/rules/{path.name}", done["action"])
            except (KeyError, TypeError, ValueError) as error:
                raise field_error(path.name, ("rules", number), error) from error
    return rules
