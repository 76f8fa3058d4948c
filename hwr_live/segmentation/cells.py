"""Rules → the cells of tables and forms: what the rules enclose.

A cell is a rectangle with rules on all four sides. The squares of squared paper are none: writing
goes across them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.middle import median
from hwr_live.reading import Box
from hwr_live.segmentation.components import outlines
from hwr_live.segmentation.straight import MEET, Rule

# By hand: on the families of tests.measure.finding and composed pages, all of validation hands.
_FULL = 0.8  # of its box that a cell covers: it is a rectangle
_LEAST = 0.7  # usual heights: nothing is written in a cell that is narrower or lower
_MOST = 0.5  # of the picture: a larger one is a frame around the page
_INSIDE = 0.2  # usual heights that a letter may stand beyond its cell
_WITHIN = 0.7  # share of the letters on the cells that stand in one of them: else it is the paper
_SQUARES = 60  # cells: so many
_NARROW = 2.0  # and most of them lower than so many usual heights are squared paper
_SHARED = 0.5  # of the smaller of two cells: so much of their sides overlap in a row or a column


def find_cells(
    rules: Sequence[Rule], shape: tuple[int, ...], letters: Sequence[Box], height: float
) -> list[Box]:
    """The cells that rules enclose, from the upper left; boxes in pixels.

    Args:
        rules: of a picture.
        shape: its height and width in pixels.
        letters: boxes of what is written.
        height: the usual height of that in pixels.
    """
    levels = sum(rule.level for rule in rules)
    if min(levels, len(rules) - levels) < 2 or not height:
        return []
    drawn = np.zeros(shape[:2], np.uint8)
    for rule in rules:
        points = rule.points().astype(np.float64)
        more = MEET + rule.thick
        step = np.array([more, 0.0] if rule.level else [0.0, more])
        line = np.concatenate([points[:1] - step, points, points[-1:] + step])
        cv2.polylines(drawn, [np.round(line).astype(np.int32)], False, 1, math.ceil(rule.thick))
    stats, _ = outlines(drawn == 0)
    x, y, w, h, area = (stats[1:, i].astype(np.float64) for i in range(5))
    inner = (x > 0) & (y > 0) & (x + w < shape[1]) & (y + h < shape[0])
    good = inner & (area >= _FULL * w * h) & (np.minimum(w, h) >= _LEAST * height)
    good &= area < _MOST * shape[0] * shape[1]
    cells = np.stack([x, y, w, h], 1)[good]
    if not len(cells) or _is_paper(cells, np.array(letters, np.float64).reshape(-1, 4), height):
        return []
    order = np.lexsort((cells[:, 0], cells[:, 1]))
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in cells[order].tolist()]


def _is_paper(
    cells: npt.NDArray[np.float64], letters: npt.NDArray[np.float64], height: float
) -> bool:
    """Whether cells are the squares of the paper, which nobody heeds in writing."""
    if len(cells) >= _SQUARES and median(cells[:, 3]) < _NARROW * height:
        return True
    middle = letters[:, None, :2] + letters[:, None, 2:] / 2
    room = _INSIDE * height
    low, high = cells[:, :2], cells[:, :2] + cells[:, 2:]
    ends = letters[:, None, :2] + letters[:, None, 2:]
    over = np.asarray((middle >= low) & (middle <= high)).all(2)
    whole = np.asarray((letters[:, None, :2] >= low - room) & (ends <= high + room)).all(2)
    inside = np.asarray(over & whole)
    on_cells = np.count_nonzero(np.asarray(over).any(1))
    return bool(np.count_nonzero(inside.any(1)) < _WITHIN * on_cells)


def in_table(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Row and column of each cell, both from 0.

    Cells that share most of their height stand in a row, those that share most of their width in a
    column.
    """
    spans = np.array(boxes, np.float64).reshape(-1, 4)
    rows = _ranks(spans[:, 1], spans[:, 3])
    columns = _ranks(spans[:, 0], spans[:, 2])
    return list(zip(rows, columns, strict=True))


def _ranks(starts: npt.NDArray[np.float64], lengths: npt.NDArray[np.float64]) -> list[int]:
    """Which group each span belongs to, the groups counted in the order of their first span."""
    out = [0] * len(starts)
    group, end, length = -1, -math.inf, 0.0
    for i in np.argsort(starts, kind="stable").tolist():
        shared = end - float(starts[i])
        if shared < _SHARED * min(length, float(lengths[i])):
            group += 1
            end, length = float(starts[i] + lengths[i]), float(lengths[i])
        out[i] = group
    return out
