"""Below the camera's picture: what state it is in, what is amiss, how fast it is, and the text."""

from __future__ import annotations

import functools

import numpy as np

from hwr_live.camera.state import CameraState
from hwr_live.media.recorder import megabytes
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
    plate,
    put_text,
    text_width,
)


def paint_status(frame: Image, state: CameraState) -> None:
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
    if not state.stands:
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


def paint_text(frame: Image, state: CameraState) -> None:
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
