"""Lines of a map of writing: their ends, heights, directions; and their order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hwr_live.segmentation.order import in_order
from hwr_live.segmentation.writing import TextLine, WritingMap, lines_in
from tests.support.maps import Written, page


def test_an_empty_map_has_no_lines() -> None:
    nothing = WritingMap(np.zeros((40, 60), np.float32), np.zeros((2, 20, 30), np.float32), 0.5)
    assert lines_in(nothing, 0.5, 0.7) == []
    doubtful = WritingMap(np.full((40, 60), 0.6, np.float32), nothing.way, 0.5)
    assert lines_in(doubtful, 0.5, 0.7) == []
    specks = nothing.hand.copy()
    specks[::9, ::9] = 1
    assert lines_in(WritingMap(specks, nothing.way, 0.5), 0.5, 0.7) == []


@pytest.mark.parametrize("degrees", range(-180, 180, 30))
@pytest.mark.parametrize("x_height", [9.0, 18.0, 40.0])
def test_a_line_is_found_where_it_is(degrees: int, x_height: float) -> None:
    _, seen = page([Written("minimum", (450, 350), degrees, x_height)])
    (line,) = lines_in(seen, 0.5, 0.7)
    assert (line.start + line.end) / 2 == pytest.approx((450, 350), abs=4)
    assert line.x_height == pytest.approx(x_height, rel=0.3)
    off = math.remainder(line.way - math.radians(degrees), 2 * math.pi)
    assert abs(off) < math.radians(4)


def test_a_single_letter_has_the_direction_that_the_map_tells() -> None:
    _, seen = page([Written("o", (450, 350), 90, 40)])
    (line,) = lines_in(seen, 0.5, 0.7)
    assert line.way == pytest.approx(math.pi / 2, abs=0.1)


def test_words_of_a_line_are_one_and_lines_below_each_other_are_two() -> None:
    lines = [Written("one", (200, 200)), Written("two", (305, 202)), Written("one", (200, 260))]
    _, seen = page(lines)
    assert len(lines_in(seen, 0.5, 0.7)) == 2
    far = [Written("one", (200, 200)), Written("two", (500, 200))]
    assert len(lines_in(page(far)[1], 0.5, 0.7)) == 2


def _line(x: float, y: float, degrees: float = 0.0, length: float = 100.0) -> TextLine:
    way = math.radians(degrees)
    start = np.array((x, y), np.float64)
    end = start + length * np.array((math.cos(way), math.sin(way)))
    return TextLine(start, end, 20.0, 1.0, 1.0)


def test_nothing_is_in_order() -> None:
    assert in_order([]) == []


def test_rows_are_read_from_the_top_and_from_the_left() -> None:
    a, b, c, d = _line(10, 10), _line(300, 14), _line(12, 80), _line(310, 76)
    assert in_order([d, b, c, a]) == [a, b, c, d]


def test_rows_are_those_of_their_own_direction() -> None:
    a, b = _line(100, 500, -90), _line(160, 500, -90)
    assert in_order([b, a]) == [a, b]
    a, b = _line(500, 300, 180), _line(500, 200, 180)
    assert in_order([b, a]) == [a, b]


def test_slips_are_read_one_after_the_other() -> None:
    a, b = _line(10, 10, length=300), _line(10, 90, length=300)
    c, d = _line(500, 20, 60), _line(440, 60, 60)
    order = in_order([c, a, d, b])
    assert order[:2] == [a, b]
    assert set(map(id, order[2:])) == {id(c), id(d)}


def test_a_line_moves_with_its_picture() -> None:
    line = _line(10, 20, 30)
    twice = np.diag([2.0, 2.0, 1.0])
    moved = line.moved(twice)
    assert moved.start == pytest.approx(2 * line.start)
    assert moved.x_height == pytest.approx(40)
    assert moved.way == pytest.approx(line.way)
