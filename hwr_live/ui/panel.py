"""Parts of a side panel: a reading's text, the likeliest five, what the network sees, keys."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, LOWER, UPPER
from hwr_live.reading import Box, Glyph, Reading
from hwr_live.ui.paint import (
    INK,
    POOR,
    SURE_FROM,
    WHITE,
    Colour,
    Image,
    capital_height,
    confidence_colour,
    fit_text,
    glyph_colour,
    outline,
    plate,
    put_text,
    shade,
    text_width,
)

PANEL: Colour = (247, 245, 243)
EDGE: Colour = (222, 217, 212)
QUIET: Colour = (128, 116, 106)
ACCENT: Colour = (150, 96, 28)
_TRACK: Colour = (232, 228, 224)
_LESSER: Colour = (200, 178, 150)
_PLAIN = (int, float, str, tuple, type(None))
_FADE = 0.6  # of what is behind the help, by eye


class Parts:
    """Parts of a picture: what has not changed since the last one is not painted again."""

    def __init__(self) -> None:
        self._painted: dict[str, tuple[object, ...]] = {}

    def new(self, part: str, *of: object) -> bool:
        """Whether a part is of other things than when this was asked last: plain values are told
        by what they are, all else by identity, as readings that are equal may hold other crops."""
        old, self._painted[part] = self._painted.get(part), of
        if old is None or len(old) != len(of):
            return True
        return any(
            a is not b and not (isinstance(a, _PLAIN) and a == b)
            for a, b in zip(of, old, strict=True)
        )

    def forget(self) -> None:
        """Has every part painted anew."""
        self._painted.clear()


def draw_caption(image: Image, box: Box, font: int, text: str, right: str = "") -> None:
    """A part's heading, at the upper end of its box, with a remark at the right."""
    x, y, w, _ = box
    size = max(10, round(font * 0.82))
    baseline = y + capital_height(size) + 2
    remark = fit_text(right, size, w - text_width(text, size, bold=True) - font)
    put_text(image, text, (x, baseline), size, QUIET, bold=True)
    put_text(image, remark, (x + w, baseline), size, QUIET, align="right")


def draw_text_of(image: Image, box: Box, font: int, reading: Reading, empty: str = "") -> int:
    """The text of a reading, each character in the colour of its confidence, as large as fits.

    Text that is too long for the box loses its start: what was written last is wanted most.
    Returns how many lines are left out.

    Args:
        image: painted in place.
        box: where the text may be.
        font: the smallest size, in pixels.
        reading: its lines, one below the other.
        empty: what to say where nothing was read.
    """
    x, y, w, h = box
    lines = [
        [glyph for word in line.words for glyph in (*word, None)][:-1]
        for line in reading.lines
        if line.text
    ]
    if not lines:
        put_text(image, fit_text(empty, font, w), (x, y + (h + font) // 2 - font // 4), font, QUIET)
        return 0
    largest = max(font, min(round(h * 0.6), font * 3))
    size = next(
        (
            size
            for size in range(largest, font, -1)
            if round(size * 1.3) * len(lines) <= h
            and all(_stops(line, size)[-1] <= w for line in lines)
        ),
        font,
    )
    step = round(size * 1.3)
    hidden = max(0, len(lines) - max(1, h // step))
    lines = lines[hidden:]
    top = y + max(0, h - step * len(lines)) // 2
    for row, line in enumerate(lines):
        baseline = top + row * step + (step + capital_height(size)) // 2
        _draw_line(image, line, (x, baseline), size, w)
    return hidden


def _draw_line(
    image: Image, line: Sequence[Glyph | None], at: tuple[int, int], size: int, width: int
) -> None:
    x, baseline = at
    stops = _stops(line, size)
    first = 0
    if stops[-1] > width:
        dots = text_width("…", size)
        first = next(i for i, stop in enumerate(stops) if stops[-1] - stop <= width - dots)
        put_text(image, "…", (x, baseline), size, QUIET)
        x += dots
    for i, glyph in enumerate(line[first:], first):
        if glyph is None or not glyph.char:
            continue
        left, right = (x + stop - stops[first] for stop in stops[i : i + 2])
        sure = glyph.confidence >= SURE_FROM
        colour = INK if sure else confidence_colour(glyph.confidence)
        put_text(image, glyph.char, (left, baseline), size, colour)
        if not sure:
            under = baseline + max(2, size // 8)
            cv2.line(image, (left, under), (right - 2, under), colour, max(1, size // 14))


def _stops(line: Sequence[Glyph | None], size: int) -> list[int]:
    """Where each glyph of a line begins, and where the last one ends; None is a space."""
    stops, text = [0], ""
    for glyph in line:
        text += " " if glyph is None else glyph.char or ""
        stops.append(text_width(text, size))
    return stops


def draw_candidates(image: Image, box: Box, font: int, glyph: Glyph | None) -> None:
    """The likeliest five of what a glyph may be, each with a bar as long as it is likely."""
    x, y, w, h = box
    row = h // 5
    kinds = w >= 200
    bar_x = x + round(font * (5.6 if kinds else 1.7))
    bar_w = x + w - round(font * 3.1) - bar_x
    thick = max(4, round(font * 0.55))
    chances = () if glyph is None else glyph.chances[:5]
    for i in range(5):
        middle = y + row * i + row // 2
        track = (bar_x, middle - thick // 2, bar_w, thick)
        _bar(image, track, _TRACK)
        if glyph is None or i >= len(chances):
            continue
        char, p = chances[i]
        colour = glyph_colour(glyph) if char == glyph.char else _LESSER
        length = round(bar_w * min(1.0, max(0.0, p)))
        if length >= 1:
            _bar(image, (bar_x, track[1], length, thick), colour)
        baseline = middle + capital_height(font) // 2
        if char is not None:
            put_text(image, char, (x, baseline), round(font * 1.15), INK, bold=True)
        elif not kinds:
            put_text(image, "?", (x, baseline), round(font * 1.15), POOR, bold=True)
        if kinds:
            told, left = ("no char.", x) if char is None else (_kind(char), x + round(font * 1.6))
            put_text(image, told, (left, baseline), round(font * 0.8), QUIET)
        put_text(image, percent(p), (x + w, baseline), round(font * 0.9), QUIET, align="right")


def draw_reasons(
    image: Image,
    box: Box,
    font: int,
    rows: Sequence[tuple[str, str, float, bool]],
    *,
    words: bool = False,
) -> None:
    """Who says what, each with a bar as long as it is sure.

    Args:
        image: painted in place.
        box: where five rows have room.
        font: size of the text, in pixels.
        rows: who, what, how sure from 0 to 1, and whether it came out so.
        words: whether it is words that they say, which take the room of the bars.
    """
    x, y, w, h = box
    row = h // 5
    small = max(9, round(font * 0.8))
    who_w = round(w * 0.44)
    bar_x = x + who_w + round(font * 1.6)
    bar_w = max(0, x + w - round(font * 3.1) - bar_x)
    thick = max(4, round(font * 0.55))
    for i, (who, what, p, agrees) in enumerate(rows[:5]):
        middle = y + row * i + row // 2
        baseline = middle + capital_height(font) // 2
        put_text(image, fit_text(who, small, who_w), (x, baseline), small, QUIET)
        colour = INK if agrees else POOR
        put_text(image, percent(p), (x + w, baseline), round(font * 0.9), QUIET, align="right")
        if words:
            what = fit_text(what, font, w - who_w - round(font * 3.1), bold=True)
            put_text(image, what, (x + who_w, baseline), font, colour, bold=True)
            continue
        put_text(image, what, (x + who_w, baseline), round(font * 1.15), colour, bold=True)
        _bar(image, (bar_x, middle - thick // 2, bar_w, thick), _TRACK)
        length = round(bar_w * min(1.0, max(0.0, p)))
        if length >= 1:
            _bar(image, (bar_x, middle - thick // 2, length, thick), ACCENT if agrees else _LESSER)


def _bar(image: Image, box: Box, colour: Colour) -> None:
    x, y, w, h = box
    cv2.rectangle(image, (x, y), (x + w - 1, y + h - 1), colour, cv2.FILLED)


def _kind(char: str) -> str:
    """Tells I from l and 0 from O where a font does not."""
    if char in DIGITS:
        return "digit"
    return "capital" if char in UPPER else "small" if char in LOWER else "mark"


def percent(p: float) -> str:
    """A probability; never 100 % for what is not certain, nor 0 % for what is not impossible."""
    if p <= 0 or p >= 1:
        return f"{100 * p:.0f} %"
    return "<1 %" if p < 0.005 else f"{min(99, max(1, round(100 * p)))} %"


def draw_crops(
    image: Image,
    cells: Sequence[tuple[Box, Glyph]],
    font: int,
    chosen: Glyph | None,
    *,
    shares: bool = True,
) -> None:
    """What the network sees of each glyph, with what it makes of it below.

    Args:
        image: painted in place.
        cells: the glyphs and where they are shown.
        font: of the text below, in pixels.
        chosen: one to bring out.
        shares: whether the confidence is written too, where there is room for each.
    """
    size = max(10, round(font * 0.86))
    small = max(10, round(size * 0.85))
    shares = shares and all(_label_width(glyph, size, small) <= w for (_, _, w, _), glyph in cells)
    for cell, glyph in cells:
        draw_crop(image, cell, glyph)
        x, y, w, h = cell
        if glyph is chosen:
            cv2.rectangle(image, (x - 2, y - 2), (x + w + 1, y + h + 1), glyph_colour(glyph), 2)
        baseline = y + h + round(font * 0.4) + capital_height(size)
        label = glyph.char or "?"
        colour = glyph_colour(glyph)
        if shares:
            put_text(image, label, (x + 1, baseline), size, colour, bold=True)
            share = percent(glyph.confidence)
            put_text(image, share, (x + w, baseline), small, QUIET, align="right")
        else:
            put_text(image, label, (x + w // 2, baseline), size, colour, bold=True, align="centre")


def _label_width(glyph: Glyph, size: int, small: int) -> int:
    """Pixels that a glyph's character and its share need beside each other."""
    share = text_width(percent(glyph.confidence), small)
    return text_width(glyph.char or "?", size, bold=True) + share + size // 2


def draw_crop(image: Image, cell: Box, glyph: Glyph) -> None:
    """One crop, pixel by pixel, in its square; a dark square where there is none."""
    x, y, w, h = cell
    part = image[y : y + h, x : x + w]
    if part.shape[:2] != (h, w) or not part.size:
        return
    crop: npt.NDArray[np.uint8] = (
        glyph.crop if glyph.crop is not None else np.zeros((1, 1), np.uint8)
    )
    whole = w % crop.shape[1] == 0
    large = cv2.resize(crop, (w, h), interpolation=cv2.INTER_NEAREST if whole else cv2.INTER_LINEAR)
    part[:] = cv2.cvtColor(large, cv2.COLOR_GRAY2BGR)


def draw_key(image: Image, box: Box, font: int, key: str, text: str) -> None:
    """A key cap and what it does."""
    x, y, w, h = box
    size = max(10, round(font * 0.82))
    cap_w = max(round(size * 1.7), text_width(key, size, bold=True) + size)
    cap_h = min(h - 3, round(size * 1.6))
    cap_y = y + (h - cap_h) // 2
    plate(image, (x, cap_y, cap_w, cap_h), WHITE, 4)
    outline(image, (x, cap_y, cap_w, cap_h), EDGE, 4)
    baseline = y + (h + capital_height(size)) // 2
    put_text(image, key, (x + cap_w // 2, baseline), size, INK, bold=True, align="centre")
    room = w - cap_w - size
    put_text(image, fit_text(text, size, room), (x + cap_w + size // 2, baseline), size, QUIET)


def draw_note(image: Image, box: Box, font: int, text: str, *, warning: bool = False) -> None:
    """One line about what just happened."""
    x, y, w, h = box
    size = max(10, round(font * 0.9))
    baseline = y + (h + capital_height(size)) // 2
    put_text(image, fit_text(text, size, w), (x, baseline), size, POOR if warning else ACCENT)


def draw_help(
    image: Image, area: Box, largest: int, rows: Sequence[tuple[str, str]], share: float
) -> None:
    """A plate with all keys and what they do, over an area that is faded behind it.

    Args:
        image: painted in place.
        area: where the plate may be, in its middle.
        largest: font size in pixels; a smaller one is taken where there is less room.
        rows: keys, or uses of the mouse, and what they do.
        share: of the plate's width that is the keys'.
    """
    x, y, w, h = area
    shade(image, area, WHITE, _FADE)
    font = max(9, min(largest, (h - 20) // (2 * len(rows) + 1), (w - 20) // 26))
    row = round(font * 1.9)
    plate_w, plate_h = min(w - 8, font * 27), min(h - 8, row * len(rows) + 2 * font)
    left, top = x + (w - plate_w) // 2, y + (h - plate_h) // 2
    plate(image, (left, top, plate_w, plate_h), PANEL, 10)
    outline(image, (left, top, plate_w, plate_h), QUIET, 10)
    middle = left + round(plate_w * share)
    for i, (key, text) in enumerate(rows):
        baseline = top + font + row * i + (row + capital_height(font)) // 2
        put_text(image, key, (middle - font // 2, baseline), font, INK, bold=True, align="right")
        room = left + plate_w - middle - font
        put_text(image, fit_text(text, font, room), (middle + font // 2, baseline), font, QUIET)
