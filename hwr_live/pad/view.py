"""The pad's picture: a pure function of its state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from hwr_live.pad.layout import KEYS
from hwr_live.pad.paper import Paper
from hwr_live.pad.state import PadState
from hwr_live.pad.why import decided_by, reasons, word_reasons
from hwr_live.reading import Box, Glyph, union_box
from hwr_live.ui import panel
from hwr_live.ui.layers import Layers, Over, merged, part_of
from hwr_live.ui.paint import Image, Theme, fit_text, plate, put_text, text_width
from hwr_live.ui.pen import path_over, stroke_over
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
    ("O", "open writing that was not saved"),
    ("W", "why it is read so, and its word"),
    ("P", "fold the panel away"),
    ("H, F1, ?", "show or hide this"),
    ("Esc", "close this; quit"),
)
"""All keys and what the mouse does."""

_HELP_WIDTH = 360  # pixels that the help needs, by eye
_KEYS_SHARE = 0.36  # of the plate of help, by eye


class PadView:
    """Paints states; what has not changed since the last one is not painted again, so that a stroke
    costs what it changes, however large the window is.

    Args:
        theme: light or dark.
    """

    def __init__(self, theme: Theme = "light") -> None:
        self._layers = Layers(theme)
        self._parts = panel.Parts()
        self._paper = Paper()

    def paint(self, state: PadState) -> Image:
        """The whole window: uint8 (height, width, 3); the next call may paint over it."""
        layout, layers = state.layout, self._layers
        if layers.resize(layout.size) or self._parts.new("layout", layout):
            self._parts.forget()
            self._parts.new("layout", layout)
            self._paper = Paper()
            layers.touch((0, 0, *layout.size))
            _paint_ground(layers.ground, state)
        self._paint_drawing(state)
        if not layout.folded:
            self._paint_panel(state)
        covers_all = state.help and _needs_all(state)
        # What the network sees is shown as it sees it, in every theme.
        plain = [] if covers_all else [cell for cell, _ in state.crop_cells()]
        return layers.compose(_over(state), plain)

    def _paint_drawing(self, state: PadState) -> None:
        """The paper with what is read on it, and what is told there."""
        x, y, width, height = state.layout.drawing
        drawing = part_of(self._layers.ground, (x, y, width, height))
        invited = not (state.canvas.strokes or state.pen.points or state.replayed)
        told = _told(state) if state.layout.folded else None
        # Under words about the paper all of it is painted again, when something has changed.
        over = invited or state.beyond != (False, False) or told not in (None, ("", False))
        anew = self._parts.new("drawing", invited, state.beyond, told, state.offer)
        changed = self._paper.changed(state, drawing.shape, anew=anew)
        if over and (changed or anew):
            changed = [(0, 0, width, height)]
        if not changed:
            return
        boxes = self._paper.paint(drawing, merged(changed, drawing.shape))
        if over:
            if invited:
                _paint_invitation(drawing, state)
            _paint_over(drawing, state)
        for left, top, w, h in boxes:
            self._layers.touch((x + left, y + top, w, h))

    def _paint_panel(self, state: PadState) -> None:
        """Those parts of the panel that have changed."""
        layout, chosen = state.layout, state.chosen
        as_read = None if chosen is None else state.as_read(chosen)
        told = _told(state)
        read = (state.reading, state.profile, state.chars)
        bars = (chosen, as_read, state.why, state.profile)
        parts: tuple[tuple[str, Box, tuple[object, ...], Callable[[Image], None]], ...] = (
            ("reading", layout.reading, read, lambda image: _paint_reading(image, state)),
            ("bars", layout.bars, bars, lambda image: _paint_bars(image, state)),
            ("crops", layout.crops, (state.reading, chosen), lambda im: _paint_crops(im, state)),
            ("note", layout.note, told, lambda image: _paint_note(image, state)),
            (
                "keys",
                union_box(list(layout.keys)),
                (state.canvas.pen, state.erasing),
                lambda image: _paint_keys(image, state),
            ),
        )
        for name, (x, y, w, h), of, paint in parts:
            if h > 0 and self._parts.new(name, *of):
                # What is chosen has a frame that reaches a little to both sides, and a tail of a
                # letter may hang into the gap below; below the note there is none.
                box = (x - 3, y, w + 6, h + 3 * (name != "note"))
                cv2.rectangle(self._layers.ground, box, panel.PANEL, cv2.FILLED)
                paint(self._layers.ground)
                self._layers.touch(box)


def _over(state: PadState) -> Iterator[Over]:
    """What lies over the window for a while: a stroke in hand, the table, the help."""
    layout = state.layout
    width, height = layout.size
    paper = (0, 0, layout.panel[0], height)
    if (hand := state.replayed) is not None:
        yield path_over(hand.points, hand.pen, paper, erases=hand.erases)
    if state.pen.points:
        yield stroke_over(state.pen, state.canvas.pen, paper)
    if state.table is not None:
        x, y, w, h = state.table.box
        yield (x - 2, y - 2, w + 4, h + 4), lambda image: _paint_table(image, state)
    if state.help:
        area = (0, 0, width, height) if _needs_all(state) else layout.drawing
        yield area, lambda im: panel.draw_help(im, area, layout.font, HELP, _KEYS_SHARE)


def _needs_all(state: PadState) -> bool:
    """Whether the help is shown over the panel too, for want of room."""
    return state.layout.drawing[2] < _HELP_WIDTH


def paint_pad(state: PadState, theme: Theme = "light") -> Image:
    """The whole window: uint8 (height, width, 3)."""
    return PadView(theme).paint(state)


def _paint_invitation(paper: Image, state: PadState) -> None:
    """What to do with an empty sheet, as far as there is room for the words."""
    height, width = paper.shape[:2]
    font, middle = state.layout.font, width // 2
    large = round(font * 2.2)
    put_text(paper, "Write here", (middle, height // 2), large, (205, 200, 196), align="centre")
    told = ["Enter prints what is read, H shows the keys", "H shows the keys"]
    kept = [
        f"Writing of {state.offer} was not saved: O opens it, Delete throws it away",
        f"O opens the writing of {state.offer}",
        "O opens unsaved writing",
    ]
    for row, texts in enumerate([told, kept] if state.offer else [told]):
        fitting = (text for text in texts if text_width(text, font) <= width - 2 * font)
        at = (middle, height // 2 + round(font * (2.2 + 2 * row)))
        colour = panel.ACCENT if row else (170, 162, 156)
        put_text(paper, next(fitting, ""), at, font, colour, align="centre")


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
        under = (at[0] - font // 2, at[1] - font, text_width(told, font) + font, round(1.5 * font))
        plate(drawing, under, panel.PANEL, 4)
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


def _paint_ground(image: Image, state: PadState) -> None:
    """The panel without its parts."""
    x, y, w, h = state.layout.panel
    cv2.rectangle(image, (x, y, w, h), panel.PANEL, cv2.FILLED)
    cv2.line(image, (x, y), (x, y + h), panel.EDGE)
    _paint_handle(image, state)


def _paint_reading(image: Image, state: PadState) -> None:
    layout, font, reading = state.layout, state.layout.font, state.reading
    empty = "nothing readable" if reading.glyphs else "nothing written yet"
    hidden = panel.draw_text_of(image, layout.below_caption(layout.reading), font, reading, empty)
    total = reading.ms.get("total")
    above = f"{hidden} line{'s' * (hidden > 1)} above" if hidden else ""
    about = [above, state.profile, state.chars, "" if total is None else f"{total:.0f} ms"]
    remark = " · ".join(part for part in about if part)
    panel.draw_caption(image, layout.reading, font, "READING", remark)


def _paint_bars(image: Image, state: PadState) -> None:
    layout, chosen = state.layout, state.chosen
    as_read = None if chosen is None else state.as_read(chosen)
    if state.why:
        _paint_why(image, state, as_read)
        return
    panel.draw_caption(image, layout.bars, layout.font, "TOP FIVE", _about(state))
    panel.draw_candidates(image, layout.below_caption(layout.bars), layout.font, as_read)


def _paint_crops(image: Image, state: PadState) -> None:
    layout, cells = state.layout, state.crop_cells()
    hidden = len(state.reading.glyphs) - len(cells)
    remark = f"and {hidden} before" if hidden else ""
    title = "WHAT THE NETWORK SEES" if layout.panel[2] >= 200 else "CROPS"
    panel.draw_caption(image, layout.crops, layout.font, title, remark)
    panel.draw_crops(image, cells, layout.font, state.chosen)


def _paint_note(image: Image, state: PadState) -> None:
    told, warning = _told(state)
    panel.draw_note(image, state.layout.note, state.layout.font, told, warning=warning)


def _paint_keys(image: Image, state: PadState) -> None:
    layout = state.layout
    # Where there is room for one key only, it is the one that shows the others.
    keys = KEYS if len(layout.keys) > 1 else KEYS[1:]
    for box, (key, text, _) in zip(layout.keys, keys, strict=False):
        told = f"{text} {state.canvas.pen:.0f}" if text == "pen" else text
        told = "write" if text == "erase" and state.erasing else told
        panel.draw_key(image, box, layout.font, key, told)


def _paint_why(image: Image, state: PadState, as_read: Glyph | None) -> None:
    """Who had a say in what the chosen glyph is, one below the other, and who decided."""
    layout, chosen = state.layout, state.chosen
    told, title = [], "WHY"
    if as_read is not None and chosen is not None:
        told, title = reasons(as_read, chosen, state.profile), f"WHY {chosen.char or '?'}"
        if state.why == "word":
            word = state.word_of(chosen)
            told = word_reasons([state.as_read(glyph) for glyph in word], word, state.profile)
            title = "WHY THIS WORD"
    panel.draw_caption(image, layout.bars, layout.font, title, decided_by(told))
    rows = [(reason.who, reason.char or "?", reason.p, reason.agrees) for reason in told]
    words = state.why == "word"
    panel.draw_reasons(image, layout.below_caption(layout.bars), layout.font, rows, words=words)


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
