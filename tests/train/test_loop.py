"""The training loop: a run that is killed and goes on ends like one that never broke off."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed (the extra train)")

import keras

from hwr_live.errors import HwrError
from tests.support.datasets import blocks
from train.fit import batches as batching
from train.fit import loop, speed
from train.fit.batches import batches
from train.fit.checkpoint import Checkpoint, State
from train.fit.distribute import alone
from train.fit.nets import NETS, dense
from train.fit.predict import predictor
from train.images.pool import Pool
from train.recipe import Augmentation, Recipe
from train.results.curves import read_history

PLAIN = Recipe(
    net="dense", epochs=3, batch=16, warmup=2, augmentation=None, ema=0.0, learning_rate=3e-3
)
FULL = replace(PLAIN, net="small", augmentation=Augmentation(), ema=0.9)
CNN = replace(PLAIN, net="mnist-cnn", optimizer="sgd", learning_rate=0.05)


def pool(count: int, seed: int, weighted: bool = False) -> Pool:
    images, labels = blocks(count, seed)
    weights = np.linspace(1, 2, count) / np.linspace(1, 2, count).sum() if weighted else None
    return Pool(images, labels.astype(np.int32), weights)


TRAIN, VALID = pool(100, 0), pool(40, 1)


def small(classes: int) -> Any:
    """A network with what makes going on hard: running means and random drop-out, as ours has."""
    image = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(8, 5, strides=4, use_bias=False)(image)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.9)(x))
    x = keras.layers.Dropout(0.3)(keras.layers.Flatten()(x))
    return keras.Model(image, keras.layers.Dense(classes)(x), name="small")


@pytest.fixture(autouse=True)
def with_a_small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NETS, "small", small)


class Killed(BaseException):
    """Stands for a kill: nothing in the program handles it."""


class Fragile(Checkpoint):
    """Kills the run when ``after`` epochs are done and kept (or, ``before``, not yet kept)."""

    after, before = 0, 0

    def save(self, state: State) -> None:
        if state.epochs == self.before:
            raise Killed
        super().save(state)
        if state.epochs == self.after:
            raise Killed


def checkpoint(folder: Path, recipe: Recipe, kind: type[Checkpoint] = Checkpoint) -> Any:
    folder.mkdir(exist_ok=True)
    return kind(folder / "checkpoint.npz", {"recipe": asdict(recipe)})


@pytest.mark.parametrize(
    ("recipe", "train", "after", "before"),
    [
        (FULL, pool(100, 0, weighted=True), 1, 0),
        (CNN, TRAIN, 2, 0),
        (PLAIN, TRAIN, 0, 2),
        (PLAIN, TRAIN, 3, 0),
    ],
    ids=["small", "mnist-cnn", "dense", "finished"],
)
def test_a_killed_run_goes_on_to_the_same_end(
    tmp_path: Path, recipe: Recipe, train: Pool, after: int, before: int
) -> None:
    whole = loop.fit(recipe, 10, train, VALID, checkpoint(tmp_path / "whole", recipe))
    fragile = checkpoint(tmp_path / "broken", recipe, Fragile)
    fragile.after, fragile.before = after, before
    with pytest.raises(Killed):
        loop.fit(recipe, 10, train, VALID, fragile)
    resumed = loop.fit(recipe, 10, train, VALID, checkpoint(tmp_path / "broken", recipe))
    for one, other in zip(whole.model.get_weights(), resumed.model.get_weights(), strict=True):
        assert np.array_equal(one, other)
    timeless = [
        [{k: v for k, v in row.items() if k not in ("images_per_s", "seconds")} for row in history]
        for history in (whole.history, resumed.history)
    ]
    assert timeless[0] == timeless[1]
    assert len(timeless[0]) == 3


def test_the_weights_that_did_best_are_given_and_the_history_is_kept(tmp_path: Path) -> None:
    recipe = replace(PLAIN, ema=0.9, epochs=4, label_smoothing=0.0)
    fitted = loop.fit(recipe, 10, TRAIN, VALID, checkpoint(tmp_path, recipe))
    rows = read_history(tmp_path / "history.csv")
    assert rows == fitted.history
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4]
    assert rows[-1]["loss"] < rows[0]["loss"] / 2
    logits = predictor(fitted.model)(VALID.images)
    best = max(max(row["val_accuracy"], row["ema_accuracy"]) for row in rows)
    assert (logits.argmax(1) == VALID.labels).mean() == best > 0.9


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_teachers_answers_are_learned_as_far_as_they_should(tmp_path: Path, share: float) -> None:
    recipe = replace(PLAIN, epochs=4, label_smoothing=0.0)
    teacher = loop.fit(recipe, 10, TRAIN, VALID, checkpoint(tmp_path / "teacher", recipe)).model
    teacher.save(tmp_path / "model.keras")
    wrong, believed = (Pool(p.images, (p.labels + 1) % 10) for p in (TRAIN, VALID))
    taught = replace(recipe, teacher="teacher", teacher_share=share)
    held = checkpoint(tmp_path / "taught", taught)
    valid = VALID if share else believed
    teachers = [(tmp_path / "model.keras", range(10))]
    fitted = loop.fit(taught, 10, wrong, valid, held, teachers=teachers)
    answers = predictor(fitted.model)(VALID.images).argmax(1)
    assert (answers == valid.labels).mean() > 0.9


def test_what_a_teacher_does_not_know_is_learned_by_labels(tmp_path: Path) -> None:
    recipe = replace(PLAIN, epochs=4, label_smoothing=0.0)
    some = TRAIN.labels < 5
    few = Pool(TRAIN.images[some], (TRAIN.labels[some] + 1) % 5)
    teacher = loop.fit(recipe, 5, few, few, checkpoint(tmp_path / "teacher", recipe)).model
    teacher.save(tmp_path / "model.keras")
    taught = replace(recipe, teacher="teacher", teacher_share=1.0)
    held = checkpoint(tmp_path / "taught", taught)
    # The teacher's classes are the learner's first five, all but one shifted.
    teachers = [(tmp_path / "model.keras", range(5))]
    answers = predictor(loop.fit(taught, 10, TRAIN, VALID, held, teachers=teachers).model)
    wanted = np.where(VALID.labels < 5, (VALID.labels + 1) % 5, VALID.labels)
    assert (answers(VALID.images).argmax(1) == wanted).mean() > 0.9


def test_another_seed_gives_another_network(tmp_path: Path) -> None:
    models = [
        loop.fit(r, 10, TRAIN, VALID, checkpoint(tmp_path / str(r.seed), r)).model
        for r in (replace(PLAIN, epochs=1, seed=seed) for seed in (1, 2))
    ]
    assert not np.array_equal(models[0].get_weights()[0], models[1].get_weights()[0])


def test_half_precision_learns_and_gives_a_float32_network(tmp_path: Path) -> None:
    recipe = replace(PLAIN, precision="float16", epochs=2)
    fitted = loop.fit(recipe, 10, TRAIN, VALID, checkpoint(tmp_path, recipe))
    assert fitted.history[1]["loss"] < fitted.history[0]["loss"]
    assert fitted.model.compute_dtype == "float32"
    assert {weight.dtype for weight in fitted.model.get_weights()} == {np.dtype(np.float32)}
    again = loop.fit(recipe, 10, TRAIN, VALID, checkpoint(tmp_path, recipe))
    assert np.array_equal(again.model.get_weights()[0], fitted.model.get_weights()[0])


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    held = checkpoint(tmp_path, PLAIN)
    held.save(State([np.zeros(3)], [], (0.5, [np.zeros(3)]), [{"epoch": 1.0}], 1.0))
    with pytest.raises(HwrError, match="another network"):
        loop.fit(PLAIN, 10, TRAIN, VALID, held)


def test_a_lost_loss_stops_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "step_function", lambda *_: lambda *_: (np.nan, 0))
    with pytest.raises(HwrError, match="lower --learning-rate"):
        loop.fit(PLAIN, 10, TRAIN, VALID, checkpoint(tmp_path, PLAIN))
    assert not list(tmp_path.iterdir())


def test_what_breaks_while_batches_are_made_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise MemoryError("too large")

    monkeypatch.setattr(batching, "augment", broken)
    recipe = replace(PLAIN, augmentation=Augmentation())
    with pytest.raises(MemoryError):
        loop.fit(recipe, 10, TRAIN, VALID, checkpoint(tmp_path, recipe))


@pytest.mark.parametrize(("batch", "count", "number"), [(30, 0, 3), (100, 0, 1), (500, 0, 1)])
def test_batches_take_each_image_at_most_once(batch: int, count: int, number: int) -> None:
    marked = Pool(TRAIN.images, np.arange(100, dtype=np.int32))
    steps = max(1, 100 // batch)
    parts = batches(marked, replace(PLAIN, batch=batch), 0, steps, 100, alone())
    made = [part for (part,) in parts]
    assert len(made) == number
    for images, labels in made:
        assert np.allclose(images[..., 0] * 255, TRAIN.images[labels], atol=1e-3)
    seen = np.concatenate([labels for _, labels in made])
    assert len(seen) == len(set(seen)) == min(batch, 100) * number


def test_no_images_have_no_logits(tmp_path: Path) -> None:
    predict = predictor(dense(10))
    assert predict(TRAIN.images[:0]).shape == (0, 10)
    assert predict(TRAIN.images).shape == (100, 10)


@pytest.mark.parametrize("recipe", [PLAIN, FULL])
def test_speed_is_measured_with_and_without_variation(recipe: Recipe) -> None:
    found = speed.measure(replace(recipe, batch=8), 10, 0.01)
    assert min(found.step, found.plain, found.augmented, found.both) > 0
    assert found.parameters == NETS[recipe.net](10).count_params()
