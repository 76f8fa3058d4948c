"""Boxes to tick: no ink first, then what is one and what only looks a little like it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.segmentation.tick_boxes import is_tick_box

Mask = npt.NDArray[np.bool_]


def drawn(*paths: tuple[tuple[int, int], ...], pen: int = 3) -> Mask:
    page = np.zeros((80, 80), np.uint8)
    for path in paths:
        cv2.polylines(page, [np.array(path, np.int32)], False, 1, pen)
    return cut(page)


def cut(page: npt.NDArray[np.uint8]) -> Mask:
    x, y, w, h = cv2.boundingRect(page)
    return np.asarray(page[y : y + h, x : x + w] > 0, np.bool_)


def ring(wide: int, high: int) -> Mask:
    page = np.zeros((80, 80), np.uint8)
    cv2.ellipse(page, (40, 40), (wide, high), 0, 0, 360, 1, 3)
    return cut(page)


SQUARE = ((15, 15), (15, 55), (55, 55), (55, 15), (15, 15))
TILTED = ((18, 12), (14, 52), (53, 57), (57, 16), (18, 12))
OPEN = ((15, 15), (15, 55), (55, 55), (55, 15), (18, 15))
TICK = ((25, 35), (35, 48), (65, 8))
SEVEN = ((15, 15), (50, 15), (30, 60))


@pytest.mark.parametrize("shape", [(0, 0), (1, 30), (30, 1), (5, 5), (30, 30)])
def test_nothing_and_what_is_filled_is_none(shape: tuple[int, int]) -> None:
    assert not is_tick_box(np.zeros(shape, np.bool_))
    assert not is_tick_box(np.ones(shape, np.bool_))


@pytest.mark.parametrize("paths", [(SQUARE,), (TILTED,), (OPEN,), (SQUARE, TICK)])
def test_four_straight_sides_are_one(paths: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    assert is_tick_box(drawn(*paths))


@pytest.mark.parametrize("wide", [12, 18, 25])
def test_a_zero_is_none(wide: int) -> None:
    assert not is_tick_box(ring(wide, 25))


@pytest.mark.parametrize(
    "path",
    [SEVEN, SQUARE[:4], ((15, 15), (15, 55), (75, 55), (75, 40), (15, 40))],
    ids=["seven", "open at the top", "long"],
)
def test_what_has_other_sides_is_none(path: tuple[tuple[int, int], ...]) -> None:
    assert not is_tick_box(drawn(path))
