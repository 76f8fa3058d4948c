"""How far the picture has moved since it was read, so that boxes stay on the writing."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.pictures import Image

_SIDE = 192  # pixels: the longer side of what is compared
_FARTHEST = 0.25  # of a side: the picture has moved out of reach of a comparison
_LEAST_RESPONSE = 0.2  # of the correlation's peak: below it is another picture

Small = npt.NDArray[np.float32]


def small_grey(image: Image) -> Small:
    """What is compared of a frame, uint8 (h, w, 3) BGR."""
    scale = _SIDE / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)


def shift_between(before: Small, after: Small) -> tuple[float, float]:
    """Where the picture went, as shares of its width and height; (0, 0) where that is not sure.

    By phase correlation (Kuglin and Hines 1975).
    """
    if before.shape != after.shape:
        return 0.0, 0.0
    height, width = before.shape
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    (dx, dy), response = cv2.phaseCorrelate(before, after, window)
    dx, dy = dx / width, dy / height
    if response < _LEAST_RESPONSE or max(abs(dx), abs(dy)) > _FARTHEST:
        return 0.0, 0.0
    return dx, dy
