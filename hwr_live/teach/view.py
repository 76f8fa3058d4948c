"""The picture of the window that teaches: a pure function of its state."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from hwr_live.reading import Glyph
from hwr_live.teach.layout import KEYS
from hwr_live.teach.plan import ROUNDS, describe
from hwr_live.teach.state import TeachState
from hwr_live.ui import panel
from hwr_live.ui.layers import Layers, Over, part_of
from hwr_live.ui.paint import (
    INK,
    POOR,
    SURE,
    Image,
    Theme,
    capital_height,
    fit_text,
    plate,
    put_text,
    text_width,
)
from hwr_live.ui.pen import paint_canvas, stroke_over

_GUIDE = (236, 228, 220)
_BASELINE, _X_HEIGHT = 0.68, 0.38  # of the drawing area, from its top
_STRIP = (250, 248, 240)


class TeachView:
    """Paints states; what has not changed since the last one is not painted again.

    Args:
        name: of the profile.
        theme: light or dark.
    """

    def __init__(self, name: str, theme: Theme = "light") -> None:
        self._name = name
        self._parts = panel.Parts()
        self._layers = Layers(theme)

    def paint(self, state: TeachState) -> Image:
        """The whole window: uint8 (height, width, 3); the next call may paint over it."""
        layout, layers = state.layout, self._layers
        if layers.resize(layout.size) or self._parts.new("layout", layout):
            self._parts.forget()
            self._parts.new("layout", layout)
        image = layers.ground
        invited = not (state.kept or state.written or state.pen.points)
        if self._parts.new("paper", state.revision, state.char is None, invited):
            part_of(image, layout.drawing)[:] = _paint_paper(state, invited)
            layers.touch(layout.drawing)
        if self._parts.new("prompt", state.char, state.slip):
            _paint_prompt(image, state)
            layers.touch(layout.prompt)
        asked = (state.at, len(state.kept), len(state.asked), state.waits)
        if self._parts.new("panel", *asked, state.reading, state.note):
            _paint_panel(image, state, self._name)
            layers.touch(layout.panel)
        # What was taught is shown as the network sees it, in every theme.
        cells = layout.crop_cells(len(state.taught)) if layout.crops[3] > 0 else []
        return layers.compose(_over(state), cells)


def _over(state: TeachState) -> Iterator[Over]:
    """What lies over the window for a while: the stroke in hand, and how much of the pause is
    over."""
    x, y, w, _ = state.layout.drawing
    if state.pen.points:
        yield stroke_over(state.pen, state.canvas.pen, state.layout.drawing)
    if state.paused > 0:
        bar = (x, y - 5, max(1, round(w * state.paused)), 5)
        yield bar, lambda image: cv2.rectangle(image, bar, SURE, cv2.FILLED)


def _paint_paper(state: TeachState, invited: bool) -> Image:
    """What has been written, on lines as in a school's exercise book."""
    _, _, width, height = state.layout.drawing
    paper = paint_canvas(state.canvas, (0, 0, width, height))
    if state.char is None:
        return paper
    ruled = np.full_like(paper, 255)
    for share in (_BASELINE, _X_HEIGHT):
        cv2.line(ruled, (0, round(height * share)), (width, round(height * share)), _GUIDE, 2)
    if invited:
        font = state.layout.font
        told = fit_text("Write it here; a pause goes on to the next", font, width - 2 * font)
        at = (width // 2, round(height * _BASELINE) + 2 * font)
        put_text(ruled, told, at, font, panel.QUIET, align="centre")
    return np.asarray(cv2.min(paper, ruled), np.uint8)


def _paint_prompt(image: Image, state: TeachState) -> None:
    """What to write, as large as the strip allows."""
    x, y, w, h = state.layout.prompt
    font, char = state.layout.font, state.char
    cv2.rectangle(image, (x, y), (x + w, y + h - 1), _STRIP, cv2.FILLED)
    cv2.line(image, (x, y + h - 1), (x + w, y + h - 1), panel.EDGE)
    margin, middle = round(font * 1.2), y + h // 2
    if char is None:
        large = min(round(h * 0.4), font * 3)
        baseline = middle + capital_height(large) // 4
        put_text(image, "Thank you", (margin, baseline), large, SURE, bold=True)
        told = fit_text("Enter: three more rounds, Esc: stop", font, w - 2 * margin)
        put_text(image, told, (margin, baseline + round(font * 1.7)), font, panel.QUIET)
        return
    if state.slip is not None:
        _paint_question(image, state)
        return
    label = round(font * 1.2)
    put_text(image, "Write:", (margin, middle + capital_height(label) // 2), label, panel.QUIET)
    left = margin + text_width("Write:", label) + font
    large = round(h * 0.78)
    # What descends needs room below, and what has no height above the x-height may stand higher.
    low = char in "gjpqyacemnorsuvwxz"
    baseline = middle + capital_height(large) // 2 - round(0.06 * h) * low
    put_text(image, char, (left, baseline), large, panel.ACCENT, bold=True)
    left += max(text_width(char, large, bold=True), large // 2) + font
    room = w - left - font // 2
    size = next((s for s in range(label, 9, -1) if text_width(describe(char), s) <= room), 9)
    told = fit_text(describe(char), size, room)
    put_text(image, told, (left, middle + capital_height(size) // 2), size, INK)


def _paint_question(image: Image, state: TeachState) -> None:
    """Whether another character was meant to be written."""
    _, y, w, h = state.layout.prompt
    font, char = state.layout.font, state.char or ""
    margin, middle = round(font * 1.2), y + h // 2
    room = w - 2 * margin
    written = f"This looks like {describe(state.slip)}" if state.slip else "This looks like nothing"
    large = next((s for s in range(round(font * 1.5), 9, -1) if text_width(written, s) <= room), 9)
    put_text(image, fit_text(written, large, room), (margin, middle - font // 4), large, POOR)
    asked = f"Enter: it is {describe(char)}   Backspace: write it again"
    size = next((s for s in range(font, 9, -1) if text_width(asked, s) <= room), 9)
    below = (margin, middle + round(font * 1.4))
    put_text(image, fit_text(asked, size, room), below, size, INK)


def _paint_panel(image: Image, state: TeachState, name: str) -> None:
    layout, font = state.layout, state.layout.font
    x, y, w, h = layout.panel
    cv2.rectangle(image, (x, y), (x + w, y + h), panel.PANEL, cv2.FILLED)
    cv2.line(image, (x, y), (x, y + h), panel.EDGE)
    _paint_progress(image, state, name)
    if layout.bars[3] > 0:
        glyph = max(state.reading.glyphs, key=lambda g: g.box[2] * g.box[3], default=None)
        panel.draw_caption(image, layout.bars, font, "READ SO FAR AS")
        panel.draw_candidates(image, layout.below_caption(layout.bars), font, glyph)
    if layout.crops[3] > 0:
        taught = state.taught
        cells = layout.crop_cells(len(taught))
        hidden = len(taught) - len(cells)
        more = f"and {hidden} before" if hidden > 0 else ""
        panel.draw_caption(image, layout.crops, font, "TAUGHT", more)
        shown = taught[max(0, hidden) :]
        glyphs = [Glyph(s.char, 1.0, (0, 0, 0, 0), (), s.crop) for s in shown]
        panel.draw_crops(image, list(zip(cells, glyphs, strict=True)), font, None, shares=False)
    if state.note is not None:
        panel.draw_note(image, layout.note, font, state.note.text, warning=state.note.warning)
    for box, (key, text) in zip(layout.keys, KEYS, strict=False):
        waits = "wait for Enter" if state.waits else "go on by itself"
        panel.draw_key(image, box, font, key, waits if key == "P" else text)


def _paint_progress(image: Image, state: TeachState, name: str) -> None:
    layout, font = state.layout, state.layout.font
    x, y, w, _ = layout.progress
    number = min(state.at // state.round_of + 1, -(-len(state.asked) // state.round_of))
    rounds = max(ROUNDS, -(-len(state.asked) // state.round_of))
    panel.draw_caption(image, layout.progress, font, "PROFILE", name)
    top = y + layout.caption
    size = max(10, round(font * 0.95))
    count = len(state.kept)
    told = f"{count} of {len(state.asked)} taught"
    baseline = top + capital_height(size) + 2
    put_text(image, told, (x, baseline), size, INK, bold=True)
    turn = f"round {number} of {rounds}"
    if text_width(told, size, bold=True) + text_width(turn, size) + font <= w:
        put_text(image, turn, (x + w, baseline), size, panel.QUIET, align="right")
    bar = (x, baseline + round(font * 0.7), w, max(5, round(font * 0.5)))
    plate(image, bar, panel.EDGE, 3)
    done = round(w * state.at / max(1, len(state.asked)))
    if done >= 1:
        plate(image, (bar[0], bar[1], done, bar[3]), SURE, 3)
