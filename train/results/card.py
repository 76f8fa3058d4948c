"""``card.json``: what a model is, what it was trained on, what it is worth, how to feed it."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from train import devices
from train.data.datasets import OFFICIAL, Dataset, FileInfo
from train.fit.start import each_of
from train.recipe import Recipe
from train.results import metrics as measure

if TYPE_CHECKING:
    import keras

KEEP = 0.995
"""Share of the true characters of the validation part that the rejection threshold keeps."""

_EMNIST_LICENCE = "US public domain (NIST Special Database 19)"
_LICENCES = {
    "MNIST": "CC BY-SA 3.0",
    "SD19": "US public domain (NIST)",
    "paper": "MIT",
    "Chars74K": "no stated licence",
    "CROHME": "CC BY-NC-SA 3.0: non-commercial",
    "fonts": "SIL OFL: drawn from handwriting fonts, no real writers",
    "thin62": "no stated licence",
    "htl": "no stated licence",
    "COMP472": "no stated licence",
    "touch": "no stated licence",
    "kenan": "no stated licence",
    "mitocr": "no stated licence",
}


def input_format() -> dict[str, Any]:
    """How an image is made for the network, for the program that serves it."""
    return {
        "shape": [28, 28, 1],
        "dtype": "float32",
        "range": [0, 1],
        "ink": "bright on black",
        "crop": "emnist",
    }


def calibrate(
    logits: npt.NDArray[np.float32], labels: npt.NDArray[np.integer], none: int | None
) -> dict[str, float]:
    """Temperature, rejection threshold and calibration error, all of validation data."""
    temperature = measure.fit_temperature(logits, labels)
    p = measure.softmax(logits, temperature)
    out = {
        "temperature": round(temperature, 4),
        "validation_calibration_error": round(measure.calibration_error(p, labels), 5),
    }
    if none is not None:
        limit = measure.reject_threshold(p[:, none], labels != none, KEEP)
        out["reject_above"] = round(float(np.clip(limit, 0.05, 0.9)), 4)
        if (labels == none).any():
            rejected = p[labels == none, none] > out["reject_above"]
            out["validation_nonchars_rejected"] = round(float(rejected.mean()), 4)
    return out


def test_report(
    logits: npt.NDArray[np.float32], dataset: Dataset, calibration: Mapping[str, float]
) -> dict[str, Any]:
    """Accuracies on the test part, overall, by source and by class, and the mean loss."""
    part, chars = dataset.test, dataset.chars
    p = measure.softmax(logits, calibration.get("temperature", 1.0))
    out: dict[str, Any] = {"count": len(part.labels), **measure.accuracies(p, part.labels, chars)}
    out["loss"] = round(measure.loss(p, part.labels), 5)
    out["calibration_error"] = round(measure.calibration_error(p[:, : len(chars)], part.labels), 5)
    if "reject_above" in calibration:  # the last class is what is no character
        kept = p[:, -1] <= calibration["reject_above"]
        out["kept_as_characters"] = round(float(kept.mean()), 5)
    if part.sources is not None:
        out["by_source"] = measure.by_source(p, part.labels, part.sources, chars)
    hits = p[:, : len(chars)].argmax(1) == part.labels
    out["by_class"] = {
        char: round(float(hits[part.labels == i].mean()), 4)
        for i, char in enumerate(chars)
        if (part.labels == i).any()
    }
    return out


def keras_report(p: measure.Floats, dataset: Dataset) -> dict[str, float]:
    """What the network itself, not its export, is worth on the test part: accuracy over the
    characters and the mean loss.

    Args:
        p: (n, classes), the softmax of its logits.
        dataset: the data set.
    """
    labels = dataset.test.labels
    hits = p[:, : len(dataset.chars)].argmax(1) == labels
    return {"accuracy": round(float(hits.mean()), 5), "loss": round(measure.loss(p, labels), 5)}


def make_card(
    name: str,
    dataset: Dataset,
    recipe: Recipe,
    model: keras.Model,
    labels: Sequence[str | None],
    shares: npt.NDArray[np.float64],
    strokes: Sequence[FileInfo],
    results: Mapping[str, Any],
) -> dict[str, Any]:
    """The card of a finished model.

    Args:
        name: the model's name.
        dataset: what it was trained on.
        recipe: the settings.
        model: the network.
        labels: what its outputs mean; None for what is no character.
        shares: (classes,) how often each class was shown in training.
        strokes: the files that characters and marks were drawn from.
        results: "calibration", "validation", "test", "export", "training_seconds".
    """
    from train.fit.nets import NETS

    return {
        "name": name,
        "date": datetime.date.today().isoformat(),
        "lines": recipe.lines or None,
        "labels": list(labels),
        "input": input_format(),
        "output": "logits",
        "embedding": int(model.layers[-1].input.shape[-1]),
        "file": "model.tflite",
        "network": {
            "name": model.name,
            "description": " ".join((NETS[recipe.net].__doc__ or "").partition("\n\n")[0].split()),
            "parameters": int(model.count_params()),
        },
        # A class that was never shown has a share all the same: the live program divides by it.
        "class_shares": [round(max(float(s), 1e-6), 6) for s in shares],
        **results,
        "data": _data(dataset, strokes),
        # Names alone: where they lie is nobody else's business.
        "recipe": {
            **asdict(recipe),
            "start": ",".join(map(_base, each_of(recipe.start))),
            "teacher": ",".join(map(_base, each_of(recipe.teacher))),
            "profile": _base(recipe.profile),
        },
        "versions": versions(),
        "processor": devices.processor(),
        "gpus": devices.gpus(),
    }


def versions() -> dict[str, str]:
    """The versions of what a training stands on, by name."""
    import ai_edge_litert
    import cv2
    import keras
    import tensorflow as tf

    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "litert": ai_edge_litert.__version__,
    }


def _base(path: str) -> str:
    return os.path.basename(os.path.abspath(path)) if path else ""


def _data(dataset: Dataset, strokes: Sequence[FileInfo]) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": dataset.name,
        "train": len(dataset.train.labels),
        "test": len(dataset.test.labels),
        "files": {file.name: file.sha256 for file in (*dataset.files, *strokes)},
    }
    if dataset.train.sources is not None:
        counts = np.bincount(dataset.train.sources, minlength=len(measure.SOURCES))
        out["sources"] = {
            name: {"train": int(count), "licence": _LICENCES[name]}
            for name, count in zip(measure.SOURCES, counts, strict=False)
            if count
        }
        out["note"] = (
            "Some sources are non-commercial (CROHME) and some have no stated licence; "
            "the data itself is not part of the project."
        )
    elif dataset.name == "mnist":
        out["licence"] = _LICENCES["MNIST"]
    elif dataset.name in OFFICIAL:
        out["licence"] = _EMNIST_LICENCE
    return out
