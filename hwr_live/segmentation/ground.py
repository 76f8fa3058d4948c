"""Paper, boards and plain grounds: what is not written on, divided out of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.components import outlines

Grey = npt.NDArray[np.uint8]

CUT_OUT = 256
"""Pixels of the shorter side: a smaller picture is a character or a word that was cut out."""

_PAPER_SIDE = 140  # pixels: light changes slowly, so paper is estimated on a picture this small
_PAPER_KERNEL = 15  # of those pixels: wider than any pen's stroke, narrower than a page's shadow
GROUND_SIDE = 200
"""Pixels: light writing and dark are told apart on a picture this small."""

_GROUND_WINDOW = 23  # of those pixels: the ground of each is the median of so many around
_LIGHTER = 1.5  # times as strongly must light writing stand out as dark, to be taken for writing
_BRIGHT = 160  # grey: no board is as bright as this
_UNLIT = 24  # grey: darker paper shows nothing but the camera's noise
_BLACK = 32  # grey: added on dark grounds, where black would make noise a large share
# By hand: on the families of tests.measure.finding and composed pages, all of validation hands.
_EVEN = 4  # greys to each side that are the same ground
_PLAIN = 0.6  # share of the pixels from which a ground is even: paper under a lamp has less
_EXACT = 0.9  # share of the ground that is one grey and its neighbours where no camera looked
_END = 50  # greys from either end: black and white, also where they are soft
_TWO = 0.8  # share of the pixels that are black or white in a picture in black and white
_SOFT_TWO = 0.4  # the same of a small one, much of which is the soft edge of its strokes
_PEAK = 0.5  # share of one of them that is quite black or white, as no camera sees it
_BROAD = 0.2  # share of the pixels from which it is no more certain that ink has fewer of them
_LEAST_OF_TWO = 0.05  # share of the pixels that both have, at least


@dataclass(frozen=True)
class PlainGround:
    """The one grey that a picture's ground has.

    Attributes:
        grey: uint8.
        light: whether what is written on it is lighter.
        exact: whether it has no grain, as no camera takes pictures: the picture was drawn, or
            scanned and cleaned.
    """

    grey: int
    light: bool
    exact: bool


def plain_ground(grey: Grey) -> PlainGround | None:
    """The ground of a picture, ``None`` where it is not one grey all over.

    Ground is the commonest grey, but in a picture in black and white that is cut close to a broad
    stroke.

    Args:
        grey: uint8 (h, w).
    """
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).reshape(-1)
    near = np.convolve(counts, np.ones(2 * _EVEN + 1), "same") / grey.size
    ground = int(near.argmax())
    dark, light = counts[:_END].sum() / grey.size, counts[-_END:].sum() / grey.size
    if near[ground] < _PLAIN or min(dark, light) > _BROAD:
        least = _TWO if min(grey.shape) > CUT_OUT else _SOFT_TWO
        two = dark + light >= least and min(dark, light) >= _LEAST_OF_TWO
        black, white = counts[:2].sum() / grey.size, counts[-2:].sum() / grey.size
        # Not so white paper on a dark table.
        if two and (black >= _PEAK * dark or white >= _PEAK * light):
            ground = 0 if _is_ink(grey >= 128) else 255
        elif near[ground] < _PLAIN:
            return None
    # The commonest of the greys within the range: the middle of a range at the end is none.
    low, high = max(0, ground - _EVEN), min(256, ground + _EVEN + 1)
    share = counts[low:high].sum()
    ground = low + int(counts[low:high].argmax())
    exact = counts[max(0, ground - 1) : ground + 2].sum() >= _EXACT * share
    apart = counts * (np.arange(256) - ground) ** 2.0
    light_ink = apart[ground + 1 :].sum() > apart[:ground].sum()
    return PlainGround(ground, bool(light_ink), bool(exact))


def _is_ink(light: npt.NDArray[np.bool_]) -> bool:
    """Whether, of a picture in black and white that is cut close to its writing, the white is it:
    ink seldom reaches the corners, and it parts the ground rather than the ground it."""
    corners = int(light[[0, 0, -1, -1], [0, -1, 0, -1]].sum())
    if corners != 2:
        return corners < 2
    parts = [len(outlines(np.ascontiguousarray(one))[0]) for one in (light, ~light)]
    if parts[0] != parts[1]:
        return parts[0] < parts[1]
    return bool(2 * np.count_nonzero(light) < light.size)


def off_ground(grey: Grey, plain: PlainGround) -> Grey:
    """As ``flatten``, of a picture whose ground is one grey."""
    ground = plain.grey
    if plain.light:
        grey, ground = np.asarray(cv2.bitwise_not(grey), np.uint8), 255 - ground
    return np.asarray(cv2.convertScaleAbs(grey, alpha=255 / max(_UNLIT, ground)), np.uint8)


def is_light_on_dark(grey: Grey) -> bool:
    """Whether the writing is lighter than its ground, as on a blackboard.

    Paper is what most pixels around are, and ink stands out from it to one side.
    """
    small = shrink(grey, GROUND_SIDE)
    if percentiles(small, 50)[0] >= _BRIGHT:
        return False
    window = min(_GROUND_WINDOW, (min(small.shape) - 1) // 2 * 2 + 1)
    if window < 3:
        return False
    apart = small.astype(np.float32) - cv2.medianBlur(small, window)
    # Squares: a few pixels of strong contrast say more than the grain of the paper.
    light = float((np.maximum(apart, 0) ** 2).sum())
    dark = float((np.minimum(apart, 0) ** 2).sum())
    return light > _LIGHTER * dark


def flatten(grey: Grey, light_on_dark: bool = False, less: Grey | None = None) -> Grey:
    """Divides the light out: uint8 (h, w), paper 255, ink the darker the more it differs from it.

    The paper is a closing of the picture (dark strokes filled from around them), smoothed; of
    light writing on a dark ground an opening, and the ground is divided by the picture.

    Args:
        grey: uint8 (h, w).
        light_on_dark: whether the writing is lighter than its ground.
        less: the same picture, halved a few times, if it is at hand.
    """
    small = shrink(grey if less is None else less, _PAPER_SIDE)
    kernel = min(_PAPER_KERNEL, max(3, min(small.shape) // 2 * 2 - 1))
    # The median takes the camera's noise away, which a closing alone would collect.
    still = cv2.medianBlur(small, 3) if min(small.shape) >= 3 else small
    ball = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (kernel, kernel))
    way = cv2.MORPH_OPEN if light_on_dark else cv2.MORPH_CLOSE
    paper = cv2.morphologyEx(still, way, ball, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.GaussianBlur(paper, (0, 0), kernel / 5)
    height, width = grey.shape
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    lit = np.asarray(paper)
    if light_on_dark:
        ground = np.add(lit, _BLACK, dtype=np.uint16)
        picture = np.add(grey, _BLACK, dtype=np.uint16)
        share = np.asarray(cv2.divide(ground, picture, scale=255))
        return np.minimum(share, 255).astype(np.uint8)
    if int(lit.min()) >= _UNLIT:
        return np.asarray(cv2.divide(grey, lit, scale=255), np.uint8)
    flat = np.asarray(cv2.divide(grey, np.maximum(lit, _UNLIT), scale=255), np.uint8)
    flat[lit < _UNLIT] = 255  # a camera's noise in the dark is no writing
    return flat


def percentiles(grey: Grey, *shares: float) -> list[float]:
    """``np.percentile`` of any pixels, by their histogram."""
    counts = cv2.calcHist([np.ascontiguousarray(grey)], [0], None, [256], [0, 256])
    below = np.cumsum(counts.astype(np.int64))
    places = [share / 100 * (int(below[-1]) - 1) for share in shares]
    # The greys of the pixels before and after each place, were they sorted.
    sides = [np.searchsorted(below, (math.floor(p), math.ceil(p)), side="right") for p in places]
    return [float(a + (b - a) * (p % 1)) for p, (a, b) in zip(places, sides, strict=True)]


def halve(grey: Grey, side: int) -> Grey:
    """The picture halved, which is quick, until it has no more pixels than a square of ``side``."""
    while grey.size > side * side and min(grey.shape) > 1:
        height, width = (length // 2 for length in grey.shape)
        even = grey[: 2 * height, : 2 * width]  # other ratios than 2 are not quick
        half = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
        grey = np.asarray(half, np.uint8)
    return grey


def shrink(grey: Grey, side: int) -> Grey:
    """The picture with no more pixels than a square of ``side``."""
    grey = halve(grey, 2 * side)
    height, width = grey.shape
    scale = side / math.sqrt(height * width)
    if scale >= 1:
        return grey
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
