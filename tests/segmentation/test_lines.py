"""Lines and words: nothing first, then reading order at any slope, and gaps that are spaces."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hwr_live.segmentation.ink import find_ink
from hwr_live.segmentation.lines import (
    axis_of,
    in_columns,
    lines_of,
    may_be_one,
    split_words,
    tilt_of,
    word_gap,
)
from hwr_live.segmentation.pieces import Piece
from hwr_live.segmentation.segment import Segmentation, segment
from tests.support.stroke_pages import written


def seen(lines: list[str], degrees: float = 0) -> Segmentation:
    return segment(find_ink(written(lines, degrees).image))


def words(line: tuple[Piece, ...]) -> list[int]:
    """How many glyphs each word of a line has."""
    return [len(word) for word in split_words(line, 36)]


def test_no_pieces_have_no_lines_and_no_slope() -> None:
    assert lines_of([], 36, 0.0) == []
    assert tilt_of([], 36) == 0.0
    assert axis_of([], 36) == 0.0
    assert word_gap([], [20], 36) == math.inf


def test_few_pieces_are_level() -> None:
    few = [Piece((i,), (40 * i, 20 * i, 20, 30)) for i in (1, 2)]
    assert tilt_of(few, 36) == 0.0


@pytest.mark.parametrize("degrees", [-10, -4, -1, 0, 1, 4, 10])
def test_lines_and_words_are_in_reading_order(degrees: float) -> None:
    lines = ["oxo lil", "jo xE5x ol", "5", "lx jii oEo"]
    found = seen(lines, degrees)
    assert [words(line) for line in found.lines] == [
        [len(word) for word in line.split()] for line in lines
    ]
    for line in found.lines:
        lefts = [piece.box[0] for piece in line]
        assert lefts == sorted(lefts)
    tops = [np.mean([piece.box[1] for piece in line]) for line in found.lines]
    assert tops == sorted(tops)
    assert math.degrees(found.tilt) == pytest.approx(degrees, abs=2)


@pytest.mark.parametrize(
    ("mark", "lines"),
    [
        ((70, 70, 8, 20), 1),  # an apostrophe between small letters, as tall as half of them
        ((14, 68, 16, 18), 1),  # a quote before them
        ((70, 10, 8, 20), 2),  # of the line above
        ((220, 70, 8, 20), 2),  # far beside them
        ((70, 50, 20, 34), 2),  # a letter of a line above
    ],
)
def test_quotes_stand_in_the_line_of_the_letters_below_them(
    mark: tuple[int, int, int, int], lines: int
) -> None:
    letters = [Piece((i,), (40 * i, 100, 28, 36)) for i in (1, 2, 3)]
    found = lines_of([*letters, Piece((9,), mark)], 36, 0.0)
    assert len(found) == lines
    assert all(line == sorted(line, key=lambda piece: piece.box[0]) for line in found)


def test_quotes_alone_are_a_line() -> None:
    assert len(lines_of([Piece((1,), (10, 10, 8, 20))], 36, 0.0)) == 1


@pytest.mark.parametrize("degrees", range(-88, 89, 16))
def test_the_axis_of_a_page_at_any_angle(degrees: int) -> None:
    turn = math.radians(degrees)
    pieces: list[Piece] = []
    for row in range(4):
        for column in range(9):
            x, y = 34 * column + 9 * (row % 2), 80 * row
            middle = (
                x * math.cos(turn) - y * math.sin(turn),
                x * math.sin(turn) + y * math.cos(turn),
            )
            pieces.append(Piece((len(pieces),), (round(middle[0]), round(middle[1]), 20, 30)))
    off = math.degrees(axis_of(pieces, 36)) - degrees
    assert min(abs(off), abs(off - 180), abs(off + 180)) <= 3


def test_two_columns_of_a_line_stay_one_line() -> None:
    (line,) = seen(["oxol" + " " * 9 + "lox"]).lines
    assert words(line) == [4, 3]


def test_columns_of_text_are_lines_of_their_own() -> None:
    lines = []
    for row in range(4):
        lefts = [*range(0, 400, 40), *range(520, 900, 40)]
        lines.append([Piece((row, x), (x, 80 * row, 24, 36)) for x in lefts])
    found = in_columns(lines, 36, 0.0)
    assert [line[0].box[:2] for line in found] == [
        *((0, 80 * row) for row in range(4)),
        *((520, 80 * row) for row in range(4)),
    ]
    assert in_columns(lines, 36, math.radians(10)) == lines
    assert in_columns([], 36, 0.0) == []


def test_a_table_stays_row_by_row() -> None:
    found = seen(
        [
            f"{name}{' ' * 9}{price}"
            for name, price in zip(["oxo", "jo", "lil", "ol"], "5x5E", strict=True)
        ]
    )
    assert [words(line) for line in found.lines] == [[3, 1], [2, 1], [3, 1], [2, 1]]


@pytest.mark.parametrize("gap", ["", "  "])
def test_one_character_and_one_word(gap: str) -> None:
    (line,) = seen([f"x{gap}o"]).lines
    assert words(line) == ([1, 1] if gap else [2])


def row(*boxes: tuple[int, int, int, int]) -> list[Piece]:
    return [Piece((number,), box) for number, box in enumerate(boxes, 1)]


WORD = row((0, 100, 40, 50), (50, 100, 40, 50), (100, 100, 40, 50))


@pytest.mark.parametrize("lines", [[], [WORD]])
def test_what_is_no_more_than_one_line_is_not_put_together(lines: list[list[Piece]]) -> None:
    assert not may_be_one(lines)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (row((150, 70, 40, 50)), True),  # beside it, a little higher
        (row((20, 20, 6, 6)), True),  # a dot, far above
        (row((0, 145, 40, 60)), True),  # a descender
        (row((0, 20, 40, 50), (50, 20, 40, 50)), False),  # a line above
        (row((0, 170, 40, 50)), False),  # the first letter of a line below
    ],
)
def test_parts_of_a_word_may_be_one_line_and_lines_below_each_other_not(
    other: list[Piece], expected: bool
) -> None:
    assert may_be_one([WORD, other]) == expected
    assert may_be_one([other, WORD]) == expected


def test_one_line_that_surely_is_another_keeps_all_apart() -> None:
    below = row((0, 200, 40, 50), (50, 200, 40, 50))
    assert not may_be_one([WORD, row((20, 20, 6, 6)), below])
