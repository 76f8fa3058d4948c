"""Learning one hand: class probabilities moved by the user's own labelled characters.

Kernel logistic regression over what the network's last layer sees of a crop, with the network's own
answer as its start (Zhu, Hastie 2005, "Kernel Logistic Regression and the Import Vector Machine"):
a sample says as much as the network was wrong about it, and only to crops that are much like it.
So what the network knows already stays as it is, and what was not taught hardly moves. A form that
the network takes for something else altogether, as nobody else writes it, reaches further and
weighs more once a second sample confirms it: of those, three would else teach next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Small = npt.NDArray[np.float32]

MOST = 12
"""Samples of a character that are learned from, the newest: more cost time and tell little."""

# Chosen on 24 HAMEX writers and on validation writers, none of which
# tests/measure/profile_accuracy.py measures with: the least caution at which untaught classes lose
# no more than 0.2 points. A new form would best reach still further, but on the writers measured
# there that cost them 0.2.
NEAR = 0.08
"""Cosine distance of embeddings at which a sample says e times less."""

NEAR_LOGITS = 0.02
"""The same of logits, for a model without embeddings: as good on those writers."""

# Those below were chosen on the same writers.
_CAUTION = 0.15  # weight of staying with the network
_SURPRISED, _AMAZED = 2.0, 6.0  # -log p of what is right: from where a form is new, and altogether
_ALIKE, _UNLIKE = 2.0, 6.0  # times ``near``: how far samples may be that confirm each other
_FURTHER = 1.5  # times ``near`` that a new form reaches further
_HEAVIER = 2.0  # samples more that a new form counts for
_STEPS = 40  # of gradient ascent, accelerated; more change nothing that counts
_SILENT = 1e-3  # logits: a sample that moves none by more is forgotten

_Crop = TypeVar("_Crop")


def newest(samples: Sequence[tuple[str, _Crop]]) -> list[tuple[str, _Crop]]:
    """The last ``MOST`` samples of each character, in their order."""
    counts: dict[str, int] = {}
    kept = []
    for sample in reversed(samples):
        counts[sample[0]] = counts.get(sample[0], 0) + 1
        if counts[sample[0]] <= MOST:
            kept.append(sample)
    return kept[::-1]


@dataclass(frozen=True)
class Adaptation:
    """What labelled characters of one hand say of others. Made by :meth:`learn`.

    Attributes:
        samples: float32 (m, d), embeddings of length 1.
        says: float32 (m, classes), what each adds to the logits of a crop just like it.
        chars: bool (classes,), which classes are characters.
        near: (m,), cosine distance at which each says e times less.
    """

    samples: Small
    says: Small
    chars: npt.NDArray[np.bool_]
    near: Small

    @classmethod
    def learn(
        cls,
        p: Floats,
        embeddings: npt.NDArray[np.floating],
        labels: Sequence[str],
        classes: Sequence[str | None],
        near: float = NEAR,
    ) -> Adaptation:
        """Learns from samples; for some hundreds in a fraction of a second.

        Args:
            p: float64 (n, classes), the network's calibrated probabilities of the samples.
            embeddings: float (n, d), of the same.
            labels: (n,), what they are, each of ``classes``.
            classes: the model's labels, None for "no character".
            near: ``NEAR``, or ``NEAR_LOGITS`` where ``embeddings`` are logits.
        """
        chars = np.array([label is not None for label in classes])
        samples = _unit(embeddings)
        number = {label: i for i, label in enumerate(classes)}
        truth = np.array([number[label] for label in labels], np.int64)
        right = truth[:, None] == np.arange(len(classes))
        start = np.log(np.maximum(p, 1e-12)).astype(np.float32)
        new = _newness(samples, start[right], truth, near)
        reach = np.asarray(near * (1 + _FURTHER * new), np.float32)
        says = np.zeros(p.shape, np.float32)
        says[:, chars] = _fit(
            _nearness(samples, samples, reach), start[:, chars], right[:, chars], 1 + _HEAVIER * new
        )
        heard = np.abs(says).max(1, initial=0) > _SILENT
        return cls(samples[heard], says[heard], chars, reach[heard])

    def apply(self, p: Floats, embeddings: npt.NDArray[np.floating]) -> Floats:
        """Probabilities with what is known of this hand.

        Args:
            p: float64 (n, classes), rows of sum 1.
            embeddings: float (n, d), of the same crops.

        Returns:
            (n, classes); the probability of no character is as it was.
        """
        if not len(self.samples) or not len(p):
            return p
        added = _nearness(_unit(embeddings), self.samples, self.near) @ self.says
        moved = p * np.exp(added - added.max(1, keepdims=True))
        out = p.copy()
        mass = p[:, self.chars].sum(1, keepdims=True)
        moved = moved[:, self.chars]
        out[:, self.chars] = moved * (mass / np.maximum(moved.sum(1, keepdims=True), 1e-300))
        return out


def _newness(samples: Small, log_p: Small, truth: npt.NDArray[np.int64], near: float) -> Small:
    """(n,) 0 to 1: whether each sample is a form that the network does not know, and another sample
    says so too."""
    if not len(samples):
        return np.zeros(0, np.float32)
    surprise = np.clip((-log_p - _SURPRISED) / (_AMAZED - _SURPRISED), 0, 1)
    distance = (1 - samples @ samples.T) / near
    confirms = np.clip((_UNLIKE - distance) / (_UNLIKE - _ALIKE), 0, 1)
    confirms *= surprise * (truth[:, None] == truth)
    np.fill_diagonal(confirms, 0)
    return np.asarray(surprise * confirms.max(1), np.float32)


def _fit(alike: Small, start: Small, right: npt.NDArray[np.bool_], counts: Small) -> Small:
    """The (n, classes) weights ``a`` under which ``softmax(start + alike @ a)`` makes ``right``
    likeliest, less half of ``_CAUTION`` times their squared norm (Nesterov's ascent); each sample
    counts ``counts`` times."""
    weights = ahead = np.zeros_like(start)
    if not len(start):
        return weights
    step = 1 / (_CAUTION + counts.max() * _largest(alike) / 2)
    pace = 1.0
    for _ in range(_STEPS):
        logits = start + alike @ ahead
        odds = np.exp(logits - logits.max(1, keepdims=True))
        missing = counts[:, None] * (right - odds / odds.sum(1, keepdims=True))
        better = ahead + np.float32(step) * (missing - np.float32(_CAUTION) * ahead)
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = better + np.float32((pace - 1) / faster) * (better - weights)
        weights, pace = better, faster
    return weights


def _largest(alike: Small) -> float:
    """A bound of the largest eigenvalue of a matrix of positive numbers (Collatz, Wielandt)."""
    v = np.ones(len(alike))
    for _ in range(5):
        v = alike @ v
        v /= v.max()
    return float((alike @ v / v).max())


def _nearness(a: Small, b: Small, reach: Small) -> Small:
    """(n, m): 1 for samples alike, falling with the angle between them; ``b`` reach so far."""
    return np.asarray(np.exp((a @ b.T - 1) / reach), np.float32)


def _unit(rows: npt.NDArray[np.floating]) -> Small:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-9), np.float32)
