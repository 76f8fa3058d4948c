"""Why a frame cannot be read, in plain words: too dark, too far, blurred, nothing written.

The limits were measured by shrinking, blurring and darkening photographs of handwriting until they
were misread (error rates over 20 %).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.media.images import Image
from hwr_live.reading import Box, Reading
from hwr_live.segmentation.ground import is_light_on_dark

SMALLEST_PX = 14
"""Height of letters in pixels from which they read well; smaller ones if they are sharp."""

_HOPELESS_PX = 9  # below this even sure readings are guesses
_LARGE_PX = 24  # from this height it is not for their size that letters are not read
_DOUBTED, _MUCH_DOUBTED = 0.15, 0.3  # shares of glyphs that small and larger letters leave open
_DARK = 70  # grey value that 5 % of a frame's pixels reach where there is light to read by
_DIM = 40  # and below which parts of dark writing are lost, though others are read
_SOFT_EDGE_PX = 2.9  # width of a stroke's edge from which it is soft; sharp ones are 2 to 2.6
_SOFT_SHARE = 0.16  # of the letters' height: an edge from this width on does harm
_LOOKED_AT = 12  # glyphs that are looked at
_SIDE = 320  # pixels: size at which a frame without glyphs is looked at
_SOFT_WIDTH = 3.75  # of these pixels: from here on no edge is sharp
_FAINT = 4.0  # grey values: less than this is paper and noise


def advise(frame: Image, reading: Reading) -> str:
    """What keeps the frame from being read well, and what to do; empty if nothing does.

    Args:
        frame: uint8 (h, w, 3) BGR.
        reading: of this frame.
    """
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    boxes = [glyph.box for glyph in reading.glyphs]
    readable = any(glyph.char is not None for glyph in reading.glyphs)
    light = float(np.percentile(_small(grey), 95))
    if light < (_DIM if readable else _DARK) and not (readable and is_light_on_dark(grey)):
        return "too dark: turn on a light"
    if not boxes:
        return "blurred: hold still, or move back" if is_soft(grey) else "nothing written in view"
    height = float(np.median([max(box[2:]) for box in boxes]))
    edge = edge_width(grey, boxes)
    if edge >= _SOFT_EDGE_PX and edge >= _SOFT_SHARE * height:
        return "blurred: hold still, or clean the lens"
    doubted = np.mean([glyph.char is None or glyph.confidence < 0.8 for glyph in reading.glyphs])
    most = _DOUBTED if height < SMALLEST_PX else _MUCH_DOUBTED
    if height < _HOPELESS_PX or (height < _LARGE_PX and doubted > most):
        return f"letters are {height:.0f} px tall: move closer"
    return ""


def edge_width(grey: Image, boxes: list[Box]) -> float:
    """How many pixels it takes from paper to ink, the median over some glyphs; 0 without glyphs.

    Args:
        grey: uint8 (h, w).
        boxes: of the glyphs.
    """
    step = max(1, len(boxes) // _LOOKED_AT)
    widths = []
    for x, y, w, h in boxes[::step]:
        around = grey[max(0, y - 3) : y + h + 3, max(0, x - 3) : x + w + 3]
        if min(around.shape) >= 5:
            contrast = float(np.percentile(around, 95)) - float(np.percentile(around, 5))
            widths.append(contrast / max(float(np.percentile(_slope(around), 98)), 1.0))
    return float(np.median(widths)) if widths else 0.0


def is_soft(grey: Image) -> bool:
    """Whether there is something in the picture, and nothing of it has a sharp edge."""
    small = _small(grey).astype(np.float32)
    detail = cv2.GaussianBlur(small, (0, 0), 1.5) - cv2.GaussianBlur(small, (0, 0), 10)
    contrast = float(np.percentile(np.abs(detail), 98))
    # Noise is smoothed away before slopes are measured; a sharp edge then has a width of 2 to 3.
    slope = float(np.percentile(_slope(cv2.GaussianBlur(small, (0, 0), 0.75)), 99.5))
    return contrast > _FAINT and 2 * contrast / max(slope, 0.1) > _SOFT_WIDTH


def _small(grey: Image) -> Image:
    scale = min(1.0, _SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _slope(grey: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """Grey values a pixel, in the steepest direction."""
    picture = np.asarray(grey, np.float32)
    across = cv2.Sobel(picture, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(picture, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(cv2.magnitude(across, down), np.float32)
