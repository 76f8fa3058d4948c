"""Photographed characters are put on pages as the table says, and disturbed as asked for."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.measure.compose import ZONES
from tests.measure.paper import DISTURBANCES, Sheet, ink_of, photograph, write


def stem(width: int = 3, height: int = 30) -> np.ndarray:
    """A photographed stroke on grey paper."""
    crop = np.full((height + 16, width + 16), 200, np.uint8)
    crop[8 : 8 + height, 8 : 8 + width] = 90
    return crop


def crops() -> dict[str, list[np.ndarray]]:
    return {char: [stem()] for char in "lopI"}


@pytest.fixture
def sheet() -> Sheet:
    return write(["lop", "pol lo"], crops(), np.random.default_rng(1), 20)


def test_ink_is_cut_from_paper_and_rules() -> None:
    crop = stem()
    crop[2:4, :] = 120  # a rule along the edge
    ink, top, bottom = ink_of(crop)
    assert (top, bottom) in {(8, 38), (7, 39), (8, 39), (7, 38)}
    assert ink.shape[1] <= 5
    assert ink[:5].max() < 0.2
    assert ink[20].max() > 0.9


def test_dots_stay_only_where_characters_have_them() -> None:
    crop = stem(height=24)
    crop = np.pad(crop, ((10, 0), (0, 0)), constant_values=200)
    crop[6:9, 8:11] = 90
    assert ink_of(crop, dotted=True)[1] < 10
    assert ink_of(crop)[1] > 15


def test_a_crop_without_ink_does_no_harm() -> None:
    ink, top, bottom = ink_of(np.full((20, 20), 200, np.uint8))
    assert ink.shape[0] == 20
    assert top < bottom


@pytest.mark.parametrize("char", ["o", "l", "p"])
def test_heights_are_those_of_the_table(char: str) -> None:
    high, low = ZONES[char]
    for seed in range(5):
        page = write([char], crops(), np.random.default_rng(seed), 30)
        rows = np.flatnonzero((page.ink > 0.5).any(1))
        assert abs(len(rows) - (high - low) * 30) <= 0.1 * (high - low) * 30 + 3
        assert abs(rows[-1] + 1 - (page.baselines[0] - low * 30)) <= 3


def test_touching_neighbours_are_one_component() -> None:
    def parts(touching: float) -> int:
        page = write(["lllll lll"], crops(), np.random.default_rng(1), 30, touching)
        count, _ = cv2.connectedComponents((page.ink > 0.35).astype(np.uint8))
        return int(count) - 1

    assert parts(0) == 8
    assert parts(1) == 2


@pytest.mark.parametrize("what", [(), *[(name,) for name in DISTURBANCES], DISTURBANCES])
def test_each_disturbance_is_the_same_again(sheet: Sheet, what: tuple[str, ...]) -> None:
    first = photograph(sheet, what, 3, sheet)
    assert first.dtype == np.uint8
    assert first.ndim == 3
    np.testing.assert_array_equal(first, photograph(sheet, what, 3, sheet))


@pytest.mark.parametrize("name", [name for name in DISTURBANCES if name != "touching"])
def test_each_disturbance_does_something(sheet: Sheet, name: str) -> None:
    plain, disturbed = photograph(sheet, (), 3), photograph(sheet, (name,), 3, sheet)
    assert plain.shape != disturbed.shape or np.abs(plain.astype(int) - disturbed).mean() > 0.2
