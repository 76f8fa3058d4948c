"""The pictures that lie beside a model: curves of the training, and what its test part showed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.ui.paint import Image
from train.data.datasets import Dataset
from train.results import metrics as measure
from train.results.confusions import confusion, worst_confusions
from train.results.curves import curves, read_history
from train.results.folder import replace_file
from train.results.plots import pick, sheet

CURVES, CONFUSION, WORST = "curves.png", "confusion.png", "worst.png"
_MOST_CLASSES = 200  # a larger matrix could not be read


def draw_curves(model: Path, to: Path) -> list[Path]:
    """Draws the loss and accuracy of ``model/history.csv``.

    Raises:
        InputError: if that is missing or no history.
    """
    history = read_history(model / "history.csv")
    return [_write(to / CURVES, curves(history, title="Training"))]


def draw_results(
    card: Mapping[str, Any], logits: npt.NDArray[np.float32], dataset: Dataset, to: Path
) -> list[Path]:
    """Draws the confusion matrix and the twenty worst confusions of the test part.

    Args:
        card: the model's.
        logits: float32 (n, classes), the model's answers for the test part.
        dataset: the data set.
        to: the folder to write to.
    """
    part, chars = dataset.test, dataset.chars
    p = measure.softmax(logits, card.get("calibration", {}).get("temperature", 1.0))
    p = p[:, : len(chars)]
    read = p.argmax(1)
    written = []
    if len(chars) <= _MOST_CLASSES:
        matrix = np.zeros((len(chars), len(chars)), np.int64)
        np.add.at(matrix, (part.labels, read), 1)
        written.append(_write(to / CONFUSION, confusion(matrix, chars)))
    worst = worst_confusions(part.images, part.labels, read, chars, confidence=p.max(1))
    return [*written, _write(to / WORST, worst)]


def draw_samples(dataset: Dataset, each: int, seed: int = 0) -> bytes:
    """A sheet of ``each`` training images of every class, as a PNG file's bytes."""
    part = dataset.train
    chosen = pick(part.labels, each, seed)
    title = f"{dataset.name}: {len(part.labels):,} training images, {each} of each class"
    return _png(
        sheet(part.images[chosen], part.labels[chosen], dataset.chars, 2 * each, title=title)
    )


def _write(path: Path, picture: Image) -> Path:
    replace_file(path, _png(picture))
    return path


def _png(picture: Image) -> bytes:
    return bytes(cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes())
