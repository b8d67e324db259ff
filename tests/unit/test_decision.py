from dataclasses import replace

import pytest

from assistant.nlu.decision import FALLBACK, Thresholds, Understood, decide
from assistant.nlu.parts import clauses, sentences

LIMITS = Thresholds(answer=0.3, safety_sentence=0.7, safety_clause=0.8, off_topic=0.6, subject_sentence=0.6)


def filled(message: Understood) -> Understood:
    """The same with rankings that sum to one, the rest spread over intents that do not matter."""

    def fill(ranking: dict[str, float]) -> dict[str, float]:
        rest = 1 - sum(ranking.values())
        return ranking | {f"other_{number}": rest / 20 for number in range(20)}

    return replace(
        message,
        whole=fill(message.whole),
        sentences=[fill(ranking) for ranking in message.sentences],
        clauses=[fill(ranking) for ranking in message.clauses],
    )


def cut(text: str, function: object) -> list[str]:
    words = text.split()
    return [" ".join(words[part]) for part in function(words)]


def test_sentences() -> None:
    assert cut("bonjour à tous . ma mère est malade ! ?", sentences) == ["bonjour à tous", "ma mère est malade"]
    assert cut("une seule phrase ?", sentences) == []


def test_clauses() -> None:
    text = "dites moi , je suis perdue et j'ai très peur . oui"
    assert cut(text, clauses) == ["je suis perdue", "et j'ai très peur"]
    assert cut("pas de virgule ici", clauses) == []


@pytest.mark.parametrize(
    ("message", "intent", "reason"),
    [
        (Understood({"definition": 0.9, "cost": 0.1}), "definition", "message"),
        (Understood({"definition": 0.2, "cost": 0.1}), FALLBACK, "unsure"),
        (Understood({"definition": 0.9}, pattern="suicide"), "suicide", "pattern"),
        (Understood({"definition": 0.9}, [{"emergency": 0.75}, {"definition": 0.9}]), "emergency", "sentence"),
        (Understood({"definition": 0.9}, [{"emergency": 0.65}, {"definition": 0.9}]), "definition", "message"),
        (Understood({"definition": 0.9}, clauses=[{"distress": 0.85}]), "distress", "clause"),
        (Understood({"definition": 0.9}, clauses=[{"distress": 0.75}]), "definition", "message"),
        (Understood({"distress": 0.9}, [{"bereavement": 0.95}]), "distress", "message"),
        (Understood({"distress": 0.9}, [{"suicide": 0.95}]), "suicide", "sentence"),
        (Understood({"off_topic": 0.9}, [{"bereavement": 0.95}]), "off_topic", "message"),
        (Understood({"off_topic": 0.5}, [{"bereavement": 0.95}]), "bereavement", "sentence"),
        (Understood({"definition": 0.9}, [{"personal_advice": 0.95}]), "definition", "message"),
        (Understood({"definition": 0.2}, [{"cost": 0.7}, {"greet": 0.5}]), "cost", "sentence"),
        (Understood({"suicide": 0.7, "how_it_works": 0.3}, excused={"suicide"}), "how_it_works", "message"),
        (Understood({"suicide": 0.9, "how_it_works": 0.1}, excused={"suicide"}), "how_it_works", "message"),
    ],
)
def test_what_wins(message: Understood, intent: str, reason: str) -> None:
    decision = decide(filled(message), LIMITS)
    assert (decision.intent, decision.reason) == (intent, reason)
