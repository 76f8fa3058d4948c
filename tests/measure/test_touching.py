"""Digits are put together as told: they touch, no more than that, or overlap by a share."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.chars import DIGITS
from tests.measure.touching import (
    Ink,
    amount,
    contact,
    drawn,
    on_paper,
    pair,
    pictured,
    shapes,
    together,
    wanted,
    written,
)


def bar(wide: int = 6, tall: int = 30) -> Ink:
    return np.ones((tall, wide), np.float32)


def slope(side: int = 20) -> Ink:
    """A stroke from the upper right to the lower left."""
    return np.asarray(np.eye(side)[:, ::-1], np.float32)


def parts(ink: Ink) -> int:
    """How many runs of inked columns there are."""
    columns = np.asarray((ink > 0.5).any(0), np.bool_)
    return int((columns & ~np.append(False, columns[:-1])).sum())


def test_without_ink_a_picture_has_none() -> None:
    page = on_paper(np.zeros((10, 10), np.float32), np.random.default_rng(0))
    assert page.dtype == np.uint8
    assert page.min() > 190


def test_bars_touch_beside_each_other() -> None:
    assert contact(bar(6), bar(4)) == 6
    assert parts(pair(bar(6), bar(6), 0.0)) == 1
    assert pair(bar(6), bar(6), 0.0).shape == (30, 12)


def test_ink_that_shares_no_row_touches_by_its_box() -> None:
    low = np.zeros((30, 8), np.float32)
    low[:3] = 1  # high above a low mark
    assert contact(low, bar(4, 3)) == 8


@pytest.mark.parametrize(("overlap", "wide"), [(0.0, 20), (0.1, 19), (0.5, 15)])
def test_an_overlap_is_a_share_of_the_mean_width(overlap: float, wide: int) -> None:
    assert pair(bar(10), bar(10), overlap).shape[1] == wide


def test_what_leans_touches_where_its_strokes_do() -> None:
    both = pair(slope(), slope(), 0.0)
    assert both.shape[1] < 25  # one lies in the hollow of the other


def test_what_begins_further_left_is_not_cut_off() -> None:
    out = together([bar(4), bar(20, 10)], [0, -12])
    assert out.shape == (30, 20)
    assert out[:, 12:16].all()


@pytest.mark.parametrize("seed", range(20))
def test_amounts_have_zeros_side_by_side(seed: int) -> None:
    text = amount(np.random.default_rng(seed))
    assert "00" in text
    assert set(text) <= {*DIGITS, *" .,"}


@pytest.mark.parametrize(
    ("text", "chars", "due"),
    [("", "digits", ""), ("20 004.50", "digits", "2000450"), ("20 004.50", "all", "20004.50")],
)
def test_what_is_to_be_read(text: str, chars: str, due: str) -> None:
    assert wanted(text, chars) == due


def test_look_alikes_are_one_shape() -> None:
    assert shapes("O1 l") == shapes("0I1")
    assert shapes("17") != shapes("11")


@pytest.mark.parametrize("text", ["200", "1 000", "3.00"])
def test_zeros_of_an_amount_touch(text: str) -> None:
    ring = [[np.array([(0.0, 0.0), (60.0, 0.0), (60.0, 100.0), (0.0, 100.0), (0.0, 0.0)])]]
    hand = drawn(dict.fromkeys(DIGITS, ring))
    for seed in range(5):
        ink = written(text, hand, np.random.default_rng(seed))
        # All zeros behind one another are one run; what stands before may touch them, too.
        assert parts(ink) <= len(text.replace(" ", "")) - text.count("0") + 1


def test_pictures_of_digits_are_made_as_tall_as_asked() -> None:
    crop = np.zeros((28, 28), np.uint8)
    crop[4:24, 12:16] = 255
    ink = pictured({"1": [crop]})("1", 50.0, 4.0, np.random.default_rng(0))
    assert abs(len(ink) - 50) <= 3
    assert ink.shape[1] < 20
