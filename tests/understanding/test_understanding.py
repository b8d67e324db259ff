"""How well unseen messages are understood, by the trained model through Rasa.

The sets are development sets: thresholds were chosen on them, so the floors here only guard against getting worse. What
they are worth on other people's wording is told by the figures of docs/understanding.md, on messages written after.
"""

from collections.abc import Callable

import pandas as pd
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.content.catalogue import load_catalogue
from assistant.evaluation.goals import ALARM, FACT, HELP, NOISE_COST
from assistant.evaluation.measuring import NOISE, judge, noisy, shares
from assistant.evaluation.outcomes import RIGHT, WRONG
from assistant.evaluation.parsing import Parser
from assistant.evaluation.sets import Labelled, all_sets
from assistant.nlu.decision import SAFETY, URGENT
from assistant.nlu.follow_up import LONG
from assistant.settings import ROOT

SETS = all_sets()
KINDS = {answer.intent: answer.kind for answer in load_catalogue(ROOT, {}).answers.values()}
# Set, measure, the least and the most that its share may be.
FLOORS = [
    ("in_scope", RIGHT, 0.97, 1),
    ("in_scope", WRONG, 0, 0.015),
    ("outside", RIGHT, 0.94, 1),
    ("outside", WRONG, 0, 0.04),
    ("outside", FACT, 0, 0.01),
    ("safety", RIGHT, 0.96, 1),
    ("safety", HELP, 0.97, 1),
    ("conversation", RIGHT, 0.87, 1),
    ("conversation", WRONG, 0, 0.04),
    ("off_topic", WRONG, 0, 0.03),
    ("look_alikes", RIGHT, 0.9, 1),
    ("look_alikes", ALARM, 0, 0.035),
]
if "foreign_off_topic" in SETS:  # other projects' messages, not part of this one
    FLOORS.append(("foreign_off_topic", WRONG, 0, 0.02))
Understand = Callable[[str, list[Labelled]], pd.DataFrame]


@pytest.fixture(scope="module")
def understand(parser: Parser) -> Understand:
    """A function from a set's name and messages to the table of what they were taken for."""
    known: dict[str, dict] = {}

    def table(name: str, messages: list[Labelled]) -> pd.DataFrame:
        new = [item.text for item in messages if item.text not in known]
        known.update(zip(new, parser.parse_all(new, name), strict=True))
        return judge(name, messages, [known[item.text] for item in messages], KINDS)

    return table


@pytest.mark.parametrize(("name", "measure", "least", "most"), FLOORS)
def test_sets(understand: Understand, name: str, measure: str, least: float, most: float) -> None:
    table = shares(understand(name, SETS[name]))
    assert least <= table.loc[name, measure] <= most, table.loc[name]


def test_urgent_messages_get_an_urgent_answer(understand: Understand) -> None:
    table = understand("safety", SETS["safety"])
    urgent = table[table["expected"].isin(URGENT)]
    missed = urgent[~urgent["predicted"].isin(URGENT)]
    assert len(missed) / len(urgent) <= 0.02, missed["text"].to_list()


def after(subject: str) -> DialogueStateTracker:
    """A conversation in which a subject was just answered."""
    events = [UserUttered("une question"), BotUttered("Une réponse.", metadata={"answer": f"utter_{subject}"})]
    return DialogueStateTracker.from_events("somebody", events)


@pytest.mark.parametrize("subject", ["side_effects", "testimony", "donate", "prognosis"])
def test_what_was_said_before_makes_no_message_less_urgent(
    understand: Understand, parser: Parser, subject: str
) -> None:
    alone = understand("safety", SETS["safety"])
    urgent = alone.loc[alone["predicted"].isin(URGENT) & (alone["text"].str.split().str.len() < LONG), "text"]
    assert len(urgent) > 50
    lost = []
    for text in urgent:
        processor = parser.agent.processor
        parsed = parser.run(processor.parse_message(UserMessage(text), after(subject), only_output_properties=True))
        if parsed["intent"]["name"] not in URGENT:
            lost.append(text)
    assert lost == []


def test_false_alarms_are_rare(understand: Understand) -> None:
    tables = [understand(name, SETS[name]) for name in ("in_scope", "outside", "conversation", "off_topic")]
    table = pd.concat(tables)
    calm = table[~table["expected"].isin(SAFETY)]
    assert calm[ALARM].mean() <= 0.01, calm.loc[calm[ALARM] == 1, "text"].to_list()


@pytest.mark.parametrize("kind", NOISE)
def test_noise_costs_little(understand: Understand, kind: str) -> None:
    clean = understand("in_scope", SETS["in_scope"])[RIGHT].mean()
    noise = understand(kind, noisy(SETS["in_scope"], kind))[RIGHT].mean()
    assert noise >= clean - NOISE_COST, (clean, noise)
