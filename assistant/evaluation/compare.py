"""`make compare`: other pipelines on the same phrases and the same evaluation sets, in one run.

`make compare PARTS=cost` measures only what ours and Rasa's stock pipeline cost to run, in some five minutes.

Each candidate is trained in a process of its own, unless it was trained on the same phrases before. Then each is loaded
in a process of its own, and every message is parsed by one after the other, so that a busy machine slows all alike.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from tqdm import tqdm

from assistant.content.catalogue import catalogue
from assistant.evaluation.measuring import judge, shares
from assistant.evaluation.outcomes import REFUSED, RIGHT, WRONG
from assistant.evaluation.sets import Labelled, all_sets
from assistant.settings import ROOT

OWN_CONFIG = ROOT / "config.yml"
CANDIDATES = Path(__file__).parent / "candidates"
FOLDER = ROOT / "models" / "compare"
RESULT = ROOT / "reports" / "compare.md"
# Phrases of each intent that every candidate can learn in reasonable time: stock DIET takes an hour and more on all.
FEW = 40
# Messages that are enough to measure the time of a parse.
COST_MESSAGES = 600
MEGABYTE = 1e6


@dataclass(frozen=True)
class Candidate:
    """A pipeline and the phrases that it learns.

    Attributes:
        name: as the table shows it.
        config: the configuration's file.
        phrases: how many of each intent; None for all.
        changes: settings of our own classifier that differ from the file.
        seed: decides which phrases are taken, and their order.
        epochs: how long deep learning learns; None for as long as the file says.
    """

    name: str
    config: Path
    phrases: int | None
    changes: tuple[tuple[str, Any], ...] = ()
    seed: int = 20
    epochs: int | None = None


def costly_candidates() -> list[Candidate]:
    """What is compared by cost alone. More than one epoch would change what a message is taken for, not its cost."""
    stock = Candidate("Rasa's stock pipeline, one epoch", CANDIDATES / "stock.yml", FEW, epochs=1)
    return [stock, Candidate("ours", OWN_CONFIG, None)]


def candidates(with_stock_on_all: bool) -> list[Candidate]:
    """What is compared."""
    stock, logistic = CANDIDATES / "stock.yml", CANDIDATES / "logistic_regression.yml"
    words = (("vector_weight", 0.0),)
    found = [
        Candidate("Rasa's stock pipeline", stock, FEW),
        Candidate("counts, logistic regression", logistic, FEW),
        Candidate("ours", OWN_CONFIG, FEW),
        Candidate("counts, logistic regression", logistic, None),
        Candidate("ours without sentence vectors", OWN_CONFIG, None, words),
        Candidate("ours", OWN_CONFIG, None),
        Candidate("ours, phrases in another order", OWN_CONFIG, None, seed=21),
    ]
    return [*found, Candidate("Rasa's stock pipeline", stock, None)] if with_stock_on_all else found


def phrases_of(folder: Path) -> dict[str, list[str]]:
    """The training phrases of each intent, with their entities marked as in the files."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.yml")):
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = [line.removeprefix("- ") for line in item["examples"].splitlines() if line.strip()]
            found.setdefault(item["intent"], []).extend(lines)
    return found


def sampled(phrases: Mapping[str, Sequence[str]], count: int | None, seed: int) -> dict[str, list[str]]:
    """That many phrases of each intent (all, if it has fewer or count is None), in an order that the seed decides."""
    rng = random.Random(seed)
    return {intent: rng.sample(list(lines), min(count or len(lines), len(lines))) for intent, lines in phrases.items()}


def as_nlu(phrases: Mapping[str, Sequence[str]]) -> str:
    """The phrases as a Rasa training file."""
    items = [
        {"intent": intent, "examples": "".join(f"- {line}\n" for line in lines)} for intent, lines in phrases.items()
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": items}, allow_unicode=True, sort_keys=False)


def configuration(candidate: Candidate) -> str:
    """The candidate's configuration as YAML, without policies."""
    config = yaml.safe_load(candidate.config.read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if component["name"].endswith("SubjectClassifier"):
            component.update(candidate.changes)
        if candidate.epochs and "epochs" in component:
            component["epochs"] = candidate.epochs
    return yaml.safe_dump({**config, "policies": []}, allow_unicode=True, sort_keys=False)


def _sources() -> str:
    """What our own pipeline is made of besides its configuration."""
    files = sorted([*(ROOT / "assistant" / "nlu").glob("*.py"), ROOT / "data" / "chat_french.yml"])
    return "".join(file.read_text(encoding="utf-8") for file in files)


def trained(candidate: Candidate, phrases: Mapping[str, Sequence[str]]) -> tuple[Path, dict[str, float]]:
    """Trains a candidate, unless that was done before with the same phrases and configuration.

    Returns:
        The model's file, and what its training took: seconds, processor seconds, peak megabytes, and its own megabytes.
    """
    nlu, config = as_nlu(phrases), configuration(candidate)
    own = _sources() if candidate.config == OWN_CONFIG else ""
    folder = FOLDER / hashlib.sha256((nlu + config + own).encode()).hexdigest()[:16]
    model, facts = folder / "model.tar.gz", folder / "training.json"
    if not facts.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "nlu.yml").write_text(nlu, encoding="utf-8")
        (folder / "config.yml").write_text(config, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "assistant.rasa",
            "train",
            "nlu",
            "--config",
            str(folder / "config.yml"),
            "--nlu",
        ]
        command += [str(folder / "nlu.yml"), "--out", str(folder), "--fixed-model-name", "model"]
        started = time.monotonic()
        with (folder / "train.log").open("w") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=_environ())
            _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise RuntimeError(f"{candidate.name} could not be trained, see {folder / 'train.log'}")
        measured = {
            "seconds": time.monotonic() - started,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak": usage.ru_maxrss * 1024 / MEGABYTE,
            "size": model.stat().st_size / MEGABYTE,
        }
        facts.write_text(json.dumps(measured))
    return model, json.loads(facts.read_text())


def _environ() -> dict[str, str]:
    """The environment of a training: our components must be found from another folder, and no cache may help."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "RASA_MAX_CACHE_SIZE": "0"}


class Worker:
    """A candidate's process (assistant/evaluation/worker.py)."""

    def __init__(self, model: Path) -> None:
        """Starts it. Raises ValueError if the model cannot be loaded."""
        command = [sys.executable, "-m", "assistant.evaluation.worker", str(model)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.memory = self._answer() / MEGABYTE

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def parse(self, text: str) -> tuple[dict[str, Any], float]:
        """The parse of a text, and its seconds."""
        assert self._process.stdin is not None
        print(json.dumps(text), file=self._process.stdin, flush=True)
        parse, seconds = self._answer()
        return parse, seconds

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.communicate()


def compare(rivals: Sequence[Candidate], sets: Mapping[str, Sequence[Labelled]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Trains and measures; returns the costs (a row a candidate) and the shares (rows of candidate and set)."""
    phrases = phrases_of(ROOT / "data" / "nlu")
    ready = [trained(rival, sampled(phrases, rival.phrases, rival.seed)) for rival in tqdm(rivals, desc="training")]
    kinds = {answer.intent: answer.kind for answer in catalogue().answers.values()}
    workers: list[Worker] = []
    try:
        workers += [Worker(model) for model, _ in ready]
        parses: list[dict[str, list[dict[str, Any]]]] = [{name: [] for name in sets} for _ in rivals]
        seconds: list[list[float]] = [[] for _ in rivals]
        order = list(range(len(rivals)))
        for name, messages in sets.items():
            for message in tqdm(messages, desc=name, leave=False):
                order.append(order.pop(0))
                for index in order:
                    parse, taken = workers[index].parse(message.text)
                    parses[index][name].append(parse)
                    seconds[index].append(taken)
    finally:
        for worker in workers:
            worker.stop()
    costs, found = [], []
    for rival, (_, facts), worker, times, parsed in zip(rivals, ready, workers, seconds, parses, strict=True):
        about = {"pipeline": rival.name, "phrases": sum(map(len, sampled(phrases, rival.phrases, 0).values()))}
        p50, p95 = np.percentile(np.array(times) * 1000, [50, 95])
        costs.append({**about, **facts, "memory": worker.memory, "p50": p50, "p95": p95})
        judged = pd.concat(judge(name, sets[name], parsed[name], kinds) for name in sets)
        found.append(shares(judged).reset_index().assign(**about))
    return pd.DataFrame(costs), pd.concat(found)


def for_cost() -> dict[str, list[Labelled]]:
    """Some messages of all sets."""
    messages = [message for messages in all_sets().values() for message in messages]
    return {"cost": random.Random(0).sample(messages, COST_MESSAGES)}


def costs_as_markdown(costs: pd.DataFrame) -> str:
    """What training and parsing took, as a Markdown table."""
    lines = [
        "| Pipeline | Phrases | Training, s (processor s), peak MB | Model, MB | Loaded, MB | Parse p50 | p95, ms |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in costs.itertuples():
        lines.append(
            f"| {row.pipeline} | {row.phrases} | {row.seconds:.0f} ({row.cpu:.0f}), {row.peak:.0f} "
            f"| {row.size:.0f} | {row.memory:.0f} | {row.p50:.1f} | {row.p95:.1f} |"
        )
    return "\n".join(lines) + "\n"


def shares_as_markdown(found: pd.DataFrame) -> str:
    """How well each pipeline did on each set, as a Markdown table."""
    names = list(found["set"].unique())
    lines = ["Right / wrong / refused, %:", "", f"| Pipeline | Phrases | {' | '.join(names)} |"]
    lines.append("| --- " * (len(names) + 2) + "|")
    for (pipeline, phrases), rows in found.groupby(["pipeline", "phrases"], sort=False):
        by_set = rows.set_index("set")
        cells = [
            " / ".join(f"{100 * by_set.loc[name, part]:.1f}" for part in (RIGHT, WRONG, REFUSED)) for name in names
        ]
        lines.append(f"| {pipeline} | {phrases} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Compares, prints the tables and keeps them in reports/compare.md; with `--cost`, the costs alone."""
    if "--cost" in arguments:
        costs, _ = compare(costly_candidates(), for_cost())
        print(costs_as_markdown(costs))
        return 0
    costs, found = compare(candidates(with_stock_on_all="--stock-on-all" in arguments), all_sets())
    text = f"{costs_as_markdown(costs)}\n{shares_as_markdown(found)}"
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
