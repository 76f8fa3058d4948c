"""Boxes stay on the writing: nothing to follow first, then shifts, turns and other pages."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwr_live.reading import Glyph, Line, Reading
from hwr_live.tracking.motion import STILL, motion_between, moved_reading, small_grey
from tests.support.videos import Image, written_page


def noisy(picture: np.ndarray, seed: int) -> Image:
    noise = np.random.default_rng(seed).normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def glyphs_of(picture: Image) -> Reading:
    """Where the strokes of a page are; a stand-in for a reader."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    stats = cv2.connectedComponentsWithStats((grey < 110).astype(np.uint8))[2][1:]
    boxes = [(int(x), int(y), int(w), int(h)) for x, y, w, h, area in stats if area > 30]
    glyphs = tuple(Glyph("a", 0.9, box) for box in boxes)
    return Reading((Line((glyphs,)),), (picture.shape[1], picture.shape[0]))


@pytest.mark.parametrize("size", [(640, 480), (1920, 1080)])
@pytest.mark.parametrize(
    ("angle", "zoom", "shift"),
    [
        (0, 1, (0, 0)),
        (0, 1, (-30, 12)),
        (1.5, 1, (0, 0)),
        (-1, 1.02, (20, -15)),
        (2, 0.97, (5, 40)),
    ],
)
def test_glyphs_are_found_where_they_went(
    angle: float, zoom: float, shift: tuple[int, int], size: tuple[int, int]
) -> None:
    page = written_page(["Hello World", "seven apples", "0123456789"], size)
    truth = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), angle, zoom)
    truth[:, 2] += shift
    after = cv2.warpAffine(page, truth, size, borderMode=cv2.BORDER_REPLICATE)
    reading = glyphs_of(page)
    matrix = motion_between(small_grey(noisy(page, 1)), small_grey(noisy(after, 2)), reading)
    moved = moved_reading(reading, matrix)
    for glyph, now in zip(reading.glyphs, moved.glyphs, strict=True):
        x, y, w, h = glyph.box
        wanted = truth[:, :2] @ (x + w / 2, y + h / 2) + truth[:, 2]
        got = (now.box[0] + w / 2, now.box[1] + h / 2)
        assert np.hypot(*(wanted - got)) < 3 + size[0] / 400
        assert now.box[2:] == (w, h)


def test_nothing_written_does_not_move() -> None:
    page = small_grey(written_page(["Hello"]))
    assert motion_between(page, page, Reading((), (640, 480))) is STILL


def test_another_page_does_not_move_the_boxes() -> None:
    page, other = written_page(["Hello World", "seven apples"]), written_page(["xyz"])
    reading = glyphs_of(page)
    before = small_grey(noisy(page, 1))
    assert motion_between(before, small_grey(noisy(other, 2)), reading) is STILL
    assert motion_between(before, before[:100], reading) is STILL
    assert moved_reading(reading, STILL) is reading
