"""Answers of a LiteRT file, without TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.crop import SIZE, network_input
from hwr_live.errors import HwrError, InputError
from hwr_live.recognition.classify import named_outputs
from hwr_live.recognition.litert.check import check
from hwr_live.recognition.litert.graph import Shape, Unsound
from hwr_live.recognition.litert.trust import trust
from hwr_live.recognition.network import litert_file
from hwr_live.system.silence import silence

_CHUNK = 256
SHAPES: tuple[Shape, ...] = ((1, SIZE, SIZE, 1), (16, SIZE, SIZE, 1))
"""Of the batches that a network must take."""


def sound(file: bytes, shapes: Sequence[Shape]) -> bytes:
    """An export, if reading will take it.

    Raises:
        HwrError: if not: a network with other layers than ours may have other operators.
    """
    try:
        check(file, shapes)
    except Unsound as error:
        raise HwrError(f"the network would not be read by: {error}") from None
    return file


def model_content(path: Path, shapes: Sequence[Shape]) -> bytes:
    """A model's LiteRT file, which may be anybody's, once it can be given to the interpreter.

    Raises:
        InputError: if it cannot be read, or is no network that this program runs.
    """
    file = litert_file(path)
    trust(path, file, shapes)
    return file


def run_file(path: Path, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """``run_litert`` of a model's file, which may be anybody's.

    Raises:
        InputError: if it cannot be read, or is no network that this program runs.
    """
    file = model_content(path, SHAPES)
    try:
        return run_litert(file, images)
    except (ValueError, RuntimeError) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(f"{path} does not run: {reason}") from None


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
