"""One movement of the pen: its path, its width, its times, and whose ink it is."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels; x and y are the top left corner."""

Points = npt.NDArray[np.float64]
"""float (n, 2): x and y in pixels."""

_PLACES = 33  # points of a stroke that are looked at to tell how much of it is in a box
_OWN = 0.5  # share of a stroke in a glyph's box that makes it the glyph's


@dataclass(frozen=True, eq=False)
class Stroke:
    """One movement of the pen, or of the eraser; equal to no other, as each was made once.

    Attributes:
        path: float (n, 2), n at least 1: x and y in pixels, as it is drawn.
        pen: width in pixels.
        erases: whether it takes ink away.
        points: float (m, 2), m at least 1: where the hand was; ``path`` where it is not smoothed.
        times: float (m,): when it was there, in seconds of any clock; empty where nobody knows.
    """

    path: Points
    pen: float
    erases: bool
    points: Points
    times: npt.NDArray[np.float64]

    @property
    def smooth(self) -> bool:
        """Whether it is drawn as a curve."""
        return self.path is not self.points

    @functools.cached_property
    def box(self) -> Box:
        """The smallest box around its ink."""
        left, top = (float(low) - self.pen / 2 for low in self.path.min(axis=0))
        right, bottom = (float(high) + self.pen / 2 for high in self.path.max(axis=0))
        x, y = int(np.floor(left)), int(np.floor(top))
        return (x, y, int(np.ceil(right)) - x, int(np.ceil(bottom)) - y)

    @functools.cached_property
    def _places(self) -> Points:
        """Points at even distances along the path."""
        steps = np.hypot(*np.diff(self.path, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        even = np.linspace(0.0, along[-1], _PLACES)
        return np.stack([np.interp(even, along, axis) for axis in self.path.T], axis=1)

    def share_in(self, box: Box) -> float:
        """How much of its length lies in a box, 0 to 1."""
        x, y, w, h = box
        left, top, width, height = self.box
        if left > x + w or top > y + h or left + width < x or top + height < y:
            return 0.0
        inside = (self._places >= (x, y)) & (self._places <= (x + w, y + h))
        return float(inside.all(axis=1).mean())


def strokes_in(strokes: Iterable[Stroke], box: Box) -> tuple[Stroke, ...]:
    """What a glyph in a box is written with: the pen's strokes of which at least half lies in it,
    or, where it is a part of longer ones, all that go through it.

    Args:
        strokes: of a canvas, those of the eraser are passed over.
        box: of the glyph's ink.
    """
    shares = [(stroke, stroke.share_in(box)) for stroke in strokes if not stroke.erases]
    own = tuple(stroke for stroke, share in shares if share >= _OWN)
    return own or tuple(stroke for stroke, share in shares if share > 0)
