"""Where everything is in the pad's window: sizes in, rectangles out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwr_live.reading import Box
from hwr_live.ui.layout import CROP, GAP, Captioned, in_columns, panel_size
from hwr_live.ui.table import Table, table_for

KEYS = (
    ("Enter", "print"),
    ("H", "help"),
    ("Esc", "quit"),
    ("C", "clear"),
    ("Z", "undo"),
    ("Y", "redo"),
    ("S", "save"),
    ("T", "copy"),
    ("D", "set"),
    ("[ ]", "pen"),
    ("right", "erase"),
    ("click", "fix"),
)
"""The keys, and uses of the mouse, that the panel shows, the most needed first."""


@dataclass(frozen=True)
class PadLayout(Captioned):
    """The parts of a window; all boxes in its pixels, none reaching over another.

    Attributes:
        size: width and height of the window.
        drawing: where one draws: from the left edge, all the height.
        panel: the rest.
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
    font: int
    reading: Box
    bars: Box
    crops: Box
    note: Box
    keys: tuple[Box, ...]

    def table(self, glyph: Box, chances: Sequence[tuple[str | None, float]]) -> Table:
        """The correction table for a glyph, see :func:`hwr_live.ui.table.table_for`."""
        return table_for(glyph, chances, self.drawing, self.font)


def arrange(size: tuple[int, int]) -> PadLayout:
    """The parts of a window of ``size``, width and height in pixels.

    Raises:
        InputError: for a window too small to hold them, or larger than any screen.
    """
    width, height = size
    panel_width, font = panel_size(size)
    drawing = (0, 0, width - panel_width, height)
    panel = (width - panel_width, 0, panel_width, height)

    margin = round(font * 0.9)
    x, inner = panel[0] + margin, panel_width - 2 * margin
    caption, gap = round(font * 1.6), max(4, round(font * 0.7))
    lines = 2.2 if height < 400 else 4.2 if height < 800 else 6.0
    reading_h = caption + round(font * lines)
    bars_h = caption + 5 * round(font * 1.55)
    note_h = round(font * 1.5)
    key_h = round(font * 1.55)
    key_columns = max(1, min(3, inner // (font * 6)))
    crop_row = CROP + round(font * 1.4) + GAP

    room = height - 2 * margin - reading_h - bars_h - note_h - 3 * gap
    # All the keys if three rows of crops fit as well; else keys and crops share.
    rows = -(-len(KEYS) // key_columns)
    while rows > 1 and room - rows * key_h < caption + (3 if rows > 2 else 1) * crop_row:
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
    return PadLayout((width, height), drawing, panel, font, reading, bars, crops, note, keys)
