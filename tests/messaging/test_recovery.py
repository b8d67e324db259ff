"""What a server had accepted when it was killed; two servers, so that it is in `make channels-test` only."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.messaging.people import WhatsAppPerson
from tests.messaging.standin import Fault, StandIn, running
from tests.server.conftest import Server, kill, start, stop
from tests.server.test_messaging import said


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with running() as server:
        yield server


def begin(tmp_path: Path, name: str, standin: StandIn, **variables: str) -> Server:
    folder = tmp_path / name
    folder.mkdir()
    return start(folder, **standin.environ(), DATABASE_URL=f"sqlite:///{tmp_path / 'shared.db'}", **variables)


def test_it_is_sent_by_another(standin: StandIn, tmp_path: Path) -> None:
    first = begin(tmp_path, "first", standin)
    try:
        person = WhatsAppPerson(first.base, standin)
        wire = person.text("c'est efficace ?")
        standin.faults["whatsapp"] += [Fault(500, delay=30)]
        assert person.post(wire).status_code == 200, "accepted while the provider hangs"
    finally:
        kill(first)
    assert person.screen() == []
    standin.faults.clear()
    # A short bound: this one soon takes the first for ended.
    second = begin(tmp_path, "second", standin, CHANNEL_SEND_SECONDS="1")
    try:
        assert said(person.answers(wait=20)).count("une minorité de patients") == 1
        person.base = second.base
        with ThreadPoolExecutor(4) as pool:  # the provider delivers it again
            assert {answer.status_code for answer in pool.map(person.post, [wire] * 4)} == {200}
        assert person.answers(wait=1) == []
    finally:
        stop(second)
    assert standin.problems == []
