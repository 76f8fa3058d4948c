"""The line network: convolutions, the maximum over rows, convolutions along the line, CTC.

After Retsinas, Sfikas, Gatos and Nikou (arXiv:2404.11339): the aspect is kept and the maximum over
the columns makes a sequence. Instead of an LSTM, dilated convolutions with shortcuts see along the
line: they are quick in LiteRT and take any width.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.strip import HEIGHT
from train.lines.alphabet import CLASSES, OUTPUTS

_MOMENTUM = 0.95  # of BatchNormalization: the default needs thousands of steps to settle


STEM = (32, 48, 64, 96, 128, 128, 192)
"""Channels of the convolutions over the picture. Few where the picture is still large: there a
channel costs most."""
CHANNELS = 256
_DILATIONS = (1, 2, 4, 1, 8, 2)
"""Of the convolutions along the line: together they see 73 frames, a dozen letters. A network may
have only the first of them."""
ALONG = len(_DILATIONS)
_NEW = 0.1
"""What the answers of a convolution that a trained network is given begin with: nearly nothing, so
that it goes on from what it knows."""


def sizes(width: float) -> tuple[tuple[int, ...], int]:
    """Channels of the stem and along the line, for a share of the usual ones."""
    some = tuple(max(4, round(count * width / 4) * 4) for count in (*STEM, CHANNELS))
    return some[:-1], some[-1]


def build_for(weights: Sequence[npt.NDArray[Any]]) -> Any:
    """The network that these weights are of, with them; one that tells no kinds yet is given these
    outputs.

    Raises:
        ValueError: if they are of none.
    """
    return deepened(weights, 0)


def deepened(weights: Sequence[npt.NDArray[Any]], along: int = ALONG) -> Any:
    """The network that these weights are of, with so many convolutions along the line at the least:
    those behind its own begin by chance and say little.

    Raises:
        ValueError: if they are of none.
    """
    stem, channels, now = _form(weights)
    model = build(stem, channels, max(now, along))
    fresh = model.get_weights()
    before = len(weights) - 2  # the last two are the kernel and the bias of the outputs
    for gamma in range(before + 1, len(fresh) - 2, 5):
        fresh[gamma] = np.full_like(fresh[gamma], _NEW)
    known = [_with_kinds(weight) for weight in weights]
    model.set_weights([*known[:before], *fresh[before:-2], *known[before:]])
    return model


def _form(weights: Sequence[npt.NDArray[Any]]) -> tuple[tuple[int, ...], int, int]:
    """Channels of the stem, channels along the line and convolutions along it.

    Raises:
        ValueError: if the weights are of no line network.
    """
    stem = tuple(int(w.shape[-1]) for w in weights if w.ndim == 4)
    along = [int(w.shape[-1]) for w in weights if w.ndim == 3 and w.shape[0] > 1]
    if len(stem) != len(STEM) or not 0 < len(along) <= ALONG:
        raise ValueError("these weights are of no line network")
    return stem, along[0], len(along)


def _with_kinds(weight: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The kernel and the bias of the last layer with room for the kinds; all others as they are."""
    if weight.ndim > 2 or weight.shape[-1] != CLASSES:
        return weight
    return np.pad(weight, [(0, 0)] * (weight.ndim - 1) + [(0, OUTPUTS - CLASSES)])


def build(stem: Sequence[int] = STEM, channels: int = CHANNELS, along: int = ALONG) -> Any:
    """The network: float32 (n, 48, w, 1), 0 to 1 → logits of classes and kinds, float32
    (n, w/4, ``OUTPUTS``).

    Args:
        stem: channels of the seven convolutions over the picture.
        channels: of the convolutions along the line.
        along: how many of these there are, up to ``ALONG``.
    """
    import keras

    layers = keras.layers

    norm = normalization()

    def normed(x: Any) -> Any:
        x = norm(momentum=_MOMENTUM)(x)
        return layers.Activation("relu")(x)

    def over(x: Any, count: int, kernel: int, strides: Any) -> Any:
        conv = layers.Conv2D(count, kernel, strides=strides, padding="same", use_bias=False)
        return normed(conv(x))

    x = strip = keras.Input((HEIGHT, None, 1))
    steps: list[tuple[int, Any]] = [
        (5, 2),
        (3, 1),
        (3, 2),
        (3, 1),
        (3, (2, 1)),
        (3, 1),
        (3, (2, 1)),
    ]
    for count, (kernel, strides) in zip(stem, steps, strict=True):
        x = over(x, count, kernel, strides)
    x = keras.ops.max(x, axis=1)
    if channels != stem[-1]:
        x = normed(layers.Conv1D(channels, 1, use_bias=False)(x))
    for dilation in _DILATIONS[:along]:
        conv = layers.Conv1D(channels, 5, padding="same", dilation_rate=dilation, use_bias=False)
        x = layers.Add()([x, normed(conv(x))])
    logits = layers.Dense(OUTPUTS, dtype="float32")(x)
    return keras.Model(strip, logits, name="lines")


@lru_cache(maxsize=1)
def normalization() -> Any:
    """Keras's BatchNormalization, which trains with TensorFlow's fused kernel where there is
    TensorFlow: Keras's own sums are most of what a step costs a processor (12.4 against 7.6 ms a
    line). A model file loads without this class, as the weights are the same.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        return keras.layers.BatchNormalization
    import tensorflow as tf

    class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
        def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
            if not training:
                return super().call(inputs, training=training, mask=mask)
            flat = inputs if len(inputs.shape) == 4 else inputs[:, None]
            out, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
                x=flat,
                scale=tf.cast(self.gamma, tf.float32),
                offset=tf.cast(self.beta, tf.float32),
                mean=tf.zeros(0),
                variance=tf.zeros(0),
                epsilon=self.epsilon,
                is_training=True,
            )
            for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
                known = tf.where(tf.math.is_finite(now), now, moving)
                moving.assign(moving * self.momentum + known * (1 - self.momentum))
            return out if len(inputs.shape) == 4 else out[:, 0]

    return FusedBatchNormalization
