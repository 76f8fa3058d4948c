"""Copies of photographs hold all that was in view, a little changed."""

from __future__ import annotations

import numpy as np

from tests.measure.photographs import again


def page() -> np.ndarray:
    picture = np.full((300, 400, 3), 200, np.uint8)
    for x in (30, 360):
        for y in (30, 260):
            picture[y : y + 12, x : x + 12] = 20
    return picture


def test_the_same_number_gives_the_same_copy() -> None:
    first, second = (again(page(), np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_all_corners_stay_in_view() -> None:
    for seed in range(8):
        copy = again(page(), np.random.default_rng(seed)).min(2)
        h, w = copy.shape
        for rows in (slice(0, h // 2), slice(h // 2, h)):
            for columns in (slice(0, w // 2), slice(w // 2, w)):
                part = copy[rows, columns].astype(int)
                assert part.min() < np.median(part) - 60


def test_copies_differ_in_size_and_light() -> None:
    copies = [again(page(), np.random.default_rng(seed)) for seed in range(8)]
    assert len({copy.shape for copy in copies}) == 8
    assert np.ptp([np.median(copy) for copy in copies]) > 10
