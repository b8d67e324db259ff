"""A tiny run of `make bench` on the server that runs already, so that it cannot rot."""

from dataclasses import replace

import psutil

from assistant.bench.load import Load, WidgetSpeaker, in_scope_texts, measured
from assistant.bench.run import SHORT, Result, compare_stored, take_turns, watch_memory
from assistant.bench.servers import Running
from tests.server.conftest import Server

TINY = replace(SHORT, rounds=1, one_seconds=1, many_seconds=2, messages=16, sample=8, stored=10)


def test_a_tiny_run(server: Server) -> None:
    running = Running("ours", server.base, 1, (psutil.Process(server.process.pid),))
    one, many = take_turns([running], TINY)
    for found in (one, many):
        assert found.latencies and found.per_second > 0 and found.processor > 0
    result = Result()
    watch_memory(running, TINY, result)
    assert list(result.over_messages) == [8, 16]
    assert min(result.over_messages.values()) > 100
    assert set(running.memory()) == {"launcher", "assistant", "actions"}
    compare_stored(running, running, TINY, result)
    assert {name: len(values) for name, values in result.stored.items()} == {"full": 10, "empty": 10}


def test_the_widgets_channel(server: Server) -> None:
    found = measured(Load(server.base, in_scope_texts(), 2, WidgetSpeaker, turns=2), messages=4)
    # Who is quicker begins a new conversation before the other has come to the end of the first.
    assert len(found) == 4
    assert {answer.turn for answer in found} == {0, 1}
    assert all(answer.in_time for answer in found)
