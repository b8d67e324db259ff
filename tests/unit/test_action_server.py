"""The assistant's side of a call of the action server: what is sent, and which answers are taken."""

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from assistant import action_server
from assistant.action_server import ActionServer, check_answer

ACTION = RemoteAction("action_repeat", ActionServer("http://127.0.0.1:5055/webhook", 3))
EVENT = {"event": "slot", "name": "a", "value": 1, "timestamp": None}


def test_the_domain_is_not_sent() -> None:
    domain = Domain.from_dict({"actions": [ACTION.name()], "intents": ["a"]})
    call = ACTION._action_call_format(DialogueStateTracker.from_events("one", []), domain)
    assert "domain" not in call
    assert (call["next_action"], call["sender_id"]) == (ACTION.name(), "one")


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [], "responses": [{"response": "utter_a", "buttons": []}]},
        {"events": [EVENT], "responses": []},
        {},
        None,
        [],
        "text",
        {"events": "none"},
        {"events": [{"event": "slot"}], "responses": []},
        {"events": [{"event": "never heard of"}]},
        {"events": [], "responses": ["text"]},
        {"events": [], "responses": {}},
    ],
)
def test_an_answer_is_taken_or_refused_as_rasa_does(answer: Any) -> None:
    try:
        wanted = action_server._rasas_check(ACTION, answer)
    except ValidationError as error:
        with pytest.raises(ValidationError) as refused:
            check_answer(ACTION, answer)
        assert str(refused.value) == str(error)
    else:
        assert check_answer(ACTION, answer) is wanted is True
