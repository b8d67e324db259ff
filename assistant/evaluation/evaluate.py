"""`make evaluate`: how well the trained model understands the evaluation sets, as one page, `reports/index.html`."""

import os
import socket
import subprocess
import sys
import tempfile
import uuid
from dataclasses import replace

import pandas as pd
from tqdm import tqdm

from assistant.chat import send
from assistant.content.catalogue import catalogue
from assistant.evaluation.dialogues import Dialogue, HeldTurn, hold, read_dialogues
from assistant.evaluation.measuring import NOISE, judge, noisy
from assistant.evaluation.parsing import Parser
from assistant.evaluation.report import Evaluation, goal_rows, percent, render, summary
from assistant.evaluation.sets import all_sets
from assistant.nlu.decision import read_thresholds
from assistant.serve import MODEL, running, train_if_stale
from assistant.settings import ROOT, settings

REPORT = ROOT / "reports" / "index.html"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def held_over_http(sets: dict[str, list[Dialogue]]) -> dict[str, list[tuple[Dialogue, list[HeldTurn]]]]:
    """Holds every dialogue with the real assistant and action server, on free ports and a database of their own."""
    with tempfile.TemporaryDirectory() as folder:
        port, action_port = _free_port(), _free_port()
        os.environ |= {
            "PORT": str(port),
            "ACTION_PORT": str(action_port),
            "DATABASE_URL": f"sqlite:///{folder}/evaluation.db",
        }
        config = replace(settings(), port=port, action_port=action_port)
        address = f"http://{config.host}:{port}/webhooks/rest/webhook"
        with running(config):
            found: dict[str, list[tuple[Dialogue, list[HeldTurn]]]] = {name: [] for name in sets}
            for name, dialogues in sets.items():
                for dialogue in tqdm(dialogues, desc=name, leave=False):
                    sender = f"evaluation-{uuid.uuid4().hex}"

                    def say(text: str, sender: str = sender) -> list[str]:
                        names = [message["custom"]["answer"] for message in send(address, sender, text)]
                        return [name for name in names if name != "utter_notice"]

                    found[name].append((dialogue, hold(dialogue, say)))
            return found


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def as_text(table: pd.DataFrame) -> str:
    """The table of shares in percent, for a terminal."""
    shares = table.drop(columns="messages").map(percent)
    shares.insert(0, "messages", table["messages"].astype(int))
    return str(shares.to_string())


def evaluate() -> Evaluation:
    """Measures every set, trains only if the model is older than its sources."""
    train_if_stale()
    kinds = {answer.intent: answer.kind for answer in catalogue().answers.values()}
    sets = all_sets()
    parser = Parser(MODEL)
    plain = [
        judge(name, messages, parser.parse_all([item.text for item in messages], name), kinds)
        for name, messages in tqdm(sets.items(), desc="sets")
    ]
    noise = []
    for kind in tqdm(NOISE, desc="noise"):
        messages = noisy(sets["in_scope"], kind)
        noise.append(judge(f"in_scope, {kind}", messages, parser.parse_all([m.text for m in messages], kind), kinds))
    dialogues = held_over_http(read_dialogues())
    about = (
        f"{sum(map(len, sets.values()))} messages, {len(NOISE)} kinds of noise on {len(sets['in_scope'])} of them, "
        f"{sum(map(len, dialogues.values()))} dialogues; commit {_commit()}, {pd.Timestamp.now():%Y-%m-%d %H:%M}."
    )
    return Evaluation(pd.concat(plain), pd.concat(noise), dialogues, read_thresholds(ROOT / "config.yml"), kinds, about)


def main() -> int:
    """Writes the report and prints its figures."""
    found = evaluate()
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(render(found), encoding="utf-8")
    table = summary(found)
    print(as_text(table))
    for row in goal_rows(table):
        print(f"  {'met   ' if row['met'] else 'MISSED'} {row['set']}: {row['wanted']}, measured {row['value']}")
    print(f"\n{REPORT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
