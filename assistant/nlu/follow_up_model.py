"""What people ask next, learnt: a message by its sentence vector, together with the subject before it. numpy only.

« Lesquels ? » is another question after the medicines than after the patients. So two follow-ups are alike as far as
their words are and as far as what came before is: the same subject, the same theme, or anything. Kernel ridge
regression on the product of both likenesses; far from every follow-up that is known it says nothing, that is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve


@dataclass(frozen=True)
class FollowUpParameters:
    """What config.yml may set; the values were chosen on the development dialogues.

    Attributes:
        same_theme: likeness of two subjects of one theme, where that of a subject with itself is 1.
        anywhere: added to the likeness of all subjects.
        ridge: the ridge regression's alpha.
        gamma: width of the kernel of the sentence vectors.
    """

    same_theme: float = 0.5
    anywhere: float = 0.1
    ridge: float = 0.5
    gamma: float = 2.5


class FollowUpModel:
    """Ranks the intents of a message that follows a subject; `fit` it first, or make it from a saved `state`."""

    def __init__(
        self,
        parameters: FollowUpParameters,
        theme_of: Callable[[str], str],
        state: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        """Makes an unfitted model, or one as `state` gave it.

        Args:
            parameters: its parameters.
            theme_of: the theme of an intent that was answered.
            state: names and arrays.
        """
        self._parameters = parameters
        self._theme_of = theme_of
        self.state: dict[str, np.ndarray] = dict(state or {})
        self._themes = self._all_themes()

    def _all_themes(self) -> np.ndarray:
        return np.array([self._theme_of(str(subject)) for subject in self.state.get("after", ())], dtype=np.str_)

    def fit(self, vectors: np.ndarray, after: Sequence[str], labels: Sequence[str], intents: Sequence[str]) -> None:
        """Learns from follow-ups.

        Args:
            vectors: their sentence vectors, of length 1, a row for each.
            after: the intent before each.
            labels: the intent of each.
            intents: all the intents, in the order of what `scores` returns.
        """
        self.state = {"vectors": vectors, "after": np.array(after, dtype=np.str_)}
        self._themes = self._all_themes()
        near = {subject: self._likeness(subject) for subject in set(after)}
        kernel = self._kernel(vectors) * np.array([near[subject] for subject in after])
        kernel[np.diag_indices_from(kernel)] += self._parameters.ridge
        targets = (np.array(labels)[:, None] == np.array(intents)).astype(np.float32)
        factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
        self.state["coefficients"] = cho_solve(factor, targets, check_finite=False).astype(np.float32)

    def _kernel(self, vectors: np.ndarray) -> np.ndarray:
        """The Gaussian kernel of unit vectors with those of the follow-ups."""
        return np.asarray(np.exp(2 * self._parameters.gamma * (vectors @ self.state["vectors"].T - 1)))

    def _likeness(self, subject: str) -> np.ndarray:
        """How near a subject is to the one before each of the follow-ups."""
        same = self.state["after"] == subject
        theme = self._parameters.same_theme * (self._themes == self._theme_of(subject))
        return np.asarray(same + theme + self._parameters.anywhere, dtype=np.float32)

    def scores(self, vector: np.ndarray, subject: str) -> np.ndarray:
        """How well each intent fits a message, 0 for not at all and 1 for surely.

        Args:
            vector: the message's sentence vector.
            subject: the intent that was answered before.
        """
        return np.asarray((self._kernel(vector) * self._likeness(subject)) @ self.state["coefficients"])
