"""A line network as a LiteRT file of unknown width, believed once it has read as Keras does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.litert.graph import Shape
from hwr_live.strip import HEIGHT
from hwr_live.system.silence import silence
from train.lines.alphabet import CLASSES, STRIDE, decode
from train.lines.compose import Line
from train.lines.feed import batch
from train.results.litert import sound

AGREEMENT = 0.99
"""Least share of characters of the validation lines that an export must read as Keras does. Those
lines are far harder than what people hand in: where the network itself is in two minds, rounding
decides, for the better as often as for the worse."""

SHAPES: tuple[Shape, ...] = ((1, HEIGHT, 64, 1), (16, HEIGHT, 64, 1), (1, HEIGHT, 2048, 1))
"""Of the strips that an export must take: short ones, several at once, a long one."""

LOSS = 0.002
"""The most that an export may raise the share of wrong characters, over all validation lines."""


@dataclass(frozen=True)
class Export:
    """A LiteRT file, what it reads, and how that compares with the Keras model.

    Attributes:
        file: its bytes.
        texts: what it reads of each validation line.
        agreement: one less the share of characters that it reads otherwise than Keras.
        loss: its share of wrong characters less that of the Keras model.
    """

    file: bytes
    texts: list[str]
    agreement: float
    loss: float = 0.0

    def refusal(self) -> str | None:
        """Why it must not be used, or None."""
        if self.loss > LOSS:
            return (
                f"the export reads {100 * self.loss:.2f} points more of the validation lines' "
                f"characters wrongly than the network, more than {100 * LOSS:.1f}"
            )
        if self.agreement < AGREEMENT:
            return (
                f"the export agrees with the network on only {self.agreement:.2%} of the "
                f"validation lines' characters, not {AGREEMENT:.1%}"
            )
        return None


def convert(model: Any, quantize: bool = True, shapes: Sequence[Shape] = SHAPES) -> bytes:
    """The LiteRT file of a network, for any number and width of strips, and at least such ones.

    The variables are frozen into constants first: otherwise the file holds no weights that could
    have 8 bits.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    signature = [tf.TensorSpec((None, model.input_shape[1], None, 1), tf.float32, name="strip")]
    answer = tf.function(lambda strip: model(strip, training=False), input_signature=signature)
    frozen = convert_variables_to_constants_v2(answer.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    if quantize:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return sound(bytes(converter.convert()), shapes)


class Lite:
    """A LiteRT file that answers strips of any width.

    Args:
        file: its bytes.
        threads: how many it may use.
    """

    def __init__(self, file: bytes, threads: int = 1) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with silence():
            self._interpreter: Any = Interpreter(model_content=file, num_threads=threads)
        self._in = self._interpreter.get_input_details()[0]["index"]
        self._out = self._interpreter.get_output_details()[0]["index"]
        self._shape: tuple[int, ...] = ()

    def __call__(self, strips: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Logits (n, w/4, ``OUTPUTS``) of uint8 strips (n, 48, w)."""
        if strips.shape != self._shape:
            self._interpreter.resize_tensor_input(self._in, [*strips.shape, 1])
            self._interpreter.allocate_tensors()
            self._shape = strips.shape
        self._interpreter.set_tensor(self._in, strips[..., None].astype(np.float32) / 255)
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._out), np.float32).copy()


def answers(
    lite: Lite, lines: list[Line], size: int = 16
) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Number and logits (frames, ``OUTPUTS``) of each line, the shorter ones first."""
    order = sorted(range(len(lines)), key=lambda i: lines[i].image.shape[1])
    for start in range(0, len(order), size):
        some = order[start : start + size]
        logits = lite(batch([lines[i] for i in some]).images)
        for i, row in zip(some, logits, strict=True):
            yield i, row[: lines[i].image.shape[1] // STRIDE]


def read(lite: Lite, lines: list[Line]) -> list[str]:
    """What a LiteRT file reads by the best path, in the lines' order."""
    out = [""] * len(lines)
    for i, logits in answers(lite, lines):
        out[i] = decode(logits[:, :CLASSES].argmax(1).tolist())
    return out
