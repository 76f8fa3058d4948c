"""The camera window's picture: a pure function of its state."""

from __future__ import annotations

import dataclasses
import functools

import cv2
import numpy as np

from hwr_live.camera.layout import Placement, crop_cells
from hwr_live.camera.state import CameraState, dragged
from hwr_live.media.recorder import megabytes
from hwr_live.reading import Box, Glyph, Reading
from hwr_live.tracking.motion import moved_reading
from hwr_live.ui import panel
from hwr_live.ui.paint import (
    INK,
    POOR,
    SURE,
    WHITE,
    Colour,
    Image,
    capital_height,
    fit_text,
    outline,
    paint_reading,
    plate,
    put_text,
    shade,
    text_width,
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

_LABELLED_PX = 17  # height of glyphs on the screen from which there is room for labels
_BACKDROP: Colour = (58, 50, 44)
_DIM: Colour = (40, 34, 30)


def paint_camera(state: CameraState, frame: Image | None = None) -> Image:
    """The whole window: uint8 (height, width, 3).

    Args:
        state: what is shown.
        frame: an earlier picture of the same size, painted over; a new one costs milliseconds.
    """
    layout = state.layout
    width, height = layout.size
    if frame is None:
        frame = np.empty((height, width, 3), np.uint8)
    x, y, w, h = layout.picture
    _paint_picture(frame[y : y + h, x : x + w], state)
    frame[h:] = _panel_ground(width, height - h)
    _paint_status(frame, state)
    _paint_text(frame, state)
    for box, (key, text) in zip(layout.keys, layout.legend, strict=False):
        panel.draw_key(frame, box, layout.font, key, text)
    table, asked = state.right.table, state.right.asked
    if table is not None and asked is not None:
        title = "Which character is this?" + f" {state.profile} learns it." * bool(state.profile)
        draw_table(frame, table, title, _char_now(state, asked), state.mouse)
    if state.help:
        panel.draw_help(frame, layout.picture, layout.font, HELP, _KEYS_SHARE)
    return frame


@functools.lru_cache(maxsize=2)
def _panel_ground(width: int, height: int) -> Image:
    ground = np.empty((height, width, 3), np.uint8)
    ground[:] = panel.PANEL
    ground[0] = panel.EDGE
    ground.setflags(write=False)
    return ground


# The picture ------------------------------------------------------------------------------------


def _paint_picture(area: Image, state: CameraState) -> None:
    if state.view == "crops":
        _paint_crops(area, state)
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
        paint_reading(part, reading, chosen=marked, labels=_tall_enough(reading))
    if state.drag is not None:
        _paint_region(area, placement.to_window(dragged(state.drag)))
    elif state.region is not None:
        _paint_region(area, placement.to_window(state.region))


def _char_now(state: CameraState, glyph: Glyph) -> str | None:
    """What a glyph is taken for, with what was put right."""
    glyphs = state.shown.steady.glyphs if state.shown is not None else ()
    return next((g.char for g in glyphs if g.box == glyph.box), glyph.char)


def _tall_enough(reading: Reading) -> bool:
    """Whether there is room for labels between the lines."""
    heights = [glyph.box[3] for glyph in reading.glyphs]
    return not heights or float(np.median(heights)) >= _LABELLED_PX


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


def _paint_crops(area: Image, state: CameraState) -> None:
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


# The panel --------------------------------------------------------------------------------------


def _paint_status(frame: Image, state: CameraState) -> None:
    """At the left the state, at the right the pace, between them what is amiss or just happened."""
    x, y, w, h = state.layout.status
    font = state.layout.font
    size = max(11, round(font * 0.86))
    baseline = y + (h + capital_height(size)) // 2
    left = x
    for text, colour in _states(state):
        wide = text_width(text, size, bold=True) + size
        plate(frame, (left, y + (h - round(size * 1.7)) // 2, wide, round(size * 1.7)), colour, 5)
        put_text(frame, text, (left + size // 2, baseline), size, WHITE, bold=True)
        left += wide + size // 2
    text, colour = _remark(state)
    left += size // 2 if left > x else 2
    # What is amiss is told in full; there are fewer figures then.
    paces = _paces(state)
    needed = text_width(text, size) + 2 * size if text else 0
    pace = next((p for p in paces if left + needed + text_width(p, size) <= x + w), paces[-1])
    put_text(frame, pace, (x + w, baseline), size, panel.QUIET, align="right")
    room = x + w - text_width(pace, size) - left - 2 * size * bool(pace)
    put_text(frame, fit_text(text, size, room), (left, baseline), size, colour)


def _states(state: CameraState) -> list[tuple[str, Colour]]:
    states: list[tuple[str, Colour]] = []
    if state.frozen:
        states.append(("FROZEN" if state.live else "PAUSED", panel.ACCENT))
    elif state.ended and not state.still:
        states.append(("END", panel.ACCENT))
    elif state.live:
        states.append(("NO FRAMES", POOR) if state.silence_s else ("LIVE", SURE))
    if state.recording_s is not None:
        size = megabytes(state.recording_size)
        states.append((f"REC {clock(state.recording_s)} · {size}", POOR))
    if state.mirror:
        states.append(("MIRRORED", panel.QUIET))
    if state.chars != "all":
        states.append((fit_text(state.chars.upper(), 12, 120), panel.QUIET))
    return states


def _remark(state: CameraState) -> tuple[str, Colour]:
    if state.note is not None:
        return state.note.text, POOR if state.note.warning else panel.ACCENT
    if state.silence_s:
        return f"no frame for {state.silence_s:.0f} s, trying again", POOR
    if state.advice:
        return state.advice, POOR if "nothing" not in state.advice else panel.QUIET
    return "", INK


def _paces(state: CameraState) -> list[str]:
    """How fast it is, with ever fewer figures, and at last with none."""
    parts = [state.clock] if state.clock else []
    if not state.still:
        parts.append(f"{state.fps:.0f} fps")
    if state.age_s is not None:
        ago = f"{1000 * state.age_s:.0f} ms" if state.age_s < 1 else f"{state.age_s:.1f} s"
        parts.append(f"{ago} ago")
    if state.report is not None and "total" in state.report.reading.ms:
        parts.append(f"read in {state.report.reading.ms['total']:.0f} ms")
    return [" · ".join(parts[:count]) for count in range(len(parts), -1, -1)]


def clock(seconds: float) -> str:
    """Minutes and seconds, such as 0:07."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _paint_text(frame: Image, state: CameraState) -> None:
    x, y, w, h = state.layout.text
    text = state.shown.text if state.shown is not None else ""
    settled = state.report is not None and state.report.settled
    frame[y : y + h, x : x + w] = text_block(text, (w, h), state.layout.font, settled)


@functools.lru_cache(maxsize=4)
def text_block(text: str, size: tuple[int, int], font: int, settled: bool) -> Image:
    """The settled text on a white plate, all lines of it if they fit, as large as fits.

    Args:
        text: lines of it.
        size: width and height of the plate.
        font: the window's font size.
        settled: whether the text stands for what is in view; grey if not.
    """
    w, h = size
    block = np.empty((h, w, 3), np.uint8)
    block[:] = panel.PANEL
    plate(block, (0, 0, w, h), WHITE, 6)
    outline(block, (0, 0, w, h), panel.EDGE, 6)
    lines = text.split("\n") if text else ["nothing read yet"]
    pad = round(font * 0.7)
    columns, large = _text_fit(lines, (w - 2 * pad, h - pad), font) if text else (1, font)
    step, column_w = round(1.3 * large), (w - 2 * pad) // columns
    rows = min(max(1, (h - pad) // step), -(-len(lines) // columns))
    if len(lines) > rows * columns:
        more = len(lines) - rows * columns + 1
        lines = [*lines[: rows * columns - 1], f"… {more} more lines"]
    top = (h - rows * step) // 2
    for i, line in enumerate(lines):
        at = (
            pad + i // rows * column_w,
            top + i % rows * step + (step + capital_height(large)) // 2,
        )
        line = fit_text(line, large, column_w - (pad if columns > 1 else 0))
        put_text(block, line, at, large, INK if text and settled else panel.QUIET)
    block.setflags(write=False)
    return block


def _text_fit(lines: list[str], room: tuple[int, int], font: int) -> tuple[int, int]:
    """In how many columns, and at which size, the lines go: one column unless it is too small."""
    smallest, comfortable = max(11, round(font * 0.8)), round(font * 1.2)

    def fits(columns: int, size: int) -> bool:
        rows = -(-len(lines) // columns)
        widest = room[0] // columns - (font if columns > 1 else 0)
        return rows * round(1.3 * size) <= room[1] and all(
            text_width(line, size) <= widest for line in lines
        )

    for size in range(round(font * 2.2), smallest, -1):
        for columns in (1,) if size >= comfortable else (1, 2, 3):
            if fits(columns, size):
                return columns, size
    rows = max(1, room[1] // round(1.3 * smallest))
    return min(3, max(1, room[0] // (18 * font)), -(-len(lines) // rows)), smallest
