"""The networks, each a plain function that reads aloud like its description.

All take images of float32 (n, 28, 28, 1), bright ink on black, 0 to 1, and give logits of shape
(n, classes).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from keras import Input, Model, StatelessScope, layers, models, saving

from hwr_live.errors import InputError
from train.fit.keras_file import MOST_BYTES, check

Net = Callable[[int], Model]


def dense(classes: int) -> Model:
    """784-50-50-classes with ReLU: the well-known first network on MNIST."""
    image = Input((28, 28, 1))
    x = layers.Flatten()(image)
    x = layers.Dense(50, activation="relu")(x)
    x = layers.Dense(50, activation="relu")(x)
    return Model(image, layers.Dense(classes)(x), name="dense")


def mnist_cnn(classes: int) -> Model:
    """Two 3×3 convolutions of 32 and 64, each pooled, and a dense layer of 128, with dropout."""
    image = Input((28, 28, 1))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(image)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.25)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dropout(0.25)(x)
    return Model(image, layers.Dense(classes)(x), name="mnist-cnn")


def emnist_cnn(classes: int) -> Model:
    """A 5×5 convolution of 32 with stride 2, a 3×3 of 64, pooling, and a dense layer of 128."""
    image = Input((28, 28, 1))
    x = layers.Conv2D(32, 5, strides=2, activation="relu")(image)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.25)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    return Model(image, layers.Dense(classes)(x), name="emnist-cnn")


def hwr(classes: int) -> Model:
    """Ours: six convolutions that halve the picture three times, then a dense layer of 256.

    The first convolution has stride 2: on a CPU the full 28×28 plane costs as much as all the rest
    and adds little. Batch normalisation after each convolution; momentum 0.9, because Keras's 0.99
    leaves the running means near their start for the first hundreds of steps.
    """
    return _six_convolutions("hwr", classes, (32, 48, 64, 96, 128, 192), (0.2, 0.3))


def hwr_small(classes: int) -> Model:
    """Ours for live use: built like hwr with a quarter of its work, to be taught by it.

    It has less to forget, so less is dropped.
    """
    return _six_convolutions("hwr-small", classes, (16, 16, 32, 48, 64, 128), (0.1, 0.15))


def _six_convolutions(
    name: str, classes: int, filters: tuple[int, ...], dropped: tuple[float, float]
) -> Model:
    """The body of our networks: filters of each convolution, and what is dropped before and after
    the dense layer."""
    first, second, third, fourth, fifth, sixth = filters
    image = Input((28, 28, 1))
    x = _convolution(image, first, size=5, strides=2)  # 14×14
    x = _convolution(x, second)
    x = _convolution(x, third, strides=2)  # 7×7
    x = _convolution(x, fourth)
    x = _convolution(x, fifth)
    x = _convolution(x, sixth, strides=2)  # 4×4
    x = layers.Flatten()(x)
    x = layers.Dropout(dropped[0])(x)
    x = layers.Dense(256, activation="relu", name="embedding")(x)
    x = layers.Dropout(dropped[1])(x)
    return Model(image, layers.Dense(classes)(x), name=name)


def _convolution(x: Any, filters: int, size: int = 3, strides: int = 1) -> Any:
    x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.ReLU()(x)


def load_net(path: Path) -> Model:
    """A saved network.

    Raises:
        InputError: for a file that cannot be loaded or is no network of 28×28 images.
    """
    try:
        config = check(path)
        with StatelessScope(initialize_variables=False):  # nothing is allocated
            empty = saving.deserialize_keras_object(config, safe_mode=True)
        if (size := 4 * sum(math.prod(one.shape) for one in empty.variables)) > MOST_BYTES:
            raise ValueError(f"its weights take {size >> 20} MB")
        model = models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever zipfile, h5py and Keras raise for a broken file
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path} cannot be loaded: {reason}") from None
    if model.input_shape != (None, 28, 28, 1) or len(model.output_shape) != 2:
        raise InputError(f"{path} is no network that takes 28×28 images and gives logits")
    return model


NETS: dict[str, Net] = {
    "hwr": hwr,
    "hwr-small": hwr_small,
    "dense": dense,
    "mnist-cnn": mnist_cnn,
    "emnist-cnn": emnist_cnn,
}
