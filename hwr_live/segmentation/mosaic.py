"""Lines of a map of writing → a page of their own: each cut out level and straight, one below the
other, all equally tall.

Whatever a page's lines do, run at an angle, stand on their head, differ in size, share it with
drawings, what comes after sees a page as people write it. The way back is kept for each line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.components import Stats, components
from hwr_live.segmentation.ink import Ink
from hwr_live.segmentation.line_picture import TALL, Cut, line_picture, scale_of
from hwr_live.segmentation.writing import TextLine

Grey = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int32]
Matrix = npt.NDArray[np.float64]

X_HEIGHT = TALL
"""Pixels of the page: the x-height of each of its lines. Capitals are then 36 pixels tall, which is
what small writing is enlarged to."""

_ABOVE, _BELOW, _BEYOND = 1.5, 1.4, 0.9  # x-heights of a line's picture: ascenders, descenders
_TOUCHED = 0.45  # x-heights to both sides of a core's middle: ink that touches it is the line's
_ENDS = 0.3  # x-heights: a core may end so much too early
_REACH = 0.4  # x-heights: ink that goes on beyond the picture goes as far into the line, at least
_FIRM = 96  # of 255: as much of a pixel is ink where thin strokes are made smaller
_MARK = 1.1  # x-heights: ink beside a core that is no larger may be a dot, an accent, a comma
_MARK_OFF = 1.55  # x-heights: and is no further from its middle
_APART = 24  # pixels between two lines of the page


@dataclass(frozen=True)
class Mosaic:
    """A page of lines that were cut out.

    Attributes:
        ink: of the page.
        rows: first and last row but one of each line's picture, from top to bottom.
        ways: for each line (3, 3), from the page's pixels to those of the ink that it was cut from.
        lines: what each was cut out by.
        left: how many components of the ink belong to no line.
        pictures: of each line all ink that is there, uint8 (h, w), and where the page's column 0
            of it is; empty where no cuts were given.
    """

    ink: Ink
    rows: tuple[tuple[int, int], ...]
    ways: tuple[Matrix, ...]
    lines: tuple[TextLine, ...]
    left: int
    pictures: tuple[tuple[Grey, float], ...] = ()


def cut_out(ink: Ink, lines: Sequence[TextLine], cuts: Sequence[Cut] = ()) -> Mosaic:
    """Puts the lines of some ink below each other.

    Args:
        ink: of a picture.
        lines: in its pixels, in the order in which they are read.
        cuts: how each is cut out for its picture; none: without pictures.
    """
    labels, stats = components(ink.mask)
    owners = _Owners(labels, stats, lines)
    parts, ways, kept, pictures = [], [], [], []
    for number, line in enumerate(lines):
        made = _level(ink, owners, number, line)
        if made is not None:
            parts.append(made[:2])
            ways.append(made[2])
            kept.append(line)
            if cuts:
                beyond = (_BEYOND - cuts[number].beyond) * line.x_height * scale_of(line)
                pictures.append((line_picture(ink.grey, line, cuts[number]), _APART + beyond))
    if not parts:
        empty = np.zeros((8, 8), np.uint8)
        return Mosaic(_page(ink, empty, empty), (), (), (), len(stats) - 1)
    width = max(grey.shape[1] for grey, _ in parts)
    height = sum(grey.shape[0] + _APART for grey, _ in parts) + _APART
    grey, mask = (np.zeros((height, width + 2 * _APART), np.uint8) for _ in range(2))
    rows: list[tuple[int, int]] = []
    placed: list[Matrix] = []
    y = _APART
    for (own, inked), way in zip(parts, ways, strict=True):
        h, w = own.shape
        grey[y : y + h, _APART : _APART + w] = own
        mask[y : y + h, _APART : _APART + w] = inked
        rows.append((y, y + h))
        back = np.array([(1, 0, -_APART), (0, 1, -y), (0, 0, 1)], np.float64)
        placed.append(way @ back)
        y += h + _APART
    left = int(len(stats) - 1 - np.count_nonzero(owners.used[1:]))
    return Mosaic(
        _page(ink, grey, mask), tuple(rows), tuple(placed), tuple(kept), left, tuple(pictures)
    )


def _page(ink: Ink, grey: Grey, mask: Grey) -> Ink:
    size = (grey.shape[1], grey.shape[0])
    return replace(ink, mask=mask > 0, grey=grey, scale=1.0, size=size, origin=(0, 0), rules=())


class _Owners:
    """Which line each component belongs to.

    Attributes:
        used: (components,) whether any line has it.
    """

    def __init__(self, labels: Labels, stats: Stats, lines: Sequence[TextLine]) -> None:
        self.labels, self._stats = labels, stats
        self.used = np.zeros(len(stats), np.bool_)
        self._touched: list[npt.NDArray[np.intp]] = []
        count = np.zeros(len(stats), np.int32)
        for line in lines:
            spot, area = _area(line.outline(_TOUCHED, _TOUCHED, _ENDS), labels.shape)
            own = np.unique(labels[spot][area > 0]).astype(np.intp)
            own = own[own > 0]
            count[own] += 1
            self._touched.append(own)
        self.used[count > 0] = True
        self._shared = count > 1
        self._lines = lines
        self._marks = self._near(lines)

    def mask(self, number: int, spot: tuple[slice, slice]) -> npt.NDArray[np.bool_]:
        """(h, w) which pixels of a part of the ink are of a line."""
        table = np.zeros(len(self._stats), np.uint8)
        table[self._touched[number]] = 1
        table[self._marks[number]] = 1
        shared = self._touched[number][self._shared[self._touched[number]]]
        table[shared] = 2
        found = table[self.labels[spot]]
        out = found == 1
        if len(shared):
            out |= (found == 2) & self._nearest(number, spot)
        return np.asarray(out)

    def _nearest(self, number: int, spot: tuple[slice, slice]) -> npt.NDArray[np.bool_]:
        """(h, w) which pixels are nearer to a line's middle than to any other's, in x-heights."""
        rows = np.arange(spot[0].start, spot[0].stop)[:, None] + 0.5
        columns = np.arange(spot[1].start, spot[1].stop)[None] + 0.5
        own = _distance(self._lines[number], columns, rows)
        out = np.ones(own.shape, np.bool_)
        mine = self._lines[number]
        for other, line in enumerate(self._lines):
            if other == number or not _may_meet(mine, line):
                continue
            out &= own <= _distance(line, columns, rows)
        return out

    def _near(self, lines: Sequence[TextLine]) -> list[npt.NDArray[np.intp]]:
        """Of each line the small ink near it that touches no core: dots, accents, commas."""
        free = np.flatnonzero(~self.used)
        free = free[free > 0]
        out: list[npt.NDArray[np.intp]] = [np.empty(0, np.intp) for _ in lines]
        if not len(free) or not lines:
            return out
        x, y, w, h = self._stats[free, :4].astype(np.float64).T
        middle = np.stack([x + w / 2, y + h / 2], 1)
        longer = np.maximum(w, h)
        best = np.full(len(free), np.inf)
        whose = np.full(len(free), -1)
        for number, line in enumerate(lines):
            along = np.array((math.cos(line.way), math.sin(line.way)))
            off = middle - line.start
            u, v = off @ along, off @ np.array((-along[1], along[0]))
            room = _BEYOND * line.x_height
            away = np.abs(v) / line.x_height
            fits = (u > -room) & (u < line.length + room) & (away < _MARK_OFF)
            fits &= (longer < _MARK * line.x_height) & (away < best)
            best[fits], whose[fits] = away[fits], number
        for number in range(len(lines)):
            out[number] = free[whose == number]
            self.used[out[number]] = True
        return out


def _may_meet(one: TextLine, other: TextLine) -> bool:
    """Whether the pictures of two lines may share ink."""
    middle = (one.start + one.end - other.start - other.end) / 2
    reach = (one.length + other.length) / 2 + 2.5 * (one.x_height + other.x_height)
    return float(np.hypot(*middle)) < reach


def _distance(
    line: TextLine, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """How far places are from a line's middle, in x-heights."""
    cos, sin = math.cos(line.way), math.sin(line.way)
    u = (x - line.start[0]) * cos + (y - line.start[1]) * sin
    v = (y - line.start[1]) * cos - (x - line.start[0]) * sin
    beyond = np.maximum(0, np.maximum(-u, u - line.length))
    return np.asarray(np.hypot(beyond, v) / line.x_height, np.float64)


def _area(corners: Matrix, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], Grey]:
    """The part of a picture that a polygon lies in, and uint8 (h, w) of it, 1 inside."""
    low = np.clip(np.floor(corners.min(0)).astype(int), 0, (shape[1] - 1, shape[0] - 1))
    high = np.clip(np.ceil(corners.max(0)).astype(int) + 1, low + 1, (shape[1], shape[0]))
    area = np.zeros((int(high[1] - low[1]), int(high[0] - low[0])), np.uint8)
    cv2.fillConvexPoly(area, np.round(corners - low - 0.5).astype(np.int32), 1)
    return (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))), area


def _level(
    ink: Ink, owners: _Owners, number: int, line: TextLine
) -> tuple[Grey, Grey, Matrix] | None:
    """A line's grey picture, its mask of 0 and 1, and the way back to the ink's pixels; None where
    it has no ink."""
    spot, area = _area(line.outline(_ABOVE, _BELOW, _BEYOND), ink.mask.shape)
    own = owners.mask(number, spot) & (area > 0)
    if not own.any():
        return None
    near = cv2.dilate(own.view(np.uint8), np.ones((3, 3), np.uint8))
    grey = np.asarray(ink.grey[spot] * near, np.uint8)
    whole = own.astype(np.uint8) * np.uint8(255)
    scale = scale_of(line)
    shift = np.array((spot[1].start, spot[0].start), np.float64)
    small = np.ones(2)
    if scale < 0.6:  # otherwise thin strokes fall between the pixels
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        small = np.array(size) / grey.shape[::-1]
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        whole = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    wide = math.ceil((line.length + 2 * _BEYOND * line.x_height) * scale)
    high = math.ceil((_ABOVE + _BELOW) * line.x_height * scale)
    cos, sin = math.cos(line.way), math.sin(line.way)
    back = np.array([(cos, -sin, 0), (sin, cos, 0), (0, 0, 1)], np.float64)
    back[:2, :2] /= scale
    first = line.outline(_ABOVE, _BELOW, _BEYOND)[0]
    back[:2, 2] = first
    local = np.diag([small[0], small[1], 1.0]) @ np.array(
        [(1, 0, -shift[0]), (0, 1, -shift[1]), (0, 0, 1)]
    )
    way = local @ back
    way[:2, 2] += way[:2, :2] @ (0.5, 0.5) - 0.5  # OpenCV's pixels have their centres there
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = np.asarray(cv2.warpAffine(grey, way[:2], (wide, high), flags=flags), np.uint8)
    soft = np.asarray(cv2.warpAffine(whole, way[:2], (wide, high), flags=flags), np.uint8)
    mask = _without_rests((soft >= (128 if scale >= 1 else _FIRM)).astype(np.uint8), line, scale)
    if not mask.any():
        return None
    clean = level * cv2.dilate(mask, np.ones((3, 3), np.uint8))
    return np.asarray(clean, np.uint8), mask, back


def _without_rests(mask: Grey, line: TextLine, scale: float) -> Grey:
    """A line's mask without what was cut off at the picture's edge: the side of a box, a rule, the
    tail of a letter of another line."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return mask
    x, y, w, h = (stats[:, i] for i in range(4))
    unit = line.x_height * scale
    height, width = mask.shape
    cut = (x <= 0) | (y <= 0) | (x + w >= width) | (y + h >= height)
    # What reaches well into the line's own part of its picture is of it, whether it is cut or not.
    left, right = _BEYOND * unit, width - _BEYOND * unit
    top, bottom = (_ABOVE - _TOUCHED) * unit, (_ABOVE + _TOUCHED) * unit
    reach = min(_REACH * unit, (right - left) / 3)
    into = (x + w > left + reach) & (x < right - reach)
    into &= (y + h > top) & (y < bottom)
    kept = ~cut | into
    kept[0] = False
    return np.asarray(kept[labels], np.uint8)
