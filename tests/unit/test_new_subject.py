"""`make new-subject` on a copy of the project, with scripted answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assistant.checking.check import problems
from assistant.checking.new_subject import main
from assistant.checking.project import read_project
from assistant.checking.subjects import MIN_PHRASES
from tests.unit.content_copy import copy_content

N = "\u00a0"
COLOURS = [
    *("rouge", "bleu", "vert", "jaune", "orange", "violet", "rose", "noir", "blanc", "gris", "brun", "beige", "ocre"),
    *("turquoise", "indigo", "mauve", "kaki", "pourpre", "ivoire", "bordeaux", "corail", "lilas", "saumon", "sable"),
    *("cuivre", "argent"),
]
PHRASES = [f"pourquoi le ruban {colour} est-il porté" for colour in COLOURS]
EVALUATED = "que signifie donc ce ruban rouge"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    copy_content(tmp_path)
    line = f'{{"text": "{EVALUATED}", "intent": "foundation", "register": "spoken"}}\n'
    (tmp_path / "tests/understanding/outside.jsonl").write_text(line, encoding="utf-8")
    return tmp_path


def interview(root: Path, *typed: str) -> tuple[int, str]:
    """Runs it; what is typed is followed by the end of the input. Returns the exit code and what was shown."""
    answers: Iterator[str] = iter(typed)
    shown: list[str] = []

    def read(_: str) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    code = main(root, read, shown.append)
    assert next(answers, None) is None or code == 1, "not everything was asked for"
    return code, "\n".join(shown)


DOSSIER = (
    *("revolution_word", "care_revolution, minority_of_responders"),
    *("Le dossier parle d'une révolution, mais pour une minorité de patients.", "", 'Ils sont dits "répondeurs".', "."),
    *("Pourquoi parler de révolution?", "Le mot révolution", "", "revolution, responders"),
    *PHRASES,
    *(".", "ce mot de révolution, d'où vient-il"),
)
OUTSIDE = (
    *("ribbon", "", "3", "Le dossier ne parle pas du ruban. La Fondation ARC peut vous répondre.", "."),
    *("Et le ruban?", "Le ruban", ""),
    *PHRASES,
    *(".", "c'est quoi ce ruban"),
)


def files(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.yml")}


@pytest.mark.parametrize(
    ("typed", "name", "changed"),
    [
        (
            DOSSIER,
            "revolution_word",
            ("data/nlu/today.yml", "data/rules/dossier.yml", "tests/dialogues/test_subjects.yml"),
        ),
        (
            OUTSIDE,
            "ribbon",
            (
                "data/nlu/outside_giving.yml",
                "data/rules/outside.yml",
                "data/subject_names.yml",
                "tests/dialogues/test_outside.yml",
            ),
        ),
    ],
)
def test_a_subject_is_written_in_all_the_right_places(
    root: Path, typed: tuple[str, ...], name: str, changed: tuple[str, ...]
) -> None:
    before = files(root)
    code, shown = interview(root, *typed)
    assert code == 0, shown
    after = files(root)
    assert {file for file in after if after[file] != before[file]} == {"domain.yml", *changed}
    for file, text in before.items():  # nothing that was there is lost or moved, comments included
        rest = iter(after[file].splitlines())
        assert all(line in rest for line in text.splitlines()), file
    project = read_project(root)
    assert project.catalogue is not None
    answer = project.catalogue.answers[f"utter_{name}"]
    assert answer.part == "responses"
    assert [step.action for step in project.rules if step.name == name.replace("_", " ")] == [None, f"utter_{name}"]
    assert sum(phrase.intent == name for phrase in project.phrases) == len(PHRASES) >= MIN_PHRASES
    assert any(step.intent == name and step.file == changed[-1] for step in project.dialogue_steps)
    own = [problem for problem in problems(project) if name in problem.what]
    assert len(own) == 1  # only the evaluation messages, which others have to write
    assert "messages d’évaluation" in own[0].what
    assert str(own[0]) in shown


def test_what_is_typed_gets_french_typography(root: Path) -> None:
    interview(root, *DOSSIER)
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    (response,) = domain["responses"]["utter_revolution_word"]
    assert response["text"] == (
        f"Le dossier parle d’une révolution, mais pour une minorité de patients.\n\nIls sont dits «{N}répondeurs{N}»."
    )
    assert response["metadata"] == {
        "kind": "dossier",
        "title": f"Pourquoi parler de révolution{N}?",
        "short": "Le mot révolution",
        "facts": ["care_revolution", "minority_of_responders"],
        "next": ["revolution", "responders"],
    }


def test_the_name_for_the_staff_is_written(root: Path) -> None:
    interview(root, *OUTSIDE)
    lines = (root / "data/subject_names.yml").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == '  ribbon: "Le ruban"'
    assert not [
        problem for problem in problems(read_project(root)) if "nom" in problem.what and "ribbon" in problem.what
    ]


def test_the_new_subject_stands_with_its_theme(root: Path) -> None:
    interview(root, *DOSSIER)
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    intents = domain["intents"]
    assert intents[intents.index("revolution_word") - 1] == "in_development"  # the last one of « today »
    names = list(domain["responses"])
    assert names[names.index("utter_revolution_word") - 1] == "utter_in_development"


@pytest.mark.parametrize(
    ("wrong", "at", "said"),
    [
        (("Ruban",), 0, "Seulement des lettres minuscules"),
        (("definition",), 0, f"Le sujet «{N}definition{N}» existe déjà."),
        (("?",), 1, "- treatment_strategy"),
        (("nothing",), 1, f"«{N}nothing{N}» n’est pas un fait"),
        (("4",), 2, "Répondez par 1, 2 ou 3."),
        ((".",), 3, "La réponse est vide."),
        (("Cela marche pour 40 % du dossier, dit la Fondation ARC.", "."), 3, f"le chiffre «{N}40{N}»"),
        (("Le dossier ne parle pas du ruban.", "."), 3, "ne dit pas à qui s’adresser"),
        (("La Fondation ARC peut vous répondre.", "."), 3, "ne dit pas que le dossier"),
        (("Le dossier est muet. Demande à ton pharmacien.", "."), 3, "tutoie le visiteur"),
        (("The dossier is silent. La Fondation ARC.", "."), 3, "mot anglais"),
        (("Le dossier est muet. Appelez le {numero} (Fondation ARC).", "."), 3, "entre accolades, il n’y a que"),
        (('Le "ruban', "Comment agit-elle ?"), 5, "Un autre sujet a déjà ce titre."),
        (("Deuil",), 6, "Un autre sujet a déjà ce nom."),
        (('Le "ruban',), 6, "sans guillemet droit"),
        (("?",), 7, "- definition"),
        (("bereavement",), 7, "n’est pas un sujet qui a un titre"),
        (("definition, full_article, revolution, responders",), 7, "plus de 3 suites"),
        (("/start",), 8, "sans / au début"),
        (("Rédacteur du dossier !",), 8, f"elle est déjà sous le sujet «{N}authors{N}»."),
        ((EVALUATED.upper(),), 8, "elle répète le message d’évaluation"),
        ((PHRASES[0] + " ?",), 9, "vous l’avez déjà écrite"),
        ((PHRASES[1] + " !",), len(OUTSIDE) - 1, "il ne prouverait rien"),
    ],
)
def test_each_answer_is_checked_at_once(root: Path, wrong: tuple[str, ...], at: int, said: str) -> None:
    code, shown = interview(root, *OUTSIDE[:at], *wrong, *OUTSIDE[at:])
    assert code == 0, shown
    assert said in shown


def test_a_long_title_asks_for_a_short_one(root: Path) -> None:
    typed = [*DOSSIER]
    typed.insert(typed.index("Le mot révolution"), "Un titre court qui ne l’est pas")
    code, shown = interview(root, *typed)
    assert code == 0
    assert "trop long pour les boutons" in shown


def test_too_few_phrases_are_named(root: Path) -> None:
    few = [line for line in OUTSIDE if line not in PHRASES[3:]]
    _, shown = interview(root, *few)
    assert f"le sujet «{N}ribbon{N}» a 3 phrases, il en faut au moins {MIN_PHRASES}." in shown
    assert "Il reste à compléter" in shown


@pytest.mark.parametrize("kept", [0, 1, 5, 9, len(OUTSIDE) - 1])
def test_who_stops_writes_nothing(root: Path, kept: int) -> None:
    before = files(root)
    code, shown = interview(root, *OUTSIDE[:kept])
    assert code == 1
    assert "rien n’a été écrit" in shown
    assert files(root) == before


def test_unreadable_files_are_mended_first(root: Path) -> None:
    (root / "data/facts.yml").write_text("facts: [", encoding="utf-8")
    code, shown = interview(root)
    assert code == 1
    assert "make check" in shown
