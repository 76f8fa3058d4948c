"""The training loop: reads top to bottom, one step at a time, and can be cut off anywhere.

Order and augmentation of a step depend on the seed and the step's number alone, so a run that goes
on from a checkpoint repeats what the unbroken run would have done.
"""

from __future__ import annotations

import contextlib
import csv
import io
import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from hwr_live.crop import network_input
from hwr_live.errors import HwrError, InputError
from train.devices import cores, gpus
from train.fit.checkpoint import Arrays, Checkpoint, State
from train.fit.distribute import Team, alone
from train.fit.nets import NETS, load_net
from train.images.augment import augment
from train.images.pool import Pool
from train.progress import Bar, duration, say
from train.recipe import Recipe

Images = npt.NDArray[np.uint8]
Logits = npt.NDArray[np.float32]
Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]
Parts = list[Batch]

_AHEAD = 8  # batches that are made ready while a step runs
_CHUNK = 500  # images that are predicted at once
_DRAIN_S = 0.2  # between fetching losses: a GPU need not wait for Python after each step


@dataclass(frozen=True)
class Fitted:
    """A trained network.

    Attributes:
        model: float32, with the weights that did best on the validation part; never compiled.
        history: a row an epoch.
        seconds: spent on it, over all runs.
    """

    model: keras.Model
    history: list[dict[str, float]]
    seconds: float


def fit(
    recipe: Recipe,
    classes: int,
    train: Pool,
    valid: Pool,
    checkpoint: Checkpoint,
    team: Team | None = None,
    start: Arrays | None = None,
    teachers: Sequence[Path] = (),
) -> Fitted:
    """Trains a network.

    Args:
        recipe: all settings.
        classes: outputs of the network.
        train, valid: images with labels.
        checkpoint: gone on from if there is one, and replaced after each epoch; ``history.csv`` is
            kept beside it.
        team: the processors that do it together; without one, this process alone.
        start: weights to begin with, in the network's order; without them, random ones.
        teachers: saved networks with the same classes, whose answers are learned, too.

    Raises:
        InputError: if a batch cannot be shared by the team.
        HwrError: if the loss is lost, or the checkpoint does not fit.
    """
    team = team or alone()
    if recipe.batch % team.replicas:
        raise InputError(f"--batch {recipe.batch} cannot be shared evenly by {team.replicas}")
    count = recipe.epoch_images or len(train.labels)
    steps = max(1, count // recipe.batch)
    shown = min(count, steps * recipe.batch)
    keras.utils.set_random_seed(recipe.seed)
    half = _half(recipe)
    with team.strategy.scope(), _policy("mixed_float16" if half else "float32"):
        model = NETS[recipe.net](classes)
        if start:
            model.set_weights(start)
        optimizer = make_optimizer(recipe, steps * recipe.epochs, team.replicas)
        if half:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(model.trainable_variables)
        taught_by = [load_net(path) for path in teachers]
    average = [tf.Variable(weight.value) for weight in model.weights] if recipe.ema else []
    take_step = step_function(model, optimizer, average, recipe, classes, team, taught_by)
    logits_of = predictor(model)
    # Dropout's random state is among the model's variables but not among its weights.
    variables = [*model.variables, *optimizer.variables]
    state = checkpoint.load() or State(_arrays(variables), _arrays(average))
    if not team.agree(state.epochs):
        raise HwrError("the workers see different checkpoints: --out must be one shared folder")
    if state.epochs:
        _restore(variables, state.variables, checkpoint.path)
        _restore(average, state.average, checkpoint.path)
        say(f"going on after epoch {state.epochs}")
    say(f"{model.name}: {model.count_params():,} parameters, {len(train.labels):,} images")
    bar = Bar(recipe.epochs, shown, None if team.chief else io.StringIO(), first=state.epochs)
    for epoch in range(state.epochs, recipe.epochs):
        started = drained = time.monotonic()
        total = _Total()
        for number, parts in enumerate(batches(train, recipe, epoch, steps, count, team)):
            # Early on the average follows closely, or it would drag the random start along.
            done = epoch * steps + number + 1
            decay = min(recipe.ema, (1 + done) / (10 + done))
            loss, right = take_step(parts, decay)
            total.add(loss, right, team.replicas * len(parts[0][1]))
            if time.monotonic() - drained > _DRAIN_S:
                drained = time.monotonic()
                total.drain()
                bar.show(epoch, total.seen, total.loss, total.accuracy)
        total.drain()
        row = {
            "epoch": epoch + 1,
            "loss": total.loss,
            "accuracy": total.accuracy,
            "images_per_s": total.seen / (time.monotonic() - started),
        }
        own = model.get_weights()
        row["val_loss"], row["val_accuracy"] = _score(logits_of(valid.images), valid.labels)
        candidates = [(row["val_accuracy"], own)]
        if recipe.ema:
            averaged = _arrays(average)
            model.set_weights(averaged)
            row["ema_loss"], row["ema_accuracy"] = _score(logits_of(valid.images), valid.labels)
            candidates.append((row["ema_accuracy"], averaged))
            model.set_weights(own)
        for accuracy, weights in candidates:
            if state.best is None or accuracy >= state.best[0]:
                state.best = (accuracy, weights)
        state.seconds += time.monotonic() - started
        row["seconds"] = state.seconds
        state.history.append(row)
        state.variables, state.average = _arrays(variables), _arrays(average)
        if team.chief:
            _write_history(checkpoint.path.with_name("history.csv"), state.history)
            checkpoint.save(state)
        bar.end_epoch(_told(row, recipe.epochs))
    bar.close()
    assert state.best is not None  # at least one epoch was run or loaded
    with _policy("float32"):
        plain = NETS[recipe.net](classes)
    plain.set_weights(state.best[1])
    return Fitted(plain, state.history, state.seconds)


def predictor(model: keras.Model) -> Callable[[Images], Logits]:
    """A function that gives logits (n, classes) of uint8 images (n, 28, 28)."""

    def run(x: Any) -> Any:
        return tf.cast(model(x, training=False), tf.float32)

    # Traced once, for every number of images.
    run = tf.function(run).get_concrete_function(tf.TensorSpec((None, 28, 28, 1), tf.float32))

    def predict(images: Images) -> Logits:
        starts = range(0, len(images), _CHUNK)
        parts = [run(tf.constant(network_input(images[i : i + _CHUNK]))).numpy() for i in starts]
        return np.concatenate([np.zeros((0, model.output_shape[-1]), np.float32), *parts])

    return predict


class _Total:
    """Loss and hits of an epoch so far; what a step gives is fetched only by ``drain``."""

    def __init__(self) -> None:
        self._losses, self._hits, self.seen = 0.0, 0, 0
        self._waiting: list[tuple[Any, Any, int]] = []

    def add(self, loss: Any, right: Any, count: int) -> None:
        self._waiting.append((loss, right, count))

    def drain(self) -> None:
        for loss, right, count in self._waiting:
            self._losses += float(loss) * count
            self._hits += int(right)
            self.seen += count
        self._waiting.clear()
        if not math.isfinite(self._losses):
            raise HwrError("the loss is no number any more: choose a lower --learning-rate")

    @property
    def loss(self) -> float:
        return self._losses / self.seen

    @property
    def accuracy(self) -> float:
        return self._hits / self.seen


def _half(recipe: Recipe) -> bool:
    return recipe.precision == "float16" or (recipe.precision == "auto" and bool(gpus()))


@contextlib.contextmanager
def _policy(name: str) -> Iterator[None]:
    """The number format of layers that are made meanwhile."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def make_optimizer(recipe: Recipe, total: int, replicas: int = 1) -> Any:
    """The optimizer of a training of ``total`` steps."""
    if recipe.optimizer == "sgd":
        return keras.optimizers.SGD(recipe.learning_rate)
    if recipe.optimizer == "adam":
        return keras.optimizers.Adam(recipe.learning_rate)
    warmup = min(recipe.warmup, max(1, total // 10))
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0 if warmup else recipe.learning_rate,
        max(1, total - warmup),
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
    # Keras limits each replica's share of the gradient and adds the shares up.
    return keras.optimizers.AdamW(
        schedule, weight_decay=recipe.weight_decay, clipnorm=1.0 / replicas
    )


def step_function(
    model: keras.Model,
    optimizer: Any,
    average: list[Any],
    recipe: Recipe,
    classes: int,
    team: Team,
    teachers: Sequence[keras.Model] = (),
) -> Callable[[Parts, float], Any]:
    """A function of the parts of a batch and the average's decay that takes a step and gives the
    mean loss and the number of images that were read right.

    What teachers say of each image as it was varied is part of its target (Hinton et al. 2015,
    "Distilling the knowledge in a neural network").
    """

    def learn(x: Any, y: Any) -> Any:
        smooth = recipe.label_smoothing
        target = tf.one_hot(y, classes) * (1 - smooth) + smooth / classes
        if teachers:
            said = [tf.nn.softmax(teacher(x, training=False)) for teacher in teachers]
            share = recipe.teacher_share
            target = target * (1 - share) + tf.add_n(said) * (share / len(said))
        with tf.GradientTape() as tape:
            logits = tf.cast(model(x, training=True), tf.float32)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(target, logits))
            scaled = optimizer.scale_loss(loss)  # against underflow in half precision
        gradients = tape.gradient(scaled, model.trainable_variables)
        if team.replicas > 1:
            gradients = [one / team.replicas for one in team.mean(gradients)]  # Keras adds them up
        optimizer.apply(gradients, model.trainable_variables)
        right = tf.reduce_sum(tf.cast(tf.argmax(logits, 1, tf.int32) == y, tf.int32))
        return team.mean(loss), team.sum(right)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(x: Any, y: Any, decay: Any) -> Any:
        out = team.run(learn, x, y)
        for kept, weight in zip(average, model.weights if average else [], strict=True):
            kept.assign_add((1 - decay) * (weight.value - kept))
        return out

    def take(parts: Parts, decay: float) -> Any:
        x, y = (team.spread([part[kind] for part in parts]) for kind in (0, 1))
        return step(x, y, tf.constant(decay, tf.float32))

    return take


def batches(
    train: Pool, recipe: Recipe, epoch: int, steps: int, count: int, team: Team
) -> Iterator[Parts]:
    """The batches of a pass, in parts for this process's replicas.

    They are made in threads of their own while the network works.
    """
    order = train.order(epoch, recipe.seed, count)
    replicas = team.replicas

    def make(number: int) -> Parts:
        whole = order[number * recipe.batch : (number + 1) * recipe.batch]
        whole = whole[: len(whole) // replicas * replicas]
        seed = [recipe.seed, 2, epoch * steps + number]
        return [
            part(whole[replica::replicas], seed if replicas == 1 else [*seed, replica])
            for replica in team.own
        ]

    def part(some: npt.NDArray[np.int64], seed: list[int]) -> Batch:
        images = train.images[some]
        if recipe.augmentation is None:
            return network_input(images), train.labels[some]
        varied = augment(images, recipe.augmentation, np.random.default_rng(seed))
        return varied[..., None], train.labels[some]

    threads = max(1, min(_AHEAD, cores() // 2))
    pool = ThreadPoolExecutor(threads)
    try:
        ready: deque[Future[Parts]] = deque()
        for number in range(steps):
            ready.append(pool.submit(make, number))
            if len(ready) > _AHEAD:
                yield ready.popleft().result()
        while ready:
            yield ready.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _score(logits: Logits, labels: npt.NDArray[np.int32]) -> tuple[float, float]:
    """Mean loss and accuracy."""
    z = logits.astype(np.float64)
    z -= z.max(1, keepdims=True)
    loss = np.log(np.exp(z).sum(1)) - z[np.arange(len(z)), labels]
    return float(loss.mean()), float((z.argmax(1) == labels).mean())


def _told(row: dict[str, float], epochs: int) -> str:
    """A line about a finished epoch."""
    text = f"epoch {row['epoch']:.0f}/{epochs}"
    for prefix, name in (("", "training"), ("val_", "validation"), ("ema_", "averaged weights")):
        if f"{prefix}loss" in row:
            loss, accuracy = row[f"{prefix}loss"], row[f"{prefix}accuracy"]
            text += f"  {name}: loss {loss:.4f}, accuracy {accuracy:.2%}"
    return f"{text}  {row['images_per_s']:,.0f} images/s, {duration(row['seconds'])}"


def _arrays(variables: list[Any]) -> Arrays:
    return [tf.convert_to_tensor(variable).numpy() for variable in variables]


def _restore(variables: list[Any], arrays: Arrays, path: Path) -> None:
    if [tuple(v.shape) for v in variables] != [a.shape for a in arrays]:
        raise HwrError(f"{path} is of another network than today's; --restart begins anew")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def _write_history(path: Path, history: list[dict[str, float]]) -> None:
    beside = path.with_suffix(".new")
    with beside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(history[0]))
        writer.writeheader()
        writer.writerows(history)
    os.replace(beside, path)
