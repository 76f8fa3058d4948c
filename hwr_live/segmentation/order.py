"""The order in which a person reads lines: slips one after the other, columns one after the other,
what stands in a box together, tables row by row.

The page is cut along the widest white, as in the XY-cut of Nagy, Seth and Viswanathan (1992), with
one question before each cut into columns: whether these are columns of text or those of a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.writing import TextLine

Boxes = npt.NDArray[np.float64]

_SAME_WAY = math.radians(25)  # lines of one slip run no further apart
_SAME_ROW = 0.5  # letters' heights: the middles of what stands in one row are no further apart
COLUMN = 2.0
"""Letters' heights of white between columns, at the least."""
_OFF = 0.25  # of the distance of rows: what stands beside one of them is no higher or lower
_ONE = 0.6  # share of the lower of two boxes beside each other that tells that they share a row
_BAND = 1.2  # letters' heights of white between what is read one after the other
_TOGETHER = 1.1  # letters' heights of white between rows that stand in one box, at the most
_ROWS = 3  # columns of text have so many rows; of a table as many stand beside each other
_BESIDE = 0.7  # share of the rows of the shorter column that have one beside them, of a table
_RUNNING = 3.5  # letters' heights: no text runs on over rows that are further apart
_TEXT = 3.0  # letters' heights: text is on average wider than so, marks in a margin are not
_CELL = 9.0  # letters' heights: what stands in a table's cell is on average no longer


def in_order(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines that stand anywhere, at any angle, as they are read: first those of the direction in
    which most is written."""
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
        out += [own[number] for row in rows_in_order(*_level(own)) for number in row]
    return out


def _level(lines: Sequence[TextLine]) -> tuple[Boxes, float]:
    """Boxes of lines of about one direction where that is level, and their letters' height."""
    ways = np.array([line.way for line in lines])
    weights = np.array([line.length for line in lines])
    way = math.atan2(float((np.sin(ways) * weights).sum()), float((np.cos(ways) * weights).sum()))
    turn = np.array([(math.cos(way), math.sin(way)), (-math.sin(way), math.cos(way))])
    ends = np.array([(line.start, line.end) for line in lines]) @ turn.T
    low, high = ends.min(1), ends.max(1)
    half = 0.75 * np.array([line.x_height for line in lines])  # of a capital
    boxes = np.stack([low[:, 0], low[:, 1] - half, high[:, 0], high[:, 1] + half], 1)
    return boxes, float(np.median(2 * half))


def rows_in_order(boxes: Boxes, height: float) -> list[list[int]]:
    """The rows of what is written level, as they are read; each from left to right.

    Args:
        boxes: (n, 4) left, top, right and bottom of words or lines.
        height: the usual height of a letter, in the same unit.

    Returns:
        The numbers of the boxes of each row.
    """
    return _read(np.arange(len(boxes)), np.asarray(boxes, np.float64) / max(height, 1e-9))


def _read(some: npt.NDArray[np.intp], boxes: Boxes) -> list[list[int]]:
    """Rows of some of the boxes, which are in letters' heights."""
    if len(some) < 2:
        return [some.tolist()] if len(some) else []
    columns = _parts(some, boxes, 0, COLUMN)
    if _are_columns(columns, boxes):
        return [row for column in columns for row in _read(column, boxes)]
    bands = _parts(some, boxes, 1, _BAND)
    if len(bands) > 1:
        return [row for band in _joined(bands, boxes) for row in _read(band, boxes)]
    rows = _rows(some, boxes)
    # A headline over columns that stands close to them.
    for first in range(1, len(rows) - _ROWS + 1):
        below = np.concatenate([np.array(row, np.intp) for row in rows[first:]])
        if _are_columns(_parts(below, boxes, 0, COLUMN), boxes):
            return [*rows[:first], *_read(below, boxes)]
    return rows


def _joined(bands: list[npt.NDArray[np.intp]], boxes: Boxes) -> list[npt.NDArray[np.intp]]:
    """Bands of a page, those next to each other as one that are rows of one pair of columns: their
    paragraphs may end at the same height by chance."""
    out = [bands[0]]
    for band in bands[1:]:
        both = np.concatenate([out[-1], band])
        if _are_columns(_parts(both, boxes, 0, COLUMN), boxes):
            out[-1] = both
        else:
            out.append(band)
    return out


def _parts(
    some: npt.NDArray[np.intp], boxes: Boxes, axis: int, white: float
) -> list[npt.NDArray[np.intp]]:
    """Boxes parted wherever so much white goes through between them, from side to side."""
    order = some[np.argsort(boxes[some, axis], kind="stable")]
    ends = np.maximum.accumulate(boxes[order, axis + 2])
    cuts = np.flatnonzero(boxes[order[1:], axis] - ends[:-1] >= white) + 1
    return np.split(order, cuts)


def _are_columns(parts: Sequence[npt.NDArray[np.intp]], boxes: Boxes) -> bool:
    """Whether parts beside each other are read one after the other: columns of text, or boxes of a
    few words each; but not the columns of a table, nor what shares one row."""
    if len(parts) < 2:
        return False
    rows = [_rows(part, boxes) for part in parts]
    if max(map(len, rows)) < 2 or min(_width(some, boxes) for some in rows) < _TEXT:
        return False
    middles = [np.array([boxes[row][:, [1, 3]].mean() for row in some]) for some in rows]
    several = [k for k in range(len(parts)) if len(rows[k]) >= _ROWS]
    if len(several) < 2:
        # Boxes beside each other, in each of which some rows stand close together.
        return all(
            len(some) > 1 and len(_parts(part, boxes, 1, _TOGETHER)) == 1
            for part, some in zip(parts, rows, strict=True)
        )
    for left, right in pairwise(several):
        few, many = sorted((middles[left], middles[right]), key=len)
        # Beside the print of a form hands write higher or lower, and the rows are far apart.
        off = max(_SAME_ROW, _OFF * min(_pitch(few), _pitch(many)))
        beside = np.abs(few[:, None] - many[None, :]).min(1) < off
        if beside.mean() < _BESIDE:
            return True
    if min(_pitch(middles[k]) for k in several) > _RUNNING:
        return False
    return float(np.mean([_width(rows[k], boxes) for k in several])) > _CELL


def _pitch(middles: npt.NDArray[np.float64]) -> float:
    """How far rows are usually apart; three or more."""
    return float(np.median(np.diff(middles)))


def _width(rows: Sequence[Sequence[int]], boxes: Boxes) -> float:
    """How wide rows are on average."""
    return float(np.mean([boxes[row, 2].max() - boxes[row, 0].min() for row in rows]))


def _rows(some: npt.NDArray[np.intp], boxes: Boxes) -> list[list[int]]:
    """Boxes row by row, from top to bottom, each from left to right."""
    middles = boxes[some][:, [1, 3]].mean(1)
    order = np.argsort(middles, kind="stable")
    own: list[list[float]] = []  # boxes of the last row, and the sum of their middles
    total = 0.0
    rows: list[list[tuple[float, int]]] = []  # left edges and numbers
    # Lists of numbers: of a few boxes at a time NumPy takes several times as long.
    placed = zip(
        some[order].tolist(), middles[order].tolist(), boxes[some[order]].tolist(), strict=True
    )
    for number, middle, box in placed:
        if rows and _in_row(box, middle - total / len(own), own):
            rows[-1].append((box[0], number))
            own.append(box)
            total += middle
        else:
            rows.append([(box[0], number)])
            own, total = [box], middle
    return [[number for _, number in sorted(row, key=itemgetter(0))] for row in rows]


def _in_row(box: Sequence[float], below: float, row: Sequence[Sequence[float]]) -> bool:
    """Whether a box stands in a row whose middle it is so far below: at its height, or beside
    larger or smaller ones of it."""
    if below < _SAME_ROW:
        return True
    x, top, end, bottom = box
    for left, other_top, right, other_bottom in row:
        if left < end and x < right:
            return False
        both = min(other_bottom, bottom) - max(other_top, top)
        if both < _ONE * min(other_bottom - other_top, bottom - top):
            return False
    return True
