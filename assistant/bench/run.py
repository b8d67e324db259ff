"""What `make bench` measures, in which order. The rivals run all the time, and take turns within the same minutes."""

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import psutil

from assistant.bench import servers
from assistant.bench.load import (
    TURNS,
    Answered,
    Load,
    RestSpeaker,
    StockSpeaker,
    WidgetSpeaker,
    in_scope_texts,
    measured,
)
from assistant.bench.measuring import Round, as_round
from assistant.bench.rivals import BARE_WORD, bare, stock
from assistant.bench.servers import MEGABYTE, Running
from assistant.cluster.__main__ import reachable_folder
from assistant.cluster.parts import free_port
from assistant.cluster.topology import Cluster

ONE, MANY = 1, 32  # conversations at the same time
MEMORY_CONVERSATIONS = 8
# The limits for visitors, out of the way.
NO_LIMITS = dict.fromkeys(("WIDGET_NEW_CONVERSATIONS", "WIDGET_MESSAGES", "WIDGET_ADDRESS_MESSAGES"), "1000000/minute")
STORED_TURNS = 10  # of either side, one after the other


@dataclass(frozen=True)
class Plan:
    """How long is measured.

    Attributes:
        rounds: how often the rivals take turns.
        one_seconds, many_seconds: of each turn, with ONE and with MANY conversations.
        messages: over which memory is watched.
        sample: messages between two looks at memory.
        stored: messages that are timed on each side, after those and with nothing stored.
        turns: of the one long conversation.
        cluster_seconds: for the cluster, with ONE and with MANY; 0 leaves it out.
    """

    rounds: int
    one_seconds: float
    many_seconds: float
    messages: int
    sample: int
    stored: int
    turns: int
    cluster_seconds: float


FULL = Plan(5, 6, 12, messages=10_000, sample=500, stored=200, turns=200, cluster_seconds=20)
SHORT = Plan(2, 3, 6, messages=600, sample=100, stored=40, turns=60, cluster_seconds=0)


@dataclass
class Result:
    """What was measured. Memory is in megabytes, latencies are in milliseconds.

    Attributes:
        about: when, on what, and how busy the machine was.
        started: seconds to the first answer, by rival.
        memory: by rival and part, after the rounds.
        rounds: each turn of each rival.
        over_messages: memory of our assistant after so many messages.
        stored: latencies of one conversation, of the server that has stored those messages (`full`) and of one of the
            same that has stored none (`empty`), in turn.
        turns: latencies of the turns of a long conversation, by rival.
        cluster: rounds of the cluster, `memory` by kind of part.
    """

    about: dict[str, Any] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    memory: dict[str, dict[str, float]] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)
    over_messages: dict[int, float] = field(default_factory=dict)
    stored: dict[str, list[float]] = field(default_factory=dict)
    turns: dict[str, list[float]] = field(default_factory=dict)
    cluster: list[Round] = field(default_factory=list)
    cluster_memory: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return asdict(self)


def bench(plan: Plan, save: Callable[[Result], None]) -> None:
    """Measures everything.

    Args:
        plan: how long and how often.
        save: takes the result; before the cluster is started, and again with it.

    Raises:
        NotStartedError, NoAnswerError, StartError, RuntimeError: what could not be started, trained or answered.
    """
    result = Result(about={"begun": _now(), "processors": os.cpu_count(), "load_before": os.getloadavg()[0]})
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folders = [Path(name) / rival for rival in ("ours", "stock", "bare", "empty")]
        for folder in folders:
            folder.mkdir()
        _say("starting one after the other")
        running = [
            stack.enter_context(servers.ours(folders[0])),
            stack.enter_context(servers.rival(stock(), folders[1])),
            stack.enter_context(servers.rival(bare(), folders[2])),
        ]
        result.started = {server.name: server.start_seconds for server in running}
        result.rounds = take_turns(running, plan)
        result.memory = {server.name: server.memory() for server in running}
        ours, rival, _ = running
        for server in (ours, rival):
            _say(f"one conversation of {plan.turns} messages: {server.name}")
            result.turns[server.name] = _latencies(measured(_load(server, ONE, plan.turns), messages=plan.turns))
        watch_memory(ours, plan, result)
        compare_stored(ours, stack.enter_context(servers.ours(folders[3])), plan, result)
    result.about |= {"load_after": os.getloadavg()[0], "ended": _now()}
    save(result)
    if plan.cluster_seconds:
        measure_cluster(plan, result)
        result.about |= {"load_after": os.getloadavg()[0], "ended": _now()}
        save(result)


def take_turns(running: Sequence[Running], plan: Plan) -> list[Round]:
    """The rounds: in each, every server has its turn, with one and with many conversations, a different one first."""
    order, rounds = list(running), []
    for number in range(plan.rounds):
        order.append(order.pop(0))
        for conversations, seconds in ((ONE, plan.one_seconds), (MANY, plan.many_seconds)):
            for server in order:
                _say(f"round {number + 1} of {plan.rounds}: {server.name}, {conversations} at the same time")
                rounds.append(_turn(server, _load(server, conversations), seconds))
    return rounds


def _turn(server: Running, load: Load, seconds: float) -> Round:
    began, computed = time.monotonic(), server.computed()
    answered = measured(load, seconds=seconds)
    return as_round(server.name, load.conversations, answered, began, server.computed() - computed)


def watch_memory(server: Running, plan: Plan, result: Result) -> None:
    """Memory over many messages."""
    for done in range(0, plan.messages, plan.sample):
        measured(_load(server, MEMORY_CONVERSATIONS), messages=plan.sample)
        result.over_messages[done + plan.sample] = server.memory()["assistant"]
        _say(f"memory after {done + plan.sample} messages: {result.over_messages[done + plan.sample]:.0f} MB")


def compare_stored(full: Running, empty: Running, plan: Plan, result: Result) -> None:
    """What it costs that many messages are stored already: in turn with a server that has stored none."""
    _say("in turn with one that has stored nothing")
    result.stored = {"full": [], "empty": []}
    for _ in range(STORED_TURNS):
        for name, server in (("full", full), ("empty", empty)):
            result.stored[name] += _latencies(measured(_load(server, ONE), messages=plan.stored // STORED_TURNS))


def measure_cluster(plan: Plan, result: Result) -> None:
    """The same messages to the cluster, through nginx and the widget's channel."""
    _say("starting the cluster")
    cluster = Cluster(reachable_folder("bench-cluster"), free_port(), variables=NO_LIMITS)
    try:
        cluster.start()
        programs = {name: psutil.Process(part.process.pid) for name, part in cluster.parts.items() if part.process}
        running = Running("cluster", cluster.base, 0, tuple(programs.values()))
        for conversations in (ONE, MANY):
            _say(f"cluster, {conversations} at the same time")
            load = Load(cluster.base, in_scope_texts(), conversations, WidgetSpeaker)
            result.cluster.append(_turn(running, load, plan.cluster_seconds))
        for name, program in programs.items():
            kind = name.split("-")[0]
            result.cluster_memory[kind] = result.cluster_memory.get(kind, 0) + _tree(program)
    finally:
        cluster.stop()


def _tree(process: psutil.Process) -> float:
    """The megabytes of a process and those below it; memory that they share is counted once for each."""
    found = 0
    for part in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # one that served a connection that has ended
            found += part.memory_info().rss
    return found / MEGABYTE


def _load(server: Running, conversations: int, turns: int = TURNS) -> Load:
    texts = [BARE_WORD] if server.name == "bare" else in_scope_texts()
    speaker = StockSpeaker if server.name == "stock" else RestSpeaker
    return Load(server.base, texts, conversations, speaker, turns)


def _latencies(answered: Sequence[Answered]) -> list[float]:
    return [answer.seconds * 1000 for answer in answered if answer.in_time]


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="minutes")


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)
