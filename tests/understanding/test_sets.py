"""The evaluation messages are many, of all kinds, and none of them is learnt."""

from assistant.checking.project import normal, read_project
from assistant.checking.subjects import evaluated, leaked, learnt
from assistant.evaluation.sets import FOLDER, read_set
from assistant.settings import ROOT

PROJECT = read_project(ROOT)
SETS = {path.stem: read_set(path) for path in sorted(FOLDER.glob("*.jsonl"))}


def test_no_message_is_learnt() -> None:
    assert len(PROJECT.messages) == sum(map(len, SETS.values()))
    assert list(learnt(PROJECT)) == []


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
