"""Grounds: one grey or paper under a lamp, dark or light."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.segmentation.ground import plain_ground
from hwr_live.segmentation.ink import find_ink

Image = npt.NDArray[np.uint8]


def brushed(ground: int, ink: int, brush: int = 34) -> Image:
    """A 2 with a broad brush, 280 pixels square."""
    image = np.full((280, 280), ground, np.uint8)
    curve = np.array([(90, 90), (120, 60), (170, 60), (190, 100), (90, 220), (200, 220)])
    cv2.polylines(image, [curve], False, ink, brush, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (20, 20)])
@pytest.mark.parametrize("grey", [0, 97, 255])
def test_a_blank_picture_is_its_ground(shape: tuple[int, int], grey: int) -> None:
    plain = plain_ground(np.full(shape, grey, np.uint8))
    assert plain is not None
    assert (plain.grey, plain.exact) == (grey, True)


@pytest.mark.parametrize(("ground", "ink"), [(0, 255), (255, 0), (180, 255), (205, 250), (90, 20)])
def test_broad_ink_is_found_on_any_plain_ground(ground: int, ink: int) -> None:
    image = brushed(ground, ink)
    plain = plain_ground(image)
    assert plain is not None
    assert (plain.grey, plain.light, plain.exact) == (ground, ink > ground, True)
    truth = np.abs(image.astype(int) - ground) > abs(ink - ground) / 2
    found = find_ink(image).mask
    assert found[truth].mean() > 0.99, "no stroke is hollow"
    assert found[~truth].mean() < 0.03


@pytest.mark.parametrize("ground", [0, 255])
@pytest.mark.parametrize("size", [20, 110])
def test_a_digit_that_is_cut_close_is_told_from_its_ground(ground: int, size: int) -> None:
    image = brushed(ground, 255 - ground, 50)
    rows, columns = np.nonzero(image != ground)
    cut = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    cut = np.asarray(cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    plain = plain_ground(cut)
    assert plain is not None
    assert (plain.grey, plain.light) == (ground, ground == 0)


def test_paper_under_a_lamp_and_a_sheet_on_a_table_are_not_plain() -> None:
    rng = np.random.default_rng(1)
    light = np.linspace(120, 220, 400)[None] * np.ones((300, 1))
    assert (
        plain_ground(np.clip(light + rng.normal(0, 3, light.shape), 0, 255).astype(np.uint8))
        is None
    )
    table = np.full((300, 400), 40.0)
    table[60:250, 80:330] = 220
    noisy = np.clip(table + rng.normal(0, 6, table.shape), 0, 255).astype(np.uint8)
    assert plain_ground(noisy) is None


def test_a_scan_with_grain_is_not_exact() -> None:
    grain = np.random.default_rng(2).normal(0, 1.5, (280, 280))
    image = np.clip(brushed(200, 30) + grain, 0, 255).astype(np.uint8)
    plain = plain_ground(image)
    assert plain is not None
    assert not plain.exact
    assert not plain.light
