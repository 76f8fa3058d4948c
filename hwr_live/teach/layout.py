"""Where everything is in the window that teaches: sizes in, rectangles out."""

from __future__ import annotations

from dataclasses import dataclass

from hwr_live.reading import Box
from hwr_live.ui.layout import CROP, Captioned, in_columns, panel_size

KEYS = (
    ("Enter", "next"),
    ("Backspace", "undo"),
    ("S", "skip"),
    ("P", ""),
    ("Esc", "stop"),
)
"""The keys that the panel shows, the most needed first; what P does depends on what it did."""


@dataclass(frozen=True)
class TeachLayout(Captioned):
    """The parts of a window; all boxes in its pixels, none reaching over another.

    Attributes:
        size: width and height of the window.
        prompt: what to write, above the drawing area.
        drawing: where one writes.
        panel: the right side, which holds the rest.
        font: size of the panel's text.
        progress: how far one has come.
        bars: what the reader makes of it; of no height where there is no room.
        crops: what has been taught.
        note: one line for what just happened.
        keys: one box for each of :data:`KEYS`, as many as there is room for.
    """

    size: tuple[int, int]
    prompt: Box
    drawing: Box
    panel: Box
    font: int
    progress: Box
    bars: Box
    crops: Box
    note: Box
    keys: tuple[Box, ...]


def arrange(size: tuple[int, int], scale: float = 1.0) -> TeachLayout:
    """The parts of a window.

    Args:
        size: width and height in pixels.
        scale: how many pixels of the screen are one of an ordinary screen's.

    Raises:
        InputError: for a window too small to hold them, or larger than any screen.
    """
    width, height = size
    panel_width, font = panel_size(size, scale)
    left = width - panel_width
    strip = max(56, min(round(height * 0.2), font * 9))
    margin, gap = round(font * 0.9), max(4, round(font * 0.7))
    x, inner = left + margin, panel_width - 2 * margin
    caption = round(font * 1.6)

    key_h = round(font * 1.6)
    columns = 2 if inner >= font * 16 else 1
    rows = -(-len(KEYS) // columns)
    heights = {
        "progress": caption + round(font * 2.6),
        "bars": caption + 5 * round(font * 1.55),
        "note": round(font * 1.5),
        "crops": caption + CROP + round(font * 1.4),
    }
    room = height - 2 * margin - heights["progress"] - heights["note"] - 2 * gap
    while rows > 1 and room < rows * key_h:
        rows -= 1
    room -= rows * key_h
    for part in ("crops", "bars"):  # what has been taught is shown sooner than what is read
        heights[part] = heights[part] + gap if room >= heights[part] + gap else 0
        room -= heights[part]
    if heights["crops"]:
        heights["crops"] += max(0, room)

    y = margin
    boxes = {}
    for part in ("progress", "bars", "crops"):
        boxes[part] = (x, y, inner, max(0, heights[part] - gap * (part != "progress")))
        y += heights[part] + gap * (part == "progress")
    note = (x, height - margin - rows * key_h - heights["note"], inner, heights["note"])
    top = height - margin - rows * key_h
    keys = in_columns((x, top, inner, rows * key_h), columns, key_h)[: len(KEYS)]
    return TeachLayout(
        size=size,
        prompt=(0, 0, left, strip),
        drawing=(0, strip, left, height - strip),
        panel=(left, 0, panel_width, height),
        font=font,
        progress=boxes["progress"],
        bars=boxes["bars"],
        crops=boxes["crops"],
        note=note,
        keys=keys,
    )
