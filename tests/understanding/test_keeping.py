"""Conversations kept as dialogue tests, held by the trained model and by Rasa's own test run."""

from pathlib import Path

import pytest
import rasa.core.test

from assistant.evaluation.parsing import Parser
from assistant.keeping.holding import hold, read_files
from assistant.keeping.stories import KeepingError, keep
from assistant.privacy.masking import Masking

MASKING = Masking([])


def said(parser: Parser, text: str, action: str, intent: str | None = None) -> list[dict]:
    """The events of a turn: what the model takes the message for, unless another intent is given."""
    parsed = parser.parse(text)
    if intent:
        parsed["intent"] = {"name": intent}
    return [
        {"event": "user", "text": text, "parse_data": parsed},
        {"event": "action", "name": action},
        {"event": "action", "name": "action_listen"},
    ]


def failed(parser: Parser, folder: Path, results: Path) -> str:
    """What `rasa test core --e2e` writes about the tests that fail."""
    results.mkdir()
    arguments = {"out_directory": str(results), "e2e": True, "disable_plotting": True}
    parser.run(rasa.core.test.test(str(folder), parser.agent, **arguments))
    return (results / "failed_test_stories.yml").read_text()


def test_kept_conversations_pass_rasas_own_test(parser: Parser, tmp_path: Path) -> None:
    folder = tmp_path / "dialogues"
    folder.mkdir()
    odd = "Bonjour ! [a](b) {c} \"d\": 'e' 😀"
    conversations = {
        "Le taux, puis le foie": [
            *said(parser, "quel est le taux de réponse ?", "action_response_rate"),
            *said(parser, "et pour le foie ?", "action_follow_up_cancer"),
            *said(parser, '/response_rate{"cancer": "hepatocarcinoma"}', "action_response_rate"),
            # « et les enfants ? » and the like mean something else alone; here it is said by hand.
            *said(parser, "et donc ?", "utter_thanks", "thanks"),
        ],
        "Un bonjour étrange": said(parser, odd, f"utter_{parser.parse(odd)['intent']['name']}"),
    }
    kept = [parser.run(keep(name, events, parser.agent, MASKING, folder)) for name, events in conversations.items()]
    assert [item.path for item in kept] == [folder / item.file for item in kept]
    assert [len(item.notes) for item in kept] == [1, 0]
    assert "et donc ?" in kept[0].notes[0]
    assert '[foie]{"entity": "cancer", "value": "hepatocarcinoma"}' in kept[0].text
    assert failed(parser, folder, tmp_path / "right") == "# None of the test stories failed - all good!"
    # The same files can fail.
    file = folder / kept[0].file
    file.write_text(file.read_text().replace("intent: response_rate", "intent: greet", 1))
    assert "predicted: response_rate" in failed(parser, folder, tmp_path / "wrong")
    first, second = parser.run(hold(read_files(sorted(folder.iterdir())), parser.agent))
    assert (first.name, first.is_right, first.turns[0].intent) == (kept[0].name, False, ("greet", "response_rate"))
    assert [turn.is_right for turn in first.turns] == [False, True, True, True]
    assert second.is_right


def test_stories_of_the_same_subjects_are_all_held(parser: Parser, tmp_path: Path) -> None:
    for name, text in (("one", "Bonjour"), ("two", "la prostate")):
        story = f"version: '3.1'\nstories:\n- story: {name}\n  steps:\n  - user: {text}\n    intent: greet\n"
        (tmp_path / f"test_{name}.yml").write_text(story + "  - action: utter_greet\n")
    held = parser.run(hold(read_files(sorted(tmp_path.iterdir())), parser.agent))
    assert [(one.name, one.is_right) for one in held] == [("one", True), ("two", False)]


@pytest.mark.parametrize(
    ("text", "action", "intent", "error"),
    [
        ("Bonjour", "utter_thanks", None, "ne répond plus de cette façon"),
        ("la prostate", "utter_greet", "greet", "Aucun message"),
        ("Bonjour", "utter_greet", "nothing", "n’existe"),
    ],
)
def test_what_would_fail_at_once_is_not_kept(
    parser: Parser, tmp_path: Path, text: str, action: str, intent: str | None, error: str
) -> None:
    with pytest.raises(KeepingError, match=error):
        parser.run(keep("nom", said(parser, text, action, intent), parser.agent, MASKING, tmp_path))
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_written_the_text_is_returned(parser: Parser, tmp_path: Path) -> None:
    events = said(parser, "Bonjour", "utter_greet")
    kept = parser.run(keep("nom", events, parser.agent, MASKING, tmp_path / "missing"))
    assert kept.path is None and "intent: greet" in kept.text and kept.file == "test_kept_nom.yml"
