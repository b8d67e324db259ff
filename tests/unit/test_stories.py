from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.events import ActionExecuted, UserUttered

from assistant.keeping.held import UnreadableError
from assistant.keeping.holding import read_files, read_text
from assistant.keeping.stories import (
    Entity,
    KeepingError,
    Turn,
    check,
    checked_name,
    file_name,
    marked,
    names_in,
    readable,
    save,
    story,
    turns_of,
)
from assistant.privacy.masking import Masking
from assistant.settings import ROOT

MASKING = Masking([])
SPOKEN = Turn("et pour le « foie », alors ?", "follow_up_cancer", ("action_follow_up_cancer",), ())


def read(text: str) -> list[tuple]:
    """What Rasa's own reader takes a story for."""
    (step,) = read_text(text, "test_kept_x.yml")
    found: list[tuple] = []
    for event in step.events:
        if isinstance(event, UserUttered):
            entities = [(item["start"], item["end"], item["entity"], item["value"]) for item in event.entities]
            found.append((event.text, event.intent["name"], entities))
        elif isinstance(event, ActionExecuted):
            found.append((event.action_name,))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "C’est quoi, l'immunothérapie ?",
        'il a dit "non": pourquoi ?',
        "- une\n- deux\n\n  trois: quatre",
        "😀 merci 🙏🏽",
        "[foie](cancer) et [a]{b} et [a][b]",
        '[foie]{"entity": "cancer", "value": "x"}',
        "[[foie]](x) ]( [ ] {} [] [](",
        "{nom} ${HOME} %TAG !x &y *z #w | > @ `",
        "\\u00e9 \\n \\",
        "yes",
        "3.1",
        "null",
        "fin\u2028de ligne\u0085ici\ttab",
        "#commentaire",
    ],
)
def test_a_text_survives_rasas_reader(text: str) -> None:
    turns = [Turn(text, "greet", ("utter_greet",))]
    assert read(story("nom", turns)) == [(text, "greet", []), ("utter_greet",)]


@given(st.lists(st.sampled_from([*"[](){}\"':#|- \na/é😀\\$", "[a](b)", "]{", "]["]), min_size=1).map("".join))
def test_any_text_survives_rasas_reader_or_is_refused(text: str) -> None:
    text = text.strip()
    if text and not text.startswith("/"):
        assert read(story("nom", [Turn(text, "greet", ("utter_greet",))]))[0] == (text, "greet", [])


def test_entities_are_marked_beside_brackets() -> None:
    entity = Entity(4, 8, "cancer", "hepatocarcinoma")
    turn = Turn("[x] foie [a](b)", "follow_up_cancer", ("action_follow_up_cancer",), (entity,))
    assert read(story("nom", [turn]))[0] == (turn.text, turn.intent, [(4, 8, "cancer", "hepatocarcinoma")])


def test_what_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(KeepingError, match="ne peut pas contenir"):
        marked(Turn("le fo]ie", "greet", ("utter_greet",), (Entity(3, 8, "cancer", "liver"),)))


def test_a_payload_is_kept_as_rasa_reads_it() -> None:
    turn = Turn('/response_rate{"cancer": "liver"}', "response_rate", ("action_response_rate",))
    text, intent, entities = read(story("nom", [turn]))[0]
    assert (text, intent) == (turn.text, "response_rate")
    assert [item[2:] for item in entities] == [("cancer", "liver")]


def test_a_story_is_written_as_its_neighbours() -> None:
    turns = [Turn("et le foie ?", "follow_up_cancer", ("action_follow_up_cancer",), (Entity(6, 10, "cancer", "x"),))]
    assert story("Deux mots", turns).splitlines()[1:] == [
        'version: "3.1"',
        "stories:",
        '- story: "Deux mots"',
        "  steps:",
        "  - user: |",
        '      et le [foie]{"entity": "cancer", "value": "x"} ?',
        "    intent: follow_up_cancer",
        "  - action: action_follow_up_cancer",
    ]


def test_turns_of_a_conversation() -> None:
    def said(text: str, intent: str) -> dict:
        entities = [{"start": 12, "end": 16, "entity": "cancer", "value": "liver"}] if "foie" in text else []
        return {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}, "entities": entities}}

    events = [
        {"event": "action", "name": "action_session_start"},
        {"event": "session_started"},
        {"event": "action", "name": "action_listen"},
        said("oublié", "greet"),
        {"event": "restart"},
        said("Bonjour", "greet"),
        {"event": "action", "name": "utter_greet"},
        {"event": "bot", "text": "Bonjour"},
        {"event": "action", "name": "action_listen"},
        said("06 12 34 56 78 foie", "follow_up_cancer")
        | {
            "parse_data": {
                "intent": {"name": "follow_up_cancer"},
                "entities": [{"start": 15, "end": 19, "entity": "cancer", "value": "liver"}],
            }
        },
        {"event": "action", "name": "action_follow_up_cancer"},
        {"event": "feedback", "useful": True},
    ]
    first, second = turns_of(events, MASKING)
    assert first == Turn("Bonjour", "greet", ("utter_greet",))
    assert (second.intent, second.actions) == ("follow_up_cancer", ("action_follow_up_cancer",))
    assert "06" not in second.text
    (entity,) = second.entities
    assert second.text[entity.start : entity.end] == "foie"


@pytest.mark.parametrize(
    ("turns", "error"),
    [
        ([], "aucun message"),
        ([Turn("x", "unknown", ("utter_greet",))], "Le sujet «\u00a0unknown\u00a0», dans le message 1, n’existe"),
        ([Turn("x", "greet", ("utter_x",))], "La réponse «\u00a0utter_x\u00a0», après le message 1, n’existe"),
        ([Turn("x", "greet", ())], "Le message 1 n’a reçu aucune réponse"),
        ([Turn("", "greet", ("utter_greet",))], "Le message 1 est vide"),
    ],
)
def test_what_the_assistant_does_not_know_is_refused(turns: list[Turn], error: str) -> None:
    with pytest.raises(KeepingError, match=error):
        check(turns, ["greet"], ["utter_greet"])


def test_a_message_that_needs_what_came_before_is_kept_without_its_words() -> None:
    turns = [Turn("Bonjour", "greet", ("utter_greet",)), SPOKEN]
    kept, notes = readable(turns, [True, False])
    assert read(story("nom", kept))[2:] == [(None, "follow_up_cancer", []), ("action_follow_up_cancer",)]
    assert f"  # dit avec ce qui précède\u00a0: {SPOKEN.text}" in story("nom", kept)
    assert len(notes) == 1 and SPOKEN.text in notes[0]
    with pytest.raises(KeepingError, match="Aucun message"):
        readable(turns, [False, False])


def test_a_comment_cannot_end_before_its_line() -> None:
    kept, _ = readable([SPOKEN, Turn("a\n  - action: utter_x\u2028b", "greet", ("utter_greet",))], [True, False])
    assert len(read(story("nom", kept))) == 4


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (" \n", "Donnez un nom"),
        ("x" * 81, "81 caractères"),
        ("…", "une lettre ou un chiffre"),
        ("a\u200bb", "caractère invisible"),
        ("Flow, question then READ on", "s’appelle déjà"),
    ],
)
def test_names_that_are_refused(name: str, error: str) -> None:
    with pytest.raises(KeepingError, match=error):
        checked_name(name, names_in(ROOT / "tests" / "dialogues"))


def test_names_that_are_taken() -> None:
    assert checked_name("  Le foie,  puis\nXavier ", []) == "Le foie, puis Xavier"
    assert checked_name("x" * 80, []) == "x" * 80
    assert file_name("Le cœur, « déjà » 2") == "test_kept_le_coeur_deja_2.yml"
    assert names_in(Path("/nowhere")) == set()
    every = [yaml.safe_load(file.read_text())["stories"] for file in (ROOT / "tests" / "dialogues").glob("*.yml")]
    assert names_in(ROOT / "tests" / "dialogues") == {item["story"] for stories in every for item in stories}


def test_a_file_is_saved_whole_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "test_kept_x.yml"
    assert save("un", path) == path
    with pytest.raises(KeepingError, match="existe déjà"):
        save("deux", path)
    assert [file.name for file in tmp_path.iterdir()] == ["test_kept_x.yml"]
    assert path.read_text() == "un"


def test_where_nothing_can_be_written_there_is_no_path(tmp_path: Path) -> None:
    assert save("un", tmp_path / "missing" / "test_kept_x.yml") is None


def test_files_that_are_no_tests_are_refused(tmp_path: Path) -> None:
    files = {
        "other.yml": "",
        "test_empty.yml": "version: '3.1'\n",
        "test_broken.yml": "stories: [",
        "test_x.yml": "- a",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(UnreadableError):
            read_files([tmp_path / name])
    with pytest.raises(UnreadableError):
        read_files([tmp_path / "test_missing.yml"])
