"""Where each character stands on the line, as far as its strokes alone do not tell."""

from __future__ import annotations

import string

ZONES: dict[str, tuple[float, float]] = {
    **dict.fromkeys("acemnorsuvwxz", (1.0, 0.0)),
    **dict.fromkeys("bdhkl", (1.75, 0.0)),
    **dict.fromkeys("gpqy", (1.0, -0.7)),
    **dict.fromkeys(string.ascii_uppercase + string.digits + "#%&", (1.65, 0.0)),
    "f": (1.75, -0.2),
    "i": (1.6, 0.0),
    "j": (1.6, -0.7),
    "t": (1.45, 0.0),
    ".": (0.16, 0.0),
    ",": (0.2, -0.35),
    ":": (0.85, 0.0),
    ";": (0.85, -0.35),
    "-": (0.65, 0.5),
    "_": (0.0, -0.15),
    "~": (0.8, 0.45),
    "=": (0.85, 0.35),
    "+": (1.15, 0.1),
    "*": (1.5, 0.75),
    **dict.fromkeys("<>", (1.15, 0.1)),
    **dict.fromkeys("'\"`", (1.75, 1.25)),
    "^": (1.75, 1.2),
    "$": (1.75, -0.15),
    "@": (1.4, -0.2),
    **dict.fromkeys("/\\", (1.75, -0.15)),
    **dict.fromkeys("()[]{}|", (1.8, -0.3)),
    **dict.fromkeys("!?", (1.7, 0.0)),
    "°": (1.75, 1.15),
    "×": (0.95, 0.15),
    "÷": (1.05, 0.05),
}
"""Top and bottom of each sign above the baseline, in x-heights; hand print, not type."""

WIDTHS = {"-": 0.75, "=": 0.9, "~": 0.9, "_": 1.0, ".": 0.18, ",": 0.3, "'": 0.25, "`": 0.3}
"""x-heights: signs that are sized by their width, as they have no height or hardly one."""


def extent(text: str) -> tuple[float, float]:
    """Top and bottom of a text above the baseline, in x-heights; blanks do not count."""
    zones = [ZONES[char] for char in text if char != " "]
    return max(top for top, _ in zones), min(bottom for _, bottom in zones)
