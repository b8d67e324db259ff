"""Figures for Prometheus. Their labels hold names that this project has chosen, never a word of a visitor."""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from assistant.content.catalogue import Catalogue
from assistant.privacy.logs import SafeEvent, conversation_tag

OTHER = "other"
# Seconds: most answers take some tens of milliseconds; after 10 s a visitor has been shown an error.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

# What becomes of an answer that is sent to a messaging channel: taken by the provider, tried again (it counts each
# try), refused by the provider, given up because the provider did not answer in time.
SENT, RETRIED, REFUSED, GIVEN_UP = OUTCOMES = ("sent", "retried", "refused", "given_up")

logger = logging.getLogger(__name__)


class Figures:
    """The figures of one process. Each process has its own, Prometheus adds them up."""

    def __init__(self) -> None:
        """Makes the figures, at zero."""
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "assistant_messages", "Messages that were handled.", ["channel"], registry=self.registry
        )
        self.answers = Counter(
            "assistant_answers",
            "Answers, by the kind of their subject (dossier, giving, outside, safety, conversation) and their name.",
            ["channel", "kind", "answer"],
            registry=self.registry,
        )
        self.refused = Counter(
            "assistant_refused_requests",
            "Requests that were not served, by the code of their error.",
            ["channel", "code"],
            registry=self.registry,
        )
        self.errors = Counter(
            "assistant_errors", "Messages that could not be handled.", ["channel"], registry=self.registry
        )
        self.deliveries = Counter(
            "assistant_deliveries",
            "Messages sent to the providers of messaging channels: sent, retried, refused, given_up.",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "assistant_turn_seconds",
            "From a message to its answers, waiting for earlier messages of the conversation included.",
            ["channel"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.ready = Gauge(
            "assistant_ready",
            "1 if the part answers: model, action_server, database.",
            ["part"],
            registry=self.registry,
        )
        self.purged = Counter(
            "assistant_purged_conversations", "Conversations deleted because of their age.", registry=self.registry
        )
        self.last_purge = Gauge(
            "assistant_last_purge_timestamp_seconds",
            "When conversations that are too old were last deleted, in seconds since the epoch.",
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)


@lru_cache(maxsize=1)
def figures() -> Figures:
    """The figures of this process."""
    return Figures()


class Turn:
    """One message of a person and what is answered."""

    def __init__(self) -> None:
        """Nothing is answered yet."""
        self.answers: list[str | None] = []

    def answered(self, names: Iterable[str | None]) -> None:
        """Takes the names of the answers, as far as they have one."""
        self.answers.extend(names)


@contextmanager
def turn(channel: str, sender: str, content: Catalogue) -> Iterator[Turn]:
    """Counts and times the handling of one message, and logs that it was handled.

    Call `answered` of what it yields. An exception that leaves the block counts as an error.

    Args:
        channel: the name of the channel.
        sender: the name of the conversation; it is only logged so that it cannot be led back.
        content: the catalogue, for the kinds of answers.
    """
    now, begun = figures(), time.perf_counter()
    current = Turn()
    try:
        yield current
    except Exception:
        now.errors.labels(channel).inc()
        raise
    seconds = time.perf_counter() - begun
    known = [content.answers[name] for name in current.answers if name in content.answers]
    now.messages.labels(channel).inc()
    now.seconds.labels(channel).observe(seconds)
    for answer in known:
        now.answers.labels(channel, answer.kind, answer.name).inc()
    if len(known) < len(current.answers):
        now.answers.labels(channel, OTHER, OTHER).inc(len(current.answers) - len(known))
    fields = {"channel": channel, "conversation": conversation_tag(sender), "seconds": round(seconds, 4)}
    logger.info(SafeEvent("turn", **fields, answers=[answer.name for answer in known]))
