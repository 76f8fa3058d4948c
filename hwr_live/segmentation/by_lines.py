"""Which way a frame is seen by a map of writing: as it is, or line by line.

What is seen without a map is right for pages whose lines are level and have the picture to
themselves, and there it stays as it is. Where there is ink that the map takes for no writing, or
lines run otherwise, the lines of the map are cut out and seen as a page of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.middle import weighted_median
from hwr_live.segmentation.ground import CUT_OUT
from hwr_live.segmentation.ink import Ink, find_ink, second_scale
from hwr_live.segmentation.line_picture import Cut
from hwr_live.segmentation.mosaic import X_HEIGHT, cut_out
from hwr_live.segmentation.order import in_order
from hwr_live.segmentation.rectify import Matrix, View, to_frame
from hwr_live.segmentation.segment import segment_rows
from hwr_live.segmentation.sheet import straighten
from hwr_live.segmentation.writing import TextLine

Grey = npt.NDArray[np.uint8]

_LEVEL = math.radians(20)  # lines that rise or fall less are made level without a map
_ABOVE, _BELOW, _BEYOND = 1.9, 1.8, 2.2  # x-heights around a line that may be its ink
_STRAY = 0.06  # share of the ink's length beside the lines that is no matter
_NOWHERE = 0.3  # how likely writing must be somewhere, for a page not to be without any
_BESIDE = 0.15  # share of the lines beside the sheet that makes it no sheet
_AROUND = 3.0  # x-heights: as much paper around the lines is looked at with them
_SMALL = 13.0  # pixels: writing of a smaller x-height is looked at again, enlarged
_FILLS = 0.3  # of the shorter side: a picture whose glyphs are as tall was taken for them


def is_cut_out(view: View) -> bool:
    """Whether a frame is a photograph so small that it is a word or a character cut out of one."""
    return view.ink.photo and min(view.size) <= CUT_OUT


def wants_lines(view: View, lines: Sequence[TextLine], likeliest: float) -> bool:
    """Whether a frame is better seen by the lines of a map.

    Args:
        view: as it is seen without a map.
        lines: of the map, in the frame's pixels.
        likeliest: how likely the map finds writing where it is likeliest.
    """
    if not view.ink.photo or is_cut_out(view) or _fills(view):
        return False
    if not view.lines:  # empty paper, a texture
        return False
    if not lines:
        return likeliest < _NOWHERE
    return not _level_share(view, lines) > 1 - _STRAY or _beside(view, lines) > _STRAY


def _level_share(view: View, lines: Sequence[TextLine]) -> float:
    """Share of the lines, by length, that are about level in a view."""
    back = np.linalg.inv(to_frame(view.ink, view.matrix)).astype(np.float64)
    level = [line.length * (math.cos(line.moved(back).way) > math.cos(_LEVEL)) for line in lines]
    return sum(level) / max(1e-9, sum(line.length for line in lines))


def _fills(view: View) -> bool:
    """Whether what is seen fills the picture, as a character or a word that was cut out does."""
    ink = view.original[0]
    return view.segmented.height / ink.scale > _FILLS * min(view.size)


def _beside(view: View, lines: Sequence[TextLine]) -> float:
    """Share of what is seen, by length, that lies beside the lines."""
    place = to_frame(view.ink, view.matrix)
    boxes = np.array([piece.box for piece in view.pieces], np.float64)
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    longer = boxes[:, 2:].max(1)
    points = cv2.perspectiveTransform(middles[None], place)[0]
    inside = np.zeros(len(points), np.bool_)
    for line in lines:
        along = np.array((math.cos(line.way), math.sin(line.way)))
        off = points - line.start
        u, v = off @ along, off @ np.array((-along[1], along[0]))
        room = _BEYOND * line.x_height
        inside |= (
            (u > -room)
            & (u < line.length + room)
            & (v > -_ABOVE * line.x_height)
            & (v < _BELOW * line.x_height)
        )
    return float(longer[~inside].sum() / max(1.0, longer.sum()))


def see_lines(
    grey: Grey,
    view: View,
    lines: Sequence[TextLine],
    cuts: Sequence[Cut] = (),
    base: Base | None = None,
) -> View:
    """The same frame seen line by line.

    Args:
        grey: uint8 (h, w), the frame.
        view: as it is seen without a map.
        lines: of the map, in the frame's pixels.
        cuts: how each is cut out for a network that reads lines; none: its own ink alone is read.
        base: the ink that they are cut from, if it is known.
    """
    if not lines:
        nothing = replace(
            view.segmented, lines=(), left_out=_left(view, len(view.pieces)), lost=1.0
        )
        return replace(view, segmented=nothing)
    base = base or base_of(grey, view, lines)
    there = [base.placed(line) for line in lines]
    placed = in_order(there)
    cut_by = {id(line): cut for line, cut in zip(there, cuts, strict=False)}
    mosaic = cut_out(base.ink, placed, [cut_by[id(line)] for line in placed] if cuts else ())
    segmented = segment_rows(mosaic.ink, mosaic.rows)
    counts = _left(view, mosaic.left)
    lost = 1 - float(mosaic.ink.mask.any()) if not segmented.lines else segmented.lost
    ways = tuple(base.way @ way for way in mosaic.ways)
    return View(
        mosaic.ink,
        replace(segmented, left_out=counts, lost=lost),
        view.size,
        base.sheet,
        ways[0] if ways else np.eye(3),
        view.ink_ms,
        (base.ink, base.way),
        view.cells,
        tuple(zip(mosaic.rows, ways, strict=True)),
        mosaic.pictures,
    )


def _left(view: View, count: int) -> dict[str, int]:
    """What was left out, with so much ink that is no writing by the map."""
    return {**view.segmented.left_out, "drawing": count} if count else dict(view.segmented.left_out)


@dataclass(frozen=True)
class Base:
    """The ink that lines are cut from, the way from its pixels to the frame's, and the sheet."""

    ink: Ink
    way: Matrix
    sheet: npt.NDArray[np.float64] | None

    def placed(self, line: TextLine) -> TextLine:
        """A line of the frame in the ink's pixels."""
        return line.moved(np.linalg.inv(self.way).astype(np.float64))


def base_of(grey: Grey, view: View, lines: Sequence[TextLine], *, enlarged: bool = True) -> Base:
    """The ink of the sheet that the lines stand on, or of the whole frame.

    Args:
        grey: uint8 (h, w), the frame.
        view: as it is seen without a map.
        lines: of the map, in the frame's pixels.
        enlarged: whether small writing is looked at from so near that its glyphs can be told.
    """
    corners = view.sheet
    if corners is not None:
        outline = corners.astype(np.float32)
        middles = [(line.start + line.end) / 2 for line in lines]
        outside = [cv2.pointPolygonTest(outline, (m[0], m[1]), False) < 0 for m in middles]
        if np.mean(outside) > _BESIDE:
            corners = None
    picture, matrix = (grey, None) if corners is None else straighten(grey, corners)
    way = np.eye(3) if matrix is None else matrix
    back = np.linalg.inv(way).astype(np.float64)
    there = [line.moved(back) for line in lines]
    lengths = np.array([line.length for line in there])
    heights = np.array([line.x_height for line in there])
    usual = weighted_median(heights, lengths)
    first = view.original[0]
    whole = first.origin == (0, 0) and (corners is None) == (view.sheet is None)
    near = not enlarged and first.scale <= 1
    if whole and (near or usual * first.scale >= _SMALL):
        return Base(first, way @ to_frame(first, None), corners)
    ink = find_ink(picture) if not whole or first.scale > 1 else first
    if enlarged and usual * ink.scale < _SMALL:
        corners_of = np.concatenate([line.outline(1.5, 1.5, 1.0) for line in there])
        low = np.maximum(0, corners_of.min(0) - _AROUND * usual).astype(int)
        high = np.ceil(corners_of.max(0) + _AROUND * usual).astype(int)
        part = np.ascontiguousarray(picture[low[1] : high[1], low[0] : high[0]])
        scale = second_scale(ink, X_HEIGHT / (usual * ink.scale), part.shape)
        if scale > ink.scale and part.size:
            ink = replace(find_ink(part, scale), origin=(int(low[0]), int(low[1])))
    return Base(ink, way @ to_frame(ink, None), corners)
