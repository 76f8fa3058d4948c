"""The median, for what is needed at every start: NumPy's own brings its masked arrays, that of
Python's library fractions, decimals and random numbers, a hundredth of a second each."""

from __future__ import annotations

from collections.abc import Iterable


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
