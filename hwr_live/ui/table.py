"""The correction table: which character a glyph is, asked beside it and answered by a click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwr_live.chars import DIGITS, LOWER, MARKS, UPPER
from hwr_live.reading import Box
from hwr_live.ui import panel
from hwr_live.ui.layout import inside
from hwr_live.ui.paint import (
    INK,
    POOR,
    WHITE,
    Image,
    capital_height,
    fit_text,
    outline,
    plate,
    put_text,
    text_width,
)

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


def table_for(
    glyph: Box, chances: Sequence[tuple[str | None, float]], area: Box, font: int
) -> Table:
    """The correction table for a glyph: beside it, inside an area.

    Args:
        glyph: the glyph's box.
        chances: what it may be, with their probabilities, the likeliest first.
        area: where the table may be, in the window's pixels; it begins at (0, 0).
        font: size of the window's text.
    """
    _, _, width, height = area
    columns = 13
    cell = max(12, min(2 * font + 2, (width - 24) // columns, round((height - 16) / 8.8)))
    margin = cell // 3
    size = max(10, round(cell * 0.52))
    w = columns * cell + 2 * margin
    h = round(8.2 * cell) + 2 * margin
    x, y = _beside(glyph, (w, h), (width, height))
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
    return Table((x, y, w, h), size, title, tuple(choices))


def _beside(glyph: Box, size: tuple[int, int], area: tuple[int, int]) -> tuple[int, int]:
    """Where a plate of a size does not hide the glyph, if there is such a place."""
    (w, h), (width, height) = size, area
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


def draw_table(
    image: Image, table: Table, title: str, current: str | None, mouse: tuple[int, int] | None
) -> None:
    """Paints the table.

    Args:
        image: painted in place.
        table: where its parts are.
        title: the question.
        current: what the glyph is taken for.
        mouse: where it is, as what is under it is brought out.
    """
    plate(image, table.box, WHITE, 8)
    outline(image, table.box, panel.QUIET, 8)
    room = table.box[0] + table.box[2] - table.title[0] - 4
    title = fit_text(title, table.font, room, bold=True)
    put_text(image, title, table.title, table.font, INK, bold=True)
    under = None if mouse is None else table.at(*mouse)
    for choice in table.choices:
        _draw_choice(image, choice, table.font, choice is under, choice.char == current)


def _draw_choice(image: Image, choice: Choice, font: int, under: bool, current: bool) -> None:
    x, y, w, h = choice.box
    inner = (x + 1, y + 1, w - 2, h - 2)
    if under:
        plate(image, inner, panel.ACCENT, 4)
    elif current:
        plate(image, inner, (236, 240, 214), 4)
    elif choice.probability is not None:
        plate(image, inner, panel.PANEL, 4)
    colour = WHITE if under else INK
    if choice.probability is not None:
        outline(image, inner, panel.EDGE, 4)
        size = round(font * 1.3)
        baseline = y + (h + capital_height(size)) // 2
        put_text(
            image,
            choice.text,
            (x + w // 2 - font // 4, baseline),
            size,
            colour,
            bold=True,
            align="right",
        )
        put_text(
            image,
            panel.percent(choice.probability),
            (x + w // 2, baseline),
            max(9, round(font * 0.75)),
            WHITE if under else panel.QUIET,
        )
        return
    size = font if len(choice.text) == 1 else max(9, round(font * 0.72))
    long = text_width(choice.text, size) > w - 2
    text = "none" if long and choice.char is None else choice.text
    if len(choice.text) > 1 and not under:
        colour = POOR
    put_text(
        image, text, (x + w // 2, y + (h + capital_height(size)) // 2), size, colour, align="centre"
    )
