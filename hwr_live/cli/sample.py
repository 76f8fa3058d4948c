"""A page of handwriting that the program draws itself, so that it can be tried with nothing at
hand: no camera, no screen, no picture.

The characters are strokes set down by hand for this project, in x-heights: x to the right, y up
from the baseline.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas

Points = npt.NDArray[np.float64]

TEXT = ("Hello world", "reads your hand 2026")
DEMO = (TEXT, ("Hello reader", "we shall see you", "on 26 days"))
"""Pages of what ``camera --demo`` shows."""
_X_HEIGHT = 46  # pixels
_MARGIN = 60
_LINE = 150  # pixels from baseline to baseline
_GAP = 0.42  # x-heights between characters
_SPACE = 1.1

# Each character: strokes as lists of points.
# fmt: off
_STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "H": [[(0, 1.65), (0.02, 0)], [(0.85, 1.68), (0.82, -0.02)], [(0.02, 0.85), (0.83, 0.9)]],
    "e": [
        [(0.05, 0.52), (0.45, 0.56), (0.78, 0.62), (0.7, 0.92), (0.42, 1), (0.14, 0.82),
         (0.03, 0.45), (0.16, 0.1), (0.48, 0), (0.8, 0.18)]
    ],
    "l": [[(0, 1.75), (0.02, 0.9), (0, 0.01)]],
    "o": [
        [(0.45, 1), (0.12, 0.85), (0, 0.48), (0.14, 0.1), (0.46, 0), (0.76, 0.16), (0.86, 0.5),
         (0.74, 0.88), (0.42, 1)]
    ],
    "w": [[(0, 1), (0.26, 0.02), (0.52, 0.8), (0.78, 0.01), (1.06, 1.02)]],
    "r": [[(0, 1), (0.02, 0)], [(0.02, 0.62), (0.2, 0.92), (0.44, 1), (0.58, 0.92)]],
    "d": [
        [(0.76, 0.8), (0.5, 1), (0.16, 0.86), (0, 0.46), (0.14, 0.08), (0.44, 0), (0.76, 0.28)],
        [(0.78, 1.75), (0.76, 0.9), (0.79, 0)],
    ],
    "a": [
        [(0.74, 0.82), (0.46, 1), (0.14, 0.84), (0, 0.46), (0.14, 0.08), (0.44, 0.02), (0.74, 0.3)],
        [(0.76, 0.98), (0.76, 0.3), (0.84, 0)],
    ],
    "s": [
        [(0.66, 0.86), (0.4, 1), (0.1, 0.9), (0.1, 0.66), (0.38, 0.52), (0.66, 0.36), (0.64, 0.1),
         (0.34, 0), (0.02, 0.12)]
    ],
    "y": [
        [(0, 1), (0.16, 0.44), (0.42, 0.3)],
        [(0.8, 1.02), (0.56, 0.3), (0.32, -0.36), (0.04, -0.68)],
    ],
    "u": [
        [(0, 1), (0.02, 0.36), (0.2, 0.02), (0.5, 0.06), (0.74, 0.42)],
        [(0.76, 1), (0.76, 0.4), (0.84, 0)],
    ],
    "h": [
        [(0, 1.75), (0.02, 0.8), (0, 0)],
        [(0.01, 0.56), (0.24, 0.92), (0.52, 0.98), (0.7, 0.74), (0.72, 0)],
    ],
    "n": [[(0, 1), (0.02, 0)], [(0.02, 0.6), (0.26, 0.94), (0.54, 0.96), (0.7, 0.7), (0.72, 0)]],
    "2": [
        [(0.06, 1.3), (0.22, 1.58), (0.52, 1.66), (0.8, 1.42), (0.72, 1.02), (0.38, 0.5),
         (0.02, 0.03)],
        [(0.02, 0.03), (0.45, 0.06), (0.9, 0.02)],
    ],
    "0": [
        [(0.42, 1.66), (0.12, 1.4), (0, 0.84), (0.12, 0.22), (0.44, 0), (0.76, 0.24),
         (0.86, 0.84), (0.74, 1.42), (0.4, 1.66)]
    ],
    "6": [
        [(0.68, 1.64), (0.3, 1.24), (0.06, 0.68), (0.1, 0.18), (0.42, 0), (0.74, 0.16),
         (0.78, 0.5), (0.52, 0.76), (0.2, 0.62), (0.06, 0.36)]
    ],
}
# fmt: on


def draw_sample(seed: int = 7) -> npt.NDArray[np.uint8]:
    """Draws ``TEXT`` as handwriting: uint8 (h, w), dark ink on white.

    Args:
        seed: of the small differences between characters, as a hand makes them.
    """
    return draw_lines(TEXT, seed)


def draw_lines(lines: Sequence[str], seed: int) -> npt.NDArray[np.uint8]:
    """Draws lines of the characters of ``TEXT`` and spaces, as :func:`draw_sample`."""
    strokes = write(lines, np.random.default_rng(seed))
    # The last character's gap, too, is kept free.
    right = max(stroke[:, 0].max() for stroke in strokes) + _GAP * _X_HEIGHT
    canvas = Canvas(int(right) + _MARGIN, int(_MARGIN + _LINE * (len(lines) + 0.4)), pen=5)
    for stroke in strokes:
        canvas.stroke(stroke.tolist(), smooth=True)
    return canvas.image


def write(lines: Sequence[str], rng: np.random.Generator) -> list[Points]:
    """Lines as pen strokes, (n, 2) pixels each, in the order in which a hand makes them.

    Args:
        lines: of the characters of ``TEXT`` and spaces.
        rng: of the small differences between characters.
    """
    strokes: list[Points] = []
    for number, line in enumerate(lines):
        x, base = float(_MARGIN), _MARGIN + _LINE * (number + 0.6)
        for char in line:
            if char == " ":
                x += _SPACE * _X_HEIGHT
                continue
            paths = [np.array(path, np.float64) for path in _STROKES[char]]
            width = max(path[:, 0].max() for path in paths)
            size = _X_HEIGHT * rng.uniform(0.95, 1.05)
            lean, drift = rng.uniform(0.02, 0.1), rng.uniform(-2, 2)
            for path in paths:
                px = x + size * (path[:, 0] + lean * path[:, 1])
                strokes.append(np.stack([px, base + drift - size * path[:, 1]], axis=1))
            x += size * (width + _GAP)
    return strokes
