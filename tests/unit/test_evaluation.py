"""What the evaluation counts, on a handful of messages whose figures are known."""

import math
from pathlib import Path

import pandas as pd
import pytest
import yaml

from assistant.evaluation import compare
from assistant.evaluation.dialogues import Dialogue, Turn, hold, read_dialogues
from assistant.evaluation.goals import ALARM, FACT, HELP, Goal
from assistant.evaluation.measuring import NOISE, curve, interval, judge, noisy, shares
from assistant.evaluation.outcomes import REFUSED, RIGHT, WRONG
from assistant.evaluation.report import Evaluation, render, summary
from assistant.evaluation.sets import Labelled
from assistant.nlu.decision import FALLBACK, Guess, Signals, read_thresholds
from assistant.settings import ROOT

LIMITS = read_thresholds(ROOT / "config.yml")
KINDS = {
    "definition": "dossier",
    "cost": "outside",
    "suicide": "safety",
    "distress": "safety",
    "greet": "conversation",
    "off_topic": "conversation",
}


def parse(intent: str, confidence: float, pattern: str | None = None) -> dict:
    signals = Signals(Guess(confidence, intent), pattern=pattern).as_json()
    return {"intent": {"name": intent, "confidence": confidence}, "decision": {"reason": "x", "signals": signals}}


def rows(name: str, *judged: tuple[str, str, float]) -> pd.DataFrame:
    """A table of messages: what each is, what it is taken for, how surely."""
    messages = [
        Labelled(f"<b>message {number}</b>", (expected,), "spoken") for number, (expected, *_) in enumerate(judged)
    ]
    return judge(name, messages, [parse(predicted, sure) for _, predicted, sure in judged], KINDS)


TABLE = pd.concat(
    [
        rows("in_scope", ("definition", "definition", 0.9), ("definition", "cost", 0.5), ("definition", FALLBACK, 0.9)),
        rows("outside", ("cost", "cost", 0.8), ("cost", "definition", 0.4), ("cost", "distress", 0.7)),
        rows("safety", ("suicide", "suicide", 0.9), ("suicide", "distress", 0.9), ("distress", "suicide", 0.9)),
        rows("off_topic", ("off_topic", "greet", 0.9), ("off_topic", "off_topic", 0.9)),
    ]
)


def test_shares() -> None:
    table = shares(TABLE)
    third = pytest.approx(1 / 3)
    assert [table.loc["in_scope", name] for name in (RIGHT, WRONG, REFUSED)] == [third, third, third]
    assert table.loc["outside", FACT] == third
    assert table.loc["outside", ALARM] == third
    assert math.isnan(table.loc["outside", HELP])
    # A suicidal thought that is taken for distress has not got the right number first.
    assert table.loc["safety", HELP] == pytest.approx(2 / 3)
    assert math.isnan(table.loc["safety", ALARM])
    assert table.loc["off_topic", REFUSED] == 0.5


def test_the_curve_decides_anew() -> None:
    table = rows("in_scope", ("definition", "definition", 0.9), ("definition", "cost", 0.5))
    points = curve(table, LIMITS, [0.4, 0.6, 0.95], KINDS).set_index("answer")
    assert points[WRONG].to_list() == [0.5, 0.0, 0.0]
    assert points[REFUSED].to_list() == [0.0, 0.5, 1.0]


def test_interval_holds_the_share_and_narrows() -> None:
    low, high = interval(9, 10)
    assert low < 0.9 < high
    assert interval(900, 1000)[0] > low


def test_goals() -> None:
    assert Goal("x", RIGHT, True, 0.97).met(0.97)
    assert not Goal("x", WRONG, False, 0.01).met(0.011)


@pytest.mark.parametrize("kind", NOISE)
def test_noise_changes_and_is_the_same_each_time(kind: str) -> None:
    messages = [Labelled("Pourquoi n’est-ce pas déjà remboursé pour tous les malades ?", ("cost",), "spoken")]
    changed = noisy(messages, kind)
    assert changed[0].text != messages[0].text
    assert changed == noisy(messages, kind)


def test_a_dialogue_is_held_to_its_end() -> None:
    dialogue = Dialogue("d", (Turn("a", (("utter_x",),)), Turn("b", (("utter_y",), ("utter_z", "utter_x")))))
    held = hold(dialogue, {"a": ["utter_q"], "b": ["utter_z", "utter_x"]}.__getitem__)
    assert [turn.right for turn in held] == [False, True]


def test_the_dialogues_can_be_read_and_name_answers_that_exist(content) -> None:
    dialogues = [dialogue for found in read_dialogues().values() for dialogue in found]
    assert len(dialogues) >= 90
    for dialogue in dialogues:
        assert all(name in content.answers for turn in dialogue.turns for names in turn.expect for name in names)


def test_the_report_shows_every_error_and_escapes_messages() -> None:
    dialogue = Dialogue("talk", (Turn("<i>oui</i>", (("utter_x",),)),))
    held = hold(dialogue, lambda text: ["utter_y"])
    found = Evaluation(TABLE, TABLE[:0], {"dialogues": [(dialogue, held)]}, LIMITS, KINDS, "a test")
    page = render(found)
    assert "&lt;b&gt;message 1&lt;/b&gt;" in page
    assert "&lt;i&gt;oui&lt;/i&gt;" in page
    assert "<b>message" not in page
    assert page.count("data:image/png;base64,") == 3
    assert summary(found).loc["dialogues", RIGHT] == 0


def test_candidates_learn_the_same_phrases(tmp_path: Path) -> None:
    nlu = {"version": "3.1", "nlu": [{"intent": "a", "examples": "- un\n- [deux](n)\n- trois\n"}]}
    (tmp_path / "x.yml").write_text(yaml.safe_dump(nlu), encoding="utf-8")
    phrases = compare.phrases_of(tmp_path)
    assert phrases == {"a": ["un", "[deux](n)", "trois"]}
    few = compare.sampled(phrases, 2, seed=1)
    assert len(few["a"]) == 2
    assert few == compare.sampled(phrases, 2, seed=1)
    assert sorted(compare.sampled(phrases, None, seed=2)["a"]) == sorted(phrases["a"])
    assert yaml.safe_load(compare.as_nlu(few))["nlu"][0]["examples"] == "".join(f"- {line}\n" for line in few["a"])


def test_the_stock_pipeline_costs_the_same_after_one_epoch() -> None:
    stock, _ = compare.costly_candidates()
    own = yaml.safe_load(stock.config.read_text(encoding="utf-8"))
    changed = yaml.safe_load(compare.configuration(stock))
    for before, after in zip(own["pipeline"], changed["pipeline"], strict=True):
        assert after == ({**before, "epochs": 1} if "epochs" in before else before)
    assert any("epochs" in component for component in own["pipeline"])
    assert len(compare.for_cost()["cost"]) == compare.COST_MESSAGES


def test_candidates_differ_from_ours_only_where_they_say_so() -> None:
    (words,) = [rival for rival in compare.candidates(False) if rival.changes]
    own = yaml.safe_load(compare.OWN_CONFIG.read_text(encoding="utf-8"))
    changed = yaml.safe_load(compare.configuration(words))
    for ours, theirs in zip(own["pipeline"], changed["pipeline"], strict=True):
        assert {**ours, **(dict(words.changes) if "Classifier" in ours["name"] else {})} == theirs
