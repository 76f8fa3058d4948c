"""The map of writing: a U-Net over the grey picture that answers at a quarter of its scale.

After Ronneberger, Fischer and Brox (arXiv:1505.04597), with sums in place of joined channels; the
cores of lines as in DB (Liao, Wan, Yao, Chen and Bai, arXiv:1911.08947).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy.typing as npt

from train.lines.network import normalization
from train.pages.target import CHANNELS

STRIDE = 32
"""Pixels of a picture whose sides are multiples of it: so much does the coarsest layer see as
one."""

WIDTHS = (12, 24, 48, 80, 112)
"""Channels at a half, a quarter, … of the picture's scale."""

_MOMENTUM = 0.95  # of BatchNormalization: the default needs thousands of steps to settle


def build(widths: Sequence[int] = WIDTHS) -> Any:
    """The network: float32 (n, h, w, 1), 0 to 1 → logits, float32 (n, h/4, w/4, channels)."""
    import keras

    layers = keras.layers
    norm = normalization()

    def conv(x: Any, count: int, kernel: int = 3, strides: int = 1) -> Any:
        x = layers.Conv2D(count, kernel, strides=strides, padding="same", use_bias=False)(x)
        return layers.Activation("relu")(norm(momentum=_MOMENTUM)(x))

    x = picture = keras.Input((None, None, 1))
    sides = []
    for number, count in enumerate(widths):
        x = conv(x, count, 5 if number == 0 else 3, 2)
        if number:
            x = conv(x, count)
            sides.append(x)
    x = sides.pop()
    shuffled = _shuffled()
    for side in reversed(sides):
        count = side.shape[-1]
        x = shuffled()(layers.Conv2D(4 * count, 1, use_bias=False)(x))
        x = conv(layers.Add()([x, side]), count)
    logits = layers.Conv2D(CHANNELS, 3, padding="same", dtype="float32")(x)
    return keras.Model(picture, logits, name="pages")


@lru_cache(maxsize=1)
def _shuffled() -> Any:
    """A layer that sets four channels as two by two places (Shi and others, arXiv:1609.05158). In
    LiteRT enlarging by interpolation asks for the picture's size, after which no layer is planned
    ahead any more; this does not."""
    import keras
    import tensorflow as tf

    class Shuffled(keras.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return tf.nn.depth_to_space(inputs, 2)

        def compute_output_shape(self, shape: Any) -> Any:
            n, h, w, c = shape
            return (n, h and 2 * h, w and 2 * w, c // 4)

    return Shuffled


def build_for(weights: Sequence[npt.NDArray[Any]]) -> Any:
    """The network that these weights are of, with them.

    Raises:
        ValueError: if they are of none.
    """
    own = [w for w in weights if w.ndim == 4]
    if len(own) < 2 * len(WIDTHS):
        raise ValueError("these weights are of no map of writing")
    widths = [int(own[0].shape[-1]), *(int(own[2 * i - 1].shape[-1]) for i in range(1, 5))]
    model = build(widths)
    model.set_weights(list(weights))
    return model
