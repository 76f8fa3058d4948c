"""Pictures of lines: what training shows a network, and what a network read worst."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.strip import HEIGHT
from hwr_live.ui.paint import fit_text, put_text
from train.lines.compose import Line
from train.results.plots import FAINT, INK, MARGIN, SMALL, TEXT, new_page

_WIDTH = 520  # pixels of a column; a longer strip is cut
_STEP = HEIGHT + 40


def sheet(
    lines: Sequence[Line], read: Sequence[str] | None = None, *, columns: int = 2, title: str = ""
) -> npt.NDArray[np.uint8]:
    """Strips in columns with their texts below, and what was read instead.

    Args:
        lines: at least one.
        read: for each line what a network read, or None.
        columns: at least 1.
        title: above.

    Returns:
        uint8 (height, width, 3) BGR.
    """
    rows = -(-len(lines) // columns)
    width = columns * (_WIDTH + MARGIN) + MARGIN
    page = new_page(rows * _STEP + 90, width, title or f"{len(lines)} lines")
    for number, line in enumerate(lines):
        row, column = divmod(number, columns)
        x, y = MARGIN + column * (_WIDTH + MARGIN), 70 + row * _STEP
        strip = line.image[:, :_WIDTH]
        page[y : y + HEIGHT, x : x + strip.shape[1]] = strip[..., None]
        text = f"{line.source}: {line.text}" if line.text else f"{line.source}: (no writing)"
        if read is None:
            put_text(page, fit_text(text, TEXT, _WIDTH), (x, y + HEIGHT + 18), TEXT, INK)
            continue
        put_text(page, fit_text(text, SMALL, _WIDTH), (x, y + HEIGHT + 14), SMALL, FAINT)
        put_text(page, fit_text(read[number], TEXT, _WIDTH), (x, y + HEIGHT + 32), TEXT, INK)
    return page


def png(picture: npt.NDArray[np.uint8]) -> bytes:
    """The picture as a PNG file's bytes."""
    return bytes(cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes())
