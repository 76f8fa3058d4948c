"""A contact sheet: a profile's samples on one picture, a row or more for each character."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from hwr_live.profiles.corrections import FOLDERS
from hwr_live.profiles.files import GlyphInk, Sample
from hwr_live.ui import panel
from hwr_live.ui.paint import INK, WHITE, Image, capital_height, put_text

_CELL, _GAP, _LABEL, _COLUMNS = 64, 6, 56, 12  # pixels, and samples in a row
_FONT = 30


def contact_sheet(samples: Sequence[Sample]) -> Image:
    """All samples by character, dark on white: uint8 (h, w, 3).

    Each fills its cell as far as its shape allows; how large it was written is not told.
    """
    rows: list[tuple[str, list[Sample]]] = []
    for char in FOLDERS.values():
        of_char = [sample for sample in samples if sample.char == char]
        for first in range(0, len(of_char), _COLUMNS):
            rows.append((char * (first == 0), of_char[first : first + _COLUMNS]))
    step = _CELL + _GAP
    columns = max((len(row) for _, row in rows), default=1)
    size = (step * max(1, len(rows)) + _GAP, _LABEL + step * columns + _GAP, 3)
    sheet: Image = np.full(size, 255, np.uint8)
    for number, (char, row) in enumerate(rows):
        top = _GAP + number * step
        if char:
            cv2.line(sheet, (0, top - _GAP // 2), (size[1], top - _GAP // 2), panel.EDGE)
            baseline = top + (_CELL + capital_height(_FONT)) // 2
            put_text(sheet, char, (_LABEL // 2, baseline), _FONT, INK, bold=True, align="centre")
        for column, sample in enumerate(row):
            left = _LABEL + column * step
            sheet[top : top + _CELL, left : left + _CELL] = _cell(sample.ink)
    return sheet


def _cell(ink: GlyphInk) -> Image:
    """A sample in the middle of its cell, at its aspect."""
    cell: Image = np.full((_CELL, _CELL, 3), WHITE, np.uint8)
    scale = (_CELL - 8) / max(ink.shape)
    width, height = (max(1, round(n * scale)) for n in (ink.shape[1], ink.shape[0]))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    dark = cv2.bitwise_not(np.asarray(cv2.resize(ink, (width, height), interpolation=way)))
    top, left = (_CELL - height) // 2, (_CELL - width) // 2
    cell[top : top + height, left : left + width] = np.asarray(dark)[:, :, None]
    return cell
