"""Whole conversations with the real assistant and its action server, over HTTP."""

import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from assistant.content.catalogue import catalogue
from tests.server.conftest import Server

Talk = Callable[[str], list[str]]


def test_a_question_is_answered_with_its_source_and_next_steps(server: Server) -> None:
    first, notice = server.say("Dites-moi, ça veut dire quoi immunothérapie anti-tumorale ?")
    assert "défenses naturelles" in first["text"]
    assert first["text"].endswith(
        "Source\u00a0: Fondation ARC, «\u00a0Qu’est-ce que l’immunothérapie anti-tumorale\u00a0?\u00a0», 2020"
    )
    assert {button["payload"] for button in first["buttons"]} == {"/how_it_works", "/effectiveness", "/full_article"}
    assert "assistant automatique" in notice["text"]
    assert "pas un médecin" in notice["text"]


def test_the_notice_comes_with_the_first_exchange_only(server: Server) -> None:
    sender = uuid.uuid4().hex
    assert "utter_notice" in [message["custom"]["answer"] for message in server.say("c'est efficace ?", sender)]
    assert "utter_notice" not in [
        message["custom"]["answer"] for message in server.say("qui a fait ce dossier ?", sender)
    ]


def test_a_greeting_is_its_own_notice(server: Server) -> None:
    (greeting,) = server.say("Bonjour")
    assert "assistant automatique" in greeting["text"]


def test_every_button_is_answered(server: Server) -> None:
    for intent in catalogue().offers():
        names = server.names(f"/{intent}")
        assert names, intent
        assert names[0].startswith(f"utter_{intent}"), (intent, names)


def test_rates_and_follow_ups(talk: Talk) -> None:
    assert talk("quel est le taux de réponse ?") == ["utter_response_rate"]
    assert talk("et pour le foie ?") == ["utter_response_rate_hepatocarcinoma"]
    assert talk("et hodgkin ?") == ["utter_response_rate_hodgkin"]
    assert talk("et pour le poumon ?") == ["utter_response_rate_other"]


def test_an_unknown_figure_is_not_invented(server: Server) -> None:
    text = server.say("quel pourcentage de réussite pour le cancer du pancréas ?")[0]["text"]
    assert "le cancer du pancréas" in text
    assert "ne donne pas de chiffre" in text
    assert "30\u00a0%" in text


def test_read_more_follows_the_subject(server: Server) -> None:
    sender = uuid.uuid4().hex
    assert server.names("que raconte Xavier dans le témoignage ?", sender) == ["utter_testimony"]
    (message,) = server.say("lire la suite", sender)
    assert "Témoignage de Xavier" in message["text"]
    link = message["custom"]["links"][0]
    assert link["url"] == "https://www.fondation-arc.org/"
    assert link["url"] in message["text"]


def test_giving(talk: Talk, server: Server) -> None:
    assert talk("je voudrais faire un don") == ["utter_donate"]
    assert talk("et mensuel ?") == ["utter_donate_monthly"]
    (message, _) = server.say("/donate_once")
    assert message["custom"]["links"] == [
        {"title": "Faire un don", "url": "https://donner.fondation-arc.org/dons/~mon-don"}
    ]


def test_repeat_yes_and_no(talk: Talk) -> None:
    first = talk("on vient de me dire que j'ai un cancer du sein")
    assert first == ["utter_fresh_diagnosis"]
    assert talk("oui je veux bien") == ["utter_definition"]
    assert talk("vous pouvez répéter ?") == ["utter_definition"]
    assert talk("oui") == ["utter_affirm_which"]
    assert talk("non merci") == ["utter_deny"]


def test_unsure_twice(talk: Talk) -> None:
    nonsense = "bzz krt plouf wxq"
    first, second = talk(nonsense), talk(nonsense)
    assert first[0] in ("utter_nlu_fallback", "utter_cannot_answer", "utter_off_topic")
    assert second[0] in ("utter_cannot_answer", "utter_off_topic")


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("je n'arrive plus à respirer, c'est à cause de l'immunothérapie ?", "utter_emergency", "15"),
        ("quel est le taux de réponse ? de toute façon je veux mourir", "utter_suicide", "3114"),
    ],
)
def test_safety_comes_before_anything_else(server: Server, text: str, name: str, number: str) -> None:
    messages = server.say(text)
    assert messages[0]["custom"]["answer"] == name
    assert number in messages[0]["text"].split(".")[0]
    assert "buttons" not in messages[0]


def test_another_language(server: Server) -> None:
    text = server.say("What is immunotherapy, please?")[0]["text"]
    assert "I only understand French" in text
    assert "en français" in text


def test_giving_is_not_offered_after_distress(server: Server) -> None:
    question = "où va l'argent des dons ?"
    assert "/donate" in [button["payload"] for button in server.say(question)[0]["buttons"]]
    sender = uuid.uuid4().hex
    assert server.names("je suis à bout, je pleure tous les soirs", sender) == ["utter_distress"]
    assert "/donate" not in [button["payload"] for button in server.say(question, sender)[0].get("buttons", [])]


def test_after_the_testimony_he_is_the_witness(talk: Talk) -> None:
    assert talk("que raconte Xavier dans le témoignage ?") == ["utter_testimony"]
    (answer,) = talk("il est mort ?")
    assert answer.startswith("utter_testimony")
    assert talk("mon mari est mort hier") == ["utter_bereavement"]


def test_what_is_kept_of_a_gift_is_no_rate_of_response(talk: Talk) -> None:
    assert talk("votre asso elle prend combien sur un don") == ["utter_donation_use"]


@pytest.mark.parametrize("text", ["06 39 98 14 27", "12 impasse des Tilleuls 49000 Angers, contact@example.org"])
def test_nothing_but_personal_data(talk: Talk, text: str) -> None:
    assert talk(text) == ["utter_privacy"]


def test_a_lone_emoji_is_understood(talk: Talk) -> None:
    assert talk("🙏") == ["utter_thanks"]


def test_no_process_holds_tensorflow(server: Server) -> None:
    server.say("c'est efficace ?")
    processes = psutil.Process(server.process.pid).children(recursive=True)
    maps = {" ".join(process.cmdline()): Path(f"/proc/{process.pid}/maps").read_text() for process in processes}
    (assistant,) = [text for command, text in maps.items() if "assistant.rasa run" in command]
    assert "numpy" in assistant  # the maps can be read, and name libraries
    assert not [command for command, text in maps.items() if "tensorflow" in text]
