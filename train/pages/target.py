"""What a map of writing is to say of a picture: cores of lines, drawings, and directions.

All is drawn at half the picture's scale. A network answers at a quarter of it, with four places of
each map in one answer, so that close lines stay apart at no cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

HAND, PRINT, DRAWING = range(3)
"""The maps: cores of lines of handwriting, those of print, and ink that is no writing."""

MAPS = 3
CHANNELS = 4 * MAPS + 2
"""Outputs of a network at each place: of each map 2 by 2 places, row by row; then the cosine and
the sine of the direction that a line runs in, the sine downwards."""

CORE = 0.7
"""How tall a line's core is, in x-heights. By geometry: lines that stand close are then still two
cores apart, and a line whose x-height is three pixels keeps a core."""

_BITS = 4
_SLIMMEST = 0.8  # pixels of the maps that a core is tall at the least


@dataclass(frozen=True)
class Target:
    """The maps of one picture.

    Attributes:
        maps: uint8 (3, h/2, w/2), 1 where a map is true.
        way: float32 (2, h/4, w/4), cosine and sine of the direction of the line there.
        told: uint8 (h/4, w/4), 1 where there is a line that has a direction.
        known: uint8 (h/2, w/2), 0 where nobody knows what is there.
    """

    maps: npt.NDArray[np.uint8]
    way: npt.NDArray[np.float32]
    told: npt.NDArray[np.uint8]
    known: npt.NDArray[np.uint8]

    @classmethod
    def empty(cls, side: int) -> Target:
        """Of a square picture of so many pixels with nothing in it."""
        half, quarter = side // 2, side // 4
        return cls(
            np.zeros((MAPS, half, half), np.uint8),
            np.zeros((2, quarter, quarter), np.float32),
            np.zeros((quarter, quarter), np.uint8),
            np.ones((half, half), np.uint8),
        )

    def draw(self, which: int, path: npt.NDArray[np.floating], high: float, way: float) -> None:
        """Draws the core of a line.

        Args:
            which: ``HAND`` or ``PRINT``.
            path: (n, 2), the core's middle from the line's start to its end, in the picture's
                pixels.
            high: pixels that the core is tall.
            way: radians of the line's direction, clockwise.
        """
        for image, scale in ((self.maps[which], 0.5), (self.told, 0.25)):
            half = max(high * scale, _SLIMMEST) / 2
            across = half * np.array((-math.sin(way), math.cos(way)))
            points = path * scale - 0.5
            outline = np.concatenate([points - across, (points + across)[::-1]])
            fixed = np.round(outline * (1 << _BITS)).astype(np.int32)
            if image is not self.told:
                cv2.fillPoly(image, [fixed], 1, cv2.LINE_8, _BITS)
                continue
            area = np.zeros_like(self.told)
            cv2.fillPoly(area, [fixed], 1, cv2.LINE_8, _BITS)
            self.told[area > 0] = 1
            self.way[0][area > 0] = math.cos(way)
            self.way[1][area > 0] = math.sin(way)


def interleaved(maps: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Maps (3, h/2, w/2) as a network answers them: (h/4, w/4, 12)."""
    count, high, wide = maps.shape
    parts = maps.reshape(count, high // 2, 2, wide // 2, 2)
    return parts.transpose(1, 3, 0, 2, 4).reshape(high // 2, wide // 2, 4 * count)
