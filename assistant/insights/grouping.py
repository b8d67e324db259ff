"""Grouping the messages that found no answer by likeness: sentence vectors, then clustering by average distance."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from spacy.lang.fr.stop_words import STOP_WORDS

from assistant.insights.counting import LEAST, Count
from assistant.insights.reading import Message
from assistant.nlu.decision import FALLBACK, OFF_TOPIC

# Cosine distance from which two groups are two. On the 624 messages of tests/understanding/outside.jsonl, of 20
# subjects: 178 groups of homogeneity 0.82 at 0.6; 286 of 0.92 at 0.5; 81 of 0.65 at 0.7.
APART = 0.6
MOST = 5000  # wordings that are grouped, the most frequent ones: memory grows with the square
LONGEST = 200  # characters of a wording that are shown
NEAREST = 3
WORDS = 6
NEAR = 0.2  # mean confidence from which a group is probably about the nearest subject
OFF = 0.5  # mean confidence from which it is probably off topic
_MASKED = re.compile(r"\[[^\]]*\]")
_WORD = re.compile(r"[^\W\d_]{3,}")

Encode = Callable[[Sequence[str]], Any]  # texts into unit vectors, one row each


@dataclass(frozen=True)
class Wording:
    """One way to put something: letters small, spaces and closing signs evened out.

    Attributes:
        text: the wording.
        writers: the conversations that wrote it.
        messages: how often it was written.
        ranking: the mean confidence of each subject that its messages were likest to.
    """

    text: str
    writers: frozenset[int]
    messages: int
    ranking: Mapping[str, float]

    @property
    def common(self) -> bool:
        """Whether so many wrote it that it tells nobody's story."""
        return len(self.writers) >= LEAST


@dataclass(frozen=True)
class Group:
    """Wordings that are alike.

    Attributes:
        wordings: the most frequent first.
        count: of all that wrote one of them.
        nearest: the subjects that they are nearest to, with their mean confidence.
        off_topic: the same of being off topic.
    """

    wordings: tuple[Wording, ...]
    count: Count
    nearest: tuple[tuple[str, float], ...]
    off_topic: float

    @property
    def common(self) -> tuple[Wording, ...]:
        """The wordings that may be shown to anybody who reads the page."""
        return tuple(wording for wording in self.wordings if wording.common)

    @property
    def words(self) -> list[str]:
        """The words that enough conversations used, the most frequent first; they tell what rare wordings are about."""
        writers: dict[str, set[int]] = defaultdict(set)
        for wording in self.wordings:
            for word in set(_WORD.findall(_MASKED.sub(" ", wording.text))) - STOP_WORDS:
                writers[word] |= wording.writers
        ordered = sorted(writers, key=lambda word: (-len(writers[word]), word))
        return [word for word in ordered if len(writers[word]) >= LEAST][:WORDS]

    @property
    def place(self) -> str | None:
        """The subject that it probably belongs to, `off_topic`, or None for a new one."""
        if self.nearest and self.nearest[0][1] >= NEAR:
            return self.nearest[0][0]
        return OFF_TOPIC if self.off_topic >= OFF else None


def evened(text: str) -> str:
    """The form under which the same wording of several people is one."""
    text = " ".join(text.replace("’", "'").lower().split())
    return (text.rstrip(" ?!.…") or text)[:LONGEST]


def _mean(rankings: Iterable[tuple[Mapping[str, float], int]]) -> dict[str, float]:
    """The mean of rankings, each with its weight."""
    sums: dict[str, float] = defaultdict(float)
    weights = 0
    for ranking, weight in rankings:
        weights += weight
        for name, confidence in ranking.items():
            sums[name] += confidence * weight
    return {name: sums[name] / weights for name in sorted(sums, key=lambda name: (-sums[name], name))}


def wordings(messages: Iterable[Message]) -> list[Wording]:
    """The different wordings of messages, those of most conversations first."""
    found: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        found[evened(message.text or "")].append(message)
    items = [
        Wording(
            text,
            frozenset(message.conversation for message in same),
            len(same),
            _mean((message.ranking, 1) for message in same),
        )
        for text, same in found.items()
    ]
    return sorted(items, key=lambda item: (-len(item.writers), -item.messages, item.text))


def _group(members: Sequence[Wording]) -> Group:
    mean = _mean((member.ranking, len(member.writers)) for member in members)
    nearest = [(name, share) for name, share in mean.items() if name not in (FALLBACK, OFF_TOPIC)]
    writers = frozenset().union(*(member.writers for member in members))
    count = Count(len(writers), sum(member.messages for member in members))
    return Group(tuple(members), count, tuple(nearest[:NEAREST]), mean.get(OFF_TOPIC, 0.0))


def grouped(items: Sequence[Wording], encode: Encode) -> list[Group]:
    """Groups of wordings that are alike, those of most conversations first.

    Args:
        items: at most MOST wordings.
        encode: turns texts into unit vectors.
    """
    if len(items) < 2:  # noqa: PLR2004  (nothing to compare)
        return [_group([item]) for item in items]
    # Without what stands for personal data: to have given a number makes nobody's questions alike.
    texts = [_MASKED.sub(" ", item.text).strip() or item.text for item in items]
    vectors = np.asarray(encode(texts), dtype=np.float32)
    # Of unit vectors, the square of the Euclidean distance is twice the cosine distance.
    limit = float(np.sqrt(2 * APART))
    model = AgglomerativeClustering(n_clusters=None, linkage="average", distance_threshold=limit)
    members: dict[int, list[Wording]] = defaultdict(list)
    for label, item in zip(model.fit_predict(vectors), items, strict=True):
        members[int(label)].append(item)
    groups = [_group(found) for found in members.values()]
    return sorted(groups, key=lambda group: (-group.count.conversations, -group.count.messages, group.wordings[0].text))
