"""Ink → pieces in lines: connected components, without dirt and edges, joined and sorted.

Boxes here are pixels of the ink mask; the view maps them back to the frame.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.middle import weighted_median
from hwr_live.segmentation.components import Stats, components
from hwr_live.segmentation.ground import CUT_OUT
from hwr_live.segmentation.ink import Ink
from hwr_live.segmentation.lines import in_columns, lines_of, tilt_of
from hwr_live.segmentation.pieces import TALL, Piece, join_parts

_MOST = 6000  # components: the largest are kept; a full page of writing has half as many
_GRAIN = 3000  # components: as many of which most are specks are a texture, not writing
_SMALLEST = 7.0  # pixels: a usual height below which nothing can be read: grain, weave, dust
_DARK_PIXELS = 3  # as dark as the page's ink; fewer are the camera's noise
_SPECK_AREA, _SPECK_SIDE = 6, 3  # pixels: what covers fewer, or is shorter, is a speck
_EDGE = 0.15  # of the longer side of the picture: longer ink at its border is an edge
_EDGE_SLIM = 4  # times its width: and what is longer than that at the border, too
# By hand, on MNIST's training digits, cut close and not, and on photographed characters.
_WRITTEN = 0.5  # of the longest ink at the border: so much ink inside is what is written
_LETTER, _LETTERS = 0.03, 3  # of the longer side: so many things inside as long are written, too
_ALONG = 0.5  # of a side of the picture that an edge runs along
_BROAD = 2.0  # times as broad as any ink inside: no pen's stroke
_MIDDLE = 0.6  # of the height of a cut-out word: other lines lie beyond, by hand
_SIDE_SLIM = 0.1  # of the height of a cut-out word: what is slimmer beside it is a box's side
_RULE = 0.3  # of the longer side of the picture: longer ink is a rule, if it is slim
_RULE_SLIM = 12  # times its width: slim ink is longer than that
_FRAME = 0.6  # of both sides of the picture: larger ink that holds other ink is a frame
_HELD = 0.08  # of a frame's longer side: smaller ink in it does not tell that it is one
_CONTENT = 2  # things in a frame that tell that it is one
_REASONS = ("", "small", "border", "rule", "frame", "faint", "texture")
_KEPT, _SMALL, _BORDER, _LINE, _FRAMED, _FAINT, _TEXTURE = range(len(_REASONS))
# Of lines that the border of the picture cuts, by hand on cut-outs of validation people:
_CUT_OFF = 0.5  # of a line's ink across reaches the border
_REACHED = 1.0  # pixels of the picture before the border: what is soft there is no ink
_LOWER = 0.7  # of the height of a whole line: what is left of one is lower,
_LOW = 0.9  # or where all of its pieces reach the border
_WORD_WIDE = 2.2  # times as wide as tall: no letter is wider, even on its side
_WORD_HOLLOW = 0.5  # of its box is ink: a bar, as of a minus, fills more
_DUST = 0.06  # usual heights: ink no longer than this is dust
_DOT_AREA = 0.25  # of the square of the pen's width: a dot covers more
_STEP = 1.05
"""The usual height of a drawing's glyphs is told in steps of so many times each other: with each
stroke it moves a little, and all lines would have to be read anew: without steps 30 of 100 lines
were, with 1.03, 1.05 and 1.08 it was 20, 5 and 13. Of 63 drawn pages of validation people one
character is read otherwise with 1.05."""


@dataclass(frozen=True)
class Segmentation:
    """What stands where.

    Attributes:
        labels: int32 (h, w), the component that each pixel belongs to, 0 for none.
        lines: lines of pieces, in reading order.
        tilt: radians by which lines fall to the right (positive: downwards).
        height: the usual height of a glyph in pixels.
        left_out: how many components were left out, by reason: "small", "border", "rule", "frame",
            "faint" and "texture".
        lost: share of the ink's pixels in these.
    """

    labels: npt.NDArray[np.int32]
    lines: tuple[tuple[Piece, ...], ...]
    tilt: float = 0.0
    height: float = 0.0
    left_out: Mapping[str, int] = field(default_factory=dict)
    lost: float = 0.0


def segment_rows(ink: Ink, rows: Sequence[tuple[int, int]]) -> Segmentation:
    """Finds glyphs in ink whose lines are known: level, and each in rows of its own.

    Args:
        ink: of the lines.
        rows: first and last row but one of each, from top to bottom.
    """
    labels, stats = components(ink.mask)
    why = np.zeros(len(stats), np.uint8)
    longer = stats[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(1)
    why[(stats[:, cv2.CC_STAT_AREA] < _SPECK_AREA) | (longer < _SPECK_SIDE)] = _SMALL
    numbers = np.flatnonzero(why == _KEPT)
    if not len(numbers):
        return Segmentation(labels, ())
    height = glyph_height(stats[numbers])
    clean = _are_clean(numbers, stats, height)
    why[numbers[~clean]] = _SMALL
    numbers = numbers[clean]
    middles = stats[numbers, cv2.CC_STAT_TOP] + stats[numbers, cv2.CC_STAT_HEIGHT] / 2
    of = np.searchsorted([last for _, last in rows], middles, side="right")
    lines = []
    for number in np.unique(of):
        pieces = join_parts(numbers[of == number], stats, height)
        lines.append(tuple(sorted(pieces, key=lambda piece: piece.box[0] + piece.box[2] / 2)))
    return Segmentation(labels, tuple(lines), 0.0, height, *_left_out(why, stats))


def segment(ink: Ink, *, level: bool = False) -> Segmentation:
    """Finds glyphs and lines in the ink of a frame.

    Args:
        ink: of the frame.
        level: whether its lines have been made level.
    """
    labels, stats = components(ink.mask)
    if len(stats) < 2:
        return Segmentation(labels, ())
    why = _reasons(ink, labels, stats)
    if not ink.drawn:
        core = np.flatnonzero(ink.grey >= math.ceil(ink.core))
        dark = np.bincount(labels.reshape(-1)[core], minlength=len(stats))
        why[(why == _KEPT) & (dark < _DARK_PIXELS)] = _FAINT
    numbers = np.flatnonzero(why == _KEPT)
    height = glyph_height(stats[numbers]) if len(numbers) else 0.0
    if ink.drawn and height:
        height = _STEP ** round(math.log(height, _STEP))
    elif not ink.drawn and height < _SMALLEST:
        why[numbers] = _SMALL
        numbers = numbers[:0]
    if not len(numbers):
        return Segmentation(labels, (), 0.0, 0.0, *_left_out(why, stats))
    if not ink.drawn:
        clean = _are_clean(numbers, stats, height)
        why[numbers[~clean]] = _SMALL
        numbers = numbers[clean]
    pieces = join_parts(numbers, stats, height)
    tilt = 0.0 if level else tilt_of(pieces, height)
    lines = [tuple(line) for line in in_columns(lines_of(pieces, height, tilt), height, tilt)]
    if ink.photo and (rests := _rests(lines, ink)):
        why[[part for line in rests for piece in line for part in piece.parts]] = _BORDER
        lines = [line for line in lines if line not in rests]
    return Segmentation(labels, tuple(lines), tilt, height, *_left_out(why, stats))


def _left_out(
    why: npt.NDArray[np.uint8], stats: npt.NDArray[np.int32]
) -> tuple[dict[str, int], float]:
    """``Segmentation.left_out`` and ``lost`` of components with these reasons."""
    counts = np.bincount(why[1:], minlength=len(_REASONS)).tolist()
    area = stats[1:, cv2.CC_STAT_AREA]
    lost = float(area[why[1:] != _KEPT].sum() / max(1, area.sum()))
    return {name: n for name, n in zip(_REASONS[1:], counts[1:], strict=True) if n}, lost


def glyph_height(stats: npt.NDArray[np.int32]) -> float:
    """The usual height of a glyph in pixels: the median of the components' sizes, each counted by
    its longer side, so that dots and specks do not pull it down. Its size is that side, but of
    letters joined to a word, which are wide and mostly hollow, it is how tall they are."""
    w, h, area = (stats[:, i].astype(np.float64) for i in (2, 3, 4))
    longer = np.maximum(w, h)
    word = (w > _WORD_WIDE * h) & (area < _WORD_HOLLOW * w * h)
    return weighted_median(np.where(word, h, longer), longer)


def _reasons(ink: Ink, labels: npt.NDArray[np.int32], stats: Stats) -> npt.NDArray[np.uint8]:
    """Why each component is no writing, as an index into ``_REASONS``: specks, frames, edges of
    the page or the table."""
    height, width = ink.mask.shape
    x, y, w, h, area = (stats[:, i].astype(np.int64) for i in range(5))
    longer, shorter = np.maximum(w, h), np.minimum(w, h)
    why = np.zeros(len(stats), np.uint8)
    if not ink.drawn:
        why[(area < _SPECK_AREA) | (longer < _SPECK_SIDE)] = _SMALL
        why[_edges(ink, labels, stats, why == _KEPT)] = _BORDER
        if ink.photo:
            slim = (longer > _RULE * max(height, width)) & (longer > _RULE_SLIM * shorter)
            why[slim & (why == _KEPT)] = _LINE
        for i in np.flatnonzero((why == _KEPT) & (w > _FRAME * width) & (h > _FRAME * height)):
            # A large letter holds nothing; the edge of a page, or a frame, holds what is written.
            inside = (x > x[i]) & (y > y[i]) & (x + w < x[i] + w[i]) & (y + h < y[i] + h[i])
            inside &= (longer > _HELD * longer[i]) & (why == _KEPT)
            if inside.sum() >= _CONTENT:
                why[i] = _FRAMED
    why[0] = _SMALL  # the paper
    kept = why == _KEPT
    if len(stats) > _GRAIN and kept.sum() < len(stats) / 2:
        why[kept] = _TEXTURE
    numbers = np.flatnonzero(kept)
    if len(numbers) > _MOST:
        why[numbers[np.argsort(area[numbers])[:-_MOST]]] = _TEXTURE
    return why


def _edges(
    ink: Ink, labels: npt.NDArray[np.int32], stats: Stats, seen: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Which components are edges of the page or of the table, shadows, and frames.

    Such ink runs along the picture's border. Where a stroke reaches it, as in a picture that was
    cut close to the writing, it does so with its ends, or with a bow of it.

    Args:
        ink: of the picture.
        labels, stats: its components.
        seen: (n,) which of them are no specks.
    """
    height, width = labels.shape
    x, y, w, h = (stats[:, i].astype(np.int64) for i in range(4))
    at_border = seen & ((x <= 0) | (y <= 0) | (x + w >= width) | (y + h >= height))
    at_border[0] = False
    numbers = np.flatnonzero(at_border)
    out = np.zeros(len(stats), np.bool_)
    if not len(numbers):
        return out
    longer, shorter = np.maximum(w, h), np.minimum(w, h)
    side = max(height, width)
    within = seen & ~at_border & (longer >= _LETTER * side)
    within[0] = False
    some = longer[within].sum() > _WRITTEN * longer[numbers].max()
    written = some or np.count_nonzero(within) >= _LETTERS
    if ink.photo and min(ink.size) > CUT_OUT:
        out[numbers] = (longer > _EDGE * side)[numbers]
        out[numbers] |= (longer > _EDGE_SLIM * shorter)[numbers]
        return out
    rims = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    along = [np.bincount(rim, minlength=len(stats))[numbers] / len(rim) for rim in rims]
    if not written:  # it is what the picture was taken for, if it is no frame
        out[numbers] = np.min(along, axis=0) > _ALONG
        return out
    widths = stats[:, 4] / np.maximum(w + h, 1)
    out[numbers] = np.max(along, axis=0) > _ALONG
    out[numbers] |= widths[numbers] > _BROAD * widths[within].max()
    if ink.photo:
        out[numbers] |= _of_neighbours(labels.shape, stats[numbers], int(h[within].max()))
    return out


def _of_neighbours(
    shape: tuple[int, ...], stats: npt.NDArray[np.int32], tall: int
) -> npt.NDArray[np.bool_]:
    """Which components at the border of a cut-out are of what stands around its word: other lines
    above and below it, a rule or the side of a box beside it, or a box around it.

    Args:
        shape: height and width of the picture.
        stats: of components that touch its border.
        tall: the height of the tallest component that does not.
    """
    height, width = shape
    x, y, w, h, area = (stats[:, i].astype(np.float64) for i in range(5))
    hollow = area / (w * h)
    middle = (y + h / 2) / height
    beyond = (np.abs(middle - 0.5) > _MIDDLE / 2) & (h < _LOW * tall)
    aside = (x <= 0) | (x + w >= width)
    side = aside & ((w < _SIDE_SLIM * height) | ((h > 0.8 * height) & (hollow < 0.35)))
    around = (w > 0.6 * width) & (h > 0.5 * height) & (hollow < 0.22)
    return np.asarray(beyond | side | around)


def _rests(lines: Sequence[tuple[Piece, ...]], ink: Ink) -> list[tuple[Piece, ...]]:
    """Lines that stand half beyond the picture's border, where there are others: most of
    their ink reaches it, and they are lower than a line that does not.

    Args:
        lines: of all pieces.
        ink: of the picture.
    """
    near = _REACHED * ink.scale
    shares, heights = [], []
    for line in lines:
        wide = np.array([piece.box[2] for piece in line], np.float64)
        cut = np.array([_at_border(piece, ink.mask.shape, near) for piece in line], np.bool_)
        shares.append(float(wide[cut].sum() / wide.sum()))
        heights.append(max(piece.box[3] for piece in line))
    tall = max((h for h, share in zip(heights, shares, strict=True) if share < _CUT_OFF), default=0)
    return [
        line
        for line, h, share in zip(lines, heights, shares, strict=True)
        if share >= _CUT_OFF and h < (_LOWER if share < 1 else _LOW) * tall
    ]


def _at_border(piece: Piece, shape: tuple[int, ...], near: float) -> bool:
    """Whether a piece comes so near to the picture's border, in pixels."""
    x, y, w, h = piece.box
    return x <= near or y <= near or x + w >= shape[1] - near or y + h >= shape[0] - near


def _are_clean(
    numbers: npt.NDArray[np.int64], stats: npt.NDArray[np.int32], height: float
) -> npt.NDArray[np.bool_]:
    """Which components are no dirt: far smaller or fainter than the writing. Dots of i and j are
    larger."""
    w, h, area = (stats[numbers, i].astype(float) for i in (2, 3, 4))
    longer = np.maximum(w, h)
    big = longer > TALL * height
    # A single stroke's width is about its area over its length; of a component of several strokes
    # this is too much, so the least of them tell. A dot is at least half a pen wide.
    widths = area[big] / (longer[big] + np.minimum(w, h)[big])
    pen = _tenth(widths) if big.any() else 2.0
    kept = (longer > _DUST * height) & (area > _DOT_AREA * pen * pen)
    return np.asarray(kept, np.bool_)


def _tenth(values: npt.NDArray[np.float64]) -> float:
    """``np.percentile(values, 10)``, which loads a good part of NumPy when first called."""
    ordered = np.sort(values)
    return float(np.interp(0.1 * (len(ordered) - 1), np.arange(len(ordered)), ordered))
