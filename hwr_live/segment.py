"""Ink → glyphs in lines and words: connected components, joined, sorted, in reading order.

Boxes here are pixels of the ink mask; the reader maps them back to the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.ink import Ink
from hwr_live.reading import Box, union_box

_MOST = 1200  # components: more is a texture, not writing; the largest are kept
_SMALLEST = 7.0  # pixels: a usual height below which nothing can be read: grain, weave, dust
_TILT_PIECES = 200  # as many tell the slope of a page; all pairs of them are looked at
_DARK_PIXELS = 3  # as dark as the page's ink; fewer are the camera's noise
_TILTS = np.radians(np.arange(-20, 20.5, 0.5))


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
    found = cv2.connectedComponentsWithStats(ink.mask.view(np.uint8), connectivity=8)
    labels, stats = np.asarray(found[1], np.int32), np.asarray(found[2], np.int32)
    dark = np.bincount(labels[ink.mask & (ink.grey >= ink.core)], minlength=len(stats))
    numbers = _plausible(stats, ink.mask.shape)
    numbers = numbers[dark[numbers] >= _DARK_PIXELS]
    if not len(numbers):
        return Segmentation(labels, ())
    height = glyph_height(stats[numbers])
    if height < _SMALLEST:
        return Segmentation(labels, ())
    numbers = _without_dirt(numbers, stats, height)
    pieces = _join_parts(numbers, stats, height, labels)
    tilt = _tilt(pieces, height)
    lines = tuple(tuple(line) for line in _lines(pieces, height, tilt))
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
    keep[0] = False  # the paper
    numbers = np.flatnonzero(keep)
    if len(numbers) > _MOST:
        numbers = np.sort(numbers[np.argsort(area[numbers])[-_MOST:]])
    return numbers


def _without_dirt(
    numbers: npt.NDArray[np.int64], stats: npt.NDArray[np.int32], height: float
) -> npt.NDArray[np.int64]:
    """Drops what is far smaller or fainter than the writing; dots of i and j are larger."""
    w, h, area = (stats[numbers, i].astype(float) for i in (2, 3, 4))
    longer = np.maximum(w, h)
    big = longer > 0.4 * height
    # A stroke's width is about its area over its length; a dot is at least half a pen wide.
    pen = float(np.median(area[big] / (longer[big] + np.minimum(w, h)[big]))) if big.any() else 2.0
    return numbers[(longer > 0.06 * height) & (area > 0.5 * pen * pen)]


def _join_parts(
    numbers: npt.NDArray[np.int64],
    stats: npt.NDArray[np.int32],
    height: float,
    labels: npt.NDArray[np.int32],
) -> list[Piece]:
    """Joins the parts of a glyph: dots over stems, bars over bows, strokes that nearly touch."""
    boxes = stats[numbers, :4].astype(float)
    n = len(numbers)
    parent = list(range(n))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    order = np.argsort(boxes[:, 0], kind="stable")
    reach = boxes[:, 2].max()
    for at, i in enumerate(order):
        for j in order[at + 1 :]:
            if boxes[j, 0] > boxes[i, 0] + max(boxes[i, 2], 0) + 0.4 * height:
                break
            if _belong(boxes[i], boxes[j], height):
                parent[root(int(j))] = root(int(i))
    del reach
    groups: dict[int, list[int]] = {}
    for i in range(n):
        groups.setdefault(root(i), []).append(i)
    pieces = []
    for members in groups.values():
        parts = tuple(int(numbers[m]) for m in members)
        box = union_box([tuple(int(v) for v in stats[p, :4]) for p in parts])  # type: ignore[misc]
        pieces.append(Piece(parts, box))
    return pieces


def _belong(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], height: float) -> bool:
    """Whether two components are parts of one glyph, by their boxes x, y, w, h."""
    ax, ay, aw, ah = a
    bx, by, bw, bh = b
    overlap_x = min(ax + aw, bx + bw) - max(ax, bx)
    gap_y = max(ay, by) - min(ay + ah, by + bh)
    small_a, small_b = max(aw, ah) < 0.45 * height, max(bw, bh) < 0.45 * height
    # A dot and the stem below it: over it, or a little to its right, as hands place dots.
    for (dx, dy, dw, dh), (sx, sy, sw, sh), is_dot in (
        (a, b, small_a and not small_b),
        (b, a, small_b and not small_a),
    ):
        if is_dot:
            middle = dx + dw / 2
            above = dy + dh / 2 < sy + 0.3 * sh
            near = sy - (dy + dh) < 0.6 * height
            over = sx - 0.15 * height < middle < sx + sw + 0.2 * height
            if above and near and over and sw < 1.2 * height:
                return True
    # Parts that stand over each other and nearly touch: bars, bows, broken strokes.
    if overlap_x > 0.5 * min(aw, bw) and gap_y < 0.18 * height:
        joined = max(ay + ah, by + bh) - min(ay, by)
        return bool(joined < 1.7 * height)
    return False


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
    dx = (x[first] - x[second])[pairs]
    dy = (y[first] - y[second])[pairs]
    if not len(dx):
        return 0.0
    # How close in height the two of each pair are when the page is turned level.
    gaps = (dy * np.cos(_TILTS)[:, None] - dx * np.sin(_TILTS)[:, None]) / (0.25 * height)
    score = np.exp(-(gaps**2)).mean(1)
    score = score - 0.2 * np.abs(_TILTS)
    return float(_TILTS[int(np.argmax(score))])


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
    for item in tall:
        own = item[2].box[3]
        best, least = None, 0.62 * max(height, min(own, 1.6 * height))
        for line in lines:
            last = line[-4:]
            row = float(np.mean([y for _, y, _ in last]))
            if abs(item[1] - row) < least:
                best, least = line, abs(item[1] - row)
        if best is None:
            lines.append([item])
        else:
            best.append(item)
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
    lines.sort(key=lambda line: float(np.median([y for _, y, _ in line])))
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
    usual = max(float(np.median(widths)), 0.4 * height)
    alone = 1.6 * usual
    ordered = np.sort(np.asarray(gaps, float))
    best, least = alone, np.inf
    for cut in range(1, len(ordered)):
        low, high = ordered[:cut], ordered[cut:]
        if high[0] < 0.5 * usual or high.mean() < 2.0 * max(low.mean(), 0.1 * usual):
            continue
        spread = ((low - low.mean()) ** 2).sum() + ((high - high.mean()) ** 2).sum()
        if spread < least:
            best, least = (low[-1] + high[0]) / 2, spread
    if np.isinf(least) and ordered[0] > 0.5 * usual and len(ordered) < 3:
        return alone
    return float(best)
