"""What ink belongs to, as the line network tells it: handwriting, print, or no writing at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.settings import DEFAULTS, KindSettings

Floats = npt.NDArray[np.float64]

KINDS = ("hand", "print", "none")
"""The kinds in the order of a network's outputs."""

HAND, PRINT, NONE = range(len(KINDS))


def no_writing(kinds: Floats | None) -> float:
    """How surely a line is no writing.

    Args:
        kinds: (frames, 3) logarithms of probabilities; None where the network does not tell.

    Returns:
        0 to 1; 0 of no frames.
    """
    if kinds is None or not len(kinds):
        return 0.0
    return float(np.exp(kinds[:, NONE]).mean())


def in_print(
    kinds: Floats | None,
    centres: Floats,
    words: Sequence[tuple[float, float]],
    settings: KindSettings = DEFAULTS.kinds,
) -> tuple[bool, ...]:
    """Which words of a line are printed.

    A word of few frames is judged by its line rather than by itself.

    Args:
        kinds: as of :func:`no_writing`.
        centres: (frames,) where each frame's middle is.
        words: left and right edge of each word, in the same unit.
        settings: how much is needed.
    """
    if kinds is None or not len(kinds):
        return (False,) * len(words)
    odds = kinds[:, PRINT] - kinds[:, HAND]
    usual = float(odds.mean())
    out = []
    for left, right in words:
        own = odds[(centres >= left) & (centres <= right)]
        score = (float(own.sum()) + settings.line_frames * usual) / (
            len(own) + settings.line_frames
        )
        out.append(score > math.log(settings.printed / (1 - settings.printed)))
    return tuple(out)
