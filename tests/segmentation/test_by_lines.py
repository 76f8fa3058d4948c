"""Frames seen line by line: when that is wanted, what it shows, and the way back to the frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwr_live.segmentation.by_lines import see_lines, wants_lines
from hwr_live.segmentation.ink import find_ink
from hwr_live.segmentation.mosaic import X_HEIGHT, cut_out
from hwr_live.segmentation.rectify import see
from hwr_live.segmentation.writing import TextLine, WritingMap, lines_in
from tests.support.maps import Written, page


def _lines(seen: WritingMap) -> list[TextLine]:
    return lines_in(seen, 0.5, 0.7)


def test_without_lines_there_is_an_empty_page() -> None:
    grey, _ = page([])
    mosaic = cut_out(find_ink(grey), [])
    assert mosaic.rows == ()
    assert not mosaic.ink.mask.any()
    view = see_lines(grey, see(grey), [])
    assert view.lines == ()


LEVEL = [Written("hello there", (400, 250)), Written("level lines", (400, 330))]


def test_a_page_of_level_lines_is_seen_as_it_is() -> None:
    grey, seen = page(LEVEL)
    assert not wants_lines(see(grey), _lines(seen), 1.0)


def test_a_picture_that_was_cut_close_is_seen_as_it_is() -> None:
    grey, seen = page([Written("7", (150, 150), 0, 120)], (300, 300))
    assert not wants_lines(see(grey), [], 0.0)
    assert not wants_lines(see(grey), _lines(seen), 1.0)


def test_nothing_is_seen_where_the_map_sees_nothing() -> None:
    grey, _ = page(LEVEL)
    assert wants_lines(see(grey), [], 0.0)
    assert not wants_lines(see(grey), [], 0.5)


@pytest.mark.parametrize("degrees", [45, 90, 180, -120])
def test_lines_that_run_otherwise_are_seen_line_by_line(degrees: int) -> None:
    grey, seen = page([Written("hello there", (450, 350), degrees)])
    assert wants_lines(see(grey), _lines(seen), 1.0)


def test_a_page_with_drawings_is_seen_line_by_line() -> None:
    grey, seen = page(LEVEL)
    for x in range(100, 800, 90):
        cv2.circle(grey, (x, 520), 30, 40, 3)
    assert wants_lines(see(grey), _lines(seen), 1.0)
    view = see_lines(grey, see(grey), _lines(seen))
    boxes = [view.box(piece, view.ink.grey[_around(piece.box)]) for piece in view.pieces]
    assert max(y + h for _, y, _, h in boxes) < 400
    assert view.left_out["drawing"] == 8


def _around(box: tuple[int, int, int, int]) -> tuple[slice, slice]:
    x, y, w, h = box
    return slice(max(0, y - 1), y + h + 1), slice(max(0, x - 1), x + w + 1)


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, -75])
@pytest.mark.parametrize("x_height", [12.0, 22.0, 60.0])
def test_each_line_is_level_and_as_tall_as_all(degrees: int, x_height: float) -> None:
    grey, seen = page([Written("minimum", (450, 350), degrees, x_height)])
    view = see_lines(grey, see(grey), _lines(seen))
    (line,) = view.lines
    assert len(line) == 7
    letters = [line[k] for k in (0, 2, 4, 5, 6)]  # without those with dots
    tops = [piece.box[1] for piece in letters]
    feet = [piece.box[1] + piece.box[3] for piece in letters]
    assert np.ptp(feet) < 0.25 * X_HEIGHT
    middle = float(np.median(feet) - np.median(tops))
    assert 0.6 * X_HEIGHT < middle < 1.7 * X_HEIGHT


@pytest.mark.parametrize("degrees", [0, 45, 90, 180, -135])
def test_what_is_seen_lies_in_the_frame_where_it_is_written(degrees: int) -> None:
    lines = [Written("H", (200, 200), degrees, 20), Written("H", (640, 480), degrees + 90, 30)]
    grey, seen = page(lines)
    view = see_lines(grey, see(grey), _lines(seen))
    middles = set()
    for piece in view.pieces:
        x, y, w, h = view.box(piece, view.ink.grey[_around(piece.box)])
        middles.add((round((x + w / 2) / 40), round((y + h / 2) / 40)))
        dark = grey[y : y + h, x : x + w] < 120
        assert dark.any()
    assert middles == {(5, 5), (16, 12)}


def test_the_ink_picture_shows_the_lines_in_the_frame() -> None:
    grey, seen = page([Written("minimum", (450, 350), 60, 24)])
    picture = see_lines(grey, see(grey), _lines(seen)).ink_picture()
    assert picture.shape == grey.shape
    same = (picture < 128) == (grey < 120)
    assert same.mean() > 0.99
    assert (picture < 128).sum() > 0.6 * (grey < 120).sum()


def test_lines_whose_letters_touch_share_the_ink_between_them() -> None:
    lines = [Written("aaaaaa", (300, 200), 0, 24), Written("aaaaaa", (300, 270), 0, 24)]
    grey, seen = page(lines)
    cv2.line(grey, (262, 190), (262, 280), 40, 4)  # a descender that goes down to the next line
    view = see_lines(grey, see(grey), _lines(seen))
    assert [len(line) for line in view.lines] == pytest.approx([6, 6], abs=1)


def test_a_box_around_a_line_is_left_out() -> None:
    grey, seen = page([Written("boxed", (400, 300), 10, 24)])
    corners = cv2.boxPoints(((400, 300), (220, 84), 10)).astype(np.int32)
    cv2.polylines(grey, [corners], True, 40, 3)
    view = see_lines(grey, see(grey), _lines(seen))
    (line,) = view.lines
    assert len(line) == 5
