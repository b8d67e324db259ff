"""The importer of training phrases: what it reads is what Rasa reads, and its copies are copies."""

from copy import deepcopy
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.phrase_importer import Phrase, PhraseImporter
from assistant.settings import ROOT

DATA = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - bonjour
    - salut, j'ai lu [ici](place)
    - bonjour
- synonym: là
  examples: |
    - ici
- lookup: place
  examples: |
    - ici
- regex: zip
  examples: |
    - \\d{5}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.yml").write_text(DATA)
    (tmp_path / "two.yml").write_text('version: "3.1"\nnlu:\n- intent: goodbye\n  examples: |\n    - au revoir\n')
    return tmp_path


def test_what_is_read_is_what_rasa_reads(folder: Path) -> None:
    ours = PhraseImporter(training_data_paths=[str(folder)]).get_nlu_data("fr")
    rasas = RasaFileImporter(training_data_paths=[str(folder)]).get_nlu_data("fr")
    assert ours.fingerprint() == rasas.fingerprint()
    assert [message.as_dict() for message in ours.training_examples] == [
        message.as_dict() for message in rasas.training_examples
    ]
    assert ours.lookup_tables
    assert ours.regex_features
    assert ours.entity_synonyms == {"ici": "là"}
    assert len(ours.intent_examples) == 3
    assert all(isinstance(message, Phrase) for message in ours.training_examples)


def test_the_project_reads_its_phrases_by_it(folder: Path) -> None:
    importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), training_data_paths=[str(folder)])
    assert {type(message) for message in importer.get_nlu_data().intent_examples} == {Phrase}


def phrase() -> Phrase:
    return Phrase({TEXT: "bonjour", INTENT: "greet", ENTITIES: [{"entity": "place", "value": "ici"}]})


def test_a_fingerprint_is_kept_until_something_changes() -> None:
    one, usual = phrase(), Message(phrase().data)
    before = one.fingerprint()
    assert before == usual.fingerprint()
    one.set(INTENT, "greet")
    assert one._cached_fingerprint == before
    one.set(INTENT, "goodbye")
    usual.set(INTENT, "goodbye")
    assert one.fingerprint() == usual.fingerprint() != before
    one.set("new", None)
    assert "new" in one.data


def test_what_comes_out_is_remembered_where_the_value_stays_the_same() -> None:
    one = phrase()
    one.set(INTENT, "greet", add_to_output=True)
    assert INTENT in one.output_properties


def test_copies_are_independent() -> None:
    one = phrase()
    before = one.fingerprint()
    copy = deepcopy(one)
    assert copy == one
    assert copy.fingerprint() == before
    copy.get(ENTITIES)[0]["value"] = "là"
    copy.set(INTENT, "goodbye", add_to_output=True)
    assert one.get(ENTITIES)[0]["value"] == "ici"
    assert one.get(INTENT) == "greet"
    assert INTENT not in one.output_properties
    assert copy != one
