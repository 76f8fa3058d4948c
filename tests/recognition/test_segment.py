"""Segmentation: glyphs of several parts, lines in reading order, words, and what is no writing."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.canvas import Canvas
from hwr_live.recognition.ink import find_ink
from hwr_live.recognition.segment import (
    Piece,
    Segmentation,
    _stops,
    low_marks,
    segment,
    split_words,
)

Image = npt.NDArray[np.uint8]
Points = list[tuple[float, float]]

RING: Points = [(10 + 10 * math.cos(a / 3), 10 * math.sin(a / 3) - 10) for a in range(20)]
# Strokes 20 pixels to the x-height, from the left end of the baseline.
SHAPES: dict[str, list[Points]] = {
    "o": [RING],
    "l": [[(4, -36), (4, 0)]],
    "i": [[(4, -20), (4, 0)], [(4, -32)]],
    "j": [[(12, -20), (10, 12), (2, 16)], [(13, -31)]],
    "x": [[(0, -20), (18, 0)], [(18, -20), (0, 0)]],
    "E": [[(2, -34), (0, 0), (18, 0)], [(2, -34), (18, -33)], [(6, -17), (15, -18)]],
    "5": [[(6, -34), (3, -20), (14, -18), (14, -3), (0, 0)], [(9, -34), (20, -35)]],
}
MARKS: dict[str, list[Points]] = {
    ":": [[(4, -16), (4, -15)], [(4, -1), (4, 0)]],
    "=": [[(0, -14), (18, -14)], [(0, -6), (18, -5)]],
    "!": [[(4, -36), (4, -12)], [(4, -1), (4, 0)]],
    "?": [[(0, -30), (6, -36), (12, -30), (6, -20), (6, -12)], [(6, -1), (6, 0)]],
    ".": [[(4, -1), (4, 0)]],
    ",": [[(4, -3), (2, 8)]],
    "-": [[(0, -10), (14, -10)]],
}
STEP = {"i": 18, "l": 18, "j": 24}  # from one character to the next; others 32


def written(lines: list[str], degrees: float = 0, *, size: tuple[int, int] = (900, 600)) -> Canvas:
    """Lines of SHAPES, turned about the middle of the page, downwards to the right."""
    canvas = Canvas(*size, pen=4)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    for row, line in enumerate(lines):
        x, y = 120.0, 150.0 + 80 * row
        for char in line:
            for stroke in (SHAPES | MARKS).get(char, []):
                moved = [(x + px - size[0] / 2, y + py - size[1] / 2) for px, py in stroke]
                canvas.stroke(
                    [
                        (size[0] / 2 + cos * px - sin * py, size[1] / 2 + sin * px + cos * py)
                        for px, py in moved
                    ]
                )
            x += STEP.get(char, 32)
    return canvas


def seen(image: Image) -> Segmentation:
    return segment(find_ink(image))


def words(line: tuple[Piece, ...]) -> list[int]:
    """How many glyphs each word of a line has."""
    return [len(word) for word in split_words(line, 36)]


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


@pytest.mark.parametrize("char", list(SHAPES))
def test_the_parts_of_a_glyph_are_joined(char: str) -> None:
    (line,) = seen(written([f"xo{char}ox"]).image).lines
    assert len(line) == 5


@pytest.mark.parametrize("degrees", [-10, -4, -1, 0, 1, 4, 10])
def test_lines_and_words_are_in_reading_order(degrees: float) -> None:
    lines = ["oxo lil", "jo xE5x ol", "5", "lx jii oEo"]
    found = seen(written(lines, degrees).image)
    assert [words(line) for line in found.lines] == [
        [len(word) for word in line.split()] for line in lines
    ]
    for line in found.lines:
        lefts = [piece.box[0] for piece in line]
        assert lefts == sorted(lefts)
    tops = [np.mean([piece.box[1] for piece in line]) for line in found.lines]
    assert tops == sorted(tops)
    assert math.degrees(found.tilt) == pytest.approx(degrees, abs=2)


def test_two_columns_of_a_line_stay_one_line() -> None:
    (line,) = seen(written(["oxol" + " " * 9 + "lox"]).image).lines
    assert words(line) == [4, 3]


@pytest.mark.parametrize("gap", ["", "  "])
def test_one_character_and_one_word(gap: str) -> None:
    (line,) = seen(written([f"x{gap}o"]).image).lines
    assert words(line) == ([1, 1] if gap else [2])


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


@pytest.mark.parametrize("mark", MARKS)
def test_the_parts_of_a_mark_are_one_glyph(mark: str) -> None:
    found = seen(written([f"ll{mark}l"]).image)
    assert [len(line) for line in found.lines] == [4]
    assert len(found.lines[0][2].parts) == len(MARKS[mark])


def test_a_full_stop_is_no_dot_of_the_next_line() -> None:
    canvas = written(["llo.", ""])
    canvas.stroke([(120 + 2 * 18 + 32 + 4, 150 + 14), (120 + 2 * 18 + 32 + 4, 150 + 50)])
    found = seen(canvas.image)
    assert [len(line) for line in found.lines] == [4, 1]


def test_only_small_ink_behind_a_foot_is_a_full_stop_or_a_comma() -> None:
    line = seen(written(["l.o-l l,"]).image).lines[0]
    found = low_marks(line, 36)
    assert {line.index(piece): mark for piece, mark in found.items()} == {1: ".", 6: ","}
    assert low_marks([], 36) == {}


@pytest.mark.parametrize(
    ("before", "top", "found"),
    [
        (20, 44, {2: "."}),  # on the baseline of what stands before the g
        (20, 30, {}),  # as high as its bowl
        (20, 58, {2: "."}),  # as low as its tail
        (-200, 44, {}),  # nothing near tells the baseline
    ],
)
def test_a_full_stop_behind_a_letter_that_hangs_below_the_baseline(
    before: int, top: int, found: dict[int, str]
) -> None:
    o, g, dot = (before, 20, 26, 30), (60, 20, 26, 44), (94, top, 6, 6)
    line = [Piece((i,), box) for i, box in enumerate((o, g, dot), 1)]
    assert low_marks(line, 44) == {line[i]: mark for i, mark in found.items()}


def test_full_stops_are_found_one_by_one_and_all_at_once() -> None:
    rng = np.random.default_rng(3)
    sizes = rng.uniform(4, 12, (300, 2)) * np.where(np.arange(300) % 2, 1, 3)[:, None]
    boxes = np.column_stack([rng.uniform(0, 600, (300, 2)), sizes])
    small = boxes[:, 2:].max(1) < 12
    all_at_once = _stops(boxes, small, 30.0)
    assert 10 < all_at_once.sum() < small.sum()
    for i in np.flatnonzero(small):
        alone = ~small
        alone[i] = True
        assert _stops(boxes[alone], small[alone], 30.0).any() == all_at_once[i]
    assert not _stops(boxes[small], small[small], 30.0).any()  # behind nothing
