"""The camera window's picture: a pure function of its state."""

from __future__ import annotations

import dataclasses
import functools

import cv2
import numpy as np

from hwr_live.camera.layout import Placement, crop_cells
from hwr_live.camera.state import CameraState, dragged
from hwr_live.camera.status import paint_status, paint_text
from hwr_live.middle import median
from hwr_live.reading import Box, Glyph, Reading
from hwr_live.tracking.motion import moved_reading
from hwr_live.ui import panel
from hwr_live.ui.layers import overlap, part_of
from hwr_live.ui.marks import paint_reading
from hwr_live.ui.paint import (
    WHITE,
    Colour,
    Image,
    Theme,
    dark,
    outline,
    put_text,
    shade,
)
from hwr_live.ui.table import draw_table

HELP = (
    ("Space", "freeze the picture, go on"),
    ("click", "put a frozen character right"),
    ("Z", "take that back"),
    ("drag", "read only a region; a click: all again"),
    ("arrows", "turn over pictures of a folder"),
    ("Enter", "print the text"),
    ("V", "show frame, ink or crops"),
    ("D", "read all, digits or letters"),
    ("T", "copy the text"),
    ("S", "save the picture and its JSON"),
    ("R", "start or stop a recording"),
    ("M", "show as in a mirror"),
    ("N", "next camera"),
    ("H", "show or hide this"),
    ("Esc", "close this; quit"),
)
"""All keys and what the mouse does."""

_KEYS_SHARE = 0.24  # of the plate of help, by eye

_LABELLED_PX = 17  # height of glyphs on an ordinary screen from which there is room for labels
_BACKDROP: Colour = (58, 50, 44)
_DIM: Colour = (40, 34, 30)


class CameraView:
    """Paints states, each over the one before.

    Args:
        theme: light or dark, of all but the picture.
    """

    def __init__(self, theme: Theme = "light") -> None:
        self._theme = theme
        self._painted: Image | None = None

    def paint(self, state: CameraState) -> Image:
        """The whole window: uint8 (height, width, 3); the next call paints over it."""
        width, height = state.layout.size
        if self._painted is not None and self._painted.shape[:2] != (height, width):
            self._painted = None
        self._painted = paint_camera(state, self._painted, self._theme)
        return self._painted


def paint_camera(state: CameraState, frame: Image | None = None, theme: Theme = "light") -> Image:
    """The whole window: uint8 (height, width, 3).

    Args:
        state: what is shown.
        frame: an earlier picture of the same size, painted over; a new one costs milliseconds.
        theme: light or dark, of all but the picture.
    """
    layout = state.layout
    width, height = layout.size
    if frame is None:
        frame = np.empty((height, width, 3), np.uint8)
    x, y, w, h = layout.picture
    _paint_picture(frame[y : y + h, x : x + w], state, theme)
    frame[h:] = _panel_ground(width, height - h)
    paint_status(frame, state)
    paint_text(frame, state)
    for box, (key, text) in zip(layout.keys, layout.legend, strict=False):
        panel.draw_key(frame, box, layout.font, key, text)
    _turn(frame, (0, h, width, height - h), theme)
    table, asked = state.right.table, state.right.asked
    if table is not None and asked is not None:
        title = "Which character is this?" + f" {state.profile} learns it." * bool(state.profile)
        char = _char_now(state, asked)
        # Turned twice, the picture around the plate is again what it was, or nearly.
        left, top, wide, high = table.box
        box = (left - 2, top - 2, wide + 4, high + 4)
        _turn(frame, box, theme)
        draw_table(frame, table, title, char, state.mouse)
        _turn(frame, box, theme)
    if state.help:
        _turn(frame, layout.picture, theme)
        panel.draw_help(frame, layout.picture, layout.font, HELP, _KEYS_SHARE)
        _turn(frame, layout.picture, theme)
    return frame


def _turn(frame: Image, box: Box, theme: Theme) -> None:
    """Gives a box the colours of the theme."""
    inner = overlap(box, (0, 0, frame.shape[1], frame.shape[0]))
    if theme == "dark" and inner is not None:
        part_of(frame, inner)[:] = dark(part_of(frame, inner))


@functools.lru_cache(maxsize=2)
def _panel_ground(width: int, height: int) -> Image:
    ground = np.empty((height, width, 3), np.uint8)
    ground[:] = panel.PANEL
    ground[0] = panel.EDGE
    ground.setflags(write=False)
    return ground


# The picture ------------------------------------------------------------------------------------


def _paint_picture(area: Image, state: CameraState, theme: Theme) -> None:
    if state.view == "crops":
        cells = _paint_crops(area, state)
        _turn(area, (0, 0, area.shape[1], area.shape[0]), theme)
        for cell, glyph in cells if theme == "dark" else ():
            panel.draw_crop(area, cell, glyph)  # as the network sees it, in every theme
        return
    shown = state.image
    if state.view == "ink" and state.ink is not None:
        shown = np.asarray(cv2.cvtColor(state.ink, cv2.COLOR_GRAY2BGR), np.uint8)
    if shown is None:
        area[:] = _BACKDROP
        return
    placement = state.placement
    part = _scaled_into(area, shown, placement)
    if (report := state.shown) is not None:
        reading = report.steady
        if shown is state.image:  # the ink is of the frame that was read
            reading = moved_reading(reading, state.motion)
        chosen = state.chosen
        number = next(
            (n for n, g in enumerate(reading.glyphs) if chosen is not None and g.box == chosen.box),
            None,
        )
        reading = _scaled(reading, placement)
        marked = None if number is None else reading.glyphs[number]
        labels = _tall_enough(reading, state.scale)
        paint_reading(part, reading, chosen=marked, labels=labels, scale=state.scale)
    if state.drag is not None:
        _paint_region(area, placement.to_window(dragged(state.drag)))
    elif state.region is not None:
        _paint_region(area, placement.to_window(state.region))


def _char_now(state: CameraState, glyph: Glyph) -> str | None:
    """What a glyph is taken for, with what was put right."""
    glyphs = state.shown.steady.glyphs if state.shown is not None else ()
    return next((g.char for g in glyphs if g.box == glyph.box), glyph.char)


def _tall_enough(reading: Reading, scale: float) -> bool:
    """Whether there is room for labels between the lines."""
    heights = [glyph.box[3] for glyph in reading.glyphs]
    return not heights or median(heights) >= _LABELLED_PX * scale


def _scaled_into(area: Image, image: Image, placement: Placement) -> Image:
    """Puts the image where it belongs in the area; returns that part."""
    height, width = area.shape[:2]
    left, top = max(0, placement.left), max(0, placement.top)
    w = min(max(1, round(placement.size[0] * placement.scale)), width - left)
    h = min(max(1, round(placement.size[1] * placement.scale)), height - top)
    if (h, w) != (height, width):
        area[:] = _BACKDROP
    part = area[top : top + h, left : left + w]
    if placement.mirror:
        image = np.asarray(cv2.flip(image, 1), np.uint8)
    if image.shape == part.shape:
        part[:] = image
    else:
        # Over areas is finer, but takes 11 ms, not 2, for 1920×1080 made a little smaller.
        way = cv2.INTER_AREA if placement.scale < 0.6 else cv2.INTER_LINEAR
        cv2.resize(image, (w, h), dst=part, interpolation=way)
    return part


def _scaled(reading: Reading, placement: Placement) -> Reading:
    """The reading in the pixels of the scaled picture."""
    if placement.scale == 1 and not placement.mirror:
        return reading
    here = dataclasses.replace(placement, left=0, top=0)
    return reading.map(lambda glyph: glyph.at(here.to_window(glyph.box)))


def _paint_region(area: Image, box: Box) -> None:
    """Darkens what is not read."""
    height, width = area.shape[:2]
    x, y, w, h = box
    for part in (
        (0, 0, width, y),
        (0, y + h, width, height - y - h),
        (0, y, x, h),
        (x + w, y, width - x - w, h),
    ):
        if part[2] > 0 and part[3] > 0:
            shade(area, part, _DIM, 0.55)
    outline(area, (x, y, max(2, w), max(2, h)), WHITE, 0, 2)


def _paint_crops(area: Image, state: CameraState) -> list[tuple[Box, Glyph]]:
    area[:] = panel.PANEL
    font = state.layout.font
    height, width = area.shape[:2]
    lines = state.shown.steady.lines if state.shown is not None else ()
    inner = (font, round(font * 2.4), width - 2 * font, height - round(font * 2.9))
    cells = crop_cells(inner, lines, font)
    total = sum(len(line.glyphs) for line in lines)
    hidden = f"and {total - len(cells)} more" if len(cells) < total else ""
    caption = (font, round(font * 0.7), width - 2 * font, font)
    panel.draw_caption(area, caption, font, "WHAT THE NETWORK SEES", hidden)
    if not cells:
        empty = "nothing written in view"
        put_text(area, empty, (width // 2, height // 2), font, panel.QUIET, align="centre")
    panel.draw_crops(area, cells, font, None)
    return cells
