"""Pieces: nothing first, then glyphs and marks of several parts, and what stands behind a foot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.segmentation.ink import find_ink
from hwr_live.segmentation.pieces import Piece, low_marks, stand_behind_foot
from hwr_live.segmentation.segment import Segmentation, segment
from tests.support.stroke_pages import MARKS, SHAPES, written


def seen(image: npt.NDArray[np.uint8]) -> Segmentation:
    return segment(find_ink(image))


def test_of_no_pieces_none_are_marks() -> None:
    assert low_marks([], 36) == {}
    nothing = np.zeros((0, 4)), np.zeros(0, np.bool_)
    assert stand_behind_foot(*nothing, 36.0).tolist() == []


@pytest.mark.parametrize("char", list(SHAPES))
def test_the_parts_of_a_glyph_are_joined(char: str) -> None:
    (line,) = seen(written([f"xo{char}ox"]).image).lines
    assert len(line) == 5


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
    all_at_once = stand_behind_foot(boxes, small, 30.0)
    assert 10 < all_at_once.sum() < small.sum()
    for i in np.flatnonzero(small):
        alone = ~small
        alone[i] = True
        assert stand_behind_foot(boxes[alone], small[alone], 30.0).any() == all_at_once[i]
    assert not stand_behind_foot(boxes[small], small[small], 30.0).any()  # behind nothing
