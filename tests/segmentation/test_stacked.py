"""Cores of several lines fall into one for each; those of one line stay whole."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.segmentation.stacked import unstacked
from hwr_live.segmentation.writing import WritingMap, lines_in
from tests.support.maps import Written, page

LEAST = 7


def _two(valley: float, gap: int = 3) -> npt.NDArray[np.float32]:
    """Two level lines of a map, one below the other, and what lies between them."""
    hand = np.zeros((40, 80), np.float32)
    hand[10 : 20 + gap, 10:70] = valley
    hand[10:15, 10:70] = hand[15 + gap : 20 + gap, 14:60] = 0.99
    return hand


def test_an_empty_core_is_one() -> None:
    nothing = np.zeros((8, 9), np.bool_)
    (one,) = unstacked(nothing, np.zeros((8, 9), np.float32), (1.0, 0.0), LEAST)
    assert not one.any()


@pytest.mark.parametrize("valley", [0.72, 0.85, 0.9, 0.96])
def test_lines_below_each_other_are_parted(valley: float) -> None:
    hand = _two(valley)
    parts = unstacked(hand > 0.7, hand, (1.0, 0.0), LEAST)
    assert len(parts) == 2
    assert np.array_equal(parts[0] | parts[1], hand > 0.7)
    assert not (parts[0] & parts[1]).any()


def test_lines_without_a_valley_stay_one() -> None:
    hand = _two(0.98)
    assert len(unstacked(hand > 0.7, hand, (1.0, 0.0), LEAST)) == 1


def test_words_beside_each_other_stay_one_line() -> None:
    hand = _two(0.75).T  # the same, beside each other along a line
    assert len(unstacked(hand > 0.7, hand, (1.0, 0.0), LEAST)) == 1
    assert len(unstacked(hand > 0.7, hand, (0.0, -1.0), LEAST)) == 2


def test_three_lines_are_three() -> None:
    hand = np.zeros((60, 80), np.float32)
    hand[10:40, 10:70] = 0.83
    hand[22:40, 10:70] = 0.92
    for top in (10, 22, 34):
        hand[top : top + 5, 10:70] = 0.99
    assert len(unstacked(hand > 0.7, hand, (1.0, 0.0), LEAST)) == 3


@pytest.mark.parametrize("degrees", [0, 30, 90, 180])
def test_lines_of_a_map_that_touch_are_found_each(degrees: int) -> None:
    turn = math.radians(degrees)
    down = 34 * np.array((-math.sin(turn), math.cos(turn)))
    first, second = np.array((450, 350)) - down / 2, np.array((450, 350)) + down / 2
    lines = [Written("minimum", (one[0], one[1]), degrees, 18) for one in (first, second)]
    _, seen = page(lines)
    hand = seen.hand.copy()
    hand[hand == 0] = 0.0
    # Between them the map is in doubt.
    _, wide = page([Written("minimum", (450, 350), degrees, 60)])
    inner = (wide.hand > 0) & (hand == 0)
    rows, columns = np.nonzero(hand)
    near = np.zeros_like(inner)
    near[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
    hand[inner & near] = 0.75
    found = lines_in(WritingMap(hand, seen.way, seen.scale), 0.7, 0.8)
    middles = sorted(tuple(np.round((one.start + one.end) / 2)) for one in found)
    expected = sorted(tuple(np.round(one)) for one in (first, second))
    assert np.array(middles) == pytest.approx(np.array(expected), abs=6)
