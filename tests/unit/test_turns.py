"""How long a visitor waits, and that what is then given up ends."""

import asyncio
import re
import time

import pytest

from assistant.channels import turns
from assistant.settings import ROOT, read_settings


def test_a_turn_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.05)
    ended: list[str] = []

    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:  # as redis-py takes some
            await asyncio.sleep(0.1)
            ended.append("late")
            raise ValueError from None

    async def main() -> float:
        began = time.monotonic()
        with pytest.raises(turns.TurnTimeoutError):
            await turns.in_time(stubborn())
        waited = time.monotonic() - began
        await asyncio.sleep(0.2)
        return waited

    waited = asyncio.run(main())
    assert ended == ["late"]
    assert waited < 0.1


def test_a_turn_gives_what_it_gives() -> None:
    async def fail() -> None:
        raise ValueError("x")

    assert asyncio.run(turns.in_time(asyncio.sleep(0, "answer"))) == "answer"
    with pytest.raises(ValueError, match="x"):
        asyncio.run(turns.in_time(fail()))


def test_two_assistants_that_hang_leave_nobody_waiting_for_10_seconds() -> None:
    template = (ROOT / "deploy" / "nginx" / "assistant.conf.template").read_text()
    public = template[template.index("proxy_pass http://assistants") :]
    connect, read = (re.search(rf"{name}_timeout (\d+)(m?s);", public) for name in ("proxy_connect", "proxy_read"))
    assert connect and read
    seconds = [int(found[1]) / (1000 if found[2] == "ms" else 1) for found in (connect, read)]
    assert seconds[1] > turns.TURN_SECONDS
    assert 2 * seconds[1] < 10
    assert seconds[0] + seconds[1] < 10


def test_an_action_server_that_hangs_leaves_time_to_say_so() -> None:
    assert read_settings({}).action_timeout < turns.TURN_SECONDS
