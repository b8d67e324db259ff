"""Floods and restarts of the widget's channel: in memory, and with a real Redis."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import requests

from tests.server.conftest import LIMITS, WINDOW, Server, start, stop
from tests.server.redis_server import redis_server
from tests.server.widget import Visitor, call, error, new_id


def wait_for_window() -> None:
    """Waits for the beginning of a window, in which nothing has been counted."""
    time.sleep(WINDOW - time.time() % WINDOW + 0.1)


def begin(server: Server, **headers: str) -> requests.Response:
    return call(server, "POST", "/conversation", json={}, headers=headers)


def check_retry(answer: requests.Response) -> None:
    assert error(answer) == (429, "too_many")
    seconds = answer.json()["retry_after"]
    assert answer.headers["Retry-After"] == str(seconds)
    assert 1 <= seconds <= WINDOW


def send(visitor: Visitor) -> requests.Response:
    return visitor.call("POST", "/message", json={"id": new_id(), "text": "bonjour"})


def flood(server: Server) -> None:
    """Each limit is reached, refuses, and opens again when its time is over."""
    wait_for_window()
    answers = [begin(server) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [201] * 6 + [429] * 2
    check_retry(answers[-1])
    one, other = (Visitor(server, answer.json()["token"]) for answer in answers[:2])
    wait_for_window()
    assert [send(one).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [send(other).status_code for _ in range(3)] == [200, 200, 429]
    refused = send(other)
    check_retry(refused)
    assert one.history()  # reading goes on
    time.sleep(refused.json()["retry_after"] + 0.1)
    assert send(other).status_code == 200
    assert len(other.history()) == 6


def test_a_flood(limited: Server) -> None:
    flood(limited)


def test_the_address_is_not_the_clients_word(limited: Server) -> None:
    wait_for_window()
    statuses = [begin(limited, **{"X-Forwarded-For": f"198.51.100.{number}"}).status_code for number in range(8)]
    assert statuses == [201] * 6 + [429] * 2


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as (url, _):
        yield url


def test_redis_counts_and_a_restart_keeps_the_conversation(redis_url: str, tmp_path: Path) -> None:
    settings = {**LIMITS, "REDIS_URL": redis_url, "TRUSTED_PROXIES": "1"}
    server = start(tmp_path, **settings)
    try:
        flood(server)
        keys = [key.decode() for key in redis.Redis.from_url(redis_url).keys("LIMITS*")]
        assert any("/message/widget-" in key for key in keys)
        wait_for_window()
        statuses = [begin(server, **{"X-Forwarded-For": f"198.51.100.{number}"}).status_code for number in range(8)]
        assert statuses == [201] * 8
        wait_for_window()
        visitor = Visitor(server)
        visitor.send(text="quel est le taux de réponse ?")
        before = visitor.history()
    finally:
        stop(server)
    server = start(tmp_path, **settings)
    try:
        again = Visitor(server, visitor.token)
        assert again.history() == before
        assert again.ask("et pour le foie ?") == ["utter_response_rate_hepatocarcinoma"]
        redis.Redis.from_url(redis_url).shutdown(nosave=True)
        assert error(send(again)) == (503, "unavailable")
        assert len(again.history()) == len(before) + 2
    finally:
        stop(server)
