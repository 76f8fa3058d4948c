"""Segmentation: blank paper first, then pieces with their ink, and what is no writing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.segmentation.ink import find_ink
from hwr_live.segmentation.segment import Segmentation, segment
from tests.support.stroke_pages import written

Image = npt.NDArray[np.uint8]


def seen(image: Image) -> Segmentation:
    return segment(find_ink(image))


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (300, 400)])
def test_blank_paper_has_no_lines(shape: tuple[int, int]) -> None:
    found = seen(np.full(shape, 255, np.uint8))
    assert found.lines == ()
    assert found.labels.shape == shape
    assert not found.labels.any()


def test_every_piece_has_its_box_and_its_ink() -> None:
    found = seen(written(["oxo lie", "E5"]).image)
    pieces = [piece for line in found.lines for piece in line]
    for piece in pieces:
        x, y, w, h = piece.box
        own = np.isin(found.labels, piece.parts)
        rows, columns = np.nonzero(own)
        assert (columns.min(), rows.min()) == (x, y)
        assert (columns.max() + 1, rows.max() + 1) == (x + w, y + h)
    parts = [part for piece in pieces for part in piece.parts]
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize("size", [1, 2])
def test_dirt_is_dropped(size: int) -> None:
    image = written(["oxo lil", "x5E"]).image
    rng = np.random.default_rng(3)
    clean = seen(image)
    for x, y in rng.integers(5, 590, (60, 2)):
        spot = image[y - 1 : y + size + 1, x - 1 : x + size + 1]
        if spot.min() == 255:  # beside the writing, not on it
            image[y : y + size, x : x + size] = 60
    found = seen(image)
    assert [len(line) for line in found.lines] == [len(line) for line in clean.lines]


@pytest.mark.parametrize("edge", ["table", "left", "frame", "corner", "rule"])
def test_edges_and_rules_of_the_paper_are_dropped(edge: str) -> None:
    image = written(["oxo lil", "x5E"]).image
    height, width = image.shape
    if edge == "table":  # dark around a sheet that lies crooked
        triangle = np.arange(width) // 12
        image[np.arange(height)[:, None] > height - 30 - triangle] = 50
    elif edge == "left":
        image[:, :25] = 40
    elif edge == "frame":
        image[:6] = image[-6:] = 0
        image[:, :6] = image[:, -6:] = 0
    elif edge == "corner":
        image[:40, -70:] = 20
    else:
        image[300:302, 30:-30] = 90
    found = seen(image)
    assert [len(line) for line in found.lines] == [6, 3]


def test_a_dense_page_loses_nothing() -> None:
    image = np.full((1400, 1900), 255, np.uint8)
    for row in range(40):
        for column in range(45):  # every third stroke is a short one
            top = 40 + 33 * row + (column % 3 == 0) * 9
            image[top : 60 + 33 * row, 40 + 40 * column : 43 + 40 * column] = 0
    assert [len(line) for line in seen(image).lines] == [45] * 40


def test_a_texture_is_no_page_of_thousands() -> None:
    image = np.random.default_rng(0).integers(0, 256, (300, 400), np.uint8)
    found = seen(image)
    assert sum(map(len, found.lines)) <= 1500
