"""Components: labels, boxes and areas are those of OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwr_live.segmentation.components import components


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
