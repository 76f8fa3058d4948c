"""What ink belongs to, as the line network tells it: handwriting, print, or no writing at all."""

from __future__ import annotations

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
    """Which words of a line are printed: those that surely are, and, beside words that are surely
    written by hand, those that are not: the network sees some words at once, so that a printed
    label looks half written where handwriting follows.

    Args:
        kinds: as of :func:`no_writing`.
        centres: (frames,) where each frame's middle is.
        words: left and right edge of each word, in the same unit.
        settings: how much is needed.
    """
    if kinds is None or not len(kinds) or not words:
        return (False,) * len(words)
    odds = kinds[:, PRINT] - kinds[:, HAND]
    means = []
    for left, right in words:
        own = odds[(centres >= left) & (centres <= right)]
        means.append(float(own.mean()) if len(own) else float(odds.mean()))
    least = settings.beside if min(means) < settings.hand else settings.printed
    return tuple(mean > least for mean in means)
