"""Line → strip: what every line network here is trained on and served.

One function for the live program and for the composer of training lines, as ``crop`` is for single
glyphs. A strip has a fixed height; how large the writing stands in it is set by how its ink is
spread over the rows, so that one long ascender or a stray mark changes little.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.middle import median

HEIGHT = 48
"""Pixels: the height of every strip."""

MARGIN = 8
"""Pixels of black before the first ink and after the last: a network's first frames need sight."""

_SPREAD = 9.0
"""Pixels that the rows of ink lie from their mean (standard deviation). Capitals and digits are
then 31 pixels tall, an x-height is about 20 with room for what stands out. By geometry."""
_ASTRAY = 2.3  # standard deviations: rows farther away are no measure of the line's height
_TALLEST = 44.0  # pixels from the first row of ink to the last, if that does not shrink it too far
_SHRINK = 0.68  # at the most, of what the spread asks for; what then stands out is cut off
_BROADEST = (
    13.0  # pixels: the pen's widest, so that a dot or a hyphen alone does not fill the strip
)
_PITCH = 7.5
"""Pixels from one stroke of the core to the next, at the least: closer writing is widened, because
CTC needs a frame (4 pixels) for each character and one more between equal neighbours."""
_WIDEST = 2.0  # times that narrow writing is widened at the most
_INK = 64  # of 255: what counts as ink
_PALEST = 0.4
"""Of the darker ink of a line: what is paler is paper. Words on paper of validation people, by the
line network alone, had 30.6 % errors with the ink that was found alone, 27.0 with what is darker
than 0.3 of it. 0.4 costs nothing, and pages on squared paper fall from 6.3 to 5.1 %."""
_LONG = 5.0  # times as wide as tall: a line whose slope can be measured
_STEEPEST = 0.25  # slope beyond which the measure is taken for an error
_LEVEL = 0.10  # of the height: less drift from end to end is left as it is
_MULTIPLE = 4  # columns: of these every strip has a multiple
_LONGEST = 4000  # pixels of width; a longer line is narrowed to it
_WIDER, _LEANING = (
    1.15,
    0.2,
)  # times as wide; columns that a row lies further left than the one below


@dataclass(frozen=True)
class Strip:
    """A line's picture for the network, and where its columns lie in the line.

    Attributes:
        image: uint8 (48, w), w at least 32 and a multiple of 4; bright ink on black.
        x0: the line's x in its own pixels at column 0 of the image; negative, as there is a margin.
        scale: columns of the image per pixel of the line.
    """

    image: npt.NDArray[np.uint8]
    x0: float
    scale: float

    def x(self, column: float) -> float:
        """The line's x, in its own pixels, of a column of the image."""
        return self.x0 + column / self.scale


def strip(ink: npt.NDArray[np.uint8], least: float = 0.0) -> Strip:
    """Makes the strip of one line.

    Args:
        ink: uint8 (h, w), bright ink on black, of any size; level within a few degrees.
        least: pixels of the line's picture that its writing is tall at the least, where that is
            known from lines around; so that a hyphen alone is not blown up to a letter's size.

    Returns:
        The strip; black and 32 columns wide if there is no ink.
    """
    x, y, w, h = cv2.boundingRect(_mask(ink)) if ink.size else (0, 0, 0, 0)
    if not w:
        return Strip(np.zeros((HEIGHT, 32), np.uint8), -float(MARGIN), 1.0)
    line = np.ascontiguousarray(ink[y : y + h, x : x + w])
    mask = _mask(line)
    if w > _LONG * h and (slope := _slope(mask)) and abs(slope) * w > _LEVEL * h:
        line, mask = _levelled(line, slope)
        h = line.shape[0]
    rows = np.asarray(cv2.reduce(mask, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S), np.float64)[:, 0]
    area = rows.sum()
    middle, spread = _rows(rows)
    scale = _SPREAD / spread
    inked = np.flatnonzero(rows)
    top, bottom = float(inked[0]), float(inked[-1] + 1)
    scale = min(scale, max(_TALLEST / (bottom - top), _SHRINK * scale))
    scale = min(scale, _BROADEST / _pen(mask, area))
    if least > bottom - top:
        scale = min(scale, 2 * HEIGHT / 3 / least)
    wide = _widening(mask, middle, spread, scale)
    across = min(scale * wide, _LONGEST / w)
    return _placed(line, x, (top, bottom, middle), scale, across)


def seen_otherwise(image: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], ...]:
    """The same writing as others might have written it: leaning back a little, and a little wider.

    Where a network is in doubt about a strip, what it tells of these shows which of its doubts hang
    on chance.

    Args:
        image: uint8 (48, w), of a strip.

    Returns:
        Two images likewise, the first as wide as this one.
    """
    height, width = image.shape
    wide = int(width * _WIDER) // _MULTIPLE * _MULTIPLE
    lean = np.array([[1, _LEANING, -_LEANING * height / 2], [0, 1, 0]])
    wider = cv2.resize(image, (wide, height))
    return (
        np.asarray(cv2.warpAffine(image, lean, (width, height)), np.uint8),
        np.asarray(wider, np.uint8),
    )


def with_faint(
    grey: npt.NDArray[np.uint8], own: npt.NDArray[np.bool_], others: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint8]:
    """The ink of one line as its strip is made of it: what was found to be its ink with the soft
    edge of the strokes, and what is paler but no paper, which a threshold breaks strokes at.

    Args:
        grey: uint8 (h, w), all that is darker than the paper, bright on black.
        own: bool (h, w), where the line's ink was found.
        others: bool (h, w), where other ink was found, which is left out.

    Returns:
        uint8 (h, w).
    """
    inked = grey[own]
    if not inked.size:
        return np.zeros_like(grey)
    edge = np.ones((3, 3), np.uint8)  # the soft edge of a stroke is about a pixel wide
    near = cv2.dilate(own.view(np.uint8), edge)
    away = cv2.dilate(others.view(np.uint8), edge)
    dark = float(np.partition(inked, (9 * inked.size) // 10)[(9 * inked.size) // 10])
    pale = (grey >= _PALEST * dark) & (away == 0)
    return np.asarray(grey * (pale | (near > 0)), np.uint8)


def _rows(rows: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation of the rows that ink lies in, without those far away: a box's
    side or a piece of another line is no ascender."""
    at = np.arange(len(rows)) + 0.5
    near = rows.copy()
    middle = spread = 0.0
    for _ in range(8):
        total = near.sum()
        middle = float((near * at).sum() / total)
        # A twelfth is what a single row of ink has in itself.
        spread = float(np.sqrt((near * (at - middle) ** 2).sum() / total + 1 / 12))
        kept = np.where(np.abs(at - middle) <= _ASTRAY * spread, rows, 0)
        if np.array_equal(kept, near):
            break
        near = kept
    return middle, spread


def _placed(
    line: npt.NDArray[np.uint8],
    x: int,
    extent: tuple[float, float, float],
    scale: float,
    across: float,
) -> Strip:
    """The line resized and set into a strip: the whole of it if it fits, else about its middle."""
    top, bottom, middle = extent
    h, w = line.shape
    size = (max(1, round(w * across)), max(1, round(h * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    sized = np.asarray(cv2.resize(line, size, interpolation=way), np.uint8)
    high = size[1]
    # The ink's mean row in the strip's middle, moved as far as ascender or descender need.
    first = HEIGHT / 2 - middle * scale
    if high <= HEIGHT - 2:
        first = min(max(first, 1.0), HEIGHT - 1.0 - high)
    else:
        first = min(max(first, HEIGHT - 1.0 - bottom * scale), 1.0 - top * scale)
    first_row = round(first)
    width = max(32, -(-(size[0] + 2 * MARGIN) // _MULTIPLE) * _MULTIPLE)
    out = np.zeros((HEIGHT, width), np.uint8)
    a, b = max(0, first_row), min(HEIGHT, first_row + high)
    out[a:b, MARGIN : MARGIN + size[0]] = sized[a - first_row : b - first_row]
    ratio = size[0] / w
    return Strip(_stretched(out), x - MARGIN / ratio, ratio)


def _mask(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Where there is ink, as ones."""
    return np.asarray(cv2.threshold(ink, _INK, 1, cv2.THRESH_BINARY)[1], np.uint8)


def _stretched(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The image with its brighter ink at 255: shrinking makes thin strokes faint."""
    counts = cv2.calcHist([image], [0], None, [256], [0, 256]).reshape(-1)
    below = np.cumsum(counts[25:].astype(np.int64))
    if not below[-1]:
        return image
    # Nine tenths of the ink are no brighter.
    bright = 25.0 + float(np.searchsorted(below, (9 * below[-1]) // 10, side="right"))
    return np.asarray(cv2.convertScaleAbs(image, alpha=255 / max(bright, 48.0)), np.uint8)


def _pen(mask: npt.NDArray[np.uint8], area: float) -> float:
    """The pen's width in pixels: twice the ink's area by the length of its edge."""
    room = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inside = cv2.erode(room, np.ones((3, 3), np.uint8))
    edge = area - float(cv2.countNonZero(inside))
    return max(1.0, 2 * area / max(1.0, edge))


def _widening(mask: npt.NDArray[np.uint8], middle: float, spread: float, scale: float) -> float:
    """How many times the writing must be widened for its strokes to lie ``_PITCH`` apart.

    Strokes are counted along the rows of the core, where there is ink left and right of them.
    """
    low, high = int(middle - spread), int(np.ceil(middle + spread))
    core = mask[max(0, low) : max(high, low + 1)]
    starts = np.count_nonzero((core[:, 1:] > core[:, :-1]), axis=1) + core[:, 0]
    counted = np.sort(starts)[-max(1, len(starts) // 2) :]  # the denser half of the rows
    strokes = float(counted.mean()) if counted.size else 0.0
    if strokes < 2:
        return 1.0
    pitch = mask.shape[1] * scale / strokes
    return float(min(max(_PITCH / pitch, 1.0), _WIDEST))


def _slope(mask: npt.NDArray[np.uint8]) -> float:
    """The line's slope, y by x, through the mean rows of its windows; 0 if they tell none.

    The median of the slopes of all pairs of windows (Theil 1950, Sen 1968): an ascender or a
    descender at one end does not turn the line.
    """
    h, w = mask.shape
    count = min(max(w // h, 6), 40)
    weights = np.asarray(cv2.reduce(mask, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S), np.float64)[0]
    at = np.arange(h, dtype=np.float32) + np.float32(0.5)
    sums = at @ mask.astype(np.float32)
    starts = np.linspace(0, w, count + 1)[:-1]
    edges = starts.astype(int)
    ink, moment = np.add.reduceat(weights, edges), np.add.reduceat(sums, edges)
    seen = ink > 0.25 * ink.mean()
    if np.count_nonzero(seen) < 5:
        return 0.0
    x = (starts + w / count / 2)[seen]
    y = moment[seen] / ink[seen]
    i, j = _pairs(len(x))
    slope = median(((y[j] - y[i]) / (x[j] - x[i])).tolist())
    return slope if abs(slope) < _STEEPEST else 0.0


@lru_cache
def _pairs(count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """All pairs of so many windows that are a third of them apart, the left one first."""
    return np.triu_indices(count, max(1, count // 3))


def _levelled(
    line: npt.NDArray[np.uint8], slope: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The line with its columns moved up or down so that it is level, and its mask."""
    h, w = line.shape
    rise = slope * w
    room = int(np.ceil(abs(rise)))
    shift = max(0.0, rise)
    turn = np.array([[1, 0, 0], [-slope, 1, shift]], np.float32)
    moved = cv2.warpAffine(line, turn, (w, h + room), flags=cv2.INTER_LINEAR)
    level = np.asarray(moved, np.uint8)
    mask = _mask(level)
    _, y, _, high = cv2.boundingRect(mask)
    if not high:
        return line, _mask(line)
    return np.ascontiguousarray(level[y : y + high]), np.ascontiguousarray(mask[y : y + high])
