"""The median, for what is needed at every start: NumPy's own brings its masked arrays, that of
Python's library fractions, decimals and random numbers, a hundredth of a second each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


def median(values: Iterable[float]) -> float:
    """The middle of some numbers, at least one; of an even count the mean of the two in the middle.

    >>> median([3, 1, 2]), median([4.0, 1.0, 2.0, 3.0])
    (2.0, 2.5)
    """
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return float(ordered[half - 1] + ordered[half]) / 2


def weighted_median(values: npt.NDArray[np.number], weights: npt.NDArray[np.number]) -> float:
    """Of some numbers, at least one, the first that with all smaller ones has half the weight.

    >>> weighted_median(np.array([3, 1, 2]), np.array([5, 1, 1]))
    3.0
    """
    order = np.argsort(values, kind="stable")
    mass = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(mass, mass[-1] / 2)])
