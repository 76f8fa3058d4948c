"""From a data set to a finished model folder: the order of work, told once."""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from hwr_live.errors import HwrError
from hwr_live.system.zips import member, without_times
from train import devices
from train.data.dataset import file_info
from train.data.datasets import Dataset
from train.fit.checkpoint import Checkpoint, held
from train.fit.distribute import team
from train.fit.loop import Fitted, fit
from train.fit.nets import NETS
from train.fit.predict import predictor
from train.fit.rounding import round_kernels
from train.fit.start import Start, columns_of, digest_of, teacher_files, with_profile
from train.images.others import Others, people_files
from train.images.pool import Pool, labels_of, make_pools, marks_file, stroke_files
from train.progress import duration, say
from train.recipe import Recipe
from train.results import card
from train.results import metrics as measure
from train.results.export import Export, export
from train.results.figures import draw_curves, draw_results
from train.results.folder import checkpoint_file, replaced
from train.results.litert import run_litert
from train.results.report import names_in, readme


def make_model(
    dataset: Dataset,
    recipe: Recipe,
    data: Path | None,
    out: Path,
    *,
    restart: bool = False,
    h5: bool = False,
    strategy: str = "none",
) -> dict[str, Any] | None:
    """Trains, exports, measures and writes ``out``; until all is done nothing of it is there.

    Args:
        dataset: what to train on.
        recipe: all settings.
        data: the data folder, in which stroke files are looked for.
        out: the model's folder; one that is there is replaced.
        restart: whether a checkpoint that is there is forgotten.
        h5: whether the network is saved as ``model.h5`` too.
        strategy: how several processors do it together, of ``train.fit.distribute.STRATEGIES``.

    Returns:
        The model's card; None in a process that only helps another, which writes the model.

    Raises:
        InputError: if the strategy cannot be followed.
        HwrError: if the checkpoint is of another training, or no export agrees with the network.
    """
    group = team(strategy)
    file = checkpoint_file(out)
    with held(file.parent) if group.chief else contextlib.nullcontext():
        say(f"{devices.describe()}{group.told()}")
        train, valid = make_pools(dataset, recipe, data)
        labels = labels_of(dataset, recipe, data)
        if recipe.profile:
            train = with_profile(train, dataset.chars, recipe.profile, recipe.profile_share)
        start = Start.load(recipe.start) if recipe.start else None
        weights = start.weights_for(NETS[recipe.net](len(labels)), labels) if start else None
        teachers = teacher_files(recipe.teacher, labels) if recipe.teacher else []
        images = [train.digest(), valid.digest(), *([start.digest] if start else [])]
        images += map(digest_of, teachers)
        settings = {"recipe": asdict(recipe), "classes": len(labels), "images": images}
        checkpoint = Checkpoint(file, settings, restart=restart)
        with group.told_of_loss():
            taught = [(path, columns_of(path, labels)) for path in teachers]
            fitted = fit(recipe, len(labels), train, valid, checkpoint, group, weights, taught)
        if not group.chief:
            group.agree(1)  # waits for the chief: one that loses its workers stops
            return None
        round_kernels(fitted.model)
        say(f"trained in {duration(fitted.seconds)}; exporting")
        exports = _exports(fitted.model, valid)
        with replaced(out) as new:
            made = _card(out.name, dataset, recipe, data, (train, valid), fitted, exports)
            if group.replicas > 1:
                made["strategy"] = {"name": group.name, "replicas": group.replicas}
            _save(fitted.model, new, valid, h5)
            shutil.copy(file.with_name("history.csv"), new / "history.csv")
            _write(new, made, exports[-1].file, dataset)
        shutil.rmtree(file.parent, ignore_errors=True)
        group.agree(1)
    return made


def _exports(model: keras.Model, valid: Pool) -> list[Export]:
    """The exports that are as good as the network; the last one is to be used."""
    exact = export(model, valid.images, valid.labels, quantize=False)
    if reason := exact.refusal():
        raise HwrError(f"{reason}; nothing is written, the training is kept")
    small = export(model, valid.images, valid.labels, quantize=True)
    if reason := small.refusal():
        say(f"warning: {reason}; the float32 export is used")
        return [exact]
    return [exact, small]


def _card(
    name: str,
    dataset: Dataset,
    recipe: Recipe,
    data: Path | None,
    pools: tuple[Pool, Pool],
    fitted: Fitted,
    exports: list[Export],
) -> dict[str, Any]:
    train, valid = pools
    labels = labels_of(dataset, recipe, data)
    none = labels.index(None) if None in labels else None
    used = exports[-1]
    calibration = card.calibrate(used.logits, valid.labels, none)
    is_char = valid.labels < len(dataset.chars)
    p = measure.softmax(used.logits[is_char], calibration["temperature"])
    validation = measure.accuracies(p, valid.labels[is_char], dataset.chars)
    others = Others.find(recipe, data)
    test = _tested(used, fitted.model, dataset, labels, calibration, others)
    told: dict[str, Any] = {"weights": used.name, "bytes": len(used.file)}
    for one in exports:
        kind = "int8" if one.quantized else "float32"
        told[f"{kind}_agreement"] = round(one.agreement, 5)
        told[f"{kind}_accuracy_loss"] = round(one.accuracy_loss, 5)
    results = {
        "calibration": calibration,
        "validation": {"count": int(is_char.sum()), **validation},
        "test": test,
        "export": told,
        "training_seconds": round(fitted.seconds),
    }
    weights = train.weights if train.weights is not None else np.ones(len(train.labels))
    shares = np.bincount(train.labels, weights, minlength=len(labels))
    files = stroke_files(recipe, data)
    files += people_files(recipe, data)
    if path := marks_file(recipe, data):
        files.append(path)
    strokes = [file_info(path.name, path.read_bytes()) for path in files]
    return card.make_card(
        name,
        dataset,
        recipe,
        fitted.model,
        labels,
        shares / shares.sum(),
        strokes,
        results,
        len(others.people) if others else 0,
    )


def _tested(
    used: Export,
    model: keras.Model,
    dataset: Dataset,
    labels: list[str | None],
    calibration: dict[str, float],
    others: Others | None,
) -> dict[str, Any]:
    """The test part, touched once: what is shipped is what is measured, the export."""
    test = card.test_report(run_litert(used.file, dataset.test.images), dataset, calibration)
    own = measure.softmax(predictor(model)(dataset.test.images))
    test["keras"] = card.keras_report(own, dataset)
    if others:
        card.add_people(
            test, lambda crops: run_litert(used.file, crops), labels, calibration, others.data
        )
    return test


def _write(new: Path, made: dict[str, Any], exported: bytes, dataset: Dataset) -> None:
    """Writes what a model's folder has beside the network: card, export, pictures and text."""
    (new / "card.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    (new / "model.tflite").write_bytes(exported)
    draw_curves(new, new)
    draw_results(made, run_litert(exported, dataset.test.images), dataset, new)
    (new / "README.md").write_text(readme(made, names_in(new)), encoding="utf-8")


def _save(model: keras.Model, new: Path, valid: Pool, h5: bool) -> None:
    """Saves the network, without optimizer state as it was never compiled, and reads it again."""
    logging.getLogger("absl").setLevel(logging.ERROR)  # it warns of h5, which was asked for
    wanted = predictor(model)(valid.images[:100])
    for name in ("model.keras", "model.h5") if h5 else ("model.keras",):
        with without_times():
            model.save(new / name)
        if name == "model.keras":
            _compress(new / name)
        check = keras.models.load_model(new / name, compile=False, safe_mode=True)
        if not np.allclose(predictor(check)(valid.images[:100]), wanted, atol=1e-3):
            raise HwrError(f"{name} answers otherwise than the trained network; nothing is written")


def _compress(path: Path) -> None:
    """Packs a Keras file, a zip archive that Keras itself leaves unpacked: less than half of it,
    as the kernels are rounded."""
    packed = path.with_suffix(".zip")
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for one in old.infolist():
            new.writestr(member(one.filename), old.read(one), zipfile.ZIP_DEFLATED, 9)
    packed.replace(path)
