"""Glyph → 28×28: the crop that every network here is trained on and served.

One function for the live program and for the preparation of training images, because serving other
crops than those of the training is the commonest reason that a good test result fails on one's own
writing. The steps are those of EMNIST (Cohen, Afshar, Tapson, van Schaik 2017, arXiv:1702.05373):
blur, crop to the ink, centre in a square keeping the aspect, resize, two pixels of border, stretch.
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

SIZE = 28
_BORDER = 2
_INNER = SIZE - 2 * _BORDER
_INK = 64  # of 255: what counts as ink in the raw glyph
_BLURRED_INK = 25  # of 255: what counts as ink after the blur
_BLUR = 1 / 60  # sigma by the longer side: EMNIST blurs its 60-pixel characters with sigma 1
_LONGEST = 240  # a larger glyph is shrunk first: the crop holds 24 pixels, more detail only costs


def crop(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Makes the 28×28 crop of one glyph.

    Args:
        ink: uint8 (h, w), bright ink on black, of any size and any brightness.

    Returns:
        uint8 (28, 28), bright ink on black, its maximum 255; all black if there is no ink.
    """
    if ink.size == 0 or not (peak := int(ink.max())):
        return np.zeros((SIZE, SIZE), np.uint8)
    if peak < 255:
        ink = _stretched(ink, peak)
    x, y, w, h = _bounds(ink, _INK)
    glyph = ink[y : y + h, x : x + w]
    longer = max(w, h)
    if longer > 2 * _LONGEST:
        shrink = _LONGEST / longer
        w, h = max(1, round(w * shrink)), max(1, round(h * shrink))
        shrunk = cv2.resize(glyph, (w, h), interpolation=cv2.INTER_AREA)
        glyph, longer = np.asarray(shrunk, np.uint8), max(w, h)
    margin = math.ceil(3 * longer * _BLUR) + 1
    room = np.zeros((h + 2 * margin, w + 2 * margin), np.uint8)
    room[margin : margin + h, margin : margin + w] = glyph
    blurred = blur(room, longer)
    x, y, w, h = _bounds(blurred, _BLURRED_INK)
    if not w:  # hair-thin ink that the blur has taken below the limit
        x, y, w, h = 0, 0, blurred.shape[1], blurred.shape[0]
    longer = max(w, h)
    square = np.zeros((longer, longer), np.uint8)
    top, left = (longer - h) // 2, (longer - w) // 2
    square[top : top + h, left : left + w] = blurred[y : y + h, x : x + w]
    way = cv2.INTER_AREA if longer > _INNER else cv2.INTER_CUBIC
    inner = np.asarray(cv2.resize(square, (_INNER, _INNER), interpolation=way), np.uint8)
    out = np.zeros((SIZE, SIZE), np.uint8)
    out[_BORDER:-_BORDER, _BORDER:-_BORDER] = _stretched(inner, int(inner.max()))
    return out


def network_input(
    crops: npt.NDArray[np.uint8], low: float = 0.0, high: float = 1.0
) -> npt.NDArray[np.float32]:
    """Crops as networks take them, in training and live alike.

    Args:
        crops: uint8 (n, 28, 28), bright ink on black.
        low, high: what 0 and 255 become.

    Returns:
        float32 (n, 28, 28, 1).
    """
    x = crops.astype(np.float32)
    x *= np.float32((high - low) / 255)
    x += np.float32(low)
    return x[..., None]


def _stretched(image: npt.NDArray[np.uint8], peak: int) -> npt.NDArray[np.uint8]:
    """The image with its maximum, ``peak``, at 255."""
    return np.asarray(cv2.convertScaleAbs(image, alpha=255 / max(1, peak)), np.uint8)


def blur(image: npt.NDArray[np.uint8], longer: int) -> npt.NDArray[np.uint8]:
    """``cv2.GaussianBlur`` to the last bit; most of that function's time goes into its kernel.

    Args:
        image: uint8 (h, w).
        longer: pixels of the glyph's longer side, at least 1; sigma is a sixtieth of it.

    Returns:
        uint8 (h, w).
    """
    kernel = _kernel(longer)
    # With a half, so that cutting off the fraction rounds.
    exact = np.asarray(cv2.sepFilter2D(image, cv2.CV_32F, kernel, kernel, delta=0.5))
    return exact.astype(np.uint8)


@lru_cache(maxsize=2 * _LONGEST + 1)
def _kernel(longer: int) -> npt.NDArray[np.float32]:
    """Gaussian for a glyph of that size in whole 256ths, as OpenCV rounds it for uint8: each
    weight's rounding error goes to the next, and what is left to the middle."""
    sigma = longer * _BLUR
    size = round(6 * sigma + 1) | 1
    exact = cv2.getGaussianKernel(size, sigma, cv2.CV_64F)[: size // 2, 0] * 256
    side, error = [], 0.0
    for weight in exact.tolist():
        side.append(round(weight + error))
        error += weight - side[-1]
    return np.array([*side, 256 - 2 * sum(side), *side[::-1]], np.float32) / np.float32(256)


def _bounds(image: npt.NDArray[np.uint8], limit: int) -> tuple[int, int, int, int]:
    """x, y, w, h of the pixels above ``limit``; all 0 where there are none."""
    x, y, w, h = cv2.boundingRect(cv2.threshold(image, limit, 255, cv2.THRESH_BINARY)[1])
    return x, y, w, h
