"""Rules taken out of the ink, and what they crossed mended.

Letters stand on rules and cross them: what sticks out of a rule on either side is their ink, and
keeps its part of the rule, so that strokes stay whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.middle import weighted_median
from hwr_live.segmentation.components import components, outlines
from hwr_live.segmentation.ground import percentiles
from hwr_live.segmentation.straight import Rule

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]

# By hand: on the families of tests.measure.finding and composed pages, all of validation hands.
_GOES_ON = 40  # pixels beyond its ends that a rule is followed
_EXCESS = 0.7  # pixels: what sticks out less is the rule's own rough edge
_SMOOTH = 15  # pixels along a rule that its place is averaged over
_STROKE = 2.0  # pixels that a stroke sticks out somewhere, at least
_PEN = 40  # per cent of the pixels of what is left are as dark as the middle of a stroke
_PALER = 0.25  # of a pen's darkness: by as much a rule is paler, if they can be told apart
_STROKE_LONG = 1.5  # times as long as what is written is tall: no stroke of a letter is longer
_WORD_WIDE = 2.2  # times as wide as tall: a word
_CROSSING = 3  # pixels, besides twice its thickness: where another rule crosses, no more is darker


def without_rules(mask: Mask, rules: Sequence[Rule], grey: Grey | None = None) -> Mask:
    """A mask without its rules; strokes that cross a rule, stand on it or run along it stay whole.

    Args:
        mask: bool (h, w).
        rules: as of ``find_rules``.
        grey: uint8 (h, w), paper 255; where a rule is paler than the pen, it tells which strokes
            run along it.
    """
    out = mask.copy()
    for level in (True, False):
        for rule in rules:
            if rule.level == level:
                _erase(out if level else out.T, rule)
    if grey is not None:
        _restore_strokes(out, mask, rules, grey)
    _drop_corners(out, rules)
    return out


def _restore_strokes(left: Mask, mask: Mask, rules: Sequence[Rule], grey: Grey) -> None:
    """Puts back, in place, what was taken away with the rules and is as dark as a pen.

    Args:
        left: bool (h, w), the ink that is left.
        mask: bool (h, w), all ink.
        rules: all.
        grey: uint8 (h, w), paper 255.
    """
    written = grey[::2, ::2][left[::2, ::2]]
    if not len(written) or not rules:
        return
    pen = 255 - percentiles(written, _PEN)[0]
    owns = [_darkness(grey, rule) for rule in rules]
    limits = [math.floor((own + pen) / 2) if own < (1 - _PALER) * pen else 255 for own in owns]
    if min(limits) == 255:
        return
    dark = np.full(mask.shape, 255, np.uint8)  # what is darker is no rule
    for limit, rule in sorted(zip(limits, rules, strict=True), key=lambda pair: pair[0]):
        across = 2 * math.ceil(rule.thick / 2 + _STROKE) + 1
        cv2.polylines(dark, [rule.points()], False, limit, across)
    stats, runs = outlines((cv2.bitwise_not(grey) > dark) & mask & ~left)
    crossing = 2 * max(rule.thick for rule in rules) + _CROSSING
    longer = np.maximum(stats[:, 2], stats[:, 3])
    if not (longer > crossing).any():
        return
    # What was drawn along a rule and is longer is the side of a box.
    strokes = (longer > crossing) & (longer <= _STROKE_LONG * _tall(left))
    back = np.zeros(mask.shape, np.uint8)
    back.reshape(-1)[runs.pixels(np.flatnonzero(strokes), mask.shape[1])] = 1
    left |= mask & (cv2.dilate(back, np.ones((3, 3), np.uint8)) > 0)


def _tall(mask: Mask) -> float:
    """How tall what is written is, in pixels: as of most of its length."""
    stats, _ = outlines(np.ascontiguousarray(mask[::2, ::2]))  # that tells it as well
    w, h = 2 * stats[:, 2], 2 * stats[:, 3]
    longer = np.maximum(w, h)
    return weighted_median(np.where(w > _WORD_WIDE * h, h, longer), longer)


def _darkness(grey: Grey, rule: Rule) -> float:
    """How dark a rule is along most of its way, 0 to 255, where paper is 0."""
    along = np.arange(rule.start, rule.end)
    across = np.round(rule.centre).astype(np.intp)
    side = grey if rule.level else grey.T
    inside = along < side.shape[1]
    reach = math.ceil(rule.thick / 2)
    near = np.clip(across[inside] + np.arange(-reach, reach + 1)[:, None], 0, len(side) - 1)
    return 255 - percentiles(side[near, along[inside]].min(0), 75)[0]


def _drop_corners(mask: Mask, rules: Sequence[Rule]) -> None:
    """Takes away, in place, what the corners of boxes leave, where each of two rules looks like a
    stroke that stands on the other."""
    for one in (rule for rule in rules if rule.level):
        for other in (rule for rule in rules if not rule.level):
            x, y = other.at(one.at(other.start)), one.at(other.at(one.start))
            room = math.ceil(max(one.thick, other.thick) / 2) + 2
            near = one.start - room <= x <= one.end + room
            if not near or not other.start - room <= y <= other.end + room:
                continue
            left, top = max(0, round(x) - 2 * room), max(0, round(y) - 2 * room)
            part = mask[top : round(y) + 2 * room + 1, left : round(x) + 2 * room + 1]
            if not part.any():
                continue
            labels, stats = components(np.ascontiguousarray(part))
            w, h = stats[:, 2], stats[:, 3]
            whole = (stats[:, 0] > 0) & (stats[:, 1] > 0)
            whole &= (stats[:, 0] + w < part.shape[1]) & (stats[:, 1] + h < part.shape[0])
            part[np.isin(labels, np.flatnonzero(whole & (np.maximum(w, h) <= 2 * room)))] = False


def _erase(mask: Mask, rule: Rule) -> None:
    """Takes a rule along x out of a mask, in place.

    Args:
        mask: bool (h, w), turned on its side for an upright rule.
        rule: which.
    """
    h, w = mask.shape
    room = math.ceil(rule.thick / 2) + 1
    reach = 3 * math.ceil(rule.thick) + 6
    # More at both ends, as far as the line goes on there: what touches it, and corners, are no
    # thin straight bits.
    columns = np.arange(max(0, rule.start - _GOES_ON), min(w, rule.end + _GOES_ON))
    centre = rule.centre[np.clip(columns - rule.start, 0, len(rule.centre) - 1)]
    middle = np.round(centre).astype(int)
    offsets = np.arange(-reach, reach + 1)
    rows = middle[None] + offsets[:, None]
    inside = (rows >= 0) & (rows < h)
    band = mask[np.clip(rows, 0, h - 1), columns[None]] & inside
    # The run of ink through the rule, or that begins beside its middle.
    reached = _run(band, reach, room)
    above = np.where(reached[: reach + 1], 1, 0).sum(0)  # pixels from the middle up
    below = np.where(reached[reach:], 1, 0).sum(0)
    # As thick, and where, it is in this picture: lines were found in a smaller one.
    whole = (above + below - 1).astype(np.float64)
    pure = (whole > 0) & (whole <= 2 * rule.thick + 1)
    thick, shift = rule.thick, centre - middle
    if pure.any():
        thick = float(np.sort(whole[pure])[int(pure.sum()) // 4])
        pure &= whole <= thick + 1
        seen = (below - above)[pure] / 2
        shift = np.interp(columns, columns[pure], cv2.blur(seen[None], (_SMOOTH, 1))[0])
    half = thick / 2
    over, under = above - 0.5 + shift - half, below - 0.5 - shift - half
    excess = np.maximum(over, under)
    stroke = max(_STROKE, 0.5 * thick)
    sure = (excess > stroke) | (over + under > 1.5 * stroke)
    out = ~_touched(excess > _EXCESS, sure)
    before, behind = rule.start - int(columns[0]), rule.end - int(columns[0])
    out[:before] = np.logical_and.accumulate((out & (whole > 0))[:before][::-1])[::-1]
    out[behind:] = np.logical_and.accumulate((out & (whole > 0))[behind:])
    gone = reached & out[None]
    r, c = np.nonzero(gone)
    mask[rows[r, c], columns[c]] = False


def _run(band: Mask, middle: int, room: int) -> Mask:
    """The ink of each column that goes on from near the middle without a gap."""
    near = np.zeros_like(band)
    near[middle - room : middle + room + 1] = band[middle - room : middle + room + 1]
    up = np.logical_and.accumulate(band[: middle - room + 1][::-1], axis=0)[::-1]
    down = np.logical_and.accumulate(band[middle + room :], axis=0)
    near[: middle - room + 1] |= up
    near[middle + room :] |= down
    return near


def _touched(some: Mask, sure: Mask) -> Mask:
    """Stretches of ``some`` that hold one that is ``sure``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], some, [False]]).astype(np.int8)))
    out = np.zeros_like(some)
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        out[start:end] = sure[start:end].any()
    return out
