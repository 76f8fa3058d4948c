"""Pictures of lines: no ink first, then level and equally tall whatever the line does."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from hwr_live.segmentation.ink import find_ink
from hwr_live.segmentation.line_picture import CUTS, TALL, Cut, line_picture
from hwr_live.segmentation.writing import TextLine, lines_in
from tests.support.maps import Written, page


def _line(x: float, y: float, length: float, x_height: float, degrees: float = 0.0) -> TextLine:
    way = math.radians(degrees)
    start = np.array((x, y), np.float64)
    end = start + length * np.array((math.cos(way), math.sin(way)))
    return TextLine(start, end, x_height, 1.0, 1.0)


@pytest.mark.parametrize("cut", CUTS)
def test_a_line_without_ink_is_black(cut: Cut) -> None:
    assert not line_picture(np.zeros((60, 90), np.uint8), _line(20, 30, 40, 10), cut).any()


@pytest.mark.parametrize("place", [(-500, 30), (20, -400), (900, 30)])
def test_a_line_beyond_the_picture_is_black(place: tuple[int, int]) -> None:
    picture = line_picture(np.full((60, 90), 200, np.uint8), _line(*place, 40, 10), CUTS[0])
    assert picture.size
    assert not picture.any()


def test_paper_is_black_and_a_faint_pen_is_not() -> None:
    grey = np.full((60, 90), 20, np.uint8)  # the paper's grain
    grey[25:35, 30:33] = 90
    grey[25:35, 60:63] = 200
    picture = line_picture(grey, _line(20, 30, 50, 10), CUTS[0])
    assert (picture > 0).mean() < 0.2
    assert len(np.unique(cv2.connectedComponents((picture > 0).astype(np.uint8))[1])) == 3


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, -75])
@pytest.mark.parametrize("x_height", [12.0, 22.0, 60.0])
def test_lines_are_level_and_equally_tall(degrees: int, x_height: float) -> None:
    grey, seen = page([Written("minimum", (450, 350), degrees, x_height)])
    (line,) = lines_in(seen, 0.5, 0.7)
    picture = line_picture(find_ink(grey).grey, line, CUTS[0])
    rows = np.flatnonzero((picture > 100).sum(1) > 0.15 * (picture > 100).sum(1).max())
    assert 0.6 * TALL < np.ptp(rows) < 1.7 * TALL
    # The first letter stands to the left, the dot of the i above.
    half = picture.shape[1] // 2
    assert (picture[:, :half] > 100).sum() == pytest.approx(
        (picture[:, half:] > 100).sum(), rel=0.3
    )


def test_what_touches_a_line_stays_in_its_picture() -> None:
    grey, seen = page([Written("boxed", (400, 300), 0, 24)])
    (line,) = lines_in(seen, 0.5, 0.7)
    bare = line_picture(find_ink(grey).grey, line, CUTS[0])
    corners = cv2.boxPoints(((400, 295), (190, 46), 0)).astype(np.int32)
    cv2.polylines(grey, [corners], True, 40, 3)
    boxed = line_picture(find_ink(grey).grey, line, CUTS[0])
    assert ((boxed > 100) | (bare <= 100)).mean() > 0.98


def test_a_wider_cut_shows_more() -> None:
    line = _line(20, 30, 50, 10)
    sizes = [line_picture(np.zeros((60, 90), np.uint8), line, cut).size for cut in CUTS]
    assert sizes[1] < sizes[0] < sizes[2]
