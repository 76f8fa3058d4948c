"""The order in which a person reads lines that stand anywhere, at any angle."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hwr_live.segmentation.writing import TextLine

_SAME_WAY = math.radians(25)  # lines of one slip run no further apart
_SAME_ROW = 0.9  # x-heights: lines of one row stand no further above each other


def in_order(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines as they are read: slips one after the other, rows from top to bottom, each from left to
    right; most writing first comes the direction in which most is written."""
    left = sorted(lines, key=lambda line: -line.length)
    out: list[TextLine] = []
    while left:
        first = left[0]
        own = [
            line
            for line in left
            if abs(math.remainder(line.way - first.way, 2 * math.pi)) < _SAME_WAY
        ]
        left = [line for line in left if line not in own]
        out += _rows(own)
    return out


def _rows(lines: list[TextLine]) -> list[TextLine]:
    """Lines of one direction, row by row."""
    ways = np.array([line.way for line in lines])
    weights = np.array([line.length for line in lines])
    way = math.atan2(float((np.sin(ways) * weights).sum()), float((np.cos(ways) * weights).sum()))
    along = np.array((math.cos(way), math.sin(way)))
    across = np.array((-along[1], along[0]))
    placed = sorted(lines, key=lambda line: float((line.start + line.end) @ across))
    rows: list[list[TextLine]] = []
    for line in placed:
        at = float((line.start + line.end) @ across) / 2
        if rows:
            last = rows[-1]
            row = np.mean([float((one.start + one.end) @ across) / 2 for one in last])
            if abs(at - row) < _SAME_ROW * max(line.x_height, last[0].x_height):
                last.append(line)
                continue
        rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda one: float(one.start @ along))]
