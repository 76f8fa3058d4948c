"""A line network's training on TensorFlow, by one process or by several together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from train.fit.distribute import Team
from train.lines.feed import Batch
from train.lines.step import Answer, line_loss


class TensorFlowStep:
    """``train.lines.step.Step``; gradients are averaged over all replicas."""

    def __init__(self, model: Any, optimizer: Any, teacher: Any, share: float, team: Team) -> None:
        self._team, self._optimizer = team, optimizer
        self._take = _compiled(model, optimizer, teacher, share, team)

    def __call__(self, given: Sequence[Batch], rate: float, minutes: float) -> tuple[float, float]:
        self._optimizer.learning_rate.assign(rate)
        columns = zip(
            *((b.images, b.frames, b.texts, b.lengths, b.kinds) for b in given), strict=True
        )
        # The chief's clock is everybody's: by clocks of their own, some would stop before others.
        clock = np.float32(minutes if self._team.chief else 0.0)
        first = [clock, *(np.float32(0.0) for _ in given[1:])]
        loss, now = self._take(*map(self._team.spread, columns), self._team.spread(first))
        return float(loss), float(now) if self._team.replicas > 1 else minutes

    def flush(self) -> None:
        """Nothing: variables are changed where they are."""


def _compiled(model: Any, optimizer: Any, teacher: Any, share: float, team: Team) -> Any:
    def learn(images: Any, frames: Any, texts: Any, lengths: Any, kinds: Any, clock: Any) -> Any:
        strips = tf.cast(images, tf.float32)[..., None] / 255.0
        with tf.GradientTape() as tape:
            logits = model(strips, training=True)
            taught = teacher(strips, training=False) if teacher is not None else None
            loss = line_loss(logits, texts, lengths, frames, kinds, taught, share)
        grads = tape.gradient(loss, model.trainable_variables)
        if team.replicas > 1:
            grads = [grad / team.replicas for grad in team.mean(grads)]  # Keras adds them up
            loss = team.mean(loss)
        # A step whose gradient overflows is left out: it teaches nothing, and would end all.
        good = tf.math.is_finite(loss) & tf.math.is_finite(tf.linalg.global_norm(grads))
        grads = [tf.where(good, grad, tf.zeros_like(grad)) for grad in grads]
        optimizer.apply(grads, model.trainable_variables)
        return tf.where(good, loss, np.nan), team.sum(tf.identity(clock))

    if team.replicas > 1:
        return tf.function(lambda *given: team.run(learn, *given), reduce_retracing=True)
    signature = [
        tf.TensorSpec((None, model.input_shape[1], None), tf.uint8),
        tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((), tf.float32),
    ]
    return tf.function(learn, input_signature=signature, jit_compile=False)


def answerer(model: Any) -> Answer:
    """As ``train.lines.step.answerer``."""
    answer = tf.function(
        lambda x: model(tf.cast(x, tf.float32)[..., None] / 255.0, training=False),
        input_signature=[tf.TensorSpec((None, model.input_shape[1], None), tf.uint8)],
    )

    def answered(strips: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        return np.asarray(answer(strips), np.float32)

    return answered
