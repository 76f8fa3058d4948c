"""Pages drawn with strokes of known shape, for what finds glyphs, lines and words."""

from __future__ import annotations

import math

from hwr_live.canvas import Canvas

Points = list[tuple[float, float]]

RING: Points = [(10 + 10 * math.cos(a / 3), 10 * math.sin(a / 3) - 10) for a in range(20)]
# Strokes 20 pixels to the x-height, from the left end of the baseline.
SHAPES: dict[str, list[Points]] = {
    "o": [RING],
    "l": [[(4, -36), (4, 0)]],
    "i": [[(4, -20), (4, 0)], [(4, -32)]],
    "j": [[(12, -20), (10, 12), (2, 16)], [(13, -31)]],
    "x": [[(0, -20), (18, 0)], [(18, -20), (0, 0)]],
    "E": [[(2, -34), (0, 0), (18, 0)], [(2, -34), (18, -33)], [(6, -17), (15, -18)]],
    "5": [[(6, -34), (3, -20), (14, -18), (14, -3), (0, 0)], [(9, -34), (20, -35)]],
}
MARKS: dict[str, list[Points]] = {
    ":": [[(4, -16), (4, -15)], [(4, -1), (4, 0)]],
    "=": [[(0, -14), (18, -14)], [(0, -6), (18, -5)]],
    "!": [[(4, -36), (4, -12)], [(4, -1), (4, 0)]],
    "?": [[(0, -30), (6, -36), (12, -30), (6, -20), (6, -12)], [(6, -1), (6, 0)]],
    ".": [[(4, -1), (4, 0)]],
    ",": [[(4, -3), (2, 8)]],
    "-": [[(0, -10), (14, -10)]],
}
STEP = {"i": 18, "l": 18, "j": 24}  # from one character to the next; others 32


def written(lines: list[str], degrees: float = 0, *, size: tuple[int, int] = (900, 600)) -> Canvas:
    """Lines of SHAPES, turned about the middle of the page, downwards to the right."""
    canvas = Canvas(*size, pen=4)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    for row, line in enumerate(lines):
        x, y = 120.0, 150.0 + 80 * row
        for char in line:
            for stroke in (SHAPES | MARKS).get(char, []):
                moved = [(x + px - size[0] / 2, y + py - size[1] / 2) for px, py in stroke]
                canvas.stroke(
                    [
                        (size[0] / 2 + cos * px - sin * py, size[1] / 2 + sin * px + cos * py)
                        for px, py in moved
                    ]
                )
            x += STEP.get(char, 32)
    return canvas
