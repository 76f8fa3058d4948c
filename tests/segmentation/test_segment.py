"""Segmentation: blank paper first, then pieces with their ink, and what is no writing."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.canvas import Canvas
from hwr_live.reading import union_box
from hwr_live.segmentation.ink import drawn_ink, find_ink
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


def test_the_usual_height_of_a_drawing_stays_while_it_grows() -> None:
    """Lines that come again are read as before only where nothing on the page has changed."""
    heights = []
    for tall in range(60, 90):
        canvas = Canvas(400, 200, pen=4)
        canvas.stroke([(100, 40), (100, 40 + tall)])
        exact = segment(find_ink(canvas.image)).height
        found = segment(drawn_ink(canvas.image)).height
        assert found == pytest.approx(exact, rel=0.03)
        heights.append(found)
    assert heights == sorted(heights)
    assert len(set(heights)) < 12


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


@pytest.mark.parametrize("letters", [1, 3, 8])
def test_joined_letters_are_as_tall_as_they_are(letters: int) -> None:
    image = np.full((140, 120 + 60 * letters), 255, np.uint8)
    x = np.arange(60 * letters)
    wave = np.stack([60 + x, 70 - 30 * np.cos(x * 2 * np.pi / 60)], axis=1).astype(np.int32)
    cv2.polylines(image, [wave[:, None]], False, 30, 4)
    assert 55 < seen(image).height < 75


def test_a_bar_is_as_long_as_it_is() -> None:
    image = np.full((120, 200), 255, np.uint8)
    image[58:64, 60:140] = 20
    assert 75 < seen(image).height < 85


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_side_of_a_box_is_no_part_of_a_word_that_was_cut_out(side: str) -> None:
    rng = np.random.default_rng(1)
    image = np.full((70, 220), 230, np.uint8)
    for x in range(40, 180, 30):
        cv2.circle(image, (x, 35), 10, 40, 3)
    edge = np.array([(219, 3), (196, 5), (196, 66), (219, 67)])
    if side == "left":
        edge[:, 0] = 219 - edge[:, 0]
    cv2.polylines(image, [edge[:, None]], False, 40, 3)
    noisy = np.clip(image + rng.normal(0, 2, image.shape), 0, 255).astype(np.uint8)
    assert [len(line) for line in seen(noisy).lines] == [5]


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


@pytest.mark.parametrize("margin", [0, 1, 3])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_picture_that_is_cut_close_keeps_its_ink(margin: int, inverted: bool) -> None:
    image = written(["E5xo"]).image
    rows, columns = np.nonzero(image < 128)
    top, left = rows.min() - margin, columns.min() - margin
    cut = image[top : rows.max() + 1 + margin, left : columns.max() + 1 + margin]
    found = seen(255 - cut if inverted else cut)
    assert [len(line) for line in found.lines] == [4]


@pytest.mark.parametrize("beyond", [-30, -2, 0, 5])
def test_nothing_of_a_drawing_is_lost(beyond: int) -> None:
    canvas = Canvas(400, 300, pen=5)
    for stroke in (
        [(beyond, 40), (60, 45)],  # across the left edge
        [(200, 300 - beyond), (203, 20)],  # a long 1, to the lower edge
        [(100, 150)],  # a dot
        [(250, 200), (399, 200)],
        [(380, -10), (380, 320)],
    ):
        canvas.stroke(stroke)
    found = segment(drawn_ink(canvas.image))
    kept = np.isin(found.labels, [part for line in found.lines for p in line for part in p.parts])
    assert kept[canvas.image < 128].all()


def test_a_large_letter_with_crumbs_is_no_frame() -> None:
    image = np.full((300, 300), 255, np.uint8)
    image[40:260, 40:60] = image[40:60, 40:260] = image[240:260, 40:260] = 0
    image[100:104, 100:104] = image[150:154, 150:154] = 0
    found = seen(image)
    assert max(p.box[2:] for line in found.lines for p in line) == (220, 220)


@pytest.mark.parametrize("lines", [["oxo oex", "xoe oxo"], ["EXE EEX", "XEE EXE"]])
@pytest.mark.parametrize("side", ["above", "below"])
def test_what_the_border_leaves_of_a_line_is_left_out(lines: list[str], side: str) -> None:
    page = written(lines).image
    first, second = (union_box([piece.box for piece in line]) for line in seen(page).lines)
    noisy = np.clip(page - np.random.default_rng(1).normal(12, 3, page.shape), 0, 255)
    page = noisy.astype(np.uint8)  # as a camera takes it
    if side == "below":
        cut, whole = page[: second[1] + second[3] // 2], first
    else:
        cut, whole = page[first[1] + first[3] // 2 :], second
    (line,) = seen(np.ascontiguousarray(cut)).lines
    assert abs(union_box([piece.box for piece in line])[3] - whole[3]) <= 4


@pytest.mark.parametrize("lines", [["EXE"], ["EXE", "XEX"], ["EXE", "XEX", "EEX"]])
def test_whole_lines_stay_where_a_picture_is_cut_close(lines: list[str]) -> None:
    page = written(lines).image
    rows = [union_box([piece.box for piece in line]) for line in seen(page).lines]
    noisy = np.clip(page - np.random.default_rng(1).normal(12, 3, page.shape), 0, 255)
    cut = noisy[rows[0][1] : rows[-1][1] + rows[-1][3]].astype(np.uint8)
    assert len(seen(np.ascontiguousarray(cut)).lines) == len(lines)


@pytest.mark.parametrize("level", [False, True])
def test_lines_that_were_made_level_are_level(level: bool) -> None:
    """Few glyphs that dance seem to run down; made level they do so no more."""
    canvas = Canvas(400, 200, pen=4)
    for x, y, tall in ((40, 60, 30), (90, 50, 40), (140, 80, 30), (190, 90, 30)):
        canvas.stroke([(x, y), (x + 20, y + tall), (x, y + tall)])
    found = segment(drawn_ink(canvas.image), level=level)
    assert (found.tilt == 0) == level
