"""Learning one hand: class probabilities moved by the user's own labelled characters.

Pure numpy, on what the network's last layer sees of a crop (``Classifier.look``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_NEAR = 0.15  # cosine distance at which a sample says e times less
_SAY = 2.0  # the most that samples can add to a class's logit


class Adaptation:
    """What labelled characters of one hand say of others.

    Args:
        embeddings: float (n, d), of the user's characters.
        labels: (n,) what they are; one that is not in ``classes`` is left out.
        classes: the model's labels, None for "no character".
    """

    def __init__(
        self,
        embeddings: npt.NDArray[np.floating],
        labels: Sequence[str],
        classes: Sequence[str | None],
    ) -> None:
        number = {label: i for i, label in enumerate(classes) if label is not None}
        known = [i for i, label in enumerate(labels) if label in number]
        self._samples = _unit(np.asarray(embeddings, np.float64)[known])
        self._says = np.zeros((len(known), len(classes)))
        self._says[np.arange(len(known)), [number[labels[i]] for i in known]] = 1
        self._chars = np.array([label is not None for label in classes])

    def apply(self, p: Floats, embeddings: npt.NDArray[np.floating]) -> Floats:
        """Probabilities with what is known of this hand.

        Args:
            p: float64 (n, classes), rows of sum 1.
            embeddings: (n, d), of the same crops.

        Returns:
            (n, classes); the probability of no character is as it was.
        """
        if not len(self._samples) or not len(p):
            return p
        near = np.exp((_unit(np.asarray(embeddings, np.float64)) @ self._samples.T - 1) / _NEAR)
        votes = near @ self._says
        moved = p * np.exp(_SAY * votes / (1 + votes.sum(1, keepdims=True)))
        return _same_mass(p, moved, self._chars)


def _same_mass(before: Floats, after: Floats, chars: npt.NDArray[np.bool_]) -> Floats:
    """``after`` with the classes ``chars`` having as much together as in ``before``."""
    out = before.copy()
    mass = before[:, chars].sum(1, keepdims=True)
    total = np.maximum(after[:, chars].sum(1, keepdims=True), 1e-300)
    out[:, chars] = after[:, chars] * (mass / total)
    return out


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
