"""The training loop: reads top to bottom, one step at a time, and can be cut off anywhere.

Order and augmentation of a step depend on the seed and the step's number alone, so a run that goes
on from a checkpoint repeats what the unbroken run would have done.
"""

from __future__ import annotations

import csv
import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from train.augment import augment
from train.nets import NETS
from train.pool import Pool
from train.recipe import Recipe

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]
_AHEAD = 8  # batches that are made ready while a step runs


def fit(recipe: Recipe, classes: int, train: Pool, valid: Pool, work: Path) -> keras.Model:
    """Trains a network and gives it with the weights that did best on the validation part.

    Args:
        recipe: all settings.
        classes: outputs of the network.
        train, valid: images with labels.
        work: folder for the checkpoint and ``history.csv``; a checkpoint in it is gone on from.
    """
    keras.utils.set_random_seed(recipe.seed)
    model = NETS[recipe.net](classes)
    count = recipe.epoch_images or len(train.labels)
    steps = max(1, count // recipe.batch)
    optimizer = _optimizer(recipe, steps * recipe.epochs)
    optimizer.build(model.trainable_variables)
    step_function = _step_function(model, optimizer, recipe, classes)
    average = [w.copy() for w in model.get_weights()]
    state = _State(model, optimizer, work / "checkpoint.npz")
    done, history, best, average = state.load(average)
    if done:
        say(f"going on after epoch {done}")
    say(f"{model.name}: {model.count_params():,} parameters, {len(train.labels):,} images")
    for epoch in range(done, recipe.epochs):
        started, losses, hits, seen = time.monotonic(), 0.0, 0, 0
        for number, (x, y) in enumerate(_batches(train, recipe, epoch, steps, count)):
            loss, right = step_function(x, y)
            losses, hits, seen = losses + float(loss) * len(y), hits + int(right), seen + len(y)
            if recipe.ema:
                # Early on the average follows closely, or it would drag the random start along.
                shown = epoch * steps + number + 1
                decay = min(recipe.ema, (1 + shown) / (10 + shown))
                for kept, weight in zip(average, model.weights, strict=True):
                    kept += (1 - decay) * (weight.numpy() - kept)
            if number % 50 == 49 or number == steps - 1:
                _progress(
                    epoch, recipe, number + 1, steps, losses / seen, hits / seen, seen, started
                )
        row = {
            "epoch": epoch + 1,
            "loss": losses / seen,
            "accuracy": hits / seen,
            "images_per_s": seen / (time.monotonic() - started),
        }
        row["val_loss"], row["val_accuracy"] = _validate(model, valid)
        candidates = [(row["val_accuracy"], model.get_weights())]
        if recipe.ema:
            own = model.get_weights()
            model.set_weights(average)
            row["ema_loss"], row["ema_accuracy"] = _validate(model, valid)
            candidates.append((row["ema_accuracy"], [w.copy() for w in average]))
            model.set_weights(own)
        for accuracy, weights in candidates:
            if best is None or accuracy >= best[0]:
                best = (accuracy, weights)
        history.append(row)
        _write_history(work / "history.csv", history)
        state.save(epoch + 1, history, best, average)
        say("  ".join(f"{k} {v:.4g}" for k, v in row.items()))
    assert best is not None  # at least one epoch was run or loaded
    model.set_weights(best[1])
    return model


def predict(model: keras.Model, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Logits (n, classes) of uint8 images (n, 28, 28)."""
    run = tf.function(lambda x: model(x, training=False), reduce_retracing=True)
    parts = [
        run(tf.constant(scale(images[i : i + 500]))).numpy() for i in range(0, len(images), 500)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, model.output_shape[-1]), np.float32)


def scale(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """uint8 (n, 28, 28) as the networks take them: float32 (n, 28, 28, 1), 0 to 1."""
    return images.astype(np.float32)[..., None] / np.float32(255)


def say(text: str) -> None:
    """One line of progress, on stderr."""
    print(text, file=sys.stderr, flush=True)


def _optimizer(recipe: Recipe, total: int) -> Any:
    if recipe.optimizer == "sgd":
        return keras.optimizers.SGD(recipe.learning_rate)
    if not recipe.warmup:
        return keras.optimizers.Adam(recipe.learning_rate)
    warmup = min(recipe.warmup, max(1, total // 10))
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, max(1, total - warmup), warmup_target=recipe.learning_rate, warmup_steps=warmup
    )
    return keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay, clipnorm=1.0)


def _step_function(model: keras.Model, optimizer: Any, recipe: Recipe, classes: int) -> Any:
    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(x: Any, y: Any) -> Any:
        smooth = recipe.label_smoothing
        target = tf.one_hot(y, classes) * (1 - smooth) + smooth / classes
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(target, logits))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        right = tf.reduce_sum(tf.cast(tf.argmax(logits, 1, tf.int32) == y, tf.int32))
        return loss, right

    return lambda x, y: step(tf.constant(x), tf.constant(y))


def _batches(train: Pool, recipe: Recipe, epoch: int, steps: int, count: int) -> Iterator[Batch]:
    """The batches of a pass, made in a thread of their own while the network works."""
    order = train.order(epoch, recipe.seed, count)

    def make(number: int) -> Batch:
        some = order[number * recipe.batch : (number + 1) * recipe.batch]
        images = train.images[some]
        if recipe.augmentation is None:
            return scale(images), train.labels[some]
        rng = np.random.default_rng([recipe.seed, 2, epoch * steps + number])
        return augment(images, recipe.augmentation, rng)[..., None], train.labels[some]

    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(_AHEAD)
    stop = threading.Event()

    def work() -> None:
        try:
            for number in range(steps):
                if stop.is_set():
                    return
                ready.put(make(number))
            ready.put(None)
        except BaseException as error:  # handed to the loop, which raises it
            ready.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        while not ready.empty():
            ready.get_nowait()


def _validate(model: keras.Model, valid: Pool) -> tuple[float, float]:
    """Loss and accuracy on the validation part."""
    logits = predict(model, valid.images).astype(np.float64)
    logits -= logits.max(1, keepdims=True)
    chosen = logits[np.arange(len(logits)), valid.labels]
    loss = np.log(np.exp(logits).sum(1)) - chosen
    return float(loss.mean()), float((logits.argmax(1) == valid.labels).mean())


def _progress(
    epoch: int,
    recipe: Recipe,
    step: int,
    steps: int,
    loss: float,
    accuracy: float,
    seen: int,
    started: float,
) -> None:
    rate = seen / (time.monotonic() - started)
    left = ((recipe.epochs - epoch) * steps - step) * recipe.batch / rate
    end = "\r" if sys.stderr.isatty() and step < steps else "\n"
    if end == "\r" or step == steps or step % 200 == 0:
        done = int(20 * step / steps)
        print(
            f"epoch {epoch + 1}/{recipe.epochs} [{'=' * done}{' ' * (20 - done)}] loss {loss:.4f} "
            f"accuracy {accuracy:.4f} {rate:.0f} images/s {left / 60:.0f} min left ",
            end=end,
            file=sys.stderr,
            flush=True,
        )


def _write_history(path: Path, history: list[dict[str, float]]) -> None:
    beside = path.with_suffix(".new")
    with beside.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(history[0]))
        writer.writeheader()
        writer.writerows(history)
    os.replace(beside, path)


class _State:
    """The checkpoint: one file, replaced whole after each epoch."""

    def __init__(self, model: keras.Model, optimizer: Any, path: Path) -> None:
        # Dropout's random state is among the model's variables but not among its weights.
        self.variables = [*model.variables, *optimizer.variables]
        self.path = path

    def save(
        self,
        epoch: int,
        history: list[dict[str, float]],
        best: tuple[float, list[npt.NDArray[Any]]] | None,
        average: list[npt.NDArray[Any]],
    ) -> None:
        arrays = {f"v{i}": v.numpy() for i, v in enumerate(self.variables)}
        arrays |= {f"a{i}": a for i, a in enumerate(average)}
        if best is not None:
            arrays |= {f"b{i}": b for i, b in enumerate(best[1])}
            arrays["best"] = np.array(best[0])
        arrays["epoch"] = np.array(epoch)
        keys = list(history[0])
        arrays["keys"] = np.array(keys)
        arrays["history"] = np.array([[row[k] for k in keys] for row in history])
        beside = self.path.with_suffix(".new.npz")
        np.savez(beside, **arrays)
        os.replace(beside, self.path)

    def load(self, average: list[npt.NDArray[Any]]) -> Any:
        """Epochs done, history, best weights and average; the model is set to where it was."""
        if not self.path.is_file():
            return 0, [], None, average
        with np.load(self.path, allow_pickle=False) as saved:
            for i, variable in enumerate(self.variables):
                variable.assign(saved[f"v{i}"])
            n = len(average)
            average = [saved[f"a{i}"] for i in range(n)]
            best = (float(saved["best"]), [saved[f"b{i}"] for i in range(n)])
            keys = [str(k) for k in saved["keys"]]
            history = [dict(zip(keys, map(float, r), strict=True)) for r in saved["history"]]
            return int(saved["epoch"]), history, best, average
