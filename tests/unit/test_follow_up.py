"""What was said before a message counts for what it means."""

import numpy as np
import pytest

from assistant.content.catalogue import Catalogue, load_catalogue
from assistant.nlu.follow_up import LONG, SHORT, Context, FollowUps, HeadStart, chosen, context_of
from assistant.nlu.follow_up_model import FollowUpModel, FollowUpParameters
from assistant.settings import ROOT

INTENTS = (
    "cost",
    "donation_tax",
    "effectiveness",
    "emergency",
    "follow_up_cancer",
    "greet",
    "response_rate",
    "responders",
)
MOST = HeadStart(same_theme=0.4, same_subject=0.3, offered=0.2, cancer=0.1, learnt=2.0)
VECTOR = np.array([0.0, 1.0], dtype=np.float32)


@pytest.fixture(scope="module")
def content() -> Catalogue:
    return load_catalogue(ROOT, {})


def said(answer: str, *buttons: str) -> dict[str, object]:
    return {
        "event": "bot",
        "metadata": {"answer": answer},
        "data": {"buttons": [{"title": "?", "payload": f"/{intent}"} for intent in buttons]},
    }


def follow_ups(content: Catalogue, *learnt: tuple[str, str]) -> FollowUps:
    """With pairs of a subject and of what came next, in words other than those of VECTOR where there are none."""
    model = FollowUpModel(FollowUpParameters(ridge=1e-6), lambda intent: content.theme(content.answer(intent)))
    vectors = [VECTOR] * len(learnt) or [-VECTOR]
    after, intents = zip(*learnt or [("cost", "greet")], strict=True)
    model.fit(np.array(vectors), after, intents, INTENTS)
    return FollowUps(INTENTS, content, MOST, model)


def gains(
    content: Catalogue,
    context: Context,
    text: str,
    names_cancer: bool = False,
    learnt: tuple[tuple[str, str], ...] = (),
) -> dict[str, float]:
    added = follow_ups(content, *learnt).head_start(context, text, names_cancer, VECTOR)
    assert added is not None
    rounded = {intent: round(float(value), 3) for intent, value in zip(INTENTS, added, strict=True)}
    return {intent: value for intent, value in rounded.items() if value}


def test_the_context_is_the_last_subject_and_what_was_offered(content: Catalogue) -> None:
    events = [{"event": "user"}, said("utter_effectiveness", "responders"), said("utter_notice", "authors")]
    context = context_of(events, content)
    assert context.subject == content.answer("effectiveness")
    assert context.offered == ("responders", "authors")


def test_giving_is_a_subject_too_and_a_safety_answer_ends_all(content: Catalogue) -> None:
    events = [{"event": "user"}, said("utter_effectiveness"), {"event": "user"}, said("utter_donate_once")]
    assert context_of(events, content).subject == content.answer("donate_once")
    events += [{"event": "user"}, said("utter_emergency")]
    assert context_of(events, content) == Context()
    assert context_of([], content) == Context()


def test_the_same_theme_gains_and_nothing_else(content: Catalogue) -> None:
    context = Context(content.answer("effectiveness"))
    assert gains(content, context, "pour tout le monde") == {
        "effectiveness": 0.4,
        "response_rate": 0.4,
        "responders": 0.4,
    }


def test_a_message_that_points_back_gains_for_the_subject(content: Catalogue) -> None:
    context = Context(content.answer("effectiveness"))
    assert gains(content, context, "et pourquoi")["effectiveness"] == pytest.approx(0.7)
    assert gains(content, Context(content.answers["utter_response_rate_hodgkin"]), "c est peu")["response_rate"] == 0.7


def test_what_was_offered_gains(content: Catalogue) -> None:
    context = Context(content.answer("effectiveness"), ("cost", "emergency"))
    assert gains(content, context, "le prix") == {
        "cost": 0.2,
        "effectiveness": 0.4,
        "response_rate": 0.4,
        "responders": 0.4,
    }


def test_a_named_cancer_gains_for_the_follow_up(content: Catalogue) -> None:
    assert gains(content, Context(content.answer("donate")), "non le foie", names_cancer=True) == {
        "donation_tax": 0.4,
        "follow_up_cancer": 0.1,
    }


def test_the_longer_the_message_the_less_it_gains(content: Catalogue) -> None:
    context = Context(content.answer("cost"))
    known = follow_ups(content)
    values = [known.head_start(context, " ".join(["mot"] * count), False, VECTOR) for count in range(1, LONG)]
    most = [float(np.max(value)) for value in values if value is not None]
    assert len(most) == LONG - 1
    assert most == sorted(most, reverse=True)
    assert most[:SHORT] == [0.4] * SHORT
    assert known.head_start(context, " ".join(["mot"] * LONG), False, VECTOR) is None
    assert known.head_start(Context(), "et alors", False, VECTOR) is None


def test_what_was_learnt_after_a_subject_gains_there(content: Catalogue) -> None:
    learnt = (("cost", "donation_tax"), ("effectiveness", "responders"))
    for subject, intent in learnt:
        gained = gains(content, Context(content.answer(subject)), "lesquels", learnt=learnt)
        assert max(gained, key=lambda name: gained[name]) == intent


def test_what_was_learnt_counts_more_in_the_same_theme_than_elsewhere(content: Catalogue) -> None:
    after = {
        subject: gains(content, Context(content.answer(subject)), "lesquels", learnt=(("effectiveness", "greet"),))
        for subject in ("effectiveness", "responders", "cost")
    }
    assert after["effectiveness"]["greet"] > after["responders"]["greet"] > after["cost"]["greet"] > 0


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("la premiere", "a"),
        ("1", "a"),
        ("oui la premiere question svp", "a"),
        ("non finalement le deuxieme", "b"),
        ("2e option", "b"),
        ("la seconde", "b"),
        ("la derniere", "c"),
        ("numero 3", "c"),
        ("la premiere fois c est comment", None),
        ("deuxieme avis", None),
        ("stade 3", None),
        ("une seconde", None),
    ],
)
def test_a_choice_among_the_offers(text: str, intent: str | None) -> None:
    assert chosen(text, ("a", "b", "c")) == intent


def test_no_choice_of_what_is_not_there() -> None:
    assert chosen("la troisieme", ("a", "b")) is None
    assert chosen("la derniere", ()) is None
