"""What a trained network is worth: accuracies, calibration and rejection, from logits and labels.

Pure functions of numpy arrays; probabilities are (n, classes) with the class ``none`` last where
a model has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.chars import MERGED, SHAPES
from train.data.sources import SOURCES

Floats = npt.NDArray[np.float64]


def softmax(logits: npt.NDArray[Any], temperature: float = 1.0) -> Floats:
    """Probabilities of logits (n, classes)."""
    z = np.asarray(logits, np.float64) / temperature
    z = np.exp(z - z.max(1, keepdims=True))
    return np.asarray(z / z.sum(1, keepdims=True), np.float64)


def fit_temperature(logits: npt.NDArray[Any], labels: npt.NDArray[np.integer]) -> float:
    """The temperature of least validation loss (Guo, Pleiss, Sun, Weinberger 2017)."""
    if not len(labels):
        return 1.0
    tries = np.exp(np.linspace(np.log(0.25), np.log(4), 97))
    losses = [loss(softmax(logits, t), labels) for t in tries]
    return float(tries[int(np.argmin(losses))])


def group_probabilities(
    probabilities: Floats, chars: Sequence[str], groups: Mapping[str, str]
) -> tuple[Floats, list[str]]:
    """Probabilities summed over characters of one group; columns in order of first appearance."""
    names = list(dict.fromkeys(groups[c] for c in chars))
    out = np.zeros((len(probabilities), len(names)))
    for column, char in enumerate(chars):
        out[:, names.index(groups[char])] += probabilities[:, column]
    return out, names


def accuracies(
    probabilities: Floats, labels: npt.NDArray[np.integer], chars: Sequence[str]
) -> dict[str, float]:
    """Accuracy over the characters, and where there are letters over merged and shape classes.

    A class ``none`` is left out of the choice: this asks which character it is, not whether.

    Raises:
        ValueError: without images, of which nothing can be said.
    """
    if not len(labels):
        raise ValueError("no images have no accuracy")
    p = probabilities[:, : len(chars)]
    out = {"accuracy": float((p.argmax(1) == labels).mean())}
    if len(chars) > 10 and set(chars) <= set(MERGED):
        for name, groups in (("merged", MERGED), ("shapes", SHAPES)):
            grouped, names = group_probabilities(p, chars, groups)
            truth = np.array([names.index(groups[chars[int(i)]]) for i in labels])
            out[name] = float((grouped.argmax(1) == truth).mean())
    k = min(3, p.shape[1])
    top = np.argpartition(-p, k - 1, axis=1)[:, :k]
    out["top3"] = float((top == labels[:, None]).any(1).mean())
    return {key: round(value, 5) for key, value in out.items()}


def loss(probabilities: Floats, labels: npt.NDArray[np.integer]) -> float:
    """Mean cross-entropy."""
    chosen = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def by_source(
    probabilities: Floats,
    labels: npt.NDArray[np.integer],
    sources: npt.NDArray[np.uint8],
    chars: Sequence[str],
) -> dict[str, dict[str, float]]:
    """Accuracies and count of each source."""
    out: dict[str, dict[str, float]] = {}
    for source in np.unique(sources):
        own = sources == source
        name = SOURCES[source].name if source < len(SOURCES) else str(source)
        out[name] = {
            "count": int(own.sum()),
            **accuracies(probabilities[own], labels[own], chars),
        }
    return out


SURE = 0.9
"""Probability above which a sign is taken for a letter or a digit."""


def signs_right(
    probabilities: Floats, names: npt.NDArray[np.str_], labels: Sequence[str | None]
) -> dict[str, float]:
    """How many signs are the likeliest of all ASCII, and how many are surely "taken" for letters or
    digits.

    Args:
        probabilities: (n, classes).
        names: (n,) which signs they are.
        labels: (classes,) the characters.
    """
    known = [i for i, label in enumerate(labels) if label is not None and label.isascii()]
    best = np.array([str(labels[i]) for i in known])[probabilities[:, known].argmax(1)]
    chars = np.array([label is not None and label in MERGED for label in labels])
    taken = np.where(chars, probabilities, 0).max(1) > SURE
    return {
        "count": len(names),
        "accuracy": round(float((best == names).mean()), 5),
        "taken": round(float(taken.mean()), 5),
    }


def calibration_error(
    probabilities: Floats, labels: npt.NDArray[np.integer], bins: int = 15
) -> float:
    """Expected calibration error of the likeliest class, in equally wide bins of confidence."""
    confidence, right = probabilities.max(1), probabilities.argmax(1) == labels
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(right[which == b].sum()) - float(confidence[which == b].sum()))
        for b in range(bins)
    ]
    return float(sum(gaps) / max(1, len(labels)))


def reject_threshold(none: Floats, is_char: npt.NDArray[np.bool_], keep: float) -> float:
    """The probability of ``none`` above which ink is no character, so that ``keep`` of the true
    characters stay; of validation data."""
    return float(np.quantile(none[is_char], keep)) if is_char.any() else 0.5
