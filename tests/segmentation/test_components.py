"""Components: labels, boxes and areas are those of OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwr_live.segmentation.components import components, outlines, spread


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (90, 1), (40, 70), (200, 300)])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_components_are_those_of_opencv(shape: tuple[int, int], share: float) -> None:
    mask = np.random.default_rng(4).random(shape) < share
    labels, stats = components(mask)
    _, expected, boxes, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    np.testing.assert_array_equal(labels, expected)
    np.testing.assert_array_equal(stats[1:], boxes[1:])
    assert labels.dtype == stats.dtype == np.int32
    assert not stats[0].any()


def test_around_the_ink_there_is_no_component() -> None:
    mask = np.zeros((300, 400), np.bool_)
    for _ in range(3):  # memory that was used before is not all 0
        mask[:] = True
        components(mask)
        mask[:] = False
        mask[90:140:3, 71:290] = True
        labels, stats = components(mask)
        assert len(stats) == 18
        np.testing.assert_array_equal(labels > 0, mask)


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (90, 1), (40, 70), (300, 700)])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_runs_are_all_the_ink_component_by_component(shape: tuple[int, int], share: float) -> None:
    mask = np.random.default_rng(5).random(shape) < share
    labels, boxes = components(mask)
    stats, runs = outlines(mask)
    np.testing.assert_array_equal(stats, boxes)
    for number in range(1, len(stats), 1 + len(stats) // 50):
        own = runs.of(np.array([number]))
        pixels = spread(runs.y[own] * shape[1] + runs.x[own], runs.length[own])
        np.testing.assert_array_equal(pixels, np.flatnonzero(labels == number))
    assert runs.length.sum() == mask.sum()


@pytest.mark.parametrize(
    ("starts", "lengths", "expected"),
    [([], [], []), ([3], [0], []), ([5, 0, 9], [2, 3, 1], [5, 6, 0, 1, 2, 9])],
)
def test_spread_counts_on_from_each_start(
    starts: list[int], lengths: list[int], expected: list[int]
) -> None:
    assert spread(np.array(starts, int), np.array(lengths, int)).tolist() == expected
