"""Cells: what rules enclose, and where in a table it stands."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.reading import Box
from hwr_live.segmentation.cells import find_cells, in_table
from hwr_live.segmentation.straight import Rule

SHAPE = (400, 700)


def level(y: float, start: int = 50, end: int = 650) -> Rule:
    return Rule(True, start, np.full(end - start, y), 2.0)


def upright(x: float, start: int = 50, end: int = 350) -> Rule:
    return Rule(False, start, np.full(end - start, x), 2.0)


def table(rows: int, columns: int) -> list[Rule]:
    across = [level(50 + 300 * i / rows) for i in range(rows + 1)]
    return across + [upright(50 + 600 * i / columns) for i in range(columns + 1)]


@pytest.mark.parametrize(
    "rules", [[], [level(50), level(150)], [level(50), upright(50), upright(650)]]
)
def test_what_is_open_is_no_cell(rules: list[Rule]) -> None:
    assert find_cells(rules, SHAPE, [], 30) == []


def test_a_table_has_its_cells() -> None:
    cells = find_cells(table(3, 2), SHAPE, [(100, 80, 20, 30)], 30)
    assert in_table(cells) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
    assert all(abs(w - 298) <= 4 and abs(h - 98) <= 4 for _, _, w, h in cells)


def test_corners_need_not_meet_to_the_pixel() -> None:
    rules = [level(100, 104, 396), level(200, 104, 396), upright(100, 104, 196), upright(400)]
    assert len(find_cells(rules, SHAPE, [], 30)) == 1


def test_squared_paper_has_none() -> None:
    across: list[Box] = [(70 + 30 * i, 60, 20, 32) for i in range(15)]
    assert find_cells(table(10, 20), SHAPE, across, 30) == []
    assert find_cells(table(10, 20), SHAPE, [], 40) == []


def test_a_frame_around_the_page_is_none() -> None:
    rules = [level(20, 20, 680), level(380, 20, 680), upright(20, 20, 380), upright(680, 20, 380)]
    assert find_cells(rules, SHAPE, [], 30) == []


def test_rows_and_columns_are_counted_from_the_upper_left() -> None:
    boxes: list[Box] = [(300, 12, 90, 40), (10, 10, 90, 40), (10, 60, 90, 40), (110, 10, 180, 40)]
    assert in_table(boxes) == [(0, 2), (0, 0), (1, 0), (0, 1)]
    assert in_table([]) == []
