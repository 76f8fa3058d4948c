"""A drawing of pen strokes: what the pad shows, and a way to draw from Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError

_SUBPIXEL_BITS = 4


class Canvas:
    """White paper that keeps its strokes.

    Args:
        width: pixels, at least 1.
        height: pixels, at least 1.
        pen: pen width in pixels, at least 1.

    Raises:
        InputError: for a size or pen below 1.
    """

    def __init__(self, width: int = 640, height: int = 480, pen: int = 6) -> None:
        if width < 1 or height < 1 or pen < 1:
            raise InputError(
                f"a canvas needs a size and a pen of at least 1 pixel, not {width}x{height} with pen {pen}"
            )
        self.width, self.height, self.pen = int(width), int(height), int(pen)
        self.strokes: list[tuple[npt.NDArray[np.float64], int]] = []
        self._image = self._blank()

    def _blank(self) -> npt.NDArray[np.uint8]:
        return np.full((self.height, self.width), 255, np.uint8)

    @property
    def image(self) -> npt.NDArray[np.uint8]:
        """uint8 (height, width), black ink on white; a copy, the caller's own."""
        return self._image.copy()

    def stroke(self, points: Iterable[Sequence[float]]) -> None:
        """Draws one pen stroke through ``points``, (x, y) in pixels; one point makes a dot.

        Raises:
            InputError: for points that are no pairs of finite numbers; nothing is drawn then.
        """
        try:
            path = np.asarray([(float(x), float(y)) for x, y in points], np.float64).reshape(-1, 2)
        except (TypeError, ValueError):
            raise InputError("a stroke is a list of (x, y) pairs of numbers") from None
        if not np.isfinite(path).all():
            raise InputError("a stroke's points must be finite numbers")
        if len(path) == 0:
            return
        self.strokes.append((path, self.pen))
        draw_stroke(self._image, path, self.pen)

    def undo(self) -> None:
        """Takes the last stroke back; without strokes nothing happens."""
        if self.strokes:
            self.strokes.pop()
            self._redraw()

    def clear(self) -> None:
        """Takes all strokes away."""
        self.strokes.clear()
        self._redraw()

    def _redraw(self) -> None:
        self._image = self._blank()
        for path, pen in self.strokes:
            draw_stroke(self._image, path, pen)


def draw_stroke(
    image: npt.NDArray[np.uint8], path: npt.NDArray[np.float64], pen: float, ink: int = 0
) -> None:
    """Draws a stroke with round ends into ``image`` in place.

    Args:
        image: uint8 (h, w).
        path: float (n, 2), x and y in pixels.
        pen: width in pixels.
        ink: grey value of the ink.
    """
    limit = 1 << 26  # beyond this OpenCV's fixed-point coordinates would overflow
    fixed = np.clip(np.round(path * (1 << _SUBPIXEL_BITS)), -limit, limit).astype(np.int32)
    width = max(1, int(round(pen)))
    if len(fixed) == 1:
        radius = max(1, int(round(pen * (1 << _SUBPIXEL_BITS) / 2)))
        x, y = (int(v) for v in fixed[0])
        cv2.circle(image, (x, y), radius, ink, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)
        return
    cv2.polylines(
        image, [fixed.reshape(-1, 1, 2)], False, ink, width, cv2.LINE_AA, _SUBPIXEL_BITS
    )
