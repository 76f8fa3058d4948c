"""Answers of a LiteRT file, without TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.crop import network_input
from hwr_live.recognition.classify import named_outputs
from hwr_live.system.silence import silence

_CHUNK = 256


def run_litert(file: bytes, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Logits (n, classes) of uint8 images (n, 28, 28), n at least 1."""
    from ai_edge_litert.interpreter import Interpreter

    with silence():  # it tells which of its parts it uses
        interpreter: Any = Interpreter(model_content=file, num_threads=2)
        interpreter.allocate_tensors()
    first = interpreter.get_input_details()[0]["index"]
    last = named_outputs(interpreter)["logits"]
    out = []
    for start in range(0, len(images), _CHUNK):
        x = network_input(images[start : start + _CHUNK])
        interpreter.resize_tensor_input(first, list(x.shape))
        interpreter.allocate_tensors()
        interpreter.set_tensor(first, x)
        interpreter.invoke()
        out.append(interpreter.get_tensor(last).copy())
    return np.concatenate(out)
