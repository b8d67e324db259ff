import json
import multiprocessing
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from assistant.keeping import __main__ as command
from assistant.keeping import review
from assistant.keeping.review import Misunderstood, ReviewError, add, misunderstood, purge, records_in
from assistant.privacy.masking import Masking

DAY = date(2026, 11, 27)
SUBJECTS = ("cost", "greet", "nlu_fallback")


def record(text: str = "c combien ?", right: str = "cost", day: date = DAY, note: str = "") -> Misunderstood:
    return misunderstood(text, "nlu_fallback", right, day, note, SUBJECTS, Masking([]))


def test_a_record_is_masked_and_on_one_line() -> None:
    found = record("appelez le\n06 12 34 56 78", note="  de a.b@exemple.fr ")
    assert found.text == "appelez le [numéro de téléphone]"
    assert found.note == "de [adresse e-mail]"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": " \n"}, "Seul un message écrit"),
        ({"text": "/cost"}, "Seul un message écrit"),
        ({"text": "x" * 2001}, "Le message a 2001 caractères"),
        ({"note": "x" * 501}, "La note a 501 caractères"),
        ({"right": "price"}, "Le sujet «\u00a0price\u00a0» n’existe pas"),
        ({"right": "nlu_fallback"}, "déjà le sujet"),
    ],
)
def test_what_is_refused(fields: dict[str, str], error: str) -> None:
    with pytest.raises(ReviewError, match=error):
        record(**fields)


def test_records_are_lines_that_a_person_can_read(tmp_path: Path) -> None:
    file = tmp_path / "review" / "misunderstood.jsonl"
    assert records_in(file) == []
    first, second = record(note="« prix »"), record("bjr", "greet")
    add(first, file)
    add(second, file)
    assert records_in(file) == [first, second]
    lines = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "text": "c combien ?",
        "understood": "nlu_fallback",
        "right": "cost",
        "day": "2026-11-27",
        "note": "« prix »",
    }
    assert "« prix »" in lines[0]
    assert file.stat().st_mode & 0o777 == 0o600


def test_duplicates_are_refused_and_other_subjects_are_not(tmp_path: Path) -> None:
    file = tmp_path / "misunderstood.jsonl"
    add(record(), file)
    with pytest.raises(ReviewError, match="déjà marqué"):
        add(record("C combien", day=DAY + timedelta(days=3)), file)
    add(record(right="greet"), file)
    for text in ("?", "!"):
        add(record(text), file)
    assert len(records_in(file)) == 4


def test_the_file_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "MAX_RECORDS", 2)
    file = tmp_path / "misunderstood.jsonl"
    add(record("un"), file)
    add(record("deux"), file)
    with pytest.raises(ReviewError, match="a déjà 2 messages"):
        add(record("trois"), file)


def test_a_line_that_a_person_broke_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "misunderstood.jsonl"
    add(record(), file)
    for broken in ("{", '{"text": "x"}', '{"text": "x", "day": 3}', "[]"):
        text = file.read_text(encoding="utf-8").splitlines()[0] + f"\n{broken}\n"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ReviewError, match="ligne 2"):
            add(record("bjr", "greet"), file)
        assert file.read_text(encoding="utf-8") == text


def write_many(file: Path, writer: int) -> None:
    for number in range(20):
        add(record(f"message {writer} numéro {number}"), file)


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "misunderstood.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write_many, args=(file, writer)) for writer in range(4)]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    assert len(records_in(file)) == 80


def test_what_is_old_is_deleted(tmp_path: Path) -> None:
    file = tmp_path / "misunderstood.jsonl"
    assert purge(30, DAY, file) == 0
    assert not file.exists()
    for age in (31, 30, 0):
        add(record(f"de {age} jours", day=DAY - timedelta(days=age)), file)
    assert purge(30, DAY, file) == 1
    assert [item.text for item in records_in(file)] == ["de 30 jours", "de 0 jours"]
    assert purge(30, DAY, file) == 0


def test_the_list_and_the_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    file = tmp_path / "review" / "misunderstood.jsonl"
    monkeypatch.setattr(command, "records_in", lambda _: records_in(file))
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "EXPORT", tmp_path / "reports" / "review.yml")
    assert command.main(["--export"]) == 0
    assert capsys.readouterr().out == f"{command.NOTHING}\n"
    assert not (tmp_path / "reports").exists()
    add(record("bjr [a](b)", "greet"), file)
    add(record(note="un prix"), file)
    add(record("c cher ?"), file)
    assert command.main(["--export"]) == 0
    shown = capsys.readouterr().out.replace("\u00a0", " ").splitlines()
    assert shown[:7] == [
        "« Prix et remboursement » (cost), messages : 2",
        "  - c combien ?",
        "    compris comme « Message non compris », marqué le 27/11/2026",
        "    note : un prix",
        "  - c cher ?",
        "    compris comme « Message non compris », marqué le 27/11/2026",
        "",
    ]
    assert shown[-2:] == ["Messages mal compris : 3.", "Écrit dans reports/review.yml."]
    text = (tmp_path / "reports" / "review.yml").read_text(encoding="utf-8")
    examples = RasaYAMLReader().reads(text).training_examples
    assert [(item.get("intent"), item.get("text")) for item in examples] == [
        ("cost", "c combien ?"),
        ("cost", "c cher ?"),
        ("greet", "bjr [a] (b)"),
    ]
    assert not [item for item in examples if item.get("entities")]
    assert yaml.safe_load(text)["nlu"][0]["metadata"] == {"messages": 2}
    file.write_text("{\n")
    assert command.main([]) == 2
    assert "ligne 1" in capsys.readouterr().err
