"""One step of a training: the optimizer, the loss, and what they make of a batch."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from train.devices import gpus
from train.fit.batches import Parts
from train.fit.distribute import Team
from train.recipe import Recipe


def is_half(recipe: Recipe) -> bool:
    """Whether a recipe computes in half precision."""
    return recipe.precision == "float16" or (recipe.precision == "auto" and bool(gpus()))


@contextlib.contextmanager
def number_format(name: str) -> Iterator[None]:
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


class Teacher(NamedTuple):
    """A network whose answers are learned.

    Attributes:
        model: the network.
        places: float32 (its classes, classes), 1 where one of its outputs is one of the learner's.
    """

    model: keras.Model
    places: npt.NDArray[np.float32]

    @classmethod
    def of(cls, model: keras.Model, columns: Sequence[int], classes: int) -> Teacher:
        """Of a network whose outputs are the learner's ``columns``."""
        return cls(model, np.eye(classes, dtype=np.float32)[np.array(columns, np.intp)])


def _known(teachers: Sequence[Teacher], classes: int) -> npt.NDArray[np.float32]:
    """(classes,) 1 for what all teachers know: of the rest only labels are learned."""
    out = np.ones(classes, np.float32)
    for one in teachers:
        out *= one.places.max(0)
        if one.places.shape[0] < classes:
            # What was no character to a teacher of fewer may be one, and other things are none.
            out[-1] = 0.0
    return out


def step_function(
    model: keras.Model,
    optimizer: Any,
    average: list[Any],
    recipe: Recipe,
    classes: int,
    team: Team,
    teachers: Sequence[Teacher] = (),
) -> Callable[[Parts, float], Any]:
    """A function of the parts of a batch and the average's decay that takes a step and gives the
    mean loss and the number of images that were read right.

    What teachers say of each image as it was varied is part of its target (Hinton et al. 2015,
    "Distilling the knowledge in a neural network").
    """

    known = tf.constant(_known(teachers, classes), tf.float32)

    def learn(x: Any, y: Any) -> Any:
        smooth = recipe.label_smoothing
        target = tf.one_hot(y, classes) * (1 - smooth) + smooth / classes
        if teachers:
            said = [tf.nn.softmax(one.model(x, training=False)) @ one.places for one in teachers]
            share = recipe.teacher_share * tf.gather(known, y)[:, None]
            target = target * (1 - share) + tf.add_n(said) / len(said) * share
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
