"""What `make bench` makes of its measurements, on figures that are known; and what it trains its rivals on."""

import pytest
import yaml

from assistant.bench import report, rivals
from assistant.bench.load import Answered
from assistant.bench.measuring import as_round, growth, latency, slope, throughput, throughput_ratio
from assistant.bench.run import MANY, ONE, Result
from assistant.content.catalogue import catalogue


def answered(*milliseconds: float, late: int = 0) -> list[Answered]:
    ended, found = 100.0, []
    for turn, value in enumerate([*milliseconds, *[4000.0] * late]):
        ended += value / 1000
        found.append(Answered(turn < len(milliseconds), turn, value / 1000, ended))
    return found


def result(ours: float, stock: float, bare: float, megabytes: float = 400, growing: float = 0) -> Result:
    """A result with these milliseconds for every message."""
    found = Result(about={"command": "make bench", "begun": "a", "ended": "b", "processors": 2})
    found.about |= {"load_before": 1, "load_after": 2}
    for name, value in {"ours": ours, "stock": stock, "bare": bare}.items():
        found.started[name] = 10
        found.memory[name] = {"assistant": megabytes if name == "ours" else 900, "actions": 50}
        for conversations in (ONE, MANY):
            found.rounds += [as_round(name, conversations, answered(*[value] * 10), 100, 0.1) for _ in range(3)]
    found.over_messages = {count: megabytes + growing * count / 1000 for count in range(500, 4001, 500)}
    found.stored = {"empty": [ours] * 20, "full": [ours] * 20}
    found.turns = {"ours": [ours] * 50, "stock": [stock] * 50}
    return found


def test_a_round_counts_what_was_answered_in_time() -> None:
    found = as_round("ours", MANY, answered(100, 300, late=1), began=100, processor=0.06)
    assert (found.late, found.latencies) == (1, pytest.approx((100, 300)))
    assert found.per_second == pytest.approx(2 / 4.4)
    assert found.processor == pytest.approx(20)


def test_medians_percentiles_and_ratios_of_rounds() -> None:
    values = {"ours": (10, 10, 50), "stock": (30, 40, 100)}
    rounds = [as_round(name, ONE, answered(value), 100, 0) for name in values for value in values[name]]
    rounds.append(as_round("ours", MANY, answered(1000), 100, 0))
    assert throughput(rounds, "ours", ONE) == pytest.approx(100)
    assert throughput_ratio(rounds, "ours", "stock", ONE) == pytest.approx(3)  # of 3, 4 and 2: not 100 to 25
    assert latency([as_round("ours", ONE, answered(*range(1, 101)), 100, 0)], "ours", ONE) == pytest.approx(
        (50.5, 95.05, 99.01)
    )


def test_growth_and_slope() -> None:
    assert growth([10, 10, 99], [15, 15, 1]) == pytest.approx(0.5)
    assert slope({500: 10, 1000: 12, 1500: 14}) * 1000 == pytest.approx(4)


def test_goals_that_are_reached_and_missed() -> None:
    assert [goal.reached for goal in report.goals(result(10, 31, 8))] == [True] * 5
    missed = result(10, 29, 6, megabytes=460, growing=2)
    missed.stored["full"] = [12] * 20
    assert [goal.reached for goal in report.goals(missed)] == [False] * 5
    assert [goal.measured for goal in report.goals(missed)] == ["2.9 times", "51%", "60%", "+20%", "+2.00 MB"]


def test_the_report_holds_every_figure_and_a_picture() -> None:
    found = result(10, 31, 8)
    found.cluster, found.cluster_memory = [as_round("cluster", ONE, answered(20), 100, 0)], {"assistant": 1234.0}
    text, page = report.as_markdown(found), report.as_page(found)
    for line in (
        "| at least 3 times the throughput of stock Rasa | 3.1 times | yes |",
        "| 1 conversation: messages a second | 100.0 | 32.3 | 125.0 |",
        "| 32 conversations: p50, p95, p99, ms | 10.0, 10.0, 10.0 | 31.0, 31.0, 31.0 | 8.0, 8.0, 8.0 |",
        "| with action server, MB | 450 | 950 | 950 |",
        "| stock Rasa | 31.0 | 31.0 | 50 |",
        "| assistant | 1234 |",
    ):
        assert line in text
    assert "3.1 times" in page and 'src="data:image/png;base64,' in page


def test_the_stock_rival_has_our_content_and_every_policy_has_something_to_learn() -> None:
    files = rivals.stock().files
    stories = yaml.safe_load(files["data/stories.yml"])["stories"]
    rules = [rule for name in files if name.startswith("data/rules/") for rule in yaml.safe_load(files[name])["rules"]]
    assert len(stories) == len(rules) > 50
    assert all(len(story["steps"]) == 4 for story in stories)
    config = yaml.safe_load(files["config.yml"])
    assert [part["name"] for part in config["policies"]] == [
        "MemoizationPolicy",
        "RulePolicy",
        "UnexpecTEDIntentPolicy",
        "TEDPolicy",
    ]
    trained = [part for part in [*config["pipeline"], *config["policies"]] if "epochs" in part]
    assert len(trained) == 4 and {part["epochs"] for part in trained} == {rivals.EPOCHS}
    assert not any("{" + name + "}" in files["domain.yml"] for name in catalogue().placeholders())
