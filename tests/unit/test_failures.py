from assistant.keeping.failures import shown, summary
from assistant.keeping.held import Held, HeldTurn

N = "\u00a0"
NAMES = {"greet": "Bonjour", "goodbye": "Au revoir"}
RIGHT = HeldTurn("Bonjour", ("greet", "greet"), ((), ()), (("utter_greet", "utter_greet"),))
WRONG = HeldTurn(
    "et le\nfoie ?",
    ("greet", "goodbye"),
    ((("foie", "cancer", "x"),), ()),
    (("utter_greet", "utter_goodbye"), ("action_listen", "utter_x")),
)


def test_the_wrong_turn_is_marked() -> None:
    assert shown(Held("test_x.yml", "un", (RIGHT, WRONG)), NAMES).splitlines() == [
        f"test_x.yml, dialogue «{N}un{N}»{N}:",
        f"   1. Visiteur{N}: Bonjour",
        f"       Assistant{N}: utter_greet",
        f"✗  2. Visiteur{N}: et le foie ?",
        f"       Sujet attendu{N}: «{N}Bonjour{N}» (greet). Compris{N}: «{N}Au revoir{N}» (goodbye).",
        f"       Attendu dans le message{N}: «{N}foie{N}» (cancer{N}: x). Trouvé{N}: rien.",
        f"       Réponse attendue{N}: utter_greet. Donnée{N}: utter_goodbye.",
    ]


def test_only_what_went_wrong_is_shown_and_all_is_counted() -> None:
    right, wrong = Held("test_x.yml", "un", (RIGHT,)), Held("test_x.yml", "deux", (RIGHT, WRONG))
    assert summary([right], NAMES) == f"Dialogues{N}: 1, tous comme attendu."
    text = summary([right, wrong], NAMES)
    assert "deux" in text and "dialogue «\u00a0un" not in text
    assert text.endswith(f"Dialogues{N}: 2, dont 1 en échec.")


def test_an_answer_too_many_or_too_few_is_wrong() -> None:
    for pair in (("action_listen", "utter_greet"), ("utter_greet", "action_listen")):
        turn = HeldTurn(None, ("greet", "greet"), ((), ()), (pair,))
        assert not turn.is_right
        assert "aucune" in shown(Held("test_x.yml", "un", (turn,)), NAMES)
