"""Measures a finished model again, from its files: ``python -m train evaluate MODEL``."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hwr_live.chars import SIGNS
from hwr_live.errors import InputError
from hwr_live.system.silence import silence
from train.data.datasets import Dataset
from train.progress import say
from train.results import card as cards
from train.results import metrics as measure
from train.results.litert import run_file


def evaluate(
    folder: Path, card: Mapping[str, Any], dataset: Dataset, data: Path | None = None
) -> dict[str, Any]:
    """What a model's files are worth on the test part, as ``card["test"]`` has it.

    UNIPEN's test contributors are in it where ``data``, the folder of the data, has them; ``keras``
    is in it only where ``model.keras`` lies there and TensorFlow is installed.

    Raises:
        InputError: if the model knows other characters than the data set, or a file is broken.
    """
    chars = tuple(label for label in card["labels"] if label is not None and label not in SIGNS)
    if chars != dataset.chars:
        raise InputError(
            f"{card['name']} reads {''.join(chars)} but {dataset.name} has {''.join(dataset.chars)}"
        )
    logits = run_file(folder / str(card.get("file", "model.tflite")), dataset.test.images)
    if logits.shape[1] != len(card["labels"]):
        raise InputError(f"{folder} has {len(card['labels'])} labels, its file {logits.shape[1]}")
    out = cards.test_report(logits, dataset, card.get("calibration", {}))
    if data is not None:
        file = folder / str(card.get("file", "model.tflite"))
        calibration = card.get("calibration", {})
        cards.add_people(
            out, lambda crops: run_file(file, crops), card["labels"], calibration, data
        )
    network = folder / "model.keras"
    if network.is_file() and importlib.util.find_spec("tensorflow") is not None:
        out["keras"] = cards.keras_report(_keras(network, dataset), dataset)
    elif network.is_file():
        say("model.keras is left out: it needs python -m pip install 'hwr-live[train]'")
    return out


def told(card: Mapping[str, Any], found: Mapping[str, Any], dataset: Dataset) -> str:
    """The result as text, with what the card says of the same."""
    lines = [f"{card['name']} on the test part of {dataset.name}"]
    kinds = [kind for kind in ("accuracy", "merged", "shapes", "top3", "loss") if kind in found]
    lines.append(f"{'':14}{'images':>8}" + "".join(f"{kind:>11}" for kind in kinds))
    rows = [(str(card.get("file", "model.tflite")), found)]
    rows += [(f"  {name}", row) for name, row in found.get("by_source", {}).items()]
    if "keras" in found:
        rows.append(("model.keras", {"count": found["count"], **found["keras"]}))
    for name, row in rows:
        cells = "".join(f"{_cell(kind, row):>11}" for kind in kinds)
        lines.append(f"{name:14}{row['count']:8,}{cells}")
    lines.append(_compared(card, found, dataset))
    return "\n".join(lines)


def _cell(kind: str, row: Mapping[str, Any]) -> str:
    if kind not in row:
        return ""
    return f"{row[kind]:.5f}" if kind == "loss" else f"{100 * row[kind]:.3f} %"


def _compared(card: Mapping[str, Any], found: Mapping[str, Any], dataset: Dataset) -> str:
    """Whether card.json says the same; if not, why that may be."""
    said = card.get("test", {})
    shared = [
        kind for kind in ("count", "accuracy", "loss", "keras") if {kind} <= set(said) & set(found)
    ]
    if not shared:
        return "card.json says nothing of it"
    if all(said[kind] == found[kind] for kind in shared):
        return "card.json says the same"
    files = card.get("data", {}).get("files", {})
    if any(files.get(file.name) != file.sha256 for file in dataset.files):
        why = "these are not the files that it was made from"
    else:
        why = "the files are the same: the versions or the processor may differ"
    figures = ", ".join(f"{kind} {said[kind]}" for kind in shared)
    return f"card.json says {figures}; {why}"


def _keras(path: Path, dataset: Dataset) -> measure.Floats:
    with silence():  # TensorFlow greets
        from train.fit.nets import load_net
        from train.fit.predict import predictor

    return measure.softmax(predictor(load_net(path))(dataset.test.images))
