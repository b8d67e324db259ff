"""Who writes too fast on a messaging channel: asked to wait once, then not answered, unless in need."""

import pytest

from tests.messaging.people import PEOPLE
from tests.messaging.standin import StandIn
from tests.server.guarded import Guarded
from tests.server.test_messaging import said
from tests.server.test_watching import value

ALLOWED = 4  # of CHANNEL_MESSAGES in guarded.py
IN_NEED = {"je n’arrive plus à respirer": "15", "jveux mourrir": "3114", "STOP je veux en finir": "3114"}


@pytest.mark.parametrize("channel", list(PEOPLE))
def test_who_writes_too_fast(guarded: Guarded, standin: StandIn, channel: str) -> None:
    person, other = (PEOPLE[channel](guarded.base, standin) for _ in range(2))
    before = guarded.metrics()
    for _ in range(ALLOWED):
        assert "une minorité de patients" in said(person.say("c'est efficace ?"))
    wait = said(person.say("c'est efficace ?"))
    assert "Un instant\u00a0: vous m’écrivez plus vite" in wait
    assert all(number in wait for number in ("15", "112", "3114"))
    for text in ("c'est efficace ?", "STOP", "merci"):
        assert person.post(person.text(text)).status_code == 200
    for text, number in IN_NEED.items():
        shown = said(person.say(text))
        assert number in shown
        assert "Un instant" not in shown and "une minorité de patients" not in shown
    assert person.post(person.text("merci")).status_code == 200
    assert person.answers(wait=0.3) == []
    assert "une minorité de patients" in said(other.say("c'est efficace ?"))
    name, labels = "assistant_refused_requests_total", {"channel": channel, "code": "too_many"}
    assert value(guarded.metrics(), name, **labels) - value(before, name, **labels) == 5
    assert standin.problems == []
