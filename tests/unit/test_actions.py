"""What the actions decide, and what they say through rasa-sdk's own dispatcher. No server, no model."""

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.affirm import ActionAffirm, ActionDeny
from actions.donation_options import ActionDonationOptions, donation
from actions.fallback import CANNOT_ANSWER, UNSURE, ActionDefaultFallback, suggestions
from actions.full_article import ActionFullArticle, article
from actions.personal_advice import ActionPersonalAdvice
from actions.repeat import ActionRepeat
from actions.response_rate import ActionFollowUpCancer, ActionResponseRate
from assistant.content.catalogue import Catalogue, load_catalogue
from assistant.history import last_subject, last_turn, offered
from assistant.settings import ROOT


def user(
    intent: str, entities: list[dict] | None = None, ranking: list[dict] | None = None, text: str = "…"
) -> dict[str, Any]:
    parse = {"intent": {"name": intent}, "entities": entities or [], "intent_ranking": ranking or [], "text": text}
    return {"event": "user", "text": text, "parse_data": parse}


def bot(answer: str, buttons: list[str] | None = None, custom: dict | None = None) -> dict[str, Any]:
    data = {"buttons": [{"title": name, "payload": f"/{name}"} for name in buttons or []], "custom": custom}
    return {"event": "bot", "text": f"text of {answer}", "data": data, "metadata": {"answer": answer}}


def run(action: Any, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of an action after these events, the last of which is the person's."""
    tracker = Tracker("s", {}, events[-1]["parse_data"], list(events), False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    assert action.run(dispatcher, tracker, {}) == []
    return dispatcher.messages


def responses(messages: list[dict[str, Any]]) -> list[str]:
    return [message["response"] for message in messages]


def cancer(id_: str) -> dict[str, str]:
    return {"entity": "cancer", "value": id_}


def test_full_article_is_the_one_of_the_last_subject(content: Catalogue) -> None:
    messages = run(
        ActionFullArticle(),
        user("biomarkers"),
        bot("utter_biomarkers"),
        user("thanks"),
        bot("utter_thanks"),
        user("full_article"),
    )
    assert messages[0]["title"] == content.links["patients"].title


def test_full_article_of_nothing_is_the_dossier(content: Catalogue) -> None:
    messages = run(ActionFullArticle(), user("full_article"))
    assert messages[0]["title"] == content.links["dossier"].title
    assert messages[0]["custom"]["links"][0]["url"] == content.links["home"].url


def test_full_article_twice_keeps_the_subject(content: Catalogue) -> None:
    messages = run(
        ActionFullArticle(),
        user("testimony"),
        bot("utter_testimony"),
        user("full_article"),
        bot("utter_full_article_from_home"),
        user("full_article"),
    )
    assert messages[0]["title"] == content.links["testimony"].title


def test_an_own_address_is_given_as_lire_la_suite() -> None:
    content = load_catalogue(ROOT, {"ARC_URL_PATIENTS": "https://example.org/patients"})
    response, values = article(content, content.answers["utter_responders"])
    assert response == "utter_full_article"
    assert values["json_message"]["links"] == [
        {"title": "Lire la suite\u00a0: Pour quels patients\u00a0?", "url": "https://example.org/patients"}
    ]


@pytest.mark.parametrize("intent", ["donate", "donate_once", "donate_monthly"])
def test_donation_with_one_address(content: Catalogue, intent: str) -> None:
    messages = run(ActionDonationOptions(), user(intent))
    assert responses(messages) == [f"utter_{intent}"]
    assert len(messages[0]["custom"]["links"]) == 1


def test_donation_with_two_addresses() -> None:
    content = load_catalogue(ROOT, {"ARC_URL_DONATE_MONTHLY": "https://example.org/mensuel"})
    titles = [link["title"] for link in donation(content, "donate")[1]["json_message"]["links"]]
    assert titles == ["Faire un don", "Don mensuel"]
    assert [link["title"] for link in donation(content, "donate_monthly")[1]["json_message"]["links"]] == [
        "Don mensuel"
    ]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([], ["utter_response_rate"]),
        (["hepatocarcinoma"], ["utter_response_rate_hepatocarcinoma"]),
        (["hodgkin"], ["utter_response_rate_hodgkin"]),
        (["melanoma"], ["utter_response_rate_melanoma"]),
        (["lung"], ["utter_response_rate_other"]),
        (["lung", "lung", "hodgkin"], ["utter_response_rate_other", "utter_response_rate_hodgkin"]),
        (["lung", "breast", "kidney"], ["utter_response_rate"]),
        (["no such cancer"], ["utter_response_rate"]),
    ],
)
def test_response_rate(named: list[str], expected: list[str]) -> None:
    messages = run(ActionResponseRate(), user("response_rate", [cancer(id_) for id_ in named]))
    assert responses(messages) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (None, ["utter_response_rate_hepatocarcinoma"]),
        ("utter_response_rate", ["utter_response_rate_hepatocarcinoma"]),
        ("utter_response_rate_hodgkin", ["utter_response_rate_hepatocarcinoma"]),
        ("utter_effectiveness", ["utter_response_rate_hepatocarcinoma"]),
        ("utter_lasting_response", ["utter_follow_up_cancer", "utter_lasting_response"]),
        ("utter_side_effects", ["utter_side_effects"]),
    ],
)
def test_follow_up_asks_the_last_question_again(before: str | None, expected: list[str]) -> None:
    events = [user("x"), bot(before)] if before else []
    messages = run(ActionFollowUpCancer(), *events, user("follow_up_cancer", [cancer("hepatocarcinoma")]))
    assert responses(messages) == expected


def test_a_follow_up_that_asks_whether_it_works_gets_the_rate() -> None:
    for text, expected in (
        ("et pour le poumon, ça marche ?", ["utter_response_rate_other"]),
        ("et pour le poumon ?", ["utter_follow_up_cancer", "utter_definition"]),
    ):
        said = user("follow_up_cancer", [cancer("lung")], text=text)
        assert responses(run(ActionFollowUpCancer(), user("x"), bot("utter_definition"), said)) == expected


def test_follow_up_without_a_cancer_asks_for_the_whole_question() -> None:
    assert responses(run(ActionFollowUpCancer(), user("follow_up_cancer"))) == ["utter_follow_up_no_context"]


def test_repeat_says_the_whole_last_turn_again() -> None:
    custom = {"links": [{"title": "t", "url": "https://example.org"}]}
    messages = run(
        ActionRepeat(),
        user("greet"),
        bot("utter_greet"),
        user("x"),
        bot("utter_follow_up_cancer"),
        bot("utter_definition", ["how_it_works"], custom),
        user("repeat"),
    )
    assert [message["text"] for message in messages] == ["text of utter_follow_up_cancer", "text of utter_definition"]
    assert messages[1]["custom"] == custom
    assert messages[1]["buttons"][0]["payload"] == "/how_it_works"
    assert messages[1]["answer"] == "utter_definition"


def test_repeat_with_nothing_said() -> None:
    assert responses(run(ActionRepeat(), user("repeat"))) == ["utter_repeat"]


def test_yes_takes_the_only_offer(content: Catalogue) -> None:
    messages = run(ActionAffirm(), user("x"), bot("utter_fresh_diagnosis", ["definition"]), user("affirm"))
    assert responses(messages) == ["utter_definition"]
    messages = run(ActionAffirm(), user("x"), bot("utter_testimony", ["full_article"]), user("affirm"))
    assert messages[0]["title"] == content.links["testimony"].title


def test_yes_to_several_offers_asks_which() -> None:
    messages = run(ActionAffirm(), user("x"), bot("utter_definition", ["how_it_works", "full_article"]), user("affirm"))
    assert responses(messages) == ["utter_affirm_which"]
    assert [button["payload"] for button in messages[0]["buttons"]] == ["/how_it_works", "/full_article"]


def test_yes_to_nothing_asks_for_a_question() -> None:
    assert responses(run(ActionAffirm(), user("affirm"))) == ["utter_affirm"]


RANKING = [
    {"name": "nlu_fallback", "confidence": 0.4},
    {"name": "responders", "confidence": 0.3},
    {"name": "side_effects", "confidence": 0.25},
    {"name": "donate", "confidence": 0.2},
    {"name": "biomarkers", "confidence": 0.15},
    {"name": "resistance", "confidence": 0.12},
    {"name": "definition", "confidence": 0.01},
]


def test_unsure_offers_three_questions_that_it_can_answer() -> None:
    messages = run(ActionDefaultFallback(), user("nlu_fallback", ranking=RANKING))
    assert responses(messages) == [UNSURE]
    assert [button["payload"] for button in messages[0]["buttons"]] == ["/responders", "/donate", "/biomarkers"]


def test_unsure_twice_says_whom_to_ask() -> None:
    messages = run(ActionDefaultFallback(), user("x"), bot(UNSURE), user("nlu_fallback", ranking=RANKING))
    assert responses(messages) == [CANNOT_ANSWER]
    assert messages[0]["buttons"] == []


def test_nothing_likely_says_whom_to_ask() -> None:
    assert responses(run(ActionDefaultFallback(), user("nlu_fallback", ranking=RANKING[-1:]))) == [CANNOT_ANSWER]


def test_giving_is_not_offered_after_distress(content: Catalogue) -> None:
    messages = run(
        ActionDefaultFallback(), user("distress"), bot("utter_distress"), user("nlu_fallback", ranking=RANKING)
    )
    assert "/donate" not in [button["payload"] for button in messages[0]["buttons"]]
    assert "donate" in suggestions(content, RANKING, giving=True)


@pytest.mark.parametrize(
    ("urgent", "follows"), [("utter_emergency", "utter_emergency"), ("utter_suicide", "utter_stay_with_you")]
)
def test_nobody_is_asked_to_be_clearer_right_after_an_urgent_cry(urgent: str, follows: str) -> None:
    messages = run(ActionDefaultFallback(), user("x"), bot(urgent), user("nlu_fallback", ranking=RANKING))
    assert responses(messages) == [follows]


@pytest.mark.parametrize(
    ("before", "follows"), [("utter_emergency", "utter_emergency"), ("utter_definition", "utter_personal_advice")]
)
def test_advice_right_after_an_emergency_is_to_call(before: str, follows: str) -> None:
    assert responses(run(ActionPersonalAdvice(), user("x"), bot(before), user("personal_advice"))) == [follows]


def test_a_safety_answer_ends_the_subject(content: Catalogue) -> None:
    events = [bot("utter_response_rate"), user("distress"), bot("utter_distress"), user("full_article")]
    assert last_subject(events, content) is None


def test_restart_forgets(content: Catalogue) -> None:
    events = [bot("utter_definition", ["how_it_works"]), {"event": "restart"}, user("x")]
    assert last_subject(events, content) is None
    assert offered(events) == []
    assert last_turn(events) == []


@pytest.mark.parametrize(
    ("needed", "follows"),
    [
        ("utter_emergency", "utter_emergency"),
        ("utter_suicide", "utter_stay_with_you"),
        ("utter_distress", "utter_stay_with_you"),
        ("utter_bereavement", "utter_stay_with_you"),
        ("utter_stay_with_you", "utter_stay_with_you"),
    ],
)
@pytest.mark.parametrize("action", [ActionAffirm, ActionDeny])
def test_yes_and_no_after_a_cry_for_help(needed: str, follows: str, action: type) -> None:
    assert responses(run(action(), user("x"), bot(needed), user("affirm"))) == [follows]


@pytest.mark.parametrize("needed", ["utter_fresh_diagnosis", "utter_personal_advice"])
def test_no_where_nobody_spoke_of_dying(needed: str) -> None:
    assert responses(run(ActionDeny(), user("x"), bot(needed, ["definition"]), user("deny"))) == ["utter_deny"]


def test_yes_after_an_answer_that_is_no_longer_there() -> None:
    messages = run(ActionAffirm(), user("x"), bot("utter_gone", ["donate_monthly"]), user("affirm"))
    assert responses(messages) == ["utter_donate_monthly"]


def test_no_after_anything_else() -> None:
    assert responses(run(ActionDeny(), user("x"), bot("utter_definition"), user("deny"))) == ["utter_deny"]


def test_yes_after_a_fresh_diagnosis_takes_the_offer_up() -> None:
    messages = run(ActionAffirm(), user("x"), bot("utter_fresh_diagnosis", ["definition"]), user("affirm"))
    assert responses(messages) == ["utter_definition"]


def test_ok_after_a_gift_does_not_make_it_a_monthly_one() -> None:
    messages = run(ActionAffirm(), user("x"), bot("utter_donate_once", ["donate_monthly"]), user("affirm"))
    assert responses(messages) == ["utter_affirm_which"]


def test_a_cancer_after_a_subject_that_is_the_same_for_all_asks_for_the_rate() -> None:
    messages = run(
        ActionFollowUpCancer(),
        user("donation_tax"),
        bot("utter_donation_tax"),
        user("follow_up_cancer", [cancer("hodgkin")]),
    )
    assert responses(messages) == ["utter_response_rate_hodgkin"]
