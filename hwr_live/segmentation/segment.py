"""Ink → pieces in lines: connected components, without dirt and edges, joined and sorted.

Boxes here are pixels of the ink mask; the view maps them back to the frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.components import components
from hwr_live.segmentation.ink import Ink
from hwr_live.segmentation.lines import lines_of, tilt_of
from hwr_live.segmentation.pieces import TALL, Piece, join_parts

_MOST = 6000  # components: the largest are kept; a full page of writing has half as many
_GRAIN = 3000  # components: as many of which most are specks are a texture, not writing
_SMALLEST = 7.0  # pixels: a usual height below which nothing can be read: grain, weave, dust
_DARK_PIXELS = 3  # as dark as the page's ink; fewer are the camera's noise
_SPECK_AREA, _SPECK_SIDE = 6, 3  # pixels: what covers fewer, or is shorter, is a speck
_EDGE = 0.15  # of the longer side of the picture: longer ink at its border is an edge
_EDGE_SLIM = 4  # times its width: and what is longer than that at the border, too
_RULE = 0.3  # of the longer side of the picture: longer ink is a rule, if it is slim
_RULE_SLIM = 12  # times its width: slim ink is longer than that
_FRAME = 0.6  # of both sides of the picture: larger ink that holds other ink is a frame
_DUST = 0.06  # usual heights: ink no longer than this is dust
_DOT_AREA = 0.25  # of the square of the pen's width: a dot covers more


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
    pieces = join_parts(numbers, stats, height)
    tilt = tilt_of(pieces, height)
    lines = tuple(
        tuple(line)
        for line in lines_of(pieces, height, tilt)
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
    speck = (area < _SPECK_AREA) | (longer < _SPECK_SIDE)
    side = max(height, width)
    edge = border & ((longer > _EDGE * side) | (longer > _EDGE_SLIM * shorter))
    rule = (longer > _RULE * side) & (longer > _RULE_SLIM * shorter)
    keep = ~(speck | edge | rule)
    for i in np.flatnonzero(keep & (w > _FRAME * width) & (h > _FRAME * height)):
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
    big = longer > TALL * height
    # A single stroke's width is about its area over its length; of a component of several strokes
    # this is too much, so the least of them tell. A dot is at least half a pen wide.
    widths = area[big] / (longer[big] + np.minimum(w, h)[big])
    pen = _tenth(widths) if big.any() else 2.0
    kept = (longer > _DUST * height) & (area > _DOT_AREA * pen * pen)
    return np.asarray(numbers[kept], np.int64)


def _tenth(values: npt.NDArray[np.float64]) -> float:
    """``np.percentile(values, 10)``, which loads a good part of NumPy when first called."""
    ordered = np.sort(values)
    return float(np.interp(0.1 * (len(ordered) - 1), np.arange(len(ordered)), ordered))
