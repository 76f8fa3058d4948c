"""Straight lines in ink: thin bits of it, level or upright, and what they make up together.

A bit is thin across and straight; where a letter touches a line there is none, and the line goes
on behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.components import components

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]

MEET = 4
"""Pixels, besides the thickness: an end so near to a line meets it."""


# By hand: on the families of tests.measure.finding and composed pages, all of validation hands.
_THINNEST, _THICK = 8, 1 / 60  # pixels, or share of the shorter side: a thicker line is no rule
_APART = 12  # pixels between the points of a line: none bends within so few
_SHORTEST = 16  # pixels: shorter straight bits are parts of letters
_BIT = 0.4  # of a line's least length: the longest bit of it has as much
_MOST = 500  # bits that are looked at for rules at first, the longest
_TRIES = 60  # seeds in a row that no line comes of: it is text
_STRAY = 2.0  # pixels, and
_STRAY_SHARE = 0.03  # of the distance: so far off its line the next bit of a rule may lie
_FARTHEST = 6.0  # usual heights: the longest way between two bits of a rule
_OPEN = 2.0  # usual heights: the longest gap in a rule, where the camera lost it
_BROKEN = 0.25  # of the rule so far: nor is a gap longer, or it is one between two boxes
_STEEP = 0.2  # slope beyond which a line is neither level nor upright


@dataclass(frozen=True, eq=False)
class Rule:
    """A level or upright line.

    Attributes:
        level: whether it runs along x; else along y.
        start: the first pixel along its direction.
        centre: float (n,), for each pixel along it where its middle lies across.
        thick: pixels across.
    """

    level: bool
    start: int
    centre: Floats
    thick: float

    @property
    def end(self) -> int:
        """The pixel behind the last one."""
        return self.start + len(self.centre)

    def points(self) -> npt.NDArray[np.int32]:
        """int32 (n, 2): x and y of its middle in pixels, from end to end, some way apart."""
        along = np.append(np.arange(self.start, self.end - 1, _APART), self.end - 1)
        across = np.round(self.centre[along - self.start]).astype(np.int32)
        pair = (along, across) if self.level else (across, along)
        return np.stack(pair, 1).astype(np.int32)

    def enlarged(self) -> Rule:
        """The same in a picture of twice the size."""
        centre = np.repeat(2 * self.centre + 0.5, 2)
        return Rule(self.level, 2 * self.start, centre, 2 * self.thick)

    def at(self, place: float) -> float:
        """Where its middle lies across, at a pixel along it or beyond its ends."""
        index = min(len(self.centre) - 1, max(0, round(place) - self.start))
        return float(self.centre[index])


@dataclass(frozen=True, eq=False)
class Bits:
    """Thin straight bits of ink along x, the longest first.

    Attributes:
        ink: uint8 (h, w), 1 where there is ink; turned on its side for upright lines.
        level: what the bits are in the picture.
        x0, x1: float (n,), where each begins and ends.
        x, y: float (n,), its middle.
        slope, thick: float (n,), pixels per pixel, and pixels across.
        pixels: x and y of the pixels of each.
    """

    ink: Grey
    level: bool
    x0: Floats
    x1: Floats
    x: Floats
    y: Floats
    slope: Floats
    thick: Floats
    pixels: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]


def bits_of(ink: Grey, level: bool) -> Bits | None:
    """The bits of a picture, ``None`` without any.

    Args:
        ink: uint8 (h, w), 1 where there is ink; turned on its side for upright bits.
        level: whether it is not.
    """
    thickest = max(_THINNEST, round(min(ink.shape) * _THICK))
    broad = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8))
    thin = cv2.subtract(ink, broad)
    # One pixel more above and below: a line that falls slowly steps from row to row.
    wider = cv2.dilate(thin, np.ones((3, 1), np.uint8))
    run = np.ones((1, _SHORTEST), np.uint8)
    straight = np.asarray(cv2.bitwise_and(thin, cv2.morphologyEx(wider, cv2.MORPH_OPEN, run)))
    labels, stats = components(straight.view(np.bool_))
    bits = np.flatnonzero(stats[:, 2] >= _SHORTEST)
    if not len(bits):
        return None
    bits = bits[np.argsort(-stats[bits, 2], kind="stable")]
    spots = np.asarray(cv2.findNonZero(straight)).reshape(-1, 2)
    x, y = spots[:, 0].astype(np.int64), spots[:, 1].astype(np.int64)
    owner = labels[y, x]
    order = np.argsort(owner, kind="stable")
    y, x, owner = y[order], x[order], owner[order]
    first = np.searchsorted(owner, bits)
    last = np.searchsorted(owner, bits, side="right")
    count = np.maximum(last - first, 1).astype(np.float64)

    def mean(values: npt.NDArray[np.generic]) -> Floats:
        total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        return np.asarray((total[last] - total[first]) / count)

    mx, my = mean(x), mean(y)
    vx = np.maximum(mean(x * x) - mx * mx, 1e-6)
    slope = (mean(x * y) - mx * my) / vx
    stray = np.sqrt(np.maximum(mean(y * y) - my * my - slope * slope * vx, 0))
    thick = count / stats[bits, 2]
    fine = np.flatnonzero((np.abs(slope) < _STEEP) & (stray < 0.4 * thick + 1.5))
    return Bits(
        ink,
        level,
        stats[bits[fine], 0].astype(np.float64),
        (stats[bits[fine], 0] + stats[bits[fine], 2]).astype(np.float64),
        mx[fine],
        my[fine],
        slope[fine],
        thick[fine],
        [(x[first[i] : last[i]], y[first[i] : last[i]]) for i in fine],
    )


def with_partner(bits: Bits, height: float, least: float, alone: float) -> Mask:
    """Which bits, of the longest, may be more than a bar of a letter: they have a length of
    ``alone``, or at least of ``least`` and another bit on their straight line; in pixels."""
    length = bits.x1 - bits.x0
    some = np.flatnonzero(length[:_MOST] >= least)
    far = bits.x - bits.x[some, None]
    away = np.abs(bits.y - bits.y[some, None] - bits.slope[some, None] * far)
    near = (away < _STRAY + _STRAY_SHARE * np.abs(far)) & (np.abs(far) > 1)
    gap = np.abs(far) - (length + length[some, None]) / 2
    near &= (gap > -3) & (gap < _FARTHEST * height)
    out = length >= alone
    out[some] |= near.any(1)
    return np.asarray(out, np.bool_)


def with_corner(level: Bits, upright: Bits) -> list[Mask]:
    """Which bits end where one across begins or ends."""
    out = [np.zeros(len(bits.x0), np.bool_) for bits in (level, upright)]
    room = MEET + (level.thick[:, None] + upright.thick) / 2
    for end in (level.x0, level.x1):
        for tip in (upright.x0, upright.x1):
            meet = np.abs(end[:, None] - upright.y) <= room
            meet &= np.abs(tip - level.y[:, None]) <= room
            out[0] |= meet.any(1)
            out[1] |= meet.any(0)
    return out


def lines_of_bits(bits: Bits, seeds: Mask, height: float, least: float) -> list[Rule]:
    """The lines that bits make up.

    Args:
        bits: along x.
        seeds: (n,) which of them a line is begun with.
        height: the usual height of the writing in pixels.
        least: pixels that a line is long.
    """
    used = np.zeros(len(bits.x0), np.bool_)
    least = max(_SHORTEST, least)
    out: list[Rule] = []
    seeds = seeds & (bits.x1 - bits.x0 >= _BIT * least)
    tries = 0
    for seed in np.flatnonzero(seeds).tolist():
        if used[seed] or tries == _TRIES:
            continue
        chain = _chain(bits, seed, used, height)
        used[chain] = True
        start, end = int(bits.x0[chain].min()), int(bits.x1[chain].max())
        tries += 1
        if end - start < least:
            continue
        if len(chain) > 1 or end - start > 2 * least:
            tries = 0
        x = np.concatenate([bits.pixels[i][0] for i in chain]) - start
        y = np.concatenate([bits.pixels[i][1] for i in chain])
        seen = np.bincount(x, minlength=end - start)
        there = np.flatnonzero(seen)
        centre = np.bincount(x, y, minlength=end - start)[there] / seen[there]
        line = np.interp(np.arange(end - start), there, centre)
        thick = float(np.sort(seen[there])[len(there) // 2])
        rule = Rule(bits.level, start, line, thick)
        # Not the feet of letters that stand on a rule.
        if not any(are_same(rule, other) for other in out):
            out.append(rule)
    return out


def _chain(bits: Bits, seed: int, used: Mask, height: float) -> list[int]:
    """The bits that go on a bit's straight line to both sides, itself among them."""
    chain = [seed]
    left, right = float(bits.x0[seed]), float(bits.x1[seed])
    tilt, free = float(bits.slope[seed]), ~used
    free[seed] = False
    free &= np.abs(bits.thick - bits.thick[seed]) < 0.5 * bits.thick[seed] + 1.5
    for side in (1, -1):
        end = seed
        while True:
            ahead = bits.x0 - right if side > 0 else left - bits.x1
            far = bits.x - bits.x[end]
            away = np.abs(bits.y - bits.y[end] - tilt * far)
            near = free & (ahead > -3) & (ahead < _FARTHEST * height)
            near &= away < _STRAY + _STRAY_SHARE * np.abs(far)
            if not near.any():
                break
            one = int(np.argmin(np.where(near, ahead, np.inf)))
            gap = min(_OPEN * height, _BROKEN * (right - left))
            if ahead[one] > gap and _bare(bits, end, one, side) > gap:
                break
            chain.append(one)
            free[one] = False
            end = one
            left, right = min(left, float(bits.x0[one])), max(right, float(bits.x1[one]))
            rise, run = bits.y[one] - bits.y[seed], bits.x[one] - bits.x[seed]
            if abs(run) > _SHORTEST:
                tilt = float(rise / run)
    return chain


def _bare(bits: Bits, one: int, other: int, side: int) -> int:
    """The most pixels in a row without ink on the straight way between two bits."""
    start, end = (bits.x1[one], bits.x0[other]) if side > 0 else (bits.x1[other], bits.x0[one])
    x = np.arange(int(start), int(end))
    tilt = (bits.y[other] - bits.y[one]) / (bits.x[other] - bits.x[one])
    rows = np.round(bits.y[one] + tilt * (x - bits.x[one])).astype(int)
    rows = np.clip(rows, 1, max(1, len(bits.ink) - 2))
    near = np.clip(np.stack([rows - 1, rows, rows + 1]), 0, len(bits.ink) - 1)
    bare = (bits.ink[near, x] == 0).all(0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bare, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def are_same(one: Rule, other: Rule) -> bool:
    """Whether a line is a part of another."""
    if one.level != other.level:
        return False
    middle = (one.start + one.end) / 2
    return other.start <= middle <= other.end and abs(other.at(middle) - one.at(middle)) <= MEET
