"""Straight lines in ink: thin bits of it, level or upright, and what they make up together.

A bit is thin across and straight; where a letter touches a line there is none, and the line goes
on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.components import outlines, spread

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

    @cached_property
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
        pixels: int (pixels,), x and y of all pixels, those of one bit after those of another.
        first, last: int (n,), where the pixels of each begin and end.
    """

    ink: Grey
    level: bool
    x0: Floats
    x1: Floats
    x: Floats
    y: Floats
    slope: Floats
    thick: Floats
    pixels: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    first: npt.NDArray[np.intp]
    last: npt.NDArray[np.intp]

    def of(self, chain: Sequence[int]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """x and y of the pixels of some bits."""
        own = [slice(self.first[i], self.last[i]) for i in chain]
        x, y = self.pixels
        if len(own) == 1:
            return x[own[0]], y[own[0]]
        return np.concatenate([x[one] for one in own]), np.concatenate([y[one] for one in own])


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
    stats, runs = outlines(straight.view(np.bool_))
    bits = np.flatnonzero(stats[:, 2] >= _SHORTEST)
    if not len(bits):
        return None
    bits = bits[np.argsort(-stats[bits, 2], kind="stable")]
    x, y, n = runs.x, runs.y, runs.length
    count = np.maximum(stats[bits, 4], 1).astype(np.float64)
    # Sums over the pixels of a run, which are whole numbers and so exact.
    before = n * (n - 1) // 2
    along = n * x + before
    squares = n * x * x + 2 * x * before + before * (2 * n - 1) // 3

    def mean(values: npt.NDArray[np.intp]) -> Floats:
        total = np.add.reduceat(values, runs.first[1:])
        return np.asarray(total[bits - 1] / count)

    mx, my = mean(along), mean(n * y)
    vx = np.maximum(mean(squares) - mx * mx, 1e-6)
    slope = (mean(along * y) - mx * my) / vx
    stray = np.sqrt(np.maximum(mean(n * y * y) - my * my - slope * slope * vx, 0))
    thick = count / stats[bits, 2]
    last = np.cumsum(stats[:, 4], dtype=np.intp)
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
        (spread(x, n), np.repeat(y, n)),
        last[bits[fine]] - stats[bits[fine], 4],
        last[bits[fine]],
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
        x, y = bits.of(chain)
        x = x - start
        seen = np.bincount(x, minlength=end - start)
        sums = np.bincount(x, y, minlength=end - start).astype(np.float64)
        there = np.flatnonzero(seen)
        line = sums[there] / seen[there]
        if len(there) < end - start:  # there are gaps
            line = np.interp(np.arange(end - start), there, line)
        thick = float(np.sort(seen[there])[len(there) // 2])
        rule = Rule(bits.level, start, line, thick)
        # Not the feet of letters that stand on a rule.
        if not any(holders(rule, out)):
            out.append(rule)
    return out


def _chain(bits: Bits, seed: int, used: Mask, height: float) -> list[int]:
    """The bits that go on a bit's straight line to both sides, itself among them."""
    left, right = float(bits.x0[seed]), float(bits.x1[seed])
    tilt, reach = float(bits.slope[seed]), _FARTHEST * height
    free = np.abs(bits.thick - bits.thick[seed]) < 0.5 * bits.thick[seed] + 1.5
    free &= ~used
    free[seed] = False
    chain = [seed]
    near = free & _in_line(bits, seed, tilt)
    for side in (1, -1):
        end = seed
        while near.any():
            ahead = bits.x0 - right if side > 0 else left - bits.x1
            near &= (ahead > -3) & (ahead < reach)
            one = int(np.argmin(np.where(near, ahead, np.inf)))
            gap = min(_OPEN * height, _BROKEN * (right - left))
            if not near[one] or (ahead[one] > gap and _bare(bits, end, one, side) > gap):
                break
            chain.append(one)
            free[one] = False
            end = one
            left, right = min(left, float(bits.x0[one])), max(right, float(bits.x1[one]))
            rise, run = bits.y[one] - bits.y[seed], bits.x[one] - bits.x[seed]
            if abs(run) > _SHORTEST:
                tilt = float(rise / run)
            near = free & _in_line(bits, end, tilt)
        near = free & _in_line(bits, seed, tilt)
    return chain


def _in_line(bits: Bits, one: int, tilt: float) -> Mask:
    """(n,) which bits lie on the straight line through the middle of one of them."""
    far = bits.x - bits.x[one]
    away = np.abs(bits.y - bits.y[one] - tilt * far)
    return np.asarray(away < _STRAY + _STRAY_SHARE * np.abs(far))


def _bare(bits: Bits, one: int, other: int, side: int) -> int:
    """The most pixels in a row without ink on the straight way between two bits."""
    start, end = (bits.x1[one], bits.x0[other]) if side > 0 else (bits.x1[other], bits.x0[one])
    x = np.arange(int(start), int(end))
    tilt = (bits.y[other] - bits.y[one]) / (bits.x[other] - bits.x[one])
    rows = np.rint(bits.y[one] + tilt * (x - bits.x[one])).astype(np.intp)
    low = len(bits.ink) - 1
    rows = np.minimum(np.maximum(rows, 1), max(1, low - 1))
    ink = bits.ink[rows - 1, x] | bits.ink[np.minimum(rows, low), x]
    ink |= bits.ink[np.minimum(rows + 1, low), x]
    return max(map(len, ink.tobytes().split(b"\x01")))


def holders(one: Rule, others: Sequence[Rule]) -> Iterator[Rule]:
    """Those of other lines that a line is a part of."""
    middle = (one.start + one.end) / 2
    here = one.at(middle)
    for other in others:
        if other.level != one.level or not other.start <= middle <= other.end:
            continue
        if abs(other.at(middle) - here) <= MEET:
            yield other


def meetings(lines: Sequence[Rule], rules: Sequence[Rule]) -> npt.NDArray[np.bool_]:
    """Whether the ends of lines lie on rules across them: (2, lines, rules), of the first end and
    of the last."""
    if not lines or not rules:
        return np.zeros((2, len(lines), len(rules)), np.bool_)
    ends = np.array([(line.start, line.end - 1) for line in lines]).T[:, :, None]
    here = np.array([(line.centre[0], line.centre[-1]) for line in lines]).T[:, :, None]
    starts = np.array([rule.start for rule in rules])
    lengths = np.array([len(rule.centre) for rule in rules])
    thick, others = (np.array([rule.thick for rule in some]) for some in (lines, rules))
    room = MEET + others / 2 + thick[:, None] / 2
    out = np.asarray((starts - room <= here) & (here <= starts + lengths + room))
    end, line, rule = np.nonzero(out)
    # Where the rule's middle lies there, or at the nearer end of it.
    places = np.rint(here[end, line, 0]).astype(np.intp) - starts[rule]
    places = np.minimum(np.maximum(places, 0), lengths[rule] - 1)
    centres = np.concatenate([one.centre for one in rules])
    across = centres[(np.cumsum(lengths) - lengths)[rule] + places]
    out[end, line, rule] = np.abs(across - ends[end, line, 0]) <= room[line, rule]
    return out
