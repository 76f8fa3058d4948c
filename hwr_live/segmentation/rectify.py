"""Frame → pieces as the writing stands: the sheet straightened, its lines level, itself upright.

What is found in a frame keeps the way back to the frame's own pixels.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.reading import Box, union_box
from hwr_live.segmentation.cells import find_cells, in_table
from hwr_live.segmentation.ground import Grey
from hwr_live.segmentation.ink import Ink, drawn_ink, find_ink, second_scale, to_grey
from hwr_live.segmentation.pieces import Piece
from hwr_live.segmentation.segment import Segmentation, segment
from hwr_live.segmentation.sheet import find_sheet, straighten

Matrix = npt.NDArray[np.float64]

# By hand, on photographs of small writing and on turned pages.
_SMALL = 24  # pixels: writing of less usual height is looked at again, enlarged
_ENLARGED = 40  # pixels: the usual height that it has then
_SHORT, _FEW_LINES = 6.0, 2
"""Usual heights that writing is wide, and lines of it: what is narrower, and of no more lines,
tells no slope, as its letters dance, and is read as it stands. Of 153 such words and lines of
validation people, and of people who are trained on, 14.7 % of the letters were wrong, made level,
11.4 are; wider ones are read alike either way."""
_AROUND = 3.0  # usual heights: as much paper around the writing is looked at with it
_LEVEL = math.radians(2.75)  # lines that fall or rise less are read as they are
_INKED = 64  # of 255: what counts as ink of a glyph


@dataclass(frozen=True)
class View:
    """What is seen in a frame: the writing as it is read, and the way back to the frame.

    Attributes:
        ink: of the sheet or the whole frame, turned so that its lines are level.
        segmented: its pieces.
        size: width and height of the frame in pixels.
        sheet: float (4, 2), the corners of the sheet of paper in the frame's pixels; None where
            the whole frame is read.
        matrix: (3, 3), from the ink's pixels to the frame's; None where only the scale differs.
        ink_ms: milliseconds that finding the ink took.
        original: ``ink`` and ``matrix`` before lines were made level.
        cells: boxes in the frame's pixels of what rules enclose.
        rows: where lines were cut out one by one, first and last row but one of each in the ink,
            and the (3, 3) from the ink's pixels to the frame's there.
        pictures: of each of these lines, uint8 (h, w), all ink that stands there, bright on black,
            for a network that reads lines, and x of its left edge in the ink; empty where a line's
            own ink is all that is read.
        looks: of the one line that is seen, where it was cut out of a photograph, other pictures,
            as ``pictures``, that a network reads along.
    """

    ink: Ink
    segmented: Segmentation
    size: tuple[int, int]
    sheet: npt.NDArray[np.float64] | None
    matrix: Matrix | None
    ink_ms: float
    original: tuple[Ink, Matrix | None]
    cells: tuple[Box, ...] = ()
    rows: tuple[tuple[tuple[int, int], Matrix], ...] = ()
    pictures: tuple[tuple[Grey, float], ...] = ()
    looks: tuple[Grey, ...] = ()

    @property
    def left_out(self) -> dict[str, int]:
        """How many pieces of ink were left out, by reason, rules that were taken out among them."""
        rules = len(self.original[0].rules)
        counts = dict(self.segmented.left_out)
        return {**counts, "rule": counts.get("rule", 0) + rules} if rules else counts

    def table(self) -> tuple[tuple[int, int, Box], ...]:
        """Row and column of each cell, from 0, as the page is read, and its box in the frame."""
        if not self.cells:
            return ()
        # As the page was seen: lines that were cut out one by one tell of no table.
        ink, matrix = self.original if self.rows else (self.ink, self.matrix)
        back = np.linalg.inv(to_frame(ink, matrix)).astype(np.float64)
        level = [_moved(box, back) for box in self.cells]
        placed = zip(in_table(level), self.cells, strict=True)
        return tuple(sorted((row, column, box) for (row, column), box in placed))

    @property
    def lines(self) -> tuple[tuple[Piece, ...], ...]:
        """The pieces of each line, in reading order."""
        return self.segmented.lines

    @property
    def pieces(self) -> list[Piece]:
        """All pieces, in reading order."""
        return [piece for line in self.lines for piece in line]

    def ink_picture(self) -> Grey:
        """The ink where it stands in the frame: uint8 (h, w) of the frame's size, dark on white.

        What was not looked at, as the table beside the sheet, is white.
        """
        # OpenCV's pixels have their centres at whole numbers, here those are their corners.
        to_corner, to_centre = np.eye(3), np.eye(3)
        to_corner[:2, 2], to_centre[:2, 2] = 0.5, -0.5
        mask = self.ink.mask.astype(np.uint8) * np.uint8(255)
        out = np.zeros(self.size[::-1], np.uint8)
        parts = self.rows or (((0, len(mask)), to_frame(self.ink, self.matrix)),)
        for (first, last), way in parts:
            own = np.zeros_like(mask)
            own[first:last] = mask[first:last]
            placed = to_centre @ way @ to_corner
            np.maximum(out, cv2.warpPerspective(own, placed, self.size), out=out)
        return 255 - out

    def box(self, piece: Piece, glyph: Grey) -> Box:
        """Where a piece stands in the frame, never beyond its edges.

        Args:
            piece: one of ``segmented``.
            glyph: uint8 (h, w), the piece's ink, bright on black, with a margin of one pixel.
        """
        if self.matrix is None:
            if self.ink.scale == 1 and self.ink.origin == (0, 0):
                return piece.box
            left, top, width, height = (v / self.ink.scale for v in piece.box)
            left, top = left + self.ink.origin[0], top + self.ink.origin[1]
            return _clipped((left, top, left + width, top + height), self.size)
        x, y = piece.box[:2]
        # Only the corners of the ink itself count: those of a box turned at an angle stick out.
        rows, columns = np.nonzero(glyph >= min(_INKED, int(glyph.max(initial=0))))
        spots = np.stack([columns + max(0, x - 1) + 0.5, rows + max(0, y - 1) + 0.5], 1)
        way, half = self.matrix, 0.5 / self.ink.scale
        if self.rows:
            way = self._way_at(y + piece.box[3] / 2)
            half = 0.5 * math.sqrt(abs(float(np.linalg.det(way[:2, :2]))))
        placed = cv2.perspectiveTransform(spots[None], way)[0]
        low, high = placed.min(0) - half, placed.max(0) + half
        return _clipped((low[0], low[1], high[0], high[1]), self.size)

    def _way_at(self, row: float) -> Matrix:
        """The way from the ink's pixels to the frame's of the line that a row is of."""
        return self.rows[self._row_at(row)][1]

    def _row_at(self, row: float) -> int:
        """Which of the lines that were cut out a row of the ink is of."""
        lasts = [last for (_, last), _ in self.rows]
        return min(len(lasts) - 1, int(np.searchsorted(lasts, row)))

    def picture_of(self, line: Sequence[Piece]) -> tuple[Grey, float] | None:
        """A line's picture, if there are any, and x of its left edge in the ink."""
        if not self.pictures:
            return None
        _, y, _, h = line[0].box
        return self.pictures[self._row_at(y + h / 2)]


def see(frame: npt.NDArray[np.generic], *, drawn: bool = False) -> View:
    """Finds what is written in a frame.

    Args:
        frame: (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA; uint8, uint16 or float of 0 to 1.
        drawn: whether it is a canvas: no photograph, and no sheet of paper in it.

    Raises:
        InputError: for an array that is no picture.
    """
    began = time.perf_counter()
    grey = to_grey(frame)
    size = (grey.shape[1], grey.shape[0])
    corners = None
    find = drawn_ink if drawn else find_ink
    if not drawn:
        given = np.asarray(frame)
        colour = given.dtype == np.uint8 and given.ndim == 3 and given.shape[2] == 3
        corners = find_sheet(given if colour else grey)
    picture, matrix = grey, None
    if corners is not None:
        picture, matrix = straighten(grey, corners)
    ink = find(picture)
    ink_ms = 1000 * (time.perf_counter() - began)
    segmented = segment(ink)
    if segmented.lines and segmented.height < _SMALL:
        ink = _nearer(picture, ink, segmented, find)
        segmented = segment(ink)
    if matrix is not None:
        matrix = matrix @ to_frame(ink, None)
    seen = View(ink, segmented, size, corners, matrix, ink_ms, (ink, matrix))
    if ink.rules:
        letters = [piece.box for piece in seen.pieces]
        cells = find_cells(ink.rules, ink.mask.shape, letters, segmented.height)
        way = to_frame(ink, matrix)
        seen = replace(seen, cells=tuple(_clipped(_edges(c, way), size) for c in cells))
    return _levelled(seen)


def _edges(box: Box, way: Matrix) -> tuple[float, float, float, float]:
    """Left, top, right and bottom around a box that is moved by a matrix (3, 3)."""
    x, y, w, h = box
    corners = np.array([[(x, y), (x + w, y), (x + w, y + h), (x, y + h)]], np.float64)
    moved = cv2.perspectiveTransform(corners, way)[0]
    (left, top), (right, bottom) = moved.min(0).tolist(), moved.max(0).tolist()
    return left, top, right, bottom


def _moved(box: Box, way: Matrix) -> Box:
    """The box of whole pixels around a box that is moved by a matrix (3, 3)."""
    left, top, right, bottom = _edges(box, way)
    return (round(left), round(top), round(right - left), round(bottom - top))


def _nearer(
    picture: Grey, ink: Ink, segmented: Segmentation, find: Callable[[Grey, float], Ink]
) -> Ink:
    """The ink of small writing, enlarged; only the part of the picture that is written on."""
    boxes = [piece.box for line in segmented.lines for piece in line]
    x, y, w, h = (v / ink.scale for v in union_box(boxes))
    room = _AROUND * segmented.height / ink.scale
    height, width = picture.shape
    left, top = max(0, int(x - room)), max(0, int(y - room))
    part = picture[top : min(height, int(y + h + room)), left : min(width, int(x + w + room))]
    part = np.ascontiguousarray(part)
    scale = second_scale(ink, _ENLARGED / segmented.height, part.shape)
    return replace(find(part, scale), origin=(left, top))


def turned(view: View, quarters: int) -> View:
    """The same frame seen after so many quarter turns anticlockwise."""
    ink, matrix = view.original
    height, width = ink.mask.shape
    # From the turned picture's pixels to those of the picture before, pixel corners at whole
    # numbers.
    back = {
        1: np.array([(0, -1, width), (1, 0, 0), (0, 0, 1)], np.float64),
        2: np.array([(-1, 0, width), (0, -1, height), (0, 0, 1)], np.float64),
        3: np.array([(0, 1, 0), (-1, 0, height), (0, 0, 1)], np.float64),
    }[quarters]
    mask = np.ascontiguousarray(np.rot90(ink.mask, quarters), np.bool_)
    grey = np.ascontiguousarray(np.rot90(ink.grey, quarters), np.uint8)
    return _again(view, replace(ink, mask=mask, grey=grey), to_frame(ink, matrix) @ back)


def _levelled(view: View) -> View:
    """The same with level lines, where they are not."""
    tilt = view.segmented.tilt
    if abs(tilt) < _LEVEL or _is_short(view):
        return view
    # What was no writing stays out: edges of the page and the table, which are told by the frame's
    # border, do not reach the border of the turned picture any more.
    labels = view.segmented.labels
    written = np.zeros(int(labels.max()) + 1, np.uint8)
    for piece in view.pieces:
        written[list(piece.parts)] = 255
    return _at_angle(view, (view.ink, view.matrix), written[labels], tilt, level=True)


def _is_short(view: View) -> bool:
    """Whether so little is written that its slope is no measure of how it lies."""
    if not 0 < len(view.lines) <= _FEW_LINES:
        return False
    _, _, wide, _ = union_box([piece.box for piece in view.pieces])
    return wide < _SHORT * view.segmented.height


def at_angle(view: View, angle: float) -> View:
    """The same frame, all of its ink, seen so that what runs at an angle is level.

    Args:
        view: of the frame.
        angle: radians, clockwise from the x-axis of the view.
    """
    ink, matrix = view.original
    turn = np.linalg.inv(to_frame(ink, matrix)) @ to_frame(view.ink, view.matrix)
    angle += math.atan2(turn[1, 0], turn[0, 0])
    level = _at_angle(view, view.original, ink.mask.astype(np.uint8) * np.uint8(255), angle)
    return replace(level, original=(level.ink, level.matrix))


def _at_angle(
    view: View,
    original: tuple[Ink, Matrix | None],
    mask: Grey,
    angle: float,
    *,
    level: bool = False,
) -> View:
    ink, matrix = original
    height, width = mask.shape
    cos, sin = math.cos(angle), math.sin(angle)
    wide = math.ceil(width * abs(cos) + height * abs(sin))
    high = math.ceil(height * abs(cos) + width * abs(sin))
    back = np.array([(cos, -sin, 0), (sin, cos, 0), (0, 0, 1)], np.float64)
    back[:2, 2] = (width / 2, height / 2) - back[:2, :2] @ (wide / 2, high / 2)
    centres = back.copy()  # OpenCV's pixels have their centres at whole numbers
    centres[:2, 2] += back[:2, :2] @ (0.5, 0.5) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    grey = cv2.warpAffine(ink.grey, centres[:2], (wide, high), flags=flags)
    soft = cv2.warpAffine(mask, centres[:2], (wide, high), flags=flags)
    upright = replace(ink, mask=np.asarray(soft) >= 128, grey=np.asarray(grey, np.uint8))
    return _again(view, upright, to_frame(ink, matrix) @ back, level=level)


def _again(view: View, ink: Ink, matrix: Matrix, *, level: bool = False) -> View:
    segmented = segment(ink, level=level)
    return replace(view, ink=ink, segmented=segmented, matrix=matrix)


def to_frame(ink: Ink, matrix: Matrix | None) -> Matrix:
    """(3, 3), from the ink's pixels to those of the frame."""
    if matrix is not None:
        return matrix
    (x, y), pixel = ink.origin, 1 / ink.scale
    return np.array([(pixel, 0, x), (0, pixel, y), (0, 0, 1)], np.float64)


def _clipped(edges: tuple[float, float, float, float], size: tuple[int, int]) -> Box:
    """The box of whole pixels around left, top, right, bottom, within the frame."""
    left = min(size[0] - 1, max(0, math.floor(edges[0])))
    top = min(size[1] - 1, max(0, math.floor(edges[1])))
    right, bottom = min(size[0], math.ceil(edges[2])), min(size[1], math.ceil(edges[3]))
    return (left, top, max(1, right - left), max(1, bottom - top))
