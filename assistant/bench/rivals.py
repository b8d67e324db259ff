"""What is measured beside ours: Rasa as `rasa init` sets it up, on our data, and a bare Rasa that understands nothing.

Their models are trained once and kept under a hash of what they are made from. The stock pipeline learns for one epoch
in the place of a hundred: that takes minutes in the place of an hour, and a message costs the same.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.content.catalogue import catalogue
from assistant.settings import ROOT

FOLDER = ROOT / "models" / "bench"
STOCK_PIPELINE = ROOT / "assistant" / "evaluation" / "candidates" / "stock.yml"
EPOCHS = 1
HISTORY = 5
# What Rasa 3.6 takes where config.yml names no policies, as the one of `rasa init` does not.
STOCK_POLICIES: list[dict[str, Any]] = [
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": HISTORY, "epochs": EPOCHS},
    {"name": "TEDPolicy", "max_history": HISTORY, "epochs": EPOCHS, "constrain_similarities": True},
]
BARE_WORD = "bonjour"


@dataclass(frozen=True)
class Rival:
    """A Rasa project beside ours.

    Attributes:
        name: `stock` or `bare`.
        files: the content of its files, by name, besides what says where it listens.
        calls_actions: whether it needs our action server.
        keeps_conversations: whether it stores them in a SQLite file, as ours does; if not, in memory.
    """

    name: str
    files: Mapping[str, str]
    calls_actions: bool
    keeps_conversations: bool


def stories_of(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Stories of two turns each, every rule followed by the next one: TED and memoization learn from nothing else."""
    following = [*rules[1:], *rules[:1]]
    return [
        {"story": f"{rule['rule']}, {after['rule']}", "steps": [*rule["steps"], *after["steps"]]}
        for rule, after in zip(rules, following, strict=True)
    ]


def stock_config(pipeline: Mapping[str, Any]) -> dict[str, Any]:
    """The stock configuration, made of its pipeline and EPOCHS."""
    parts = [{**part, "epochs": EPOCHS} if "epochs" in part else part for part in pipeline["pipeline"]]
    return {**pipeline, "pipeline": parts, "policies": STOCK_POLICIES}


def stock() -> Rival:
    """Rasa's stock configuration on our phrases, rules, answers and actions."""
    files = {
        str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
        for folder in ("nlu", "rules")
        for file in sorted((ROOT / "data" / folder).glob("*.yml"))
    }
    rules = [
        rule for name, text in files.items() if name.startswith("data/rules/") for rule in yaml.safe_load(text)["rules"]
    ]
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    for name, value in catalogue().placeholders().items():  # our own answer generator puts them in
        domain = domain.replace("{" + name + "}", value)
    pipeline = yaml.safe_load(STOCK_PIPELINE.read_text(encoding="utf-8"))
    files["data/stories.yml"] = _yaml({"version": "3.1", "stories": stories_of(rules)})
    files["domain.yml"] = domain
    files["config.yml"] = _yaml(stock_config(pipeline))
    return Rival("stock", files, calls_actions=True, keeps_conversations=True)


def bare() -> Rival:
    """The least that Rasa can do: one word to recognise, one rule, one answer, conversations in memory."""
    nlu = [{"intent": "hello", "examples": f"- {BARE_WORD}\n"}, {"intent": "other", "examples": "- xyz\n"}]
    rule = {"rule": "hello", "steps": [{"intent": "hello"}, {"action": "utter_hello"}]}
    domain = {
        "version": "3.1",
        "intents": ["hello", "other"],
        "responses": {"utter_hello": [{"text": "Bonjour."}]},
    }
    config = {
        "recipe": "default.v1",
        "assistant_id": "bare",
        "language": "fr",
        "pipeline": [{"name": "KeywordIntentClassifier"}],
        "policies": [{"name": "RulePolicy"}],
    }
    files = {
        "data/nlu.yml": _yaml({"version": "3.1", "nlu": nlu}),
        "data/rules.yml": _yaml({"version": "3.1", "rules": [rule]}),
        "domain.yml": _yaml(domain),
        "config.yml": _yaml(config),
    }
    return Rival("bare", files, calls_actions=False, keeps_conversations=False)


def trained(rival: Rival) -> Path:
    """The folder of a rival with its model, `model.tar.gz`, trained unless it was before.

    Raises:
        RuntimeError: the training failed; the text names its log.
    """
    content = json.dumps(dict(rival.files), sort_keys=True)
    folder = FOLDER / f"{rival.name}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    if not (folder / "model.tar.gz").exists():
        for name, text in rival.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "rasa", "train", "--skip-validation", "--augmentation", "0"]
        command += ["--out", str(folder), "--fixed-model-name", "model"]
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_MAX_CACHE_SIZE": "0"}
        with (folder / "train.log").open("w") as log:
            code = subprocess.run(command, check=False, cwd=folder, stdout=log, stderr=log, env=environ).returncode
        if code:
            raise RuntimeError(f"{rival.name} could not be trained, see {folder / 'train.log'}")
    return folder


def _yaml(content: Any) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
