"""The evaluation messages are many, of all kinds, and none of them is learnt."""

from collections.abc import Iterator

from assistant.checking.project import normal, read_project
from assistant.checking.subjects import evaluated, leaked, learnt
from assistant.evaluation.dialogues import Turn, read_dialogues
from assistant.evaluation.sets import FOLDER, read_set
from assistant.history import Event
from assistant.nlu.follow_up import context_of
from assistant.settings import ROOT

PROJECT = read_project(ROOT)
SETS = {path.stem: read_set(path) for path in sorted(FOLDER.glob("*.jsonl"))}


def test_no_message_is_learnt() -> None:
    assert len(PROJECT.messages) == sum(map(len, SETS.values()))
    assert list(learnt(PROJECT)) == []


def test_no_turn_of_a_dialogue_is_learnt_as_a_follow_up() -> None:
    """Of one or two words, all people write the same: such a turn must not be learnt after the same subject."""
    turns = [(before, normal(turn.say)) for before, turn in _turns()]
    long = {text for _, text in turns if len(text.split()) > 2}
    assert len(turns) > 1000
    assert len(PROJECT.follow_ups) > 1000
    assert leaked(long, [phrase.normal for phrase in PROJECT.follow_ups]) == []
    assert {(phrase.after, phrase.normal) for phrase in PROJECT.follow_ups}.isdisjoint(turns)


def _turns() -> Iterator[tuple[str | None, Turn]]:
    """The turns of all dialogues, each with the subject that was answered before it."""
    assert PROJECT.catalogue
    answers = PROJECT.catalogue.answers
    for dialogue in (dialogue for found in read_dialogues().values() for dialogue in found):
        events: list[Event] = []
        for turn in dialogue.turns:
            subject = context_of(events, PROJECT.catalogue).subject
            rate = subject and subject.intent.startswith("response_rate")
            yield ("response_rate" if rate else subject and subject.intent), turn
            events += [{"event": "user"}]
            events += [{"event": "bot", "metadata": {"answer": name}} for name in turn.expect[0] if name in answers]


def test_the_check_finds_a_leak() -> None:
    phrases = ["quel est le taux de reponse en moyenne", "don mensuel"]
    assert leaked([normal("Don mensuel !")], phrases)
    assert leaked([normal("Quel est le taux de réponses, en moyenne ?")], phrases)
    assert not leaked([normal("Combien de malades répondent ?")], phrases)


def test_every_subject_has_at_least_ten_messages_in_all_registers() -> None:
    assert list(evaluated(PROJECT)) == []


def test_no_message_stands_twice() -> None:
    for name, messages in SETS.items():
        assert len({message.text for message in messages}) == len(messages), name
