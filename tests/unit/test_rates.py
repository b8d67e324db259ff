import asyncio
import time

import limits
import pytest
from redis import RedisError

from assistant.channels.rates import Rates
from assistant.channels.refusals import RefusedError


def test_too_many_are_refused_until_the_time_is_over() -> None:
    async def scenario() -> None:
        rates, rate = Rates(None), limits.parse("2/second")
        # Begin with a window of its own, not in the last moments of one.
        await asyncio.sleep(1 - time.time() % 1)
        await rates.count(rate, "message", "a")
        await rates.count(rate, "message", "a")
        with pytest.raises(RefusedError) as caught:
            await rates.count(rate, "message", "a")
        assert caught.value.code == "too_many"
        assert caught.value.details == {"retry_after": 1}
        await rates.count(rate, "message", "b")
        await rates.count(rate, "address", "a")
        await asyncio.sleep(1)
        await rates.count(rate, "message", "a")

    asyncio.run(scenario())


def test_how_far_beyond() -> None:
    async def scenario() -> list[int]:
        rates, rate = Rates(None), limits.parse("2/hour")
        mine = [await rates.beyond(rate, "channel", "a") for _ in range(4)]
        return [*mine, await rates.beyond(rate, "channel", "b")]

    assert asyncio.run(scenario()) == [0, 0, 1, 2, 0]


def test_beyond_begins_anew_with_each_window() -> None:
    async def scenario() -> list[int]:
        rates, rate = Rates(None), limits.parse("1/second")
        first = [await rates.beyond(rate, "channel", "a") for _ in range(2)]
        await asyncio.sleep(1.1)
        return [*first, *[await rates.beyond(rate, "channel", "a") for _ in range(2)]]

    assert asyncio.run(scenario()) == [0, 1, 0, 1]


def test_a_redis_that_is_not_there_is_an_error_not_a_free_pass() -> None:
    with pytest.raises(RedisError):
        asyncio.run(Rates("redis://127.0.0.1:1/0").count(limits.parse("2/second"), "message", "a"))
