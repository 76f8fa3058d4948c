"""Keras model → LiteRT files, each checked against the Keras model before it is believed."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from train.loop import scale

QUANTIZED_AGREEMENT = 0.995
"""Least share of images on which an 8-bit export must give the Keras model's first choice."""


def to_litert(model: keras.Model, quantize: bool) -> bytes:
    """The LiteRT file of a model: float32, or with 8-bit weights (dynamic range)."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if quantize:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        return bytes(converter.convert())


def run_litert(file: bytes, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Logits (n, classes) of uint8 images (n, 28, 28), by LiteRT."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter: Any = Interpreter(model_content=file, num_threads=2)
    first = interpreter.get_input_details()[0]["index"]
    last = interpreter.get_output_details()[0]["index"]
    out = []
    for start in range(0, len(images), 256):
        x = scale(images[start : start + 256])
        interpreter.resize_tensor_input(first, list(x.shape))
        interpreter.allocate_tensors()
        interpreter.set_tensor(first, x)
        interpreter.invoke()
        out.append(interpreter.get_tensor(last).copy())
    return np.concatenate(out)
