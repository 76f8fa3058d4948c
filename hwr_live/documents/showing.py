"""A reading as a picture, and shown: in a notebook, or in a window."""

from __future__ import annotations

import sys

import cv2
import numpy as np

from hwr_live.documents.pictures import Source, as_picture
from hwr_live.media.images import check_array, encode_png, to_bgr8
from hwr_live.reading import Reading
from hwr_live.ui.marks import draw_reading
from hwr_live.ui.paint import Image

_ALIKE = 1.5  # how far ink may be stretched in its box; beyond, the page lies on its side


def drawn(reading: Reading, image: Source | None = None, *, labels: bool = True) -> Image:
    """Boxes and characters over a picture, coloured by confidence.

    Args:
        reading: what was read.
        image: the picture that was read, as of ``as_picture``; None for the reading's own ink on
            white.
        labels: whether characters are written too.

    Returns:
        uint8 (h, w, 3) BGR; the picture stays as it is.

    Raises:
        InputError: for what is no picture.
    """
    if image is None:
        return draw_reading(own_ink(reading), reading, labels=labels)
    picture = as_picture(image)
    check_array(picture)
    return draw_reading(to_bgr8(picture), reading, labels=labels)


def own_ink(reading: Reading) -> Image:
    """The ink of a reading's glyphs where they stand, dark on white: uint8 (h, w, 3)."""
    width, height = (max(1, side) for side in reading.size)
    page = np.full((height, width), 255, np.uint8)
    for glyph in reading.glyphs:
        x, y, w, h = glyph.box
        part = page[max(0, y) : y + h, max(0, x) : x + w]
        if glyph.ink is None or part.shape != (h, w) or not part.size:
            continue
        stretched = (w / glyph.ink.shape[1]) / (h / glyph.ink.shape[0])
        if 1 / _ALIKE <= stretched <= _ALIKE:
            ink = cv2.resize(glyph.ink, (w, h), interpolation=cv2.INTER_AREA)
            np.minimum(part, 255 - np.asarray(ink, np.uint8), out=part)
    return np.ascontiguousarray(np.repeat(page[:, :, None], 3, axis=2))


def show(picture: Image) -> None:
    """Shows a picture in the notebook that runs, or in a window until a key is pressed.

    Raises:
        DeviceError: if there is no display for a window.
    """
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    if running is not None and getattr(running, "kernel", None) is not None:
        from IPython import display

        display.display(display.Image(data=encode_png(picture)))
        return
    from hwr_live.ui.window import Window

    with Window("hwr-live") as window:
        while not window.closed and window.show(picture, 20) == -1:
            pass
