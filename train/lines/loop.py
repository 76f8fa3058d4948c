"""Trains a line network for so many minutes, resumably."""

from __future__ import annotations

import json
import math
import os
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError
from hwr_live.system.zips import without_times
from train.lines.alphabet import BLANK, decode
from train.lines.compose import SHARES, Line
from train.lines.errors import Rates, rates
from train.lines.feed import Batch, Feed, batch
from train.lines.network import STRIDE, build, build_for, sizes
from train.lines.plan import Plan
from train.lines.weights import read_weights
from train.progress import say

_MOST_FAILED = 20  # steps one after the other
_EMA_EVERY = 10  # steps
_EMA = 0.99  # of each: the average reaches back over about a thousand steps

Weights = list[npt.NDArray[np.float32]]


class Trainer:
    """A network, its optimizer, and the running mean of its weights.

    Attributes:
        plan: the settings.
        step, lines: how many of them were learned.
        minutes: of clock so far.
        part: number of this sitting, from 0.
        mean: the running mean of all weights, which is what is used in the end.
    """

    def __init__(self, plan: Plan) -> None:
        import keras

        keras.mixed_precision.set_global_policy(plan.precision)
        keras.utils.set_random_seed(plan.seed)
        self.plan = plan
        if plan.start:
            self._model = build_for(read_weights(Path(plan.start)))
        else:
            self._model = build(*sizes(plan.width))
        teacher = build_for(read_weights(Path(plan.teacher))) if plan.teacher else None
        self._optimizer = keras.optimizers.AdamW(
            plan.rate, weight_decay=plan.decay, global_clipnorm=plan.clip
        )
        self._optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        self._optimizer.build(self._model.trainable_variables)
        self.step, self.minutes, self.part, self.lines = 0, 0.0, 0, 0
        self._failed = 0
        self.mean: Weights = [np.array(w, np.float32) for w in self._model.get_weights()]
        self._learn = _compiled(self._model, self._optimizer, teacher, plan.teacher_share)

    def learn(self, given: Batch) -> float:
        """One step.

        Returns:
            The loss, the mean of the lines'; NaN for a step that was left out, as its gradient was
            none.

        Raises:
            HwrError: after too many of those.
        """
        self._optimizer.learning_rate.assign(self.plan.rate_at(self.step, self.minutes))
        loss = float(self._learn(given.images, given.frames, given.texts, given.lengths))
        self._failed = 0 if math.isfinite(loss) else self._failed + 1
        if self._failed >= _MOST_FAILED:
            raise HwrError(
                "the loss is no number any more; go on from the checkpoint with a lower --rate"
            )
        self.step += 1
        self.lines += len(given.images)
        if self.step % _EMA_EVERY == 0:
            rounds = self.step / _EMA_EVERY
            keep = min(_EMA, (1 + rounds) / (10 + rounds))
            for mean, weight in zip(self.mean, self._model.get_weights(), strict=True):
                mean += (1 - keep) * (weight - mean)
        return loss

    def averaged(self) -> Any:
        """A float32 network of its own with the mean weights, to answer with."""
        return answering(self.mean)

    def save(self, path: Path) -> None:
        """Writes all that the rest depends on, in one piece or not at all.

        Raises:
            HwrError: if it cannot be written; the file that was there stays.
        """
        state = {"step": self.step, "minutes": self.minutes, "part": self.part, "lines": self.lines}
        write_state(
            path,
            state | {"plan": asdict(self.plan)},
            self._model.get_weights(),
            self.mean,
            [np.asarray(v) for v in self._optimizer.variables],
        )

    def restore(self, path: Path) -> None:
        """Goes on from a checkpoint.

        Raises:
            HwrError: if it is broken or of another network.
        """
        variables = self._optimizer.variables
        state, weights, mean, kept = read_state(path, len(self.mean), len(variables))
        try:
            self._model.set_weights(weights)
            for variable, value in zip(variables, kept, strict=True):
                variable.assign(value)
            self.mean = mean
            self.step, self.lines = int(state["step"]), int(state["lines"])
            self.minutes, self.part = float(state["minutes"]), int(state["part"]) + 1
        except (ValueError, LookupError) as error:
            raise no_checkpoint(path, error) from None


def write_state(
    path: Path,
    state: dict[str, Any],
    weights: Weights,
    mean: Weights,
    optimizer: list[npt.NDArray[Any]],
) -> None:
    """Writes a checkpoint in one piece or not at all.

    Args:
        path: the file.
        state: what JSON can hold, with the "plan".
        weights: of the network.
        mean: their running mean.
        optimizer: its variables.

    Raises:
        HwrError: if it cannot be written; the file that was there stays.
    """
    arrays: dict[str, Any] = {f"w{i}": w for i, w in enumerate(weights)}
    arrays |= {f"m{i}": w for i, w in enumerate(mean)}
    arrays |= {f"o{i}": w for i, w in enumerate(optimizer)}
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("wb") as file, without_times():
            np.savez(file, state=json.dumps(state), **arrays)
        os.replace(fresh, path)
    except OSError as error:
        raise HwrError(f"{path} cannot be written ({error.strerror or error})") from None


def read_state(
    path: Path, weights: int, optimizer: int
) -> tuple[dict[str, Any], Weights, Weights, list[npt.NDArray[Any]]]:
    """What :func:`write_state` wrote, of so many weights and variables.

    Raises:
        HwrError: if the file is broken.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            state = json.loads(str(file["state"]))
            own = [file[f"w{i}"] for i in range(weights)]
            mean = [file[f"m{i}"] for i in range(weights)]
            return state, own, mean, [file[f"o{i}"] for i in range(optimizer)]
    except (OSError, EOFError, ValueError, LookupError, zipfile.BadZipFile) as error:
        raise no_checkpoint(path, error) from None


def no_checkpoint(path: Path, error: Exception) -> HwrError:
    """What to raise for a file that holds no checkpoint."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return HwrError(f"{path} is no checkpoint of this network ({reason}); --restart forgets it")


def saved_plan(path: Path) -> Plan | None:
    """The settings of the training whose checkpoint this is, or None if there is none.

    Raises:
        HwrError: for a broken file.
    """
    table = saved_table(path)
    return None if table is None else Plan.of(table)


def saved_table(path: Path) -> dict[str, Any] | None:
    """The settings in a checkpoint as it holds them, or None if there is none.

    Raises:
        HwrError: for a broken file.
    """
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(json.loads(str(file["state"]))["plan"])
    except (OSError, EOFError, ValueError, TypeError, LookupError, zipfile.BadZipFile) as error:
        raise HwrError(f"{path} is broken ({error}); --restart forgets it") from None


def answering(weights: Weights) -> Any:
    """A float32 network with these weights, whatever precision is trained with."""
    import keras

    now = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("float32")
    try:
        return build_for(weights)
    finally:
        keras.mixed_precision.set_global_policy(now)


def _compiled(model: Any, optimizer: Any, teacher: Any, share: float) -> Callable[..., Any]:
    """A step: CTC, and where there is a teacher, the divergence from its answers frame by frame."""
    import tensorflow as tf

    signature = [
        tf.TensorSpec((None, model.input_shape[1], None), tf.uint8),
        tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None,), tf.int32),
    ]

    @tf.function(input_signature=signature, jit_compile=False)  # type: ignore[untyped-decorator]
    def learn(images: Any, frames: Any, texts: Any, lengths: Any) -> Any:
        strips = tf.cast(images, tf.float32)[..., None] / 255.0
        with tf.GradientTape() as tape:
            logits = model(strips, training=True)
            losses = tf.nn.ctc_loss(
                texts, logits, lengths, frames, logits_time_major=False, blank_index=BLANK
            )
            loss = tf.reduce_mean(losses)
            if teacher is not None:
                wanted = tf.nn.softmax(teacher(strips, training=False))
                apart = tf.nn.softmax_cross_entropy_with_logits(wanted, logits)
                own = tf.sequence_mask(frames, tf.shape(logits)[1], apart.dtype)
                # Of a whole line, as CTC's is.
                told = tf.reduce_mean(tf.reduce_sum(apart * own, axis=1))
                loss = (1 - share) * loss + share * told
        grads = tape.gradient(loss, model.trainable_variables)
        # A step whose gradient overflows is left out: it teaches nothing, and would end all.
        good = tf.math.is_finite(loss) & tf.math.is_finite(tf.linalg.global_norm(grads))
        grads = [tf.where(good, grad, tf.zeros_like(grad)) for grad in grads]
        optimizer.apply(grads, model.trainable_variables)
        return tf.where(good, loss, np.nan)

    return learn  # type: ignore[no-any-return]


def read(model: Any, lines: list[Line], size: int = 32) -> list[str]:
    """What a network reads by the best path, in the lines' order."""
    import tensorflow as tf

    answer = tf.function(
        lambda x: model(x, training=False),
        input_signature=[tf.TensorSpec((None, model.input_shape[1], None, 1), tf.float32)],
    )
    order = sorted(range(len(lines)), key=lambda i: lines[i].image.shape[1])
    out = [""] * len(lines)
    for start in range(0, len(order), size):
        some = order[start : start + size]
        given = batch([lines[i] for i in some])
        best = np.asarray(answer(given.images[..., None].astype(np.float32) / 255)).argmax(2)
        for i, row in zip(some, best, strict=True):
            out[i] = decode(row[: lines[i].image.shape[1] // STRIDE].tolist())
    return out


def by_part(read_texts: list[str], lines: list[Line]) -> dict[str, Rates]:
    """Error rates of each part of the lines."""
    out = {}
    for name in dict.fromkeys(line.source for line in lines):
        own = [i for i, line in enumerate(lines) if line.source == name]
        out[name] = rates([read_texts[i] for i in own], [lines[i].text for i in own])
    return out


def fit(trainer: Trainer, data: Path, lines: list[Line], folder: Path) -> None:
    """Trains until the plan's minutes are over.

    Args:
        trainer: what is trained.
        data: the folder of the data.
        lines: to validate with.
        folder: for ``checkpoint.npz`` and ``log.jsonl``, where a line every half minute tells the
            progress, and one at each validation the error rates by part.
    """
    plan = trainer.plan
    if trainer.minutes >= plan.minutes:
        return
    shares = plan.shares(SHARES)
    feed = Feed(data, plan.batch, plan.seed, plan.workers, trainer.part, shares)
    try:
        _run(trainer, feed, lines, folder)
    finally:
        feed.close()


def _run(trainer: Trainer, feed: Feed, lines: list[Line], folder: Path) -> None:
    plan = trainer.plan
    given = feed.take()
    start, before = time.monotonic(), trainer.minutes
    saved, checked, told = before, before, before
    losses: list[float] = []
    waited = counted = 0.0
    while trainer.minutes < plan.minutes:
        losses.append(trainer.learn(given))
        counted += len(given.images)
        at = time.monotonic()
        given = feed.take()
        waited += time.monotonic() - at
        trainer.minutes = before + (time.monotonic() - start) / 60
        if trainer.minutes - told >= 0.5:
            seconds = 60 * (trainer.minutes - told)
            _tell(
                folder,
                step=trainer.step,
                lines=trainer.lines,
                minutes=round(trainer.minutes, 2),
                loss=_mean(losses),
                ms=round(1000 * seconds / counted, 2),
                waited=round(waited / seconds, 3),
            )
            losses, counted, waited, told = [], 0.0, 0.0, trainer.minutes
        if trainer.minutes - saved >= plan.save:
            trainer.save(folder / "checkpoint.npz")
            saved = trainer.minutes
        if trainer.minutes - checked >= plan.check:
            _check(trainer, lines, folder)
            trainer.minutes = before + (time.monotonic() - start) / 60
            checked = told = trainer.minutes
    trainer.save(folder / "checkpoint.npz")


def _mean(losses: list[float]) -> float:
    """The mean of the steps that were not left out."""
    known = [loss for loss in losses if math.isfinite(loss)]
    return round(sum(known) / max(1, len(known)), 3)


def _check(trainer: Trainer, lines: list[Line], folder: Path) -> None:
    found = by_part(read(trainer.averaged(), lines), lines)
    _tell(
        folder,
        step=trainer.step,
        minutes=round(trainer.minutes, 2),
        validation={name: one.rounded() for name, one in found.items()},
    )


def _tell(folder: Path, **what: Any) -> None:
    """A line of the log, on stderr too."""
    if "validation" in what:
        say(f"after {what['minutes']:.0f} minutes, folded errors in per cent:")
        say("  " + ", ".join(f"{n} {100 * r['folded']:.1f}" for n, r in what["validation"].items()))
    else:
        say(
            f"{what['minutes']:7.1f} min  {what['lines']:9,} lines  loss {what['loss']:8.3f}  "
            f"{what['ms']:.1f} ms a line, {what['waited']:.0%} of it waiting for lines"
        )
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")
