"""A reading over the picture that it was read from: a box and a label around each glyph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.middle import median
from hwr_live.reading import Box, Glyph, Line, Reading
from hwr_live.ui.paint import (
    SURE_FROM,
    WHITE,
    Colour,
    Image,
    capital_height,
    glyph_colour,
    plate,
    put_text,
    text_width,
)


@dataclass(frozen=True)
class Mark:
    """What is painted around a glyph.

    Equal marks look equal, so that what has not changed need not be painted again.

    Attributes:
        char: what stands on the label; None for ink that is no character, which is crossed out.
        sure: whether the box is whole, not dashed.
        colour: of box and label.
        box: around the glyph's ink, in the picture's pixels.
        thickness: of the lines, in pixels.
        label: where the label is; None without one.
        size: of the label's font, in pixels.
    """

    char: str | None
    sure: bool
    colour: Colour
    box: Box
    thickness: int
    label: Box | None
    size: int

    @property
    def extent(self) -> Box:
        """A box that it does not reach out of."""
        x, y, w, h = self.box
        more = 4 + self.thickness
        left, top, right, bottom = x - more, y - more, x + w + more, y + h + more
        if self.label is not None:
            x, y, w, h = self.label
            left, top = min(left, x - 2), min(top, y - 2)
            right, bottom = max(right, x + w + 2), max(bottom, y + h + 2)
        return (left, top, right - left, bottom - top)


def draw_reading(
    image: npt.NDArray[np.uint8],
    reading: Reading,
    *,
    chosen: Glyph | None = None,
    labels: bool = True,
) -> Image:
    """Boxes and characters over the picture, coloured by confidence.

    A sure glyph has a whole box, an unsure one a dashed box; an unreadable one is crossed out and
    labelled with a question mark.

    Args:
        image: uint8 (h, w, 3) BGR or (h, w) grey: the picture that was read.
        reading: what was read in it, in the image's coordinates.
        chosen: a glyph to bring out with a thicker box.
        labels: whether characters are written too; over small writing they would hide it.

    Returns:
        A BGR copy of the image, painted.
    """
    picture: Image = (
        np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
        if image.ndim == 2
        else image.copy()
    )
    paint_reading(picture, reading, chosen=chosen, labels=labels)
    return picture


def paint_reading(
    image: Image,
    reading: Reading,
    *,
    chosen: Glyph | None = None,
    labels: bool = True,
    scale: float = 1.0,
) -> None:
    """What :func:`draw_reading` does, into a BGR image itself; ``scale`` as of :func:`marks_of`."""
    for mark in marks_of(reading, image.shape[:2], chosen=chosen, labels=labels, scale=scale):
        paint_mark(image, mark)


def marks_of(
    reading: Reading,
    shape: tuple[int, ...],
    *,
    chosen: Glyph | None = None,
    labels: bool = True,
    scale: float = 1.0,
) -> Iterator[Mark]:
    """The marks of all glyphs, in the order in which they are painted.

    Args:
        reading: in the picture's coordinates.
        shape: the picture's height and width: labels stay inside.
        chosen: as for :func:`draw_reading`.
        labels: as for :func:`draw_reading`.
        scale: how many pixels of the screen are one of an ordinary screen's: labels are so much
            larger at the least and at the most.
    """
    for line in reading.lines:
        size = _label_size(line, scale)
        for glyph in line.glyphs:
            thickness = max(1, round(size / 16)) + (glyph is chosen)
            yield Mark(
                glyph.char,
                glyph.char is not None and glyph.confidence >= SURE_FROM,
                glyph_colour(glyph),
                glyph.box,
                thickness,
                _label_box(glyph, size, shape) if labels else None,
                size,
            )


def paint_mark(image: Image, mark: Mark) -> None:
    """Paints one mark into the picture that it was made for."""
    x, y, w, h = mark.box
    left, top, right, bottom = x - 3, y - 3, x + w + 2, y + h + 2
    if mark.sure:
        cv2.rectangle(image, (left, top), (right, bottom), mark.colour, mark.thickness)
    else:
        _dashed(image, (left, top, right, bottom), mark.colour, mark.thickness)
    if mark.char is None:
        start, end = (left, bottom), (right, top)
        cv2.line(image, start, end, mark.colour, mark.thickness, cv2.LINE_AA)
    if mark.label is None:
        return
    size = mark.size
    left, top, width, height = mark.label
    plate(image, mark.label, mark.colour, max(2, size // 6))
    at = (left + width // 2, top + (height + capital_height(size)) // 2)
    put_text(image, mark.char or "?", at, size, WHITE, bold=True, align="centre")


def _label_box(glyph: Glyph, size: int, shape: tuple[int, ...]) -> Box:
    """Above the glyph's box, or below where there is no room, inside the picture."""
    x, y, w, h = glyph.box
    top, bottom = y - 3, y + h + 2
    width = text_width(glyph.char or "?", size, bold=True) + max(6, size // 2)
    height = capital_height(size) + max(6, size // 2)
    label_top = top - height if top >= height else min(bottom, shape[0] - height)
    label_left = min(max(0, x + w // 2 - width // 2), max(0, shape[1] - width))
    return (label_left, label_top, width, height)


def _label_size(line: Line, scale: float) -> int:
    """The font for a line's labels: one size, so that they look like the text that they are."""
    heights = [max(glyph.box[2], glyph.box[3]) for glyph in line.glyphs]
    usual = median(heights) * 0.22 if heights else 0.0
    return int(min(40 * scale, max(12 * scale, usual)))


def _dashed(
    image: Image, corners: tuple[int, int, int, int], colour: Colour, thickness: int
) -> None:
    left, top, right, bottom = corners
    dash = 4 + thickness
    for x in range(left, right, 2 * dash):
        for y in (top, bottom):
            cv2.line(image, (x, y), (min(x + dash, right), y), colour, thickness)
    for y in range(top, bottom, 2 * dash):
        for x in (left, right):
            cv2.line(image, (x, y), (x, min(y + dash, bottom)), colour, thickness)
