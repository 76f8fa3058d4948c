"""Components of ink → pieces: dots over their stems, bars over bows, colons, broken strokes.

Boxes are x, y, w, h in pixels of the ink mask; lengths are told in usual heights of a glyph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwr_live.reading import Box

TALL = 0.4
"""Usual heights: ink that is taller may be a letter, what is not is a dot, a comma or a bar. By
eye, on drawn pages and photographs."""

_SMALL = 0.45  # usual heights: ink whose longer side is shorter is a dot or a mark
_DOT = 0.35  # usual heights: the dots of a colon, and that below a ! or ?, are smaller
_TAIL = 0.3  # usual heights: a small mark that is taller has a tail, as a comma has
_BASELINE = 2.5  # usual heights: glyphs nearer than this tell where the baseline is
_LEVEL = 0.25  # usual heights: a full stop's middle is no further from the foot of a glyph
_DOT_ASIDE = 0.25  # usual heights: the dot of an i is no further beside its stem
_DOT_ABOVE = 0.6  # usual heights: nor further above it
_DOT_BELOW = 0.4  # usual heights: the dot of a ! or ? is no further below it
_NEAR = 0.18  # usual heights: parts that stand over each other and are nearer are one glyph
_TALLEST = 1.7  # usual heights: no glyph of two such parts is taller, no mark's part further off
_BLOCK = 64  # components that are compared with the others at once


@dataclass(frozen=True)
class Piece:
    """Ink that makes one glyph: connected components, or what lies of them within a box.

    Attributes:
        parts: labels of the components in ``Segmentation.labels``.
        box: x, y, w, h around the ink.
    """

    parts: tuple[int, ...]
    box: Box


def join_parts(
    numbers: npt.NDArray[np.int64], stats: npt.NDArray[np.int32], height: float
) -> list[Piece]:
    """Joins the parts of a glyph: dots over stems and below them, bars over bows, the two dots of a
    colon, the two lines of an equals sign, strokes that nearly touch."""
    boxes = stats[numbers, :4].astype(np.float64)
    order = np.argsort(boxes[:, 0], kind="stable")
    boxes, numbers = boxes[order], numbers[order]
    group = np.arange(len(boxes))
    small = _are_small(boxes, height)
    stops = stand_behind_foot(boxes, small, height)
    dotted = list(_stems_below(boxes, small & ~stops, height))
    free = small.copy()
    free[[dot for dot, _ in dotted]] = False
    marks = _marks(boxes, small, free, height)
    for i, j in (*dotted, *_over_each_other(boxes, height), *marks):
        if group[i] != group[j]:
            group[group == group[j]] = group[i]
    # Glyphs by their leftmost component.
    _, first, name = np.unique(group, return_index=True, return_inverse=True)
    place = np.empty_like(first)
    place[np.argsort(first)] = np.arange(len(first))
    order = np.argsort(place[name], kind="stable")
    ends = np.cumsum(np.bincount(place[name]))
    starts = np.concatenate([[0], ends[:-1]])
    members = numbers[order].tolist()
    left, top = (np.minimum.reduceat(boxes[order, i], starts).astype(int) for i in (0, 1))
    far = boxes[order, :2] + boxes[order, 2:]
    right, bottom = (np.maximum.reduceat(far[:, i], starts).astype(int) for i in (0, 1))
    corners = np.stack([left, top, right - left, bottom - top], axis=1).tolist()
    return [
        Piece(tuple(members[start:end]), (x, y, w, h))
        for start, end, (x, y, w, h) in zip(starts.tolist(), ends.tolist(), corners, strict=True)
    ]


def low_marks(line: Sequence[Piece], height: float) -> dict[Piece, str]:
    """The pieces of a line that are small and stand behind the foot of another, each with the mark
    it is by its size: the smallest ink has no shape.

    A full stop is a dot of any form; a comma is longer than the pen is broad, and upright.
    """
    boxes = np.array([piece.box for piece in line], np.float64).reshape(-1, 4)
    small = _are_small(boxes, height)
    _, _, w, h = boxes.T
    tailed = (h > _TAIL * height) & (h > 1.2 * w)
    stops = stand_behind_foot(boxes, small, height)
    return {line[i]: "," if tailed[i] else "." for i in np.flatnonzero(stops).tolist()}


def _are_small(boxes: npt.NDArray[np.float64], height: float) -> npt.NDArray[np.bool_]:
    """(n,) which boxes may be dots and marks by their size."""
    return np.asarray(boxes[:, 2:].max(1) < _SMALL * height, np.bool_)


def stand_behind_foot(
    boxes: npt.NDArray[np.float64], small: npt.NDArray[np.bool_], height: float
) -> npt.NDArray[np.bool_]:
    """Which small boxes stand on the baseline behind a glyph, as a full stop does: what is below
    them belongs to the next line."""
    stops = np.zeros(len(boxes), np.bool_)
    dots = np.flatnonzero(small)
    dots = dots[np.argsort(boxes[dots, 0])]
    stems = boxes[~small & (boxes[:, 3] > TALL * height)]
    right = stems[:, 0] + stems[:, 2]
    order = np.argsort(right)
    stems, right = stems[order], right[order]
    for start in range(0, len(dots), _BLOCK):
        some = dots[start : start + _BLOCK]
        left, top, wide, tall = boxes[some].T[:, :, None]
        reach = (left[0, 0] - _BASELINE * height, left[-1, 0] + height)
        near = slice(*np.searchsorted(right, reach))
        # How far the glyph's foot is below the dot, and how far its side from it.
        drop = stems[near, 1] + stems[near, 3] - (top + tall / 2)
        gap = left - right[near]
        beside = (gap > -0.3 * height) & (gap < 0.7 * height) & (left + wide > right[near])
        level = np.abs(drop) < _LEVEL * height
        # Behind a g the baseline is that of the glyphs before it.
        hung = beside & (drop > 0) & (drop < height)
        hung &= (level & (gap > 0) & (gap < _BASELINE * height)).any(1, keepdims=True)
        stops[some] = ((beside & level) | hung).any(1)
    return stops


def _stems_below(
    boxes: npt.NDArray[np.float64], small: npt.NDArray[np.bool_], height: float
) -> Iterator[tuple[int, int]]:
    """Dots with the component that each stands over: the nearest that begins below it, as an i's
    stem does; hands often set the dot a little to the right."""
    stems = np.flatnonzero(~small & (boxes[:, 2] < 1.2 * height))
    dots = np.flatnonzero(small)
    if not len(stems):
        return
    x, y, w, _ = boxes[stems].T
    for start in range(0, len(dots), _BLOCK):
        some = dots[start : start + _BLOCK]
        dot = boxes[some].T[:, :, None]
        middle, bottom = dot[0] + dot[2] / 2, dot[1] + dot[3]
        aside = np.maximum(0, np.maximum(x - middle, middle - (x + w)))
        below = y - bottom
        fits = (
            (below > -0.5 * dot[3] - 1)
            & (below < _DOT_ABOVE * height)
            & (aside < _DOT_ASIDE * height)
        )
        nearest = np.argmin(np.where(fits, 2 * aside + np.abs(below), np.inf), axis=1)
        for i in np.flatnonzero(fits.any(1)):
            yield int(some[i]), int(stems[nearest[i]])


def _marks(
    boxes: npt.NDArray[np.float64],
    small: npt.NDArray[np.bool_],
    free: npt.NDArray[np.bool_],
    height: float,
) -> Iterator[tuple[int, int]]:
    """Pairs of boxes that make a mark together: ``:`` ``=`` ``!`` ``?``.

    Args:
        boxes: (n, 4) x, y, w, h, sorted by x.
        small, free: (n,) which are small, and which of those are no dot over a stem.
        height: the usual height of a glyph.
    """
    flats = (boxes[:, 2] > 1.8 * boxes[:, 3]) & (boxes[:, 2] < 1.6 * height)
    flats &= boxes[:, 3] < TALL * height
    ends = np.searchsorted(boxes[:, 0], boxes[:, 0] + [[-_TALLEST * height], [_TALLEST * height]])
    for i in np.flatnonzero(free | flats):
        left, top, wide, tall = boxes[i]
        middle = left + wide / 2
        near = slice(int(ends[0, i]), int(ends[1, i]))
        x, y, w, h = boxes[near].T
        gap = y - (top + tall)  # of what is below
        aside = np.abs(x + w / 2 - middle)
        longest = np.maximum(w, wide)
        colon = free[near] & free[i] & (gap > 0.1 * height) & (gap < 0.75 * height)
        colon &= (aside < 0.15 * height) & (longest < _DOT * height) & (longest < 3.0 * w)
        equals = flats[near] & flats[i] & (gap > 0) & (gap < min(0.6 * height, wide))
        equals &= (aside < 0.3 * longest) & (longest < 1.8 * np.minimum(w, wide))
        for j in np.flatnonzero(colon | equals):
            yield int(i), near.start + int(j)
        # A dot below a stem that is free of others.
        if free[i] and max(wide, tall) < _DOT * height:
            above = top - (y + h)
            stem = ~small[near] & (above > 0) & (above < _DOT_BELOW * height) & (w < height)
            stem &= (x - 0.1 * height < middle) & (middle < x + w + 0.1 * height)
            if stem.any():
                yield int(i), near.start + int(np.argmin(np.where(stem, above, np.inf)))


def _over_each_other(boxes: npt.NDArray[np.float64], height: float) -> Iterator[tuple[int, int]]:
    """Pairs of boxes x, y, w, h, sorted by x, that stand over each other and nearly touch: bars,
    broken strokes."""
    widest = float(boxes[:, 2].max())
    for start in range(0, len(boxes), _BLOCK):
        one = boxes[start : start + _BLOCK].T[:, :, None]
        # None further left than the widest can overlap.
        first = int(np.searchsorted(boxes[:, 0], one[0, 0, 0] - widest))
        x, y, w, h = boxes[first : start + _BLOCK].T
        overlap = np.minimum(x + w, one[0] + one[2]) - np.maximum(x, one[0])
        top, bottom = np.minimum(y, one[1]), np.maximum(y + h, one[1] + one[3])
        apart = np.maximum(y, one[1]) - np.minimum(y + h, one[1] + one[3])
        near = (apart < _NEAR * height) & (bottom - top < _TALLEST * height)
        near &= overlap > 0.5 * np.minimum(w, one[2])
        for i, j in np.argwhere(np.tril(near, start - first - 1)).tolist():  # each pair once
            yield start + i, first + j
