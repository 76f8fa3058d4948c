"""A map of writing as a LiteRT file, believed once it has answered as Keras does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.litert.graph import Shape
from train.lines.export import Lite, convert
from train.pages.compose import Sample
from train.pages.network import STRIDE
from train.pages.target import MAPS

SHAPES: tuple[Shape, ...] = ((1, STRIDE, STRIDE, 1), (1, 32 * STRIDE, 24 * STRIDE, 1))
"""Of the pictures that an export must take: a small one, a page."""

AGREEMENT = 0.99
"""Least share of the places of all maps where an export must say what Keras says."""


@dataclass(frozen=True)
class Export:
    """A LiteRT file, what it answers, and how that compares with the Keras model.

    Attributes:
        file: its bytes.
        answers: its logits of each validation page.
        agreement: share of the places of all maps where both say the same.
    """

    file: bytes
    answers: list[npt.NDArray[np.float32]]
    agreement: float

    def refusal(self) -> str | None:
        """Why it must not be used, or None."""
        if self.agreement < AGREEMENT:
            return (
                f"the export agrees with the network at only {self.agreement:.2%} of the "
                f"validation pages' places, not {AGREEMENT:.1%}"
            )
        return None


def export(model: Any, samples: list[Sample], *, quantize: bool = True) -> Export:
    """Converts a network and compares what both say of the validation pages."""
    from train.pages.loop import answers

    file = convert(model, quantize, SHAPES)
    own, exported = answers(model, samples), lite_answers(file, samples)
    maps = slice(0, 4 * MAPS)
    same = [
        np.mean((a[..., maps] > 0) == (b[..., maps] > 0))
        for a, b in zip(own, exported, strict=True)
    ]
    return Export(file, exported, float(np.mean(same)))


def lite_answers(
    file: bytes, samples: list[Sample], threads: int = 1
) -> list[npt.NDArray[np.float32]]:
    """What a LiteRT file says of each page: logits (h/4, w/4, channels)."""
    lite = Lite(file, threads)
    return [lite(one.grey[None])[0] for one in samples]
