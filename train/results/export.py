"""Keras model → LiteRT file, believed only once it has answered like the Keras model."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from train.fit.predict import Images, Logits, predictor
from train.results.litert import SHAPES, run_litert, sound

AGREEMENT = {False: 0.999, True: 0.99}
"""Least share of images on which an export, float32 or with 8-bit weights, must have the Keras
model's first choice: of look-alikes, such as 1, l, I and |, either may come first."""

ACCURACY_LOSS = 0.001
"""The most accuracy, 0 to 1, that an export may cost: a tenth of a point."""


@dataclass(frozen=True)
class Export:
    """A LiteRT file and how it compares with the Keras model on validation images.

    Attributes:
        file: its bytes.
        quantized: whether its weights have 8 bits, or are float32.
        logits: float32 (n, classes), its answers.
        embedding: numbers that its second output gives of an image, for
            ``hwr_live.recognition.adapt``.
        agreement: share of images on which both have the same first choice.
        accuracy_loss: the Keras model's accuracy less its own; negative where it is better.
    """

    file: bytes
    quantized: bool
    logits: Logits
    embedding: int
    agreement: float
    accuracy_loss: float

    @property
    def name(self) -> str:
        return "8-bit" if self.quantized else "float32"

    def refusal(self) -> str | None:
        """Why it must not be used, or None. A single image is never a reason."""
        count = len(self.logits)
        disagree = round((1 - self.agreement) * count)
        if disagree > max(1.0, (1 - AGREEMENT[self.quantized]) * count):
            return (
                f"the {self.name} export agrees with the network on only {self.agreement:.2%} of "
                f"{count:,} validation images, not {AGREEMENT[self.quantized]:.1%}"
            )
        if round(self.accuracy_loss * count) > max(1.0, ACCURACY_LOSS * count):
            return (
                f"the {self.name} export costs {100 * self.accuracy_loss:.2f} points of accuracy "
                f"on {count:,} validation images, more than {100 * ACCURACY_LOSS:.1f}"
            )
        return None


def export(
    model: keras.Model, images: Images, labels: npt.NDArray[np.integer], *, quantize: bool
) -> Export:
    """Converts a model and compares the result with it.

    Args:
        model: the network.
        images: uint8 (n, 28, 28), n at least 1, of the validation part.
        labels: (n,), their classes.
        quantize: whether weights are kept in 8 bits (dynamic range), or in float32.
    """
    file = convert(model, quantize)
    own, exported = predictor(model)(images).argmax(1), run_litert(file, images)
    theirs = exported.argmax(1)
    return Export(
        file,
        quantize,
        exported,
        int(model.layers[-1].input.shape[-1]),
        float((own == theirs).mean()),
        float((own == labels).mean() - (theirs == labels).mean()),
    )


def with_embedding(model: keras.Model) -> keras.Model:
    """The network with two outputs: ``logits`` and ``embedding``, what its last layer sees.

    A profile of the user's hand works on embeddings (``hwr_live.recognition.adapt``).
    """
    last = model.layers[-1]
    return keras.Model(model.input, {"logits": model.output, "embedding": last.input})


def convert(model: keras.Model, quantize: bool) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(with_embedding(model))
    if quantize:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        return sound(bytes(converter.convert()), SHAPES)
