"""The pad's picture: a pure function of its state."""

from __future__ import annotations

import cv2
import numpy as np

from hwr_live.pad.layout import KEYS
from hwr_live.pad.state import PadState
from hwr_live.pad.why import decided_by, reasons
from hwr_live.reading import Glyph
from hwr_live.ui import panel
from hwr_live.ui.paint import (
    Image,
    Theme,
    dark,
    draw_reading,
    fit_text,
    plate,
    put_text,
    text_width,
)
from hwr_live.ui.pen import paint_canvas, paint_path, paint_stroke
from hwr_live.ui.table import NO_CHARACTER, draw_table

HELP = (
    ("Enter", "print the reading"),
    ("click a box", "put it right: click or type"),
    ("Tab, arrows", "choose one, then type it"),
    ("C, Delete", "clear; undo brings it back"),
    ("Z, Backspace", "undo"),
    ("Y", "redo"),
    ("E, right button", "erase"),
    ("[ ]", "thinner, thicker pen"),
    ("D", "read all, digits or letters"),
    ("T", "copy the text"),
    ("S", "save picture, strokes, corrections"),
    ("W", "why it is read so"),
    ("P", "fold the panel away"),
    ("H, F1, ?", "show or hide this"),
    ("Esc", "close this; quit"),
)
"""All keys and what the mouse does."""

_HELP_WIDTH = 360  # pixels that the help needs, by eye
_KEYS_SHARE = 0.36  # of the plate of help, by eye


class PadView:
    """Paints states; what has not changed since the last one is not painted again.

    Args:
        theme: light or dark.
    """

    def __init__(self, theme: Theme = "light") -> None:
        self._theme = theme
        self._image: Image = np.empty((0, 0, 3), np.uint8)
        self._paper: Image = self._image
        self._parts = panel.Parts()

    def paint(self, state: PadState) -> Image:
        """The whole window: uint8 (height, width, 3); the next call may paint over it."""
        image = self._paint(state)
        if self._theme == "light":
            return image
        image = dark(image)
        if not (state.help and _needs_all(state)):  # what the network sees is shown as it sees it
            for cell, glyph in state.crop_cells():
                panel.draw_crop(image, cell, glyph)
        return image

    def _paint(self, state: PadState) -> Image:
        layout = state.layout
        width, height = layout.size
        if self._image.shape[:2] != (height, width):
            self._image = np.empty((height, width, 3), np.uint8)
        if self._parts.new("layout", layout):
            self._parts.forget()
        drawing = self._image[:, : layout.panel[0]]

        invited = not (state.canvas.strokes or state.pen.points or state.replayed)
        if self._parts.new("paper", state.canvas, state.canvas.revision, invited):
            self._paper = _paint_paper(state, invited)
        marked = state.asked or state.cursor or state.hovered
        over = state.note if layout.folded else None
        if self._parts.new("drawing", self._paper, state.reading, marked, state.typed_to, over):
            drawing[:] = draw_reading(self._paper, state.reading, chosen=marked)
            _paint_over(drawing, state)
        read = (state.reading, state.read, state.chosen, state.typed_to)
        settings = (state.canvas.pen, state.chars, state.erasing, state.why)
        if self._parts.new("panel", *read, state.note, *settings):
            _paint_panel(self._image, state)

        if not (state.pen.points or state.table or state.help or state.replayed):
            return self._image
        image = self._image.copy()
        if (hand := state.replayed) is not None:
            part = image[:, : layout.panel[0]]
            paint_path(part, hand.points, hand.pen, erases=hand.erases)
        if state.pen.points:
            paint_stroke(image[:, : layout.panel[0]], state.pen, state.canvas.pen)
        if state.table is not None:
            _paint_table(image, state)
        if state.help:
            area = (0, 0, width, height) if _needs_all(state) else layout.drawing
            panel.draw_help(image, area, layout.font, HELP, _KEYS_SHARE)
        return image


def _needs_all(state: PadState) -> bool:
    """Whether the help is shown over the panel too, for want of room."""
    return state.layout.drawing[2] < _HELP_WIDTH


def paint_pad(state: PadState, theme: Theme = "light") -> Image:
    """The whole window: uint8 (height, width, 3)."""
    return PadView(theme).paint(state)


def _paint_paper(state: PadState, invited: bool) -> Image:
    """What of the drawing the window shows."""
    _, _, width, height = state.layout.drawing
    paper = np.ascontiguousarray(paint_canvas(state.canvas)[:height, :width])
    if invited:
        _paint_invitation(paper, state.layout.font)
    return paper


def _paint_invitation(paper: Image, font: int) -> None:
    height, width = paper.shape[:2]
    large = round(font * 2.2)
    told = "Enter prints what is read, H shows the keys"
    if text_width(told, font) > width - 2 * font:
        told = "H shows the keys"
    put_text(paper, "Write here", (width // 2, height // 2), large, (205, 200, 196), align="centre")
    put_text(
        paper,
        told,
        (width // 2, height // 2 + round(font * 2.2)),
        font,
        (170, 162, 156),
        align="centre",
    )


def _paint_over(drawing: Image, state: PadState) -> None:
    """What is told on the paper: that there is more of it, and notes while the panel is away."""
    layout, font = state.layout, state.layout.font
    height, width = drawing.shape[:2]
    right, below = state.beyond
    if right or below:
        where = " and ".join(["to the right"] * right + ["below"] * below)
        told = f"more {where}: make the window larger"
        told += ", or fold the panel (P)" if right and not layout.folded else ""
        told = fit_text(told, font, width - 2 * font)
        at = (width - text_width(told, font) - font, height - font)
        put_text(drawing, told, at, font, panel.ACCENT)
    told, warning = _told(state)
    if layout.folded and told:
        x, y, w, h = layout.note
        w = min(w, text_width(told, font) + font)
        plate(drawing, (x - font // 2, y, w + font // 2, h), panel.PANEL, 4)
        panel.draw_note(drawing, (x, y, w, h), font, told, warning=warning)


def _told(state: PadState) -> tuple[str, bool]:
    """What is said now, and whether it is a warning."""
    if state.note is not None:
        return state.note.text, state.note.warning
    if state.typed_to is not None and not state.pen.points:
        return "type what it is", False
    return "", False


def _paint_handle(image: Image, state: PadState) -> None:
    """The edge that folds the panel away, with an arrow to where it goes."""
    x, y, w, h = state.layout.handle
    size = max(3, w // 4)
    tip = size if not state.layout.folded else -size
    middle = (x + w // 2, y + h // 2)
    corners = [(-tip // 2, -2 * size), (tip // 2, 0), (-tip // 2, 2 * size)]
    arrow = np.array([(middle[0] + dx, middle[1] + dy) for dx, dy in corners], np.int32)
    cv2.polylines(image, [arrow.reshape(-1, 1, 2)], False, panel.QUIET, 2, cv2.LINE_AA)


def _paint_panel(image: Image, state: PadState) -> None:
    layout, font = state.layout, state.layout.font
    x, y, w, h = layout.panel
    cv2.rectangle(image, (x, y), (x + w, y + h), panel.PANEL, cv2.FILLED)
    cv2.line(image, (x, y), (x, y + h), panel.EDGE)
    _paint_handle(image, state)
    if layout.folded:
        return
    reading, chosen = state.reading, state.chosen

    empty = "nothing readable" if reading.glyphs else "nothing written yet"
    hidden = panel.draw_text_of(image, layout.below_caption(layout.reading), font, reading, empty)
    total = reading.ms.get("total")
    above = f"{hidden} line{'s' * (hidden > 1)} above" if hidden else ""
    about = [above, state.profile, state.chars, "" if total is None else f"{total:.0f} ms"]
    remark = " · ".join(part for part in about if part)
    panel.draw_caption(image, layout.reading, font, "READING", remark)

    as_read = None if chosen is None else state.as_read(chosen)
    if state.why:
        _paint_why(image, state, as_read)
    else:
        panel.draw_caption(image, layout.bars, font, "TOP FIVE", _about(state))
        panel.draw_candidates(image, layout.below_caption(layout.bars), font, as_read)

    if layout.crops[3] > 0:
        cells = state.crop_cells()
        hidden = len(reading.glyphs) - len(cells)
        remark = f"and {hidden} before" if hidden else ""
        title = "WHAT THE NETWORK SEES" if w >= 200 else "CROPS"
        panel.draw_caption(image, layout.crops, font, title, remark)
        panel.draw_crops(image, cells, font, chosen)

    told, warning = _told(state)
    panel.draw_note(image, layout.note, font, told, warning=warning)
    # Where there is room for one key only, it is the one that shows the others.
    keys = KEYS if len(layout.keys) > 1 else KEYS[1:]
    for box, (key, text, _) in zip(layout.keys, keys, strict=False):
        told = f"{text} {state.canvas.pen:.0f}" if text == "pen" else text
        told = "write" if text == "erase" and state.erasing else told
        panel.draw_key(image, box, font, key, told)


def _paint_why(image: Image, state: PadState, as_read: Glyph | None) -> None:
    """Who had a say in what the chosen glyph is, one below the other, and who decided."""
    layout, chosen = state.layout, state.chosen
    told = [] if as_read is None else reasons(as_read, chosen, state.profile)
    remark = decided_by(told)
    panel.draw_caption(image, layout.bars, layout.font, "WHY", remark)
    rows = [(reason.who, reason.char or "?", reason.p, reason.agrees) for reason in told]
    panel.draw_reasons(image, layout.below_caption(layout.bars), layout.font, rows)


def _about(state: PadState) -> str:
    """Which glyph the candidates are of."""
    glyph = state.chosen
    if glyph is None:
        return ""
    read = state.as_read(glyph)
    if (read.char, read.confidence) != (glyph.char, glyph.confidence):
        return f"corrected: {glyph.char or NO_CHARACTER}"
    if glyph.char is None:
        return f"{NO_CHARACTER}, {panel.percent(glyph.confidence)}"
    return f"{glyph.char}, {panel.percent(glyph.confidence)}"


def _paint_table(image: Image, state: PadState) -> None:
    table, asked = state.table, state.asked
    if table is None or asked is None:
        return
    title = "Which character is this? Click or type it."
    title += f" {state.profile} learns it." * bool(state.profile)
    draw_table(image, table, title, asked.char, state.mouse)
