"""Ink → glyphs in lines and words: connected components, joined, sorted, in reading order.

Boxes here are pixels of the ink mask; the reader maps them back to the frame.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.reading import Box
from hwr_live.recognition.components import components
from hwr_live.recognition.ink import Ink

_MOST = 6000  # components: the largest are kept; a full page of writing has half as many
_GRAIN = 3000  # components: as many of which most are specks are a texture, not writing
_SMALLEST = 7.0  # pixels: a usual height below which nothing can be read: grain, weave, dust
_TILT_PIECES = 200  # as many tell the slope of a page; all pairs of them are looked at
_COLUMN = 2.2  # glyph widths: a wider gap is between columns
_DARK_PIXELS = 3  # as dark as the page's ink; fewer are the camera's noise
_TILTS = np.radians(np.arange(-20, 20.5, 0.5)).astype(np.float32)
_TILT_STEP = 3  # of those are tried at first, and then those between
_FAR = 3.0  # quarters of a usual height: two glyphs further apart share no row
_TAIL = 0.3  # usual heights: a small mark as tall has a tail
_BASELINE = 2.5  # usual heights: glyphs nearer than this tell where the baseline is
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


@dataclass(frozen=True)
class Segmentation:
    """What stands where.

    Attributes:
        labels: int32 (h, w), the component that each pixel belongs to, 0 for none.
        lines: lines of pieces, in reading order.
        tilt: radians by which lines fall to the right (positive: downwards).
        height: the usual height of a glyph in pixels.
    """

    labels: npt.NDArray[np.int32]
    lines: tuple[tuple[Piece, ...], ...]
    tilt: float = 0.0
    height: float = 0.0


def segment(ink: Ink) -> Segmentation:
    """Finds glyphs and lines in the ink of a frame."""
    labels, stats = components(ink.mask)
    if len(stats) < 2:
        return Segmentation(labels, ())
    core = np.flatnonzero(ink.grey >= math.ceil(ink.core))
    dark = np.bincount(labels.reshape(-1)[core], minlength=len(stats))
    numbers = _plausible(stats, ink.mask.shape)
    numbers = numbers[dark[numbers] >= _DARK_PIXELS]
    if not len(numbers):
        return Segmentation(labels, ())
    height = glyph_height(stats[numbers])
    if height < _SMALLEST:
        return Segmentation(labels, ())
    numbers = _without_dirt(numbers, stats, height)
    pieces = _join_parts(numbers, stats, height)
    tilt = _tilt(pieces, height)
    lines = tuple(
        tuple(line)
        for line in _lines(pieces, height, tilt)
        if not all(_at_border(piece, ink.mask.shape) for piece in line)
    )
    return Segmentation(labels, lines, tilt, height)


def glyph_height(stats: npt.NDArray[np.int32]) -> float:
    """The usual height of a glyph in pixels: the median of the components' longer sides, each
    counted by that side, so that dots and specks do not pull it down."""
    longer = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]).astype(float)
    order = np.argsort(longer)
    mass = np.cumsum(longer[order])
    return float(longer[order][np.searchsorted(mass, mass[-1] / 2)])


def _plausible(stats: npt.NDArray[np.int32], shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Components that may be writing: no specks, no frames, no edges of the page or the table."""
    height, width = shape[:2]
    x, y, w, h, area = (stats[:, i].astype(np.int64) for i in range(5))
    border = (x <= 0) | (y <= 0) | (x + w >= width) | (y + h >= height)
    longer, shorter = np.maximum(w, h), np.minimum(w, h)
    speck = (area < 6) | (longer < 3)
    edge = border & ((longer > 0.15 * max(height, width)) | (longer > 4 * shorter))
    rule = (longer > 0.3 * max(height, width)) & (longer > 12 * shorter)
    keep = ~(speck | edge | rule)
    for i in np.flatnonzero(keep & (w > 0.6 * width) & (h > 0.6 * height)):
        # A large letter holds nothing; the edge of a page, or a frame, holds what is written.
        inside = (x > x[i]) & (y > y[i]) & (x + w < x[i] + w[i]) & (y + h < y[i] + h[i])
        keep[i] = i == 0 or (inside & keep).sum() < 2
    keep[0] = False  # the paper
    if len(stats) > _GRAIN and keep.sum() < len(stats) / 2:
        return np.empty(0, np.int64)
    numbers = np.flatnonzero(keep)
    if len(numbers) > _MOST:
        numbers = np.sort(numbers[np.argsort(area[numbers])[-_MOST:]])
    return numbers


def _at_border(piece: Piece, shape: tuple[int, ...]) -> bool:
    x, y, w, h = piece.box
    return x <= 0 or y <= 0 or x + w >= shape[1] or y + h >= shape[0]


def _without_dirt(
    numbers: npt.NDArray[np.int64], stats: npt.NDArray[np.int32], height: float
) -> npt.NDArray[np.int64]:
    """Drops what is far smaller or fainter than the writing; dots of i and j are larger."""
    w, h, area = (stats[numbers, i].astype(float) for i in (2, 3, 4))
    longer = np.maximum(w, h)
    big = longer > 0.4 * height
    # A single stroke's width is about its area over its length; of a component of several strokes
    # this is too much, so the least of them tell. A dot is at least half a pen wide.
    widths = area[big] / (longer[big] + np.minimum(w, h)[big])
    pen = _tenth(widths) if big.any() else 2.0
    kept = (longer > 0.06 * height) & (area > 0.25 * pen * pen)
    return np.asarray(numbers[kept], np.int64)


def _tenth(values: npt.NDArray[np.float64]) -> float:
    """``np.percentile(values, 10)``, which loads a good part of NumPy when first called."""
    ordered = np.sort(values)
    return float(np.interp(0.1 * (len(ordered) - 1), np.arange(len(ordered)), ordered))


def _join_parts(
    numbers: npt.NDArray[np.int64], stats: npt.NDArray[np.int32], height: float
) -> list[Piece]:
    """Joins the parts of a glyph: dots over stems and below them, bars over bows, the two dots of a
    colon, the two lines of an equals sign, strokes that nearly touch."""
    boxes = stats[numbers, :4].astype(np.float64)
    order = np.argsort(boxes[:, 0], kind="stable")
    boxes, numbers = boxes[order], numbers[order]
    group = np.arange(len(boxes))
    small = boxes[:, 2:].max(1) < 0.45 * height
    stops = _stops(boxes, small, height)
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
    members = np.split(numbers[order], ends[:-1])
    starts = np.concatenate([[0], ends[:-1]])
    left, top = (np.minimum.reduceat(boxes[order, i], starts).astype(int) for i in (0, 1))
    far = boxes[order, :2] + boxes[order, 2:]
    right, bottom = (np.maximum.reduceat(far[:, i], starts).astype(int) for i in (0, 1))
    corners = np.stack([left, top, right - left, bottom - top], axis=1).tolist()
    return [
        Piece(tuple(parts.tolist()), (x, y, w, h))
        for parts, (x, y, w, h) in zip(members, corners, strict=True)
    ]


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
        fits = (below > -0.5 * dot[3] - 1) & (below < 0.6 * height) & (aside < 0.25 * height)
        nearest = np.argmin(np.where(fits, 2 * aside + np.abs(below), np.inf), axis=1)
        for i in np.flatnonzero(fits.any(1)):
            yield int(some[i]), int(stems[nearest[i]])


def low_marks(line: Sequence[Piece], height: float) -> dict[Piece, str]:
    """The pieces of a line that are small and stand behind the foot of another, each with the mark
    it is by its size: the smallest ink has no shape.

    A full stop is a dot of any form; a comma is longer than the pen is broad, and upright.
    """
    boxes = np.array([piece.box for piece in line], np.float64).reshape(-1, 4)
    small = boxes[:, 2:].max(1) < 0.45 * height
    _, _, w, h = boxes.T
    tailed = (h > _TAIL * height) & (h > 1.2 * w)
    stops = _stops(boxes, small, height)
    return {line[i]: "," if tailed[i] else "." for i in np.flatnonzero(stops).tolist()}


def _stops(
    boxes: npt.NDArray[np.float64], small: npt.NDArray[np.bool_], height: float
) -> npt.NDArray[np.bool_]:
    """Which small boxes stand on the baseline behind a glyph, as a full stop does: what is below
    them belongs to the next line."""
    stops = np.zeros(len(boxes), np.bool_)
    dots = np.flatnonzero(small)
    dots = dots[np.argsort(boxes[dots, 0])]
    stems = boxes[~small & (boxes[:, 3] > 0.4 * height)]
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
        level = np.abs(drop) < 0.25 * height
        # Behind a g the baseline is that of the glyphs before it.
        hung = beside & (drop > 0) & (drop < height)
        hung &= (level & (gap > 0) & (gap < _BASELINE * height)).any(1, keepdims=True)
        stops[some] = ((beside & level) | hung).any(1)
    return stops


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
    flats &= boxes[:, 3] < 0.4 * height
    ends = np.searchsorted(boxes[:, 0], boxes[:, 0] + [[-1.7 * height], [1.7 * height]])
    for i in np.flatnonzero(free | flats):
        left, top, wide, tall = boxes[i]
        middle = left + wide / 2
        near = slice(int(ends[0, i]), int(ends[1, i]))
        x, y, w, h = boxes[near].T
        gap = y - (top + tall)  # of what is below
        aside = np.abs(x + w / 2 - middle)
        longest = np.maximum(w, wide)
        colon = free[near] & free[i] & (gap > 0.1 * height) & (gap < 0.75 * height)
        colon &= (aside < 0.15 * height) & (longest < 0.35 * height) & (longest < 3.0 * w)
        equals = flats[near] & flats[i] & (gap > 0) & (gap < min(0.6 * height, wide))
        equals &= (aside < 0.3 * longest) & (longest < 1.8 * np.minimum(w, wide))
        for j in np.flatnonzero(colon | equals):
            yield int(i), near.start + int(j)
        # A dot below a stem that is free of others.
        if free[i] and max(wide, tall) < 0.35 * height:
            above = top - (y + h)
            stem = ~small[near] & (above > 0) & (above < 0.4 * height) & (w < height)
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
        near = (apart < 0.18 * height) & (bottom - top < 1.7 * height)
        near &= overlap > 0.5 * np.minimum(w, one[2])
        for i, j in np.argwhere(near).tolist():
            if first + j < start + i:
                yield start + i, first + j


def _tilt(pieces: Sequence[Piece], height: float) -> float:
    """The lines' slope in radians: where the pieces' centres crowd into the fewest rows.

    A small price on tilt keeps few pieces, which crowd at any slope, level.
    """
    solid = [p.box for p in pieces if p.box[3] > 0.4 * height] or [p.box for p in pieces]
    if len(solid) < 3:
        return 0.0
    solid = solid[:: -(-len(solid) // _TILT_PIECES)]
    x = np.array([b[0] + b[2] / 2 for b in solid])
    y = np.array([b[1] + b[3] / 2 for b in solid])
    first, second = np.nonzero(np.abs(x[:, None] - x[None, :]) < 12 * height)
    pairs = first < second
    scale = 0.25 * height
    dx = ((x[first] - x[second])[pairs] / scale).astype(np.float32)
    dy = ((y[first] - y[second])[pairs] / scale).astype(np.float32)
    count = len(dx)
    if not count:
        return 0.0
    # Most are of lines far apart, and stay so at any tilt.
    near = np.abs(dy) * np.cos(_TILTS[0]) - np.abs(dx * np.sin(_TILTS[0])) < _FAR
    dx, dy = dx[near], dy[near]

    def best(tilts: npt.NDArray[np.float32]) -> int:
        # How close in height the two of each pair are when the page is turned level.
        gaps = dy * np.cos(tilts)[:, None] - dx * np.sin(tilts)[:, None]
        score = np.exp(-(gaps * gaps)).sum(1) / count - 0.2 * np.abs(tilts)
        return int(np.argmax(score))

    middle = best(_TILTS[::_TILT_STEP]) * _TILT_STEP
    few = _TILTS[max(0, middle - _TILT_STEP + 1) : middle + _TILT_STEP]
    return float(few[best(few)])


def _lines(pieces: Sequence[Piece], height: float, tilt: float) -> list[list[Piece]]:
    """Pieces by line, top to bottom, each line from left to right.

    From left to right each piece goes to the line whose last pieces stand at its height.
    """
    cos, sin = np.cos(tilt), np.sin(tilt)

    def place(piece: Piece) -> tuple[float, float]:
        x, y, w, h = piece.box
        cx, cy = x + w / 2, y + h / 2
        return float(cx * cos + cy * sin), float(cy * cos - cx * sin)

    placed = sorted(((*place(p), p) for p in pieces), key=lambda item: item[0])
    tall = [item for item in placed if item[2].box[3] > 0.4 * height]
    rest = [item for item in placed if item[2].box[3] <= 0.4 * height]
    lines: list[list[tuple[float, float, Piece]]] = []
    rows: list[float] = []  # where each line's last pieces stand
    for item in tall:
        own = item[2].box[3]
        nearest, least = -1, 0.62 * max(height, min(own, 1.6 * height))
        for number, row in enumerate(rows):
            if abs(item[1] - row) < least:
                nearest, least = number, abs(item[1] - row)
        if nearest < 0:
            lines.append([item])
            rows.append(item[1])
        else:
            lines[nearest].append(item)
            last = lines[nearest][-4:]
            rows[nearest] = sum(y for _, y, _ in last) / len(last)
    for item in rest:  # small marks join the nearest line, or stand alone
        best, least = None, 1.0 * height
        for line in lines:
            near = min(line, key=lambda other: abs(other[0] - item[0]))
            if abs(near[1] - item[1]) < least and abs(near[0] - item[0]) < 3 * height:
                best, least = line, abs(near[1] - item[1])
        if best is None:
            lines.append([item])
        else:
            best.append(item)
    lines.sort(key=lambda line: median(y for _, y, _ in line))
    return [[p for _, _, p in sorted(line, key=lambda item: item[0])] for line in lines]


def split_words(line: Sequence[Piece], height: float) -> tuple[tuple[Piece, ...], ...]:
    """The words of a line, which is cut where a gap is wide against the glyphs and against the
    line's other gaps."""
    gaps = []
    right = line[0].box[0] + line[0].box[2]
    for piece in line[1:]:
        gaps.append(max(0, piece.box[0] - right))
        right = max(right, piece.box[0] + piece.box[2])
    limit = word_gap(gaps, [p.box[2] for p in line], height)
    words: list[list[Piece]] = [[line[0]]]
    for gap, piece in zip(gaps, line[1:], strict=True):
        if gap > limit:
            words.append([])
        words[-1].append(piece)
    return tuple(tuple(word) for word in words)


def word_gap(gaps: Sequence[float], widths: Sequence[float], height: float) -> float:
    """The gap in pixels above which a new word begins.

    Of all ways to part the line's gaps into narrow and wide, the one that parts them best (Otsu's
    criterion), if the wide ones are then much wider; else only a gap wider than a glyph counts.
    """
    if not gaps:
        return float("inf")
    usual = max(median(widths), 0.4 * height)
    alone = 1.6 * usual
    # Columns and margins are no measure of the gaps between words.
    ordered = np.sort(np.minimum(gaps, _COLUMN * usual))
    best, least = alone, np.inf
    # Sums of the narrow gaps and of the wide ones, for each place to part them.
    narrow, wide = np.arange(1, len(ordered)), np.arange(len(ordered) - 1, 0, -1)
    sums, squares = np.cumsum(ordered), np.cumsum(ordered**2)
    low, high = sums[:-1] / narrow, (sums[-1] - sums[:-1]) / wide
    spread = squares[-1] - narrow * low**2 - wide * high**2
    fits = (ordered[1:] >= 0.5 * usual) & (high >= 2.0 * np.maximum(low, 0.1 * usual))
    if fits.any():
        cut = int(np.argmin(np.where(fits, spread, np.inf)))
        best, least = (ordered[cut] + ordered[cut + 1]) / 2, spread[cut]
    if np.isinf(least) and ordered[0] > 0.5 * usual and len(ordered) < 3:
        return alone
    return float(best)
