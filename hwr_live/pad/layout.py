"""Where everything is in the pad's window: sizes in, rectangles out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwr_live.reading import Box
from hwr_live.ui.keys import ENTER, ESC, TAB
from hwr_live.ui.layout import (
    CROP,
    GAP,
    Captioned,
    in_columns,
    inside,
    panel_size,
)
from hwr_live.ui.table import Table, table_for

PEN_KEY = "[ ]"
"""Two keys in one: its left half is the first."""

KEYS = (
    ("Enter", "print", ENTER),
    ("H", "help", ord("h")),
    ("Esc", "quit", ESC),
    ("C", "clear", ord("c")),
    ("Z", "undo", ord("z")),
    ("Y", "redo", ord("y")),
    ("S", "save", ord("s")),
    ("T", "copy", ord("t")),
    ("D", "set", ord("d")),
    (PEN_KEY, "pen", ord("]")),
    ("E", "erase", ord("e")),
    ("Tab", "fix", TAB),
    ("W", "why", ord("w")),
    ("P", "panel", ord("p")),
)
"""The keys that the panel shows, the most needed first: what stands on it, what it does, its code.
A click on one is as good as the key."""

_LOW = 560  # pixels of an ordinary screen; in lower windows lines are closer together; by eye


@dataclass(frozen=True)
class PadLayout(Captioned):
    """The parts of a window; all boxes in its pixels, none reaching over another.

    Attributes:
        size: width and height of the window.
        drawing: where one draws: from the left edge, all the height.
        panel: the rest.
        handle: a click on it folds the panel away, and unfolds it again.
        folded: whether the panel is folded away: then it is its handle, and parts of it have no
            size; notes are shown over the drawing.
        font: size of the panel's text.
        reading: the text that was read.
        bars: the likeliest five.
        crops: what the network sees.
        note: one line for what just happened.
        keys: one box for each key shown, of :data:`KEYS`, as many as there is room for.
    """

    size: tuple[int, int]
    drawing: Box
    panel: Box
    handle: Box
    folded: bool
    font: int
    reading: Box
    bars: Box
    crops: Box
    note: Box
    keys: tuple[Box, ...]

    def table(self, glyph: Box, chances: Sequence[tuple[str | None, float]]) -> Table:
        """The correction table for a glyph, see :func:`hwr_live.ui.table.table_for`."""
        return table_for(glyph, chances, self.drawing, self.font)

    def key_at(self, x: int, y: int) -> int | None:
        """The code of the key that is shown at a point."""
        shown = KEYS if len(self.keys) > 1 else KEYS[1:]
        for box, (cap, _, code) in zip(self.keys, shown, strict=False):
            if inside(box, x, y):
                # What stands on a key is about as wide as two letters, with room at both sides.
                thinner = cap == PEN_KEY and x < box[0] + round(1.2 * self.font)
                return ord("[") if thinner else code
        return None


def arrange(size: tuple[int, int], scale: float = 1.0, *, folded: bool = False) -> PadLayout:
    """The parts of a window.

    Args:
        size: width and height in pixels.
        scale: how many pixels of the screen are one of an ordinary screen's.
        folded: whether the panel is folded away.

    Raises:
        InputError: for a window too small to hold them, or larger than any screen.
    """
    width, height = size
    panel_width, font = panel_size(size, scale)
    margin = round(font * 0.9)
    note_h = round(font * 1.5)
    if folded:
        handle = (width - margin, 0, margin, height)
        drawing = (0, 0, width - margin, height)
        note = (margin, height - margin - note_h, width - 3 * margin, note_h)
        none = (width, height, 0, 0)
        return PadLayout(size, drawing, handle, handle, True, font, none, none, none, note, keys=())
    drawing = (0, 0, width - panel_width, height)
    panel = (width - panel_width, 0, panel_width, height)

    x, inner = panel[0] + margin, panel_width - 2 * margin
    tall = height / scale
    low = tall < _LOW
    caption, gap = round(font * 1.6), max(4, round(font * (0.5 if low else 0.7)))
    lines = 2.2 if tall < 400 else 3.4 if low else 4.2 if tall < 800 else 6.0
    reading_h = caption + round(font * lines)
    bars_h = caption + 5 * round(font * (1.3 if low else 1.55))
    key_h = round(font * (1.4 if low else 1.55))
    key_columns = max(1, min(3, inner // (font * 6)))
    crop_row = CROP + round(font * 1.4) + GAP

    room = height - 2 * margin - reading_h - bars_h - note_h - 3 * gap
    # All keys where a row of crops fits as well, as it does from 640x480 on.
    rows = -(-len(KEYS) // key_columns)
    while rows > 1 and room - rows * key_h < caption + crop_row:
        rows -= 1
    if room < key_h:
        rows = 0
    crops_h = max(0, room - rows * key_h)
    if crops_h < caption + crop_row:
        crops_h = 0  # not even one

    y = margin
    reading = (x, y, inner, reading_h)
    y += reading_h + gap
    bars = (x, y, inner, bars_h)
    y += bars_h + gap
    crops = (x, y, inner, crops_h)
    y += crops_h + gap
    note = (x, y, inner, note_h)
    y += note_h
    keys = in_columns((x, y, inner, rows * key_h), key_columns, key_h)[: len(KEYS)]
    handle = (panel[0], 0, margin, height)
    return PadLayout(size, drawing, panel, handle, False, font, reading, bars, crops, note, keys)
