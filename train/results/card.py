"""``card.json``: what a model is, what it was trained on, what it is worth, how to feed it."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, SIGNS
from hwr_live.recognition.card import read_card
from train import devices
from train.data.datasets import OFFICIAL, Dataset, FileInfo
from train.data.sources import ANYTHING, NON_COMMERCIAL, SOURCES, UNIPEN, is_used
from train.fit.start import each_of, network_files
from train.images.others import CHARS_TEST, SIGNS_TEST, drawn_people, drawn_signs
from train.recipe import Recipe
from train.results import metrics as measure

if TYPE_CHECKING:
    import keras

KEEP = 0.995
"""Share of the true characters of the validation part that the rejection threshold keeps."""

_EMNIST_LICENCE = "US public domain (NIST Special Database 19)"


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


def add_people(
    test: dict[str, Any],
    logits: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]],
    labels: Sequence[str | None],
    calibration: Mapping[str, float],
    data: Path,
) -> None:
    """Adds to a report accuracies on the characters and signs of UNIPEN's test contributors, as far
    as they are in the data folder and the model knows such.

    Args:
        test: the report, which is added to.
        logits: of crops (n, 28, 28), those of the export.
        labels: (classes,) what they mean.
        calibration: of the model.
        data: the folder of the data.
    """

    def probabilities(crops: npt.NDArray[np.uint8]) -> measure.Floats:
        return measure.softmax(logits(crops), calibration.get("temperature", 1.0))

    if set(ALL) <= set(labels) and (data / CHARS_TEST).is_file() and "by_source" in test:
        crops, names = drawn_people(data, "test")
        own = probabilities(crops)[:, [labels.index(char) for char in ALL]]
        truth = np.array([ALL.index(name) for name in names])
        row = {"count": len(names), **measure.accuracies(own, truth, ALL)}
        test["by_source"][SOURCES[UNIPEN].name] = row
    if set(ALL + SIGNS) <= set(labels) and (data / SIGNS_TEST).is_file():
        crops, names = drawn_signs(data, "test")
        test["signs"] = measure.signs_right(probabilities(crops), names, labels)


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
    people: int = 0,
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
        people: characters of UNIPEN that were trained on.
    """
    from train.fit.nets import NETS

    return {
        "name": name,
        "date": datetime.date.today().isoformat(),
        "use": use_of(dataset, recipe),
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
        "data": _data(dataset, recipe, strokes, people),
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


def use_of(dataset: Dataset, recipe: Recipe) -> str:
    """In one word what the weights may be used for, by what they were trained on: "anything", or
    "non-commercial" where a source, or one of a model that it began with or was taught by, forbids
    commerce or states no licence; "" of data of one's own, of which nothing is known."""
    uses = set()
    if dataset.train.sources is None:
        uses.add(ANYTHING if dataset.name in OFFICIAL else "")
    else:
        used = [n for n in set(dataset.train.sources.tolist()) if is_used(n, recipe.licences)]
        uses |= {ANYTHING if is_used(n, "free") else NON_COMMERCIAL for n in used}
    for models in filter(None, (recipe.start, recipe.teacher)):
        uses |= {str(read_card(path.parent).get("use") or "") for path in network_files(models)}
    return next((use for use in (NON_COMMERCIAL, "") if use in uses), ANYTHING)


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


def _data(
    dataset: Dataset, recipe: Recipe, strokes: Sequence[FileInfo], people: int
) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": dataset.name,
        "train": len(dataset.train.labels),
        "test": len(dataset.test.labels),
        "files": {file.name: file.sha256 for file in (*dataset.files, *strokes)},
    }
    if dataset.train.sources is not None:
        counts = np.bincount(dataset.train.sources, minlength=len(SOURCES))
        out["sources"] = {
            source.name: {"train": int(count), "licence": source.licence}
            for number, (source, count) in enumerate(zip(SOURCES, counts, strict=False))
            if count and is_used(number, recipe.licences)
        }
        if people:
            unipen = SOURCES[UNIPEN]
            out["sources"][unipen.name] = {"train": people, "licence": unipen.licence}
        out["note"] = "The data itself is not part of the project."
        if use_of(dataset, recipe) != ANYTHING:
            out["note"] = (
                "Some sources are non-commercial (CROHME) and some have no stated licence; "
                "the data itself is not part of the project."
            )
    elif dataset.name == "mnist":
        out["licence"] = SOURCES[0].licence
    elif dataset.name in OFFICIAL:
        out["licence"] = _EMNIST_LICENCE
    return out
