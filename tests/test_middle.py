"""The median is NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.middle import median, weighted_median


def test_of_nothing_there_is_none() -> None:
    with pytest.raises(IndexError):
        median([])


@pytest.mark.parametrize("count", [1, 2, 3, 8, 101])
def test_the_median_is_that_of_numpy(count: int) -> None:
    values = np.random.default_rng(count).normal(0, 9, count)
    assert median(values) == np.median(values)
    assert isinstance(median(values.tolist()), float)
    assert median(values.astype(int).tolist()) == np.median(values.astype(int))


def test_with_weights_of_nothing_there_is_none() -> None:
    with pytest.raises(IndexError):
        weighted_median(np.empty(0), np.empty(0))


@pytest.mark.parametrize(
    ("values", "weights", "middle"),
    [([7], [2], 7), ([1, 2, 3], [1, 1, 1], 2), ([3, 1, 2], [5, 1, 1], 3), ([1, 2], [1, 1], 1)],
)
def test_with_weights_the_middle_has_half_of_them(
    values: list[int], weights: list[int], middle: int
) -> None:
    assert weighted_median(np.array(values), np.array(weights)) == middle
