"""The median is NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.middle import median


def test_of_nothing_there_is_none() -> None:
    with pytest.raises(IndexError):
        median([])


@pytest.mark.parametrize("count", [1, 2, 3, 8, 101])
def test_the_median_is_that_of_numpy(count: int) -> None:
    values = np.random.default_rng(count).normal(0, 9, count)
    assert median(values) == np.median(values)
    assert isinstance(median(values.tolist()), float)
    assert median(values.astype(int).tolist()) == np.median(values.astype(int))
