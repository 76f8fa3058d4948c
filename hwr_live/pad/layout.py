"""Where everything is in the pad's window: sizes in, rectangles out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwr_live.chars import DIGITS, LOWER, MARKS, UPPER
from hwr_live.reading import Box
from hwr_live.ui.layout import CROP, GAP, Captioned, in_columns, inside, panel_size

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

NO_CHARACTER = "no character"


@dataclass(frozen=True)
class Choice:
    """A button of the correction table: what it shows, what it means, where it is."""

    text: str
    char: str | None
    box: Box
    probability: float | None = None


@dataclass(frozen=True)
class Table:
    """The correction table: its plate, its title's baseline and its buttons."""

    box: Box
    font: int
    title: tuple[int, int]
    choices: tuple[Choice, ...]

    def at(self, x: int, y: int) -> Choice | None:
        """The button under the mouse."""
        return next((choice for choice in self.choices if inside(choice.box, x, y)), None)


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
        """The correction table for a glyph: beside it, inside the drawing area.

        Args:
            glyph: the glyph's box.
            chances: what it may be, with their probabilities, the likeliest first.
        """
        _, _, width, height = self.drawing
        columns = 13
        cell = max(12, min(2 * self.font + 2, (width - 24) // columns, round((height - 16) / 8.8)))
        margin = cell // 3
        font = max(10, round(cell * 0.52))
        w = columns * cell + 2 * margin
        h = round(8.2 * cell) + 2 * margin
        x, y = self._beside(glyph, w, h)
        left, top = x + margin, y + margin
        title = (left + 2, top + round(cell * 0.6))

        first = top + cell
        high = round(cell * 1.2)
        shown = [(char, p) for char, p in chances if char][:5]
        choices = [
            Choice(
                char,
                char,
                (
                    left + columns * cell * i // 5,
                    first,
                    columns * cell * (i + 1) // 5 - columns * cell * i // 5,
                    high,
                ),
                p,
            )
            for i, (char, p) in enumerate(shown)
        ]
        rows = (DIGITS, UPPER[:13], UPPER[13:], LOWER[:13], LOWER[13:], MARKS)
        for row, chars in enumerate(rows):
            for column, char in enumerate(chars):
                at = (left + column * cell, first + high + row * cell, cell, cell)
                choices.append(Choice(char, char, at))
        none = (left + 10 * cell, first + high, 3 * cell, cell)
        choices.append(Choice(NO_CHARACTER, None, none))
        return Table((x, y, w, h), font, title, tuple(choices))

    def _beside(self, glyph: Box, w: int, h: int) -> tuple[int, int]:
        """Where a plate of w x h does not hide the glyph, if there is such a place."""
        _, _, width, height = self.drawing
        gx, gy, gw, gh = glyph
        far, near = 10, 4
        x = max(near, min(gx + gw // 2 - w // 2, width - w - near))
        y = max(near, min(gy + gh // 2 - h // 2, height - h - near))
        below, above = gy + gh + far, gy - h - far
        right, left = gx + gw + far, gx - w - far
        if below + h <= height - near:
            return (x, below)
        if above >= near:
            return (x, above)
        if right + w <= width - near:
            return (right, y)
        if left >= near:
            return (left, y)
        return (x, max(near, height - h - near) if gy + gh / 2 < height / 2 else near)


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
