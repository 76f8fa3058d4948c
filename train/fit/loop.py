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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from hwr_live.errors import HwrError, InputError
from train.fit.batches import batches
from train.fit.checkpoint import Arrays, Checkpoint, State
from train.fit.distribute import Team, alone
from train.fit.nets import NETS, load_net
from train.fit.predict import Logits, predictor
from train.fit.step import Teacher, is_half, make_optimizer, number_format, step_function
from train.images.pool import Pool
from train.progress import Bar, duration, say
from train.recipe import Recipe

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
    teachers: Sequence[tuple[Path, Sequence[int]]] = (),
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
        teachers: saved networks whose answers are learned, too, and which class each of their
            outputs is.

    Raises:
        InputError: if a batch cannot be shared by the team.
        HwrError: if the loss is lost, or the checkpoint does not fit.
    """
    team = team or alone()
    if recipe.batch % team.replicas:
        raise InputError(f"--batch {recipe.batch} cannot be shared evenly by {team.replicas}")
    run = _Run(recipe, classes, train, checkpoint, team, start, teachers)
    state, model = run.state, run.model
    if state.epochs:
        say(f"going on after epoch {state.epochs}")
    say(f"{model.name}: {model.count_params():,} parameters, {len(train.labels):,} images")
    out = None if team.chief else io.StringIO()
    with contextlib.closing(Bar(recipe.epochs, run.shown, out, first=state.epochs)) as bar:
        for epoch in range(state.epochs, recipe.epochs):
            started = time.monotonic()
            row = run.learn(epoch, bar)
            run.judge(valid, row)
            state.seconds += time.monotonic() - started
            row["seconds"] = state.seconds
            state.history.append(row)
            run.keep()
            bar.end_epoch(_told(row, recipe.epochs))
    assert state.best is not None  # at least one epoch was run or loaded
    with number_format("float32"):
        plain = NETS[recipe.net](classes)
    plain.set_weights(state.best[1])
    return Fitted(plain, state.history, state.seconds)


class _Run:
    """A training under way, as far as its checkpoint is: the arguments are those of ``fit``.

    Attributes:
        model: the network.
        state: what the checkpoint holds.
        shown: images that an epoch shows.
    """

    def __init__(
        self,
        recipe: Recipe,
        classes: int,
        train: Pool,
        checkpoint: Checkpoint,
        team: Team,
        start: Arrays | None,
        teachers: Sequence[tuple[Path, Sequence[int]]],
    ) -> None:
        self._recipe, self._train, self._checkpoint, self._team = recipe, train, checkpoint, team
        self._count = recipe.epoch_images or len(train.labels)
        self._steps = max(1, self._count // recipe.batch)
        self.shown = min(self._count, self._steps * recipe.batch)
        keras.utils.set_random_seed(recipe.seed)
        half = is_half(recipe)
        with team.scope(), number_format("mixed_float16" if half else "float32"):
            self.model = NETS[recipe.net](classes)
            if start:
                self.model.set_weights(start)
            optimizer = make_optimizer(recipe, self._steps * recipe.epochs, team.replicas)
            if half:
                optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
            optimizer.build(self.model.trainable_variables)
            taught_by = [Teacher.of(load_net(path), own, classes) for path, own in teachers]
        weights = self.model.weights if recipe.ema else []
        self._average = [tf.Variable(weight.value) for weight in weights]
        self._take_step = step_function(
            self.model, optimizer, self._average, recipe, classes, team, taught_by
        )
        self._logits_of = predictor(self.model)
        # Dropout's random state is among the model's variables but not among its weights.
        self._variables = [*self.model.variables, *optimizer.variables]
        new = State(_arrays(self._variables), _arrays(self._average))
        self.state = checkpoint.load() or new
        if not team.agree(self.state.epochs):
            raise HwrError("the workers see different checkpoints: --out must be one shared folder")
        if self.state.epochs:
            _restore(self._variables, self.state.variables, checkpoint.path)
            _restore(self._average, self.state.average, checkpoint.path)

    def learn(self, epoch: int, bar: Bar) -> dict[str, float]:
        """Takes the steps of an epoch, from 0; returns the first columns of its history."""
        recipe, team = self._recipe, self._team
        started = drained = time.monotonic()
        total = _Total()
        passing = batches(self._train, recipe, epoch, self._steps, self._count, team)
        for number, parts in enumerate(passing):
            # Early on the average follows closely, or it would drag the random start along.
            done = epoch * self._steps + number + 1
            decay = min(recipe.ema, (1 + done) / (10 + done))
            loss, right = self._take_step(parts, decay)
            total.add(loss, right, team.replicas * len(parts[0][1]))
            if time.monotonic() - drained > _DRAIN_S:
                drained = time.monotonic()
                total.drain()
                bar.show(epoch, total.seen, total.loss, total.accuracy)
        total.drain()
        return {
            "epoch": epoch + 1,
            "loss": total.loss,
            "accuracy": total.accuracy,
            "images_per_s": total.seen / (time.monotonic() - started),
        }

    def judge(self, valid: Pool, row: dict[str, float]) -> None:
        """Measures the weights, and their average, on the validation part: adds that to a row of
        the history, and keeps those that do best so far."""
        model = self.model
        own = model.get_weights()
        row["val_loss"], row["val_accuracy"] = _score(self._logits_of(valid.images), valid.labels)
        candidates = [(row["val_accuracy"], own)]
        if self._recipe.ema:
            averaged = _arrays(self._average)
            model.set_weights(averaged)
            row["ema_loss"], row["ema_accuracy"] = _score(
                self._logits_of(valid.images), valid.labels
            )
            candidates.append((row["ema_accuracy"], averaged))
            model.set_weights(own)
        for accuracy, weights in candidates:
            if self.state.best is None or accuracy >= self.state.best[0]:
                self.state.best = (accuracy, weights)

    def keep(self) -> None:
        """Writes the checkpoint and the history, if this process is the one that does."""
        self.state.variables = _arrays(self._variables)
        self.state.average = _arrays(self._average)
        if self._team.chief:
            path = self._checkpoint.path
            _write_history(path.with_name("history.csv"), self.state.history)
            self._checkpoint.save(self.state)


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
