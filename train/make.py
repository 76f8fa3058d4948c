"""From a data set to a finished model folder: the order of work, told once."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from hwr_live.errors import HwrError
from train import card, measure
from train.datasets import Dataset
from train.export import QUANTIZED_AGREEMENT, run_litert, to_litert
from train.loop import fit, predict, say
from train.nets import NETS
from train.pool import make_pools
from train.recipe import Recipe


def make_model(dataset: Dataset, recipe: Recipe, data: Path | None, out: Path) -> None:
    """Trains, exports, measures and writes ``out``; until all is done nothing of it is there.

    Raises:
        HwrError: if the 8-bit export does not agree with the network.
    """
    for warning in dataset.warnings:
        say(f"warning: {warning}")
    started = time.monotonic()
    work = out.with_name(out.name + ".training")
    work.mkdir(parents=True, exist_ok=True)
    train, valid = make_pools(dataset, recipe, data)
    classes = len(dataset.chars) + bool(recipe.nonchars)
    model = fit(recipe, classes, train, valid, work)
    seconds = time.monotonic() - started

    logits = predict(model, valid.images)
    exact, small = to_litert(model, quantize=False), to_litert(model, quantize=True)
    small_logits = run_litert(small, valid.images)
    agreement = float((small_logits.argmax(1) == logits.argmax(1)).mean())
    loss = float((logits.argmax(1) == valid.labels).mean()) - float(
        (small_logits.argmax(1) == valid.labels).mean()
    )
    if agreement < QUANTIZED_AGREEMENT:
        raise HwrError(
            f"the 8-bit export agrees with the network on only {agreement:.2%} of the validation "
            "images; it is not written"
        )
    exact_agreement = float((run_litert(exact, valid.images).argmax(1) == logits.argmax(1)).mean())
    none = len(dataset.chars) if recipe.nonchars else None
    calibration = card.calibrate(small_logits, valid.labels, none)
    is_char = valid.labels < len(dataset.chars)
    results: dict[str, Any] = {
        "calibration": calibration,
        "validation": {
            "count": int(is_char.sum()),
            **measure.accuracies(
                measure.softmax(small_logits[is_char], calibration["temperature"]),
                valid.labels[is_char],
                dataset.chars,
            ),
        },
        # The test part, touched once: what is shipped is what is measured, the 8-bit file.
        "test": card.test_report(run_litert(small, dataset.test.images), dataset, calibration),
        "export": {
            "float32_agreement": round(exact_agreement, 5),
            "int8_agreement": round(agreement, 5),
            "int8_accuracy_loss": round(loss, 5),
            "bytes": len(small),
        },
        "training_seconds": round(seconds),
    }
    weights = train.weights if train.weights is not None else np.ones(len(train.labels))
    shares = np.bincount(train.labels, weights, minlength=classes)
    made = card.make_card(out.name, dataset, recipe, model, shares / shares.sum(), results)

    new = out.with_name(out.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    plain = NETS[recipe.net](classes)  # never compiled: saved without optimizer state
    plain.set_weights(model.get_weights())
    plain.save(new / "model.keras")
    check = keras.models.load_model(new / "model.keras", safe_mode=True)
    if not np.allclose(predict(check, valid.images[:100]), logits[:100], atol=1e-3):
        raise HwrError("the saved model answers otherwise than the trained one; it is not written")
    (new / "model.tflite").write_bytes(small)
    (new / "card.json").write_text(json.dumps(made, indent=1) + "\n")
    shutil.copy(work / "history.csv", new / "history.csv")
    old = out.with_name(out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
    say(f"{out}: test {json.dumps({k: v for k, v in results['test'].items() if k != 'by_class'})}")
