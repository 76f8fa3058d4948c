"""Trains a map of writing for so many minutes, resumably."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError
from train.lines.checkpoint import Weights, no_checkpoint, read_state, write_state
from train.lines.weights import read_weights
from train.pages.compose import Sample
from train.pages.feed import Batch, Feed
from train.pages.measure import by_part
from train.pages.network import build, build_for
from train.pages.plan import Plan
from train.pages.target import HAND, MAPS, PRINT
from train.progress import say

_MOST_FAILED = 20  # steps one after the other
_EMA_EVERY = 5  # steps
_EMA = 0.98  # of each: the average reaches back over 250 steps
_SHARES = (1.0, 0.6, 0.3)  # of the loss: cores of handwriting, of print, and drawings
_TRUE = 2.0  # times as much as the ground do cores count: they are a tenth of a page
_WAY = 0.4  # share of the loss that directions have


class Trainer:
    """A network, its optimizer, and the running mean of its weights.

    Attributes:
        plan: the settings.
        step, pages: how many of them were learned.
        minutes: of clock so far.
        part: number of this sitting, from 0.
        mean: the running mean of all weights, which is what is used in the end.
    """

    def __init__(self, plan: Plan) -> None:
        import keras
        import tensorflow as tf

        if plan.threads:
            tf.config.threading.set_intra_op_parallelism_threads(plan.threads)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        keras.utils.set_random_seed(plan.seed)
        self.plan = plan
        self._model = build_for(read_weights(Path(plan.start))) if plan.start else build()
        self._optimizer = keras.optimizers.AdamW(
            plan.rate, weight_decay=plan.decay, global_clipnorm=plan.clip
        )
        self._optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        self._optimizer.build(self._model.trainable_variables)
        self.step, self.minutes, self.part, self.pages = 0, 0.0, 0, 0
        self._failed = 0
        self.mean: Weights = [np.array(w, np.float32) for w in self._model.get_weights()]
        self._learn = _compiled(self._model, self._optimizer)

    def learn(self, given: Batch) -> float:
        """One step.

        Returns:
            The loss; NaN for a step that was left out, as its gradient was none.

        Raises:
            HwrError: after too many of those.
        """
        self._optimizer.learning_rate.assign(self.plan.rate_at(self.step, self.minutes))
        loss = float(self._learn(given.images, given.maps, given.known, given.way, given.told))
        self._failed = 0 if math.isfinite(loss) else self._failed + 1
        if self._failed >= _MOST_FAILED:
            raise HwrError(
                "the loss is no number any more; go on from the checkpoint with a lower --rate"
            )
        self.step += 1
        self.pages += len(given.images)
        if self.step % _EMA_EVERY == 0:
            rounds = self.step / _EMA_EVERY
            keep = min(_EMA, (1 + rounds) / (10 + rounds))
            for mean, weight in zip(self.mean, self._model.get_weights(), strict=True):
                mean += (1 - keep) * (weight - mean)
        return loss

    def save(self, path: Path) -> None:
        """Writes all that the rest depends on, in one piece or not at all.

        Raises:
            HwrError: if it cannot be written; the file that was there stays.
        """
        state = {"step": self.step, "minutes": self.minutes, "part": self.part, "pages": self.pages}
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
            self.step, self.pages = int(state["step"]), int(state["pages"])
            self.minutes, self.part = float(state["minutes"]), int(state["part"]) + 1
        except (ValueError, LookupError) as error:
            raise no_checkpoint(path, error) from None


def _compiled(model: Any, optimizer: Any) -> Callable[..., Any]:
    """A step: cross-entropy and Dice of the maps, and the distance of the directions."""
    import tensorflow as tf

    channels = 4 * MAPS
    signature = [
        tf.TensorSpec((None, None, None), tf.uint8),
        tf.TensorSpec((None, None, None, channels), tf.uint8),
        tf.TensorSpec((None, None, None, channels), tf.uint8),
        tf.TensorSpec((None, None, None, 2), tf.float16),
        tf.TensorSpec((None, None, None), tf.uint8),
    ]
    share = np.repeat(np.array(_SHARES, np.float32), 4)

    def dice(p: Any, true: Any) -> Any:
        shared, both = tf.reduce_sum(p * true), tf.reduce_sum(p) + tf.reduce_sum(true)
        return 1 - (2 * shared + 1) / (both + 1)

    @tf.function(input_signature=signature, jit_compile=False)  # type: ignore[untyped-decorator]
    def learn(images: Any, maps: Any, known: Any, way: Any, told: Any) -> Any:
        pictures = tf.cast(images, tf.float32)[..., None] / 255.0
        true, known = tf.cast(maps, tf.float32), tf.cast(known, tf.float32)
        there = tf.cast(told, tf.float32)
        with tf.GradientTape() as tape:
            logits = model(pictures, training=True)
            own = logits[..., :channels]
            cross = tf.nn.sigmoid_cross_entropy_with_logits(true, own)
            cross *= known * share * (1 + (_TRUE - 1) * true)
            loss = 4 * tf.reduce_mean(cross)
            p = tf.sigmoid(own) * known
            for which in (HAND, PRINT):
                part = slice(4 * which, 4 * which + 4)
                loss += 0.5 * _SHARES[which] * dice(p[..., part], true[..., part])
            off = tf.reduce_sum((logits[..., channels:] - tf.cast(way, tf.float32)) ** 2, -1)
            loss += _WAY * tf.reduce_sum(off * there) / (tf.reduce_sum(there) + 1)
        grads = tape.gradient(loss, model.trainable_variables)
        # A step whose gradient overflows is left out: it teaches nothing, and would end all.
        good = tf.math.is_finite(loss) & tf.math.is_finite(tf.linalg.global_norm(grads))
        grads = [tf.where(good, grad, tf.zeros_like(grad)) for grad in grads]
        optimizer.apply(grads, model.trainable_variables)
        return tf.where(good, loss, np.nan)

    return learn  # type: ignore[no-any-return]


def answers(model: Any, samples: list[Sample], size: int = 8) -> list[npt.NDArray[np.float32]]:
    """What a network says of each page: logits (h/4, w/4, channels)."""
    import tensorflow as tf

    answer = tf.function(
        lambda x: model(x, training=False),
        input_signature=[tf.TensorSpec((None, None, None, 1), tf.float32)],
    )
    out: list[npt.NDArray[np.float32]] = []
    for start in range(0, len(samples), size):
        given = np.stack([one.grey for one in samples[start : start + size]])
        out += list(np.asarray(answer(given[..., None].astype(np.float32) / 255), np.float32))
    return out


def fit(trainer: Trainer, data: Path, samples: list[Sample], folder: Path) -> None:
    """Trains until the plan's minutes are over.

    Args:
        trainer: what is trained.
        data: the folder of the data.
        samples: to validate with.
        folder: for ``checkpoint.npz`` and ``log.jsonl``, where a line every half minute tells the
            progress, and one at each validation the figures by part.
    """
    plan = trainer.plan
    if trainer.minutes >= plan.minutes:
        return
    feed = Feed(data, plan.batch, plan.side, plan.seed, plan.workers, trainer.part, plan.licences)
    try:
        _run(trainer, feed, samples, folder)
    finally:
        feed.close()


def _run(trainer: Trainer, feed: Feed, samples: list[Sample], folder: Path) -> None:
    plan = trainer.plan
    given = feed.take()
    start, before = time.monotonic(), trainer.minutes
    saved, checked, told = before, before, before
    losses: list[float] = []
    waited = 0.0
    while trainer.minutes < plan.minutes:
        losses.append(trainer.learn(given))
        at = time.monotonic()
        given = feed.take()
        waited += time.monotonic() - at
        trainer.minutes = before + (time.monotonic() - start) / 60
        if trainer.minutes - told >= 0.5:
            seconds = 60 * (trainer.minutes - told)
            known = [loss for loss in losses if math.isfinite(loss)]
            _tell(
                folder,
                step=trainer.step,
                pages=trainer.pages,
                minutes=round(trainer.minutes, 2),
                loss=round(sum(known) / max(1, len(known)), 4),
                ms=round(1000 * seconds / (len(losses) * plan.batch), 1),
                waited=round(waited / seconds, 3),
            )
            losses, waited, told = [], 0.0, trainer.minutes
        if trainer.minutes - saved >= plan.save:
            trainer.save(folder / "checkpoint.npz")
            saved = trainer.minutes
        if trainer.minutes - checked >= plan.check:
            _check(trainer, samples, folder)
            trainer.minutes = before + (time.monotonic() - start) / 60
            checked = told = trainer.minutes
    trainer.save(folder / "checkpoint.npz")


def _check(trainer: Trainer, samples: list[Sample], folder: Path) -> None:
    parts = by_part(answers(build_for(trainer.mean), samples), samples)
    figures = {name: one.rounded() for name, one in parts.items()}
    _tell(folder, step=trainer.step, minutes=round(trainer.minutes, 2), validation=figures)


def _tell(folder: Path, **what: Any) -> None:
    """A line of the log, on stderr too."""
    if "validation" in what:
        say(f"after {what['minutes']:.0f} minutes:")
        for name, row in what["validation"].items():
            say("  " + name + ": " + ", ".join(f"{n} {100 * v:.1f}" for n, v in row.items()))
    else:
        say(
            f"{what['minutes']:7.1f} min  {what['pages']:9,} pages  loss {what['loss']:8.4f}  "
            f"{what['ms']:.0f} ms a page, {what['waited']:.0%} of it waiting for pages"
        )
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")
