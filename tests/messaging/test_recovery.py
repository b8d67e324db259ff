"""Two servers on one database and one Redis: the same delivery to both, and one of them killed.

In `make channels-test` only, for what two servers cost.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.messaging.people import PEOPLE, Person, SignedPerson, WhatsAppPerson, Wire
from tests.messaging.standin import Fault, StandIn, running
from tests.server.conftest import PLENTY, Server, kill, start, stop
from tests.server.test_messaging import said
from tests.server.test_widget_limits import redis_url  # noqa: F401  (a fixture)


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def pair(
    standin: StandIn,
    redis_url: str,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[Server]]:
    database = f"sqlite:///{tmp_path_factory.mktemp('shared') / 'shared.db'}"
    variables = {**standin.environ(), "DATABASE_URL": database, "REDIS_URL": redis_url, "CHANNEL_MESSAGES": PLENTY}
    # A short bound: the second soon takes the first for ended.
    servers = [
        start(tmp_path_factory.mktemp("server"), **variables, CHANNEL_SEND_SECONDS=seconds) for seconds in ("60", "1")
    ]
    yield servers
    for server in servers:
        stop(server)


def wires_of(person: Person, count: int) -> list[Wire]:
    """The same message, as often as its provider would deliver it."""
    if isinstance(person, SignedPerson):
        message = person.message(text="c'est efficace ?")
        return [person.signed(message) for _ in range(count)]
    return [person.text("c'est efficace ?")] * count


@pytest.mark.parametrize("channel", list(PEOPLE))
def test_the_same_delivery_at_once_to_both_is_answered_once(pair: list[Server], standin: StandIn, channel: str) -> None:
    person = PEOPLE[channel](pair[0].base, standin)

    def deliver(numbered: tuple[int, Wire]) -> int:
        number, wire = numbered
        address = f"{pair[number % 2].base}/webhooks/{channel}/webhook"
        return requests.post(address, data=wire.body, headers=wire.headers, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(deliver, enumerate(wires_of(person, 8)))) == {200}
    assert said(person.answers()).count("une minorité de patients") == 1
    assert person.answers(wait=1) == []
    assert standin.problems == []


def test_what_a_killed_server_had_accepted_is_sent_by_the_other(pair: list[Server], standin: StandIn) -> None:
    first, second = pair
    person = WhatsAppPerson(first.base, standin)
    wire = person.text("c'est efficace ?")
    standin.faults["whatsapp"] += [Fault(500, delay=30)]
    assert person.post(wire).status_code == 200, "accepted while the provider hangs"
    kill(first)
    assert person.screen() == []
    standin.faults.clear()
    assert said(person.answers(wait=20)).count("une minorité de patients") == 1
    person.base = second.base
    with ThreadPoolExecutor(4) as pool:  # the provider delivers it again
        assert set(pool.map(lambda _: person.post(wire).status_code, range(4))) == {200}
    assert person.answers(wait=1) == []
    assert standin.problems == []
