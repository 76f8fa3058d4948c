"""Rules of the paper, boxes and tables: found in the ink, and taken out before letters are looked
at.

A rule is thin across, long and straight. Letters stand on it and cross it: what sticks out of the
rule on either side is their ink, and keeps its part of the rule, so that strokes stay whole. How
long is long depends on the writing: a stick 1 that fills the picture is none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import compress, product

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.middle import weighted_median
from hwr_live.segmentation.components import Stats, outlines
from hwr_live.segmentation.evenly import with_missing
from hwr_live.segmentation.straight import (
    Rule,
    bits_of,
    holders,
    lines_of_bits,
    meetings,
    with_corner,
    with_partner,
)

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]

Box = tuple[Rule, Rule, Rule, Rule]

# By hand: on the families of tests.measure.finding and composed pages, all of validation hands.
_HALVED = 1000  # pixels: the longer side of larger pictures is halved
_LONG = 3.0  # usual heights from which a straight line is no stroke of a letter
_SIDE = 0.8  # usual heights from which it may be the side of a box
_SEED = 0.03  # of the picture's longer side: the longest bit of a rule at first
_ACROSS = 0.9  # of the picture's side: a line from edge to edge is a rule, whatever is written
_SLIM = 15  # times its thickness that a rule is long
_LEAST_REST = 0.3  # of a line's length: so much writing tells that it is too long for a stroke
_FIRST = 0.15  # of the picture's longer side: lines that are left out of the first guess at heights
_FEW = 3  # components that do not reach the border: fewer tell nothing
_THICKER = 1.5  # times, and a pixel: a thicker line between two rules is a stroke that fits there
_LOW = 0.35  # of a box's width, which is the usual height where it is all there is: its height
_ROUNDS = 3  # guesses at the usual height
# Small letters of a broad pen make up a line, too, each a thick straight bit of it. Of 59 such
# lines in pen strokes of people who are trained on 55 are told so; of 639 rules of the families and
# of words on paper, all of validation people, 1.
_PEN_THICK = 3.0  # pixels: a thinner line is of no such pen
_EDGES = 20  # pixels: a line that is shorter than the picture by no more goes from edge to edge
_STRAYS = 0.15  # pixels that its middle lies off its own course, on average (root mean square)
_COURSE = 31  # pixels along a line that its course is averaged over
_INKED = 0.97  # of a line's length its middle is inked: of less there are gaps between words
_BARE = 0.85  # of its length no ink sticks out of it: of less there are letters


def find_rules(mask: Mask) -> list[Rule]:
    """The rules in a mask of ink, and the sides of boxes.

    Args:
        mask: bool (h, w).
    """
    ink, scale = mask.view(np.uint8), 1
    if max(mask.shape) > _HALVED and min(mask.shape) > 1:
        h, w = (n // 2 for n in mask.shape)
        bright = ink[: 2 * h, : 2 * w] * np.uint8(255)
        half = cv2.resize(bright, (w, h), interpolation=cv2.INTER_AREA)
        ink, scale = np.asarray(cv2.threshold(half, 0, 1, cv2.THRESH_BINARY)[1], np.uint8), 2
    level, upright = bits_of(ink, True), bits_of(np.ascontiguousarray(ink.T), False)
    both = [bits for bits in (level, upright) if bits is not None]
    if not both:
        return []
    height = _usual_height(_sizes(outlines(ink.view(np.bool_))[0], ink.shape))
    if not height:
        return []
    least = _SEED * max(ink.shape)
    alone = min(_LONG * height, _FIRST * max(ink.shape))
    first: list[Rule] = []
    for bits in both:
        first += lines_of_bits(bits, with_partner(bits, height, least, alone), height, least)
    sure = [rule for rule in _long_ones(ink, first, height) if not _are_letters(rule, ink)]
    if sure:
        height = _rest(ink, sure)[0] or height
        side_least = _SIDE * height
        seeds = [np.ones(len(bits.x0), np.bool_) for bits in both]
    elif level is None or upright is None:
        return []
    else:
        seeds = with_corner(level, upright)
        side_least = _LOW * height
    sides: list[Rule] = []
    for bits, some in zip(both, seeds, strict=True):
        more = lines_of_bits(bits, some, height, side_least)
        if not sure and len(more) < 2:  # no box
            return []
        sides += more
    # Now that it is known how tall letters are, a rule may go on behind some of them.
    sure = list(dict.fromkeys(_longest(rule, sides) for rule in sure))
    others = [side for side in sides if not any(holders(side, sure))]
    found = _with_sides(sure, others)
    for box in _boxes([line for line in others if line not in found]):
        # A letter may have four straight sides, too; but it is no larger, and holds nothing.
        if min(len(side.centre) for side in box) >= _SIDE * height or _holds_ink(ink, box):
            found += [side for side in box if side not in found]
    found = with_missing(found, ink)
    return [rule.enlarged() for rule in found] if scale > 1 else found


def _longest(rule: Rule, lines: Sequence[Rule]) -> Rule:
    """The longest line that a rule is a part of, if there is one."""
    return max((rule, *holders(rule, lines)), key=lambda li: len(li.centre))


def _sizes(stats: Stats, shape: tuple[int, ...], least: float = 3) -> Floats:
    """The longer sides of components, of those at least so long, the shortest first; not of what
    reaches the border of the picture, as the table does, where there is other ink."""
    x, y, w, h, area = stats[1:].T
    longer = np.maximum(w, h)
    some = (longer >= least) & (area >= 6)
    inner = some & (x > 0) & (y > 0) & (x + w < shape[1]) & (y + h < shape[0])
    return np.sort(longer[inner if inner.sum() >= _FEW else some].astype(np.float64))


def _usual_height(longer: Floats) -> float:
    """As ``segment.glyph_height``, of components of these longer sides; 0 without any."""
    return weighted_median(longer, longer) if len(longer) else 0.0


def _long_ones(ink: Grey, lines: Sequence[Rule], height: float) -> list[Rule]:
    """The lines that are too long for the writing that is left without them."""
    if not lines:
        return []
    lengths = np.array([len(line.centre) for line in lines])
    sides = np.array([ink.shape[1] if line.level else ink.shape[0] for line in lines])
    slim = lengths >= _SLIM * np.array([line.thick for line in lines])
    across = slim & (lengths >= _ACROSS * sides)
    sure = across | (lengths >= min(_FIRST * max(ink.shape), _LONG * height))
    for _ in range(_ROUNDS):
        if not sure.any():
            break
        height, written = _rest(ink, list(compress(lines, sure)))
        # Where little else is written, a line may be a 1, or a bar of a T.
        longer = slim & (lengths >= _LONG * height) & (lengths * _LEAST_REST <= written)
        longer |= across
        if (longer == sure).all():
            break
        sure = longer
    return list(compress(lines, sure))


def _are_letters(line: Rule, ink: Grey) -> bool:
    """Whether a line is made up of letters alone: it strays, is broken, and much of it is not
    bare. A line of writing hardly reaches from edge to edge."""
    side = ink.shape[1 if line.level else 0]
    if line.thick < _PEN_THICK or len(line.centre) >= side - _EDGES:
        return False
    course = cv2.blur(line.centre[None], (_COURSE, 1))[0]
    if np.sqrt(np.mean((line.centre - course) ** 2)) <= _STRAYS:
        return False
    own = (ink if line.level else ink.T)[:, line.start : line.end] != 0
    columns = np.arange(own.shape[1])
    reach = int(3 * line.thick) + 8
    rows = np.rint(line.centre[columns]).astype(np.intp) + np.arange(-reach, reach + 1)[:, None]
    inside = (rows >= 0) & (rows < len(own))
    band = own[np.minimum(np.maximum(rows, 0), len(own) - 1), columns] & inside
    inked = band[reach - 1 : reach + 2].any(0)
    if inked.mean() >= _INKED:
        return False
    through = np.logical_and.accumulate(band[reach::-1]).sum(0)  # pixels from the middle up
    through += np.logical_and.accumulate(band[reach + 1 :] & band[reach]).sum(0)
    bare = (through > 0) & (through <= 1.5 * line.thick + 1.5)
    return bool(bare.mean() < _BARE)


def _rest(ink: Grey, lines: Sequence[Rule]) -> tuple[float, float]:
    """What is not these lines: its usual height, and its components' longer sides together, in
    pixels; 0 and 0 if that is nothing."""
    rest = ink.copy()
    for line in lines:
        cv2.polylines(rest, [line.points()], False, 0, math.ceil(line.thick) + 2)
    thickest = max(line.thick for line in lines)
    longer = _sizes(outlines(rest.view(np.bool_))[0], ink.shape, 3 * thickest)
    return _usual_height(longer), float(longer.sum())


def _with_sides(sure: list[Rule], others: list[Rule]) -> list[Rule]:
    """Rules, and what stands between two of them from one to the other."""
    found = list(sure)
    for _ in range(2 if found else 0):
        known = set(found)
        left = [line for line in others if line not in known]
        more: list[Rule] = []
        for level in (True, False):
            lines = [line for line in left if line.level == level]
            across = [rule for rule in found if rule.level != level]
            meet = meetings(lines, across)
            thick = np.array([rule.thick for rule in across])
            thickest = _THICKER * np.where(meet.any(0), thick, 0).max(1, initial=0) + 1
            between = meet.any(2).all(0) & ([line.thick for line in lines] <= thickest)
            more += list(compress(lines, between.tolist()))
        found += more
    return found


def _holds_ink(ink: Grey, box: Box) -> bool:
    """Whether there is ink within the sides of a box that does not reach them."""
    top, left, right, bottom = box
    room = math.ceil(max(side.thick for side in box)) + 1
    rows = slice(round(float(top.centre.max())) + room, round(float(bottom.centre.min())) - room)
    columns = slice(round(float(left.centre.max())) + room, round(float(right.centre.min())) - room)
    part = ink[rows, columns]
    if part.size == 0 or not part.any():
        return False
    return not any(edge.any() for edge in (part[0], part[-1], part[:, 0], part[:, -1]))


def _boxes(lines: Sequence[Rule]) -> list[Box]:
    """The top, left, right and bottom of each box: each end of them meets an end of another."""
    levels = [line for line in lines if line.level]
    uprights = [line for line in lines if not line.level]
    if min(len(levels), len(uprights)) < 2:
        return []
    # At which end which upright line meets it with an end of its own.
    corners = meetings(levels, uprights) & meetings(uprights, levels).any(0).T
    found: list[Box] = []
    for top in np.flatnonzero(corners.any(2).all(0)).tolist():
        for left, right in product(*(np.flatnonzero(end[top]).tolist() for end in corners)):
            if left == right:
                continue
            under = corners[0, :, left] & corners[1, :, right]
            for bottom in np.flatnonzero(under).tolist():
                if levels[bottom].centre[0] > levels[top].centre[0]:
                    found.append((levels[top], uprights[left], uprights[right], levels[bottom]))
    return found
