"""Where the pad's parts are: nothing overlaps, at any size."""

from __future__ import annotations

from itertools import combinations

import pytest

from hwr_live.chars import ALL, MARKS
from hwr_live.errors import InputError
from hwr_live.pad import app as pad_module
from hwr_live.pad.layout import arrange
from hwr_live.ui.layout import CROP
from tests.support.fake_reader import FakeReader
from tests.support.pads import (
    SIZES,
)


@pytest.mark.parametrize("size", SIZES)
def test_the_drawing_area_is_the_left_of_the_window_at_full_height(size: tuple[int, int]) -> None:
    x, y, w, h = arrange(size).drawing
    assert (x, y, h) == (0, 0, size[1])
    assert 0.6 * size[0] <= w < size[0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [0, 1, 7, 20, 300])
def test_nothing_overlaps_or_leaves_the_window(size: tuple[int, int], count: int) -> None:
    layout = arrange(size)
    cells = [(x, y, w, h + layout.label) for x, y, w, h in layout.crop_cells(count)]
    assert len(cells) <= count
    parts = [layout.reading, layout.bars, layout.note, *layout.keys, *cells]
    for x, y, w, h in parts:
        assert w > 0
        assert h > 0
        assert layout.panel[0] < x
        assert x + w < size[0]
        assert y >= 0
        assert y + h <= size[1]
    for a, b in combinations(parts, 2):
        assert (
            a[0] + a[2] <= b[0]
            or b[0] + b[2] <= a[0]
            or a[1] + a[3] <= b[1]
            or (b[1] + b[3] <= a[1])
        ), (a, b)


@pytest.mark.parametrize("size", [(640, 480), (960, 600), (1920, 1080)])
def test_twenty_crops_are_shown_each_pixel_at_least_once(size: tuple[int, int]) -> None:
    cells = arrange(size).crop_cells(20)
    assert len(cells) == 20
    assert min(w for _, _, w, _ in cells) >= CROP


@pytest.mark.parametrize("size", [(319, 600), (960, 239), (0, 0), (-5, 600), (9000, 600)])
def test_a_size_that_cannot_be_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="320x240"):
        pad_module.run(FakeReader(), size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("where", [(0.0, 0.0), (0.5, 0.5), (0.98, 0.98), (0.1, 0.9)])
def test_the_table_is_inside_the_drawing_area_and_hides_no_glyph(
    size: tuple[int, int], where: tuple[float, float]
) -> None:
    layout = arrange(size)
    _, _, width, height = layout.drawing
    glyph = (int(where[0] * (width - 12)), int(where[1] * (height - 12)), 12, 12)
    table = layout.table(glyph, [("a", 0.5), ("b", 0.2), ("c", 0.1), ("d", 0.1), ("e", 0.1)])
    x, y, w, h = table.box
    assert x >= 0
    assert y >= 0
    assert x + w <= width
    assert y + h <= height
    boxes = [choice.box for choice in table.choices]
    assert len(boxes) == 5 + len(ALL + MARKS) + 1
    for box in boxes:
        middle = (box[0] + box[2] // 2, box[1] + box[3] // 2)
        hit = table.at(*middle)
        assert hit is not None
        assert hit.box == box
        assert x <= box[0]
        assert box[0] + box[2] <= x + w
        assert box[1] + box[3] <= y + h
    hidden = x < glyph[0] + 12 and glyph[0] < x + w and y < glyph[1] + 12 and glyph[1] < y + h
    assert not hidden or (size == (800, 300) and where == (0.5, 0.5)), "there it has no room"


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_what_stands_below_two_crops_does_not_run_together(scale: float) -> None:
    layout = arrange((round(960 * scale), round(600 * scale)), scale)
    first, second = layout.crop_cells(20)[:2]
    # About a blank of most fonts; that of OpenCV 4's own strokes is wider.
    assert second[0] - first[0] - first[2] >= 0.3 * layout.font
