"""Each kind of mistake in a content file is found, with its file, its line and a French sentence."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.checking.__main__ import main
from assistant.checking.changes import changes, committed_facts, leaning, subjects_of
from assistant.checking.check import problems
from assistant.checking.documents import read_document
from assistant.checking.project import Project, read_project
from assistant.checking.subjects import evaluated, learnt
from assistant.settings import ROOT
from tests.unit.content_copy import copy_content

N = "\u00a0"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of what is checked; a test that needs evaluation messages adds its own."""
    return copy_content(tmp_path)


def changed(root: Path, file: str, old: str, new: str) -> int:
    """Changes the first place of a text in a file and returns its line."""
    text = (root / file).read_text(encoding="utf-8")
    assert old in text, old
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def found(root: Path) -> list[tuple[str, int, str]]:
    """All problems but those of the evaluation messages, which the copy does not hold."""
    return [
        (problem.file, problem.line, problem.what)
        for problem in problems(read_project(root))
        if "messages d’évaluation de" not in problem.what
    ]


def test_the_content_as_it_is_has_no_mistake(root: Path) -> None:
    assert found(root) == []


RATE = "- en moyenne, 30\u00a0% de répondeurs"


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        (
            "data/nlu/today.yml",
            "intent: revolution",
            "intent: revolutoin",
            f"le sujet «{N}revolutoin{N}» n’existe pas.",
        ),
        ("data/rules/outside.yml", "intent: cost", "intent: price", f"nomme le sujet «{N}price{N}», qui n’existe pas."),
        ("data/rules/outside.yml", "action: utter_cost", "action: utter_x", f"«{N}utter_x{N}», qui n’existe pas."),
        ("data/rules/outside.yml", "- action: utter_cost", "- intent: cost", "ne dit pas ce que l’assistant répond."),
        ("data/rules/outside.yml", "- intent: cost", "- action: utter_cost", "ne dit pas à quel sujet elle répond."),
        ("tests/dialogues/test_subjects.yml", "intent: revolution", "intent: rev", f"le sujet «{N}rev{N}», qui"),
        ("tests/dialogues/test_subjects.yml", "action: utter_revolution", "action: utter_r", f"«{N}utter_r{N}», qui"),
        ("domain.yml", "facts: [care_revolution, minority_of_responders]", "facts: []", "ne cite aucun fait."),
        ("domain.yml", "facts: [treatment_strategy,", "facts: [no_such_fact,", f"cite le fait «{N}no_such_fact{N}»"),
        ("domain.yml", "next: [how_it_works,", "next: [bereavement,", f"propose la suite «{N}bereavement{N}»"),
        ("domain.yml", "kind: outside", "kind: other", f"le genre «{N}other{N}»"),
        ("domain.yml", RATE, RATE.replace("30", "35"), f"donne le chiffre «{N}35{N}», qui n’est dans aucun des faits"),
        ("domain.yml", "**Nancy Abou-Zeid** est", "La Dre Nancy Dupont est", "le nom"),
        ("domain.yml", "De nombreux **essais cliniques** ont", "Voir https://a.org. Ils ont", "écrit l’adresse"),
        ("domain.yml", 'title: "Comment agit-elle', 'title: "Comment donc agit-elle', "trop long pour les boutons"),
        ("domain.yml", 'short: "Définition"', 'short: "Définition plus que longue"', "trop long pour les boutons"),
        ("domain.yml", "L’un des grands enjeux", "L'un des grands enjeux", "l’apostrophe est droite"),
        ("domain.yml", "qu’est-ce que c’est\u00a0?", "qu’est-ce que c’est ?", "il manque une espace insécable"),
        ("domain.yml", "«\u00a0**restaurer", "« **restaurer", "il manque une espace insécable après «"),
        (
            "domain.yml",
            "D’autres **immunomodulateurs** sont",
            "Other treatments: **immuno** are",
            f"anglais «{N}are{N}»",
        ),
        ("domain.yml", "Votre médecin ou votre", "Ton médecin ou votre", "tutoie le visiteur"),
        ("domain.yml", "De nombreux **essais", "Oui. " * 9 + "De nombreux **essais", "est trop longue"),
        ("domain.yml", "kind: dossier", "kind: outside", "ne dit pas à qui s’adresser"),
        ("domain.yml", "kind: dossier", "kind: outside", "ne dit pas que le dossier n’aborde pas ce sujet"),
        (
            "domain.yml",
            "au {cancer_info}",
            "au {cancer_infos}",
            f"contient «{N}{{cancer_infos}}{N}», que rien ne remplace",
        ),
        ("domain.yml", "De nombreux **essais", "Pour {cancer}, de **essais", f"contient «{N}{{cancer}}{N}», que rien"),
        ("domain.yml", "- revolution\n", "", f"le sujet «{N}revolution{N}» n’existe pas."),
        (
            "domain.yml",
            "- revolution\n",
            "- revolution\n- novelty\n",
            f"«{N}novelty{N}» a 0 phrases, il en faut au moins 25.",
        ),
        (
            "domain.yml",
            "- revolution\n",
            "- revolution\n- novelty\n",
            "aucune règle ne dit ce que l’assistant répond au",
        ),
        ("domain.yml", "- revolution\n", "- revolution\n- novelty\n", f"n’a pas de réponse «{N}utter_novelty{N}»."),
        ("domain.yml", "  utter_how_it_works:", "  utter_definition:", "est écrite deux fois"),
        (
            "data/facts.yml",
            "  statement: L’immunothérapie anti-tumorale",
            "  said: L’immunothérapie",
            f"«{N}statement{N}»",
        ),
        ("data/facts.yml", "id: immune_reaction", "id: treatment_strategy", "est écrit deux fois."),
        ("data/facts.yml", "section: today\n", "section: nowhere\n", f"la partie «{N}nowhere{N}», qui n’existe pas."),
        ("data/facts.yml", "article: today", "article: nowhere", f"cite le lien «{N}nowhere{N}», qui n’existe pas."),
        ("data/facts.yml", "est une stratégie de", "est en 2031 une stratégie de", f"le chiffre «{N}2031{N}», absent"),
        (
            "data/facts.yml",
            "facts:\n",
            "facts:\n- {id: new, section: today, statement: Un fait.}\n",
            "aucune réponse n’",
        ),
        ("data/facts.yml", "statement: L’immunothérapie anti-tumorale est une stratégie", "statement: #", "un champ"),
        ("data/contacts.yml", 'number: "3114"', "number: ", "un champ manque ou n’a pas la forme attendue."),
        ("data/cancers.yml", "label:", "name:", "label"),
        ("data/links.yml", "env: ARC_URL_TODAY", "env: 5", "un champ manque ou n’a pas la forme attendue."),
        ("data/links.yml", "https://www", "http://www", "il faut une adresse complète qui commence par https://"),
        ("data/links.yml", 'title: "Don mensuel"', 'title: "Monthly and more"', f"anglais «{N}and{N}»"),
        ("data/cancers.yml", "response: utter_response_rate_hodgkin", "response: utter_none", f"«{N}utter_none{N}»"),
        ("data/cancers.yml", "forms: [poumon,", "forms: [foie,", "est à la fois sous"),
    ],
)
def test_a_mistake_is_found_where_it_is(root: Path, file: str, old: str, new: str, what: str) -> None:
    changed(root, file, old, new)
    assert any(what in said for _, _, said in found(root)), found(root)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("domain.yml", RATE, RATE.replace("30", "35")),
        ("domain.yml", "L’un des grands enjeux", "L'un des grands enjeux"),
        ("domain.yml", "kind: outside", "kind: other"),
        ("data/rules/outside.yml", "action: utter_cost", "action: utter_x"),
        ("tests/dialogues/test_subjects.yml", "intent: revolution", "intent: rev"),
        ("data/facts.yml", "section: today\n", "section: nowhere\n"),
    ],
)
def test_the_line_is_the_one_to_change(root: Path, file: str, old: str, new: str) -> None:
    line = changed(root, file, old, new)
    assert found(root)[0][:2] == (file, line)


@pytest.mark.parametrize(
    ("file", "old", "new", "mend"),
    [
        ("domain.yml", "responses:\n", "responses: [\n", "n’est pas refermée"),
        ("domain.yml", 'title: "Comment agit-elle\u00a0?"', "title: Comment : agit-elle", "guillemets"),
        ("data/facts.yml", "- id: mobilised_defences", "\t- id: mobilised_defences", "tabulation"),
        ("data/rules/giving.yml", "  - intent: donate\n", " - intent: donate\n", "alignement"),
    ],
)
def test_broken_yaml_is_named_with_its_line(root: Path, file: str, old: str, new: str, mend: str) -> None:
    line = changed(root, file, old, new)
    (problem,) = [problem for problem in problems(read_project(root)) if problem.file == file]
    assert "n’est plus lisible (YAML)" in problem.what
    assert line <= problem.line <= line + 3
    assert mend in problem.mend


def test_a_missing_file_is_named(root: Path) -> None:
    (root / "data/facts.yml").unlink()
    assert found(root)[0][:2] == ("data/facts.yml", 1)


def test_the_same_phrase_under_two_subjects(root: Path) -> None:
    changed(root, "data/nlu/today.yml", "examples: |\n", "examples: |\n    - Rédacteur du DOSSIER !\n")
    file, line, what = found(root)[0]
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    assert lines[line - 1].strip() in ("- Rédacteur du DOSSIER !", "- rédacteur du dossier")
    assert "est sous" in what
    assert "et déjà sous" in what


def test_an_evaluation_message_that_a_phrase_repeats(root: Path) -> None:
    message = '{"text": "C\'est quoi la révolution de l\'immuno", "intent": "revolution", "register": "spoken"}\n'
    (root / "tests/understanding/in_scope.jsonl").write_text(message, encoding="utf-8")
    line = changed(
        root, "data/nlu/today.yml", "examples: |\n", "examples: |\n    - c est quoi la revolution de l'immuno ?\n"
    )
    (problem,) = learnt(read_project(root))
    assert (problem.file, problem.line) == ("data/nlu/today.yml", line + 1)
    assert "répète le message d’évaluation" in problem.what
    assert "in_scope.jsonl, ligne 1" in problem.what


def test_too_few_evaluation_messages(root: Path) -> None:
    assert f"le sujet «{N}definition{N}» a 0 messages d’évaluation" in " ".join(map(str, evaluated(read_project(root))))


def test_a_broken_or_unknown_evaluation_message(root: Path) -> None:
    lines = ['{"text": "x"', '{"text": "x y z", "intent": "nothing", "register": "sms"}']
    (root / "tests/understanding/in_scope.jsonl").write_text("\n".join(lines), encoding="utf-8")
    said = found(root)
    file = "tests/understanding/in_scope.jsonl"
    assert (file, 2, f"le sujet «{N}nothing{N}» n’existe pas.") in said
    assert said[[place[:2] for place in said].index((file, 1))][2].startswith("cette ligne n’est pas un message")


def test_the_command_prints_french_and_fails(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(root, "domain.yml", "L’un des grands enjeux", "L'un des grands enjeux")
    assert main(["--root", str(root)]) == 1
    printed = capsys.readouterr().out
    assert "domain.yml, ligne " in printed
    assert "→ Remplacez ' par ’." in printed
    assert "À corriger" in printed


def test_neither_rasa_nor_spacy_is_loaded() -> None:
    code = (
        "import sys, assistant.checking.__main__; "
        "sys.exit(any(name in sys.modules for name in ('rasa', 'tensorflow', 'spacy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def git(root: Path, *arguments: str) -> None:
    name = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *name, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def published(root: Path) -> Path:
    """The copy as a git repository with one commit."""
    (root / "tests/understanding/in_scope.jsonl").write_text(
        '{"text": "combien repondent", "intent": "response_rate", "register": "sms"}\n', encoding="utf-8"
    )
    shutil.copy(ROOT / "tests/understanding/dialogues.json", root / "tests/understanding")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


def read_again(root: Path) -> tuple[list[str], Project]:
    project = read_project(root)
    before = committed_facts(root)
    assert before is not None
    assert project.catalogue is not None
    found = changes(before, project.catalogue)
    return [change.what for change in found] + [
        line for one in found for line in leaning(project, one.answers)
    ], project


def test_nothing_to_read_again_where_no_fact_changed(published: Path) -> None:
    changed(published, "data/facts.yml", "facts:\n", "# a comment\nfacts:\n")
    assert read_again(published)[0] == []


@pytest.mark.parametrize("staged", [False, True])
def test_all_that_leans_on_a_changed_fact_is_named(
    published: Path, capsys: pytest.CaptureFixture[str], staged: bool
) -> None:
    changed(published, "data/facts.yml", "fait figure d’exception, avec", "est une exception, avec")
    if staged:
        git(published, "add", "-A")
    lines, _ = read_again(published)
    text = "\n".join(lines)
    assert f"le fait «{N}hodgkin_rate{N}» a changé." in text
    assert f"réponse «{N}utter_response_rate_hodgkin{N}» (domain.yml, ligne " in text
    assert f"réponse «{N}utter_response_rate{N}» (domain.yml, ligne " in text
    assert f"réponse «{N}utter_definition{N}»" not in text
    assert f"test «{N}subject response rate{N}» (tests/dialogues/test_subjects.yml, ligne " in text
    assert f"message d’évaluation «{N}combien repondent{N}» (tests/understanding/in_scope.jsonl, ligne 1)" in text
    assert (
        f"dialogue d’évaluation «{N}rate then liver and kidney{N}» (tests/understanding/dialogues.json, ligne 3)"
        in text
    )
    assert f"phrases du sujet «{N}response_rate{N}» (data/nlu/patients.yml" in text
    main(["--root", str(published)])
    assert "Relisez ce qui s’appuie sur eux" in capsys.readouterr().out


def test_a_new_year_touches_every_answer_with_a_source(published: Path) -> None:
    changed(published, "data/facts.yml", "year: 2020", "year: 2027")
    lines, project = read_again(published)
    assert project.catalogue is not None
    sourced = [answer for answer in project.catalogue.answers.values() if project.catalogue.source_line(answer)]
    assert sum(line.startswith("réponse ") for line in lines) == len(sourced) > 40


def test_a_fact_that_went_and_a_new_one(published: Path) -> None:
    changed(published, "data/facts.yml", "id: hodgkin_rate", "id: hodgkin_share")
    project = read_project(published)
    before = committed_facts(published)
    assert before is not None
    assert project.catalogue is not None
    said = {change.fact: change for change in changes(before, project.catalogue)}
    assert "a été supprimé" in said["hodgkin_rate"].what
    assert "utter_response_rate_hodgkin" in said["hodgkin_rate"].answers
    assert "est nouveau" in said["hodgkin_share"].what


def test_without_git_nothing_is_compared(root: Path) -> None:
    assert committed_facts(root) is None


def test_an_answer_without_a_subject_of_its_name_has_the_nearest(project: Project) -> None:
    assert subjects_of(project, ["utter_response_rate_hodgkin", "utter_full_article_from_home"]) == [
        "response_rate",
        "full_article",
    ]


def test_an_entry_ends_before_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("a:\n  b:\n  - text: |-\n      one\n      two\n  c: [x,\n    y]\nd: plain", encoding="utf-8")
    spans = read_document(path, "a.yml").spans
    assert spans["a", "b"] == (2, 5)
    assert spans["a", "b", 0, "text"] == (3, 5)
    assert spans["a", "c"] == (6, 7)
    assert spans["a",] == (1, 7)
    assert spans["d",] == (8, 8)


def test_every_subject_has_one_name_of_its_own(root: Path) -> None:
    file = "data/subject_names.yml"
    changed(root, file, '  side_effects: "Effets secondaires"\n', "")
    line = changed(root, file, '  cost: "Prix et remboursement"', '  cost: "Deuil"')
    shared = changed(root, file, "  bereavement:", "  bereavement:")
    unknown = changed(root, file, "  greet:", "  grete:")
    lines = (root / "domain.yml").read_text(encoding="utf-8").splitlines()
    nameless = "n’a pas de nom pour les pages de l’équipe."
    assert line < shared
    assert found(root) == [
        (file, shared, f"«{N}Deuil{N}» est le nom de deux sujets, «{N}cost{N}» et «{N}bereavement{N}»."),
        (file, unknown, f"«{N}grete{N}» n’est pas un sujet."),
        *sorted(
            ("domain.yml", lines.index(f"- {intent}") + 1, f"le sujet «{N}{intent}{N}» {nameless}")
            for intent in ("side_effects", "greet")
        ),
    ]
