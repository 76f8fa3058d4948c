"""What a network makes of images, before it is exported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from hwr_live.crop import network_input

Images = npt.NDArray[np.uint8]
"""(n, 28, 28), bright ink on black."""

Logits = npt.NDArray[np.float32]
"""(n, classes)."""

_CHUNK = 500  # images that are predicted at once


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
