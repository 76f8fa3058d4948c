"""Painting into BGR images: text, plates, colours.

Text is drawn into the image, not by the window system, so it looks the same on the screen, in a
screenshot and in a file. Painting is in place.
"""

from __future__ import annotations

import functools
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.reading import Box, Glyph

Image = npt.NDArray[np.uint8]
"""uint8 (height, width, 3), blue, green, red."""

Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

Theme = Literal["light", "dark"]
"""The colours of a window."""

_BLACK = 26  # grey value of what is white in the light theme: pure black is hard on the eyes

WHITE: Colour = (255, 255, 255)
INK: Colour = (54, 40, 32)
SURE: Colour = (96, 132, 22)
UNSURE: Colour = (20, 128, 204)
POOR: Colour = (72, 58, 200)

SURE_FROM = 0.85
"""Confidence from which a glyph is shown as sure; 0.45 is halfway to unreadable."""
_UNSURE_AT = 0.45

_CAPITALS = 0.7  # height of a capital as a share of the font's size, in both fonts below
_HERSHEY_CAPITALS = 21.0  # height of a capital at scale 1
_OVERSAMPLE = 4
_ASCII = str.maketrans({"…": "...", "×": "x", "–": "-", "—": "-", "·": "-", "’": "'", "→": ">"})

# OpenCV 5 has a TrueType font built in. Before, there are only Hershey's thin strokes, which look
# well when they are drawn larger and then shrunk.
_FACE: Any = cv2.FontFace("sans") if hasattr(cv2, "FontFace") else None


def put_text(
    image: Image,
    text: str,
    at: tuple[int, int],
    size: int,
    colour: Colour = INK,
    *,
    bold: bool = False,
    align: Literal["left", "centre", "right"] = "left",
) -> None:
    """Draws one line of anti-aliased text.

    Args:
        image: uint8 (h, w, 3); what does not fit into it is cut off.
        text: anything; characters that the font lacks become question marks, line ends spaces.
        at: x of the left end, centre or right end, y of the baseline, in pixels.
        size: of the font in pixels; capitals are 0.7 times as high.
        colour: of the text.
        bold: heavier strokes.
        align: what the x of ``at`` is.
    """
    text = _printable(text)
    if not text or size < 1:
        return
    x, y = at
    if align != "left":
        width = text_width(text, size, bold=bold)
        x -= width if align == "right" else width // 2
    if _FACE is not None:
        # A range to wrap in that nothing reaches: text must run out of the image, not come back.
        cv2.putText(image, text, (x, y), colour, _FACE, size, 600 if bold else 400, 0, (0, 1 << 20))
        return
    mask = _hershey(text, size, bold)
    _blend(image, mask, (x - 1, y - size), colour)


def text_width(text: str, size: int, *, bold: bool = False) -> int:
    """Width in pixels of what :func:`put_text` draws."""
    return _text_width(_printable(text), size, bold)


def fit_text(
    text: str, size: int, width: int, *, bold: bool = False, keep: Literal["start", "end"] = "start"
) -> str:
    """The text, or as much of its start or end as fits into ``width`` pixels with an ellipsis."""
    if text_width(text, size, bold=bold) <= width:
        return text
    low, high = 0, len(text)  # the most characters that fit, by bisection
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(_cut(text, middle, keep), size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return _cut(text, low, keep) if low else ""


def capital_height(size: int) -> int:
    """Height of a capital in pixels: what to add to y to centre a line of text on it, doubled."""
    return round(_CAPITALS * size)


def shade(image: Image, box: Box, colour: Colour, alpha: float) -> None:
    """Lays ``colour`` over a box of the image; ``alpha`` 0 leaves it, 1 covers it."""
    x, y, w, h = box
    part = image[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    if part.size:
        cover = np.empty_like(part)
        cover[:] = colour
        cv2.addWeighted(cover, alpha, part, 1 - alpha, 0, dst=part)


def plate(image: Image, box: Box, colour: Colour, radius: int = 6) -> None:
    """Fills a box with rounded corners."""
    cv2.fillPoly(image, [_rounded(box, radius)], colour, cv2.LINE_AA, 4)


def outline(image: Image, box: Box, colour: Colour, radius: int = 6, thickness: int = 1) -> None:
    """Draws the edge of a box with rounded corners."""
    cv2.polylines(image, [_rounded(box, radius)], True, colour, thickness, cv2.LINE_AA, 4)


def confidence_colour(confidence: float) -> Colour:
    """Green for a sure glyph, over orange, to red for one that is hardly more than a guess."""
    if confidence >= SURE_FROM:
        return SURE
    if confidence >= _UNSURE_AT:
        share = (confidence - _UNSURE_AT) / (SURE_FROM - _UNSURE_AT)
        return mix(UNSURE, SURE, share * 0.35)  # it may not look sure while it is not
    return mix(POOR, UNSURE, max(0.0, confidence) / _UNSURE_AT * 0.6)


def glyph_colour(glyph: Glyph) -> Colour:
    """The colour of a glyph's box, label and bar."""
    return POOR if glyph.char is None else confidence_colour(glyph.confidence)


def _rounded(box: Box, radius: int) -> npt.NDArray[np.int32]:
    """The outline of a box with rounded corners, int32 (n, 1, 2) in sixteenths of a pixel."""
    x, y, w, h = box
    return _rounded_outline(w, h, max(0, min(radius, w // 2, h // 2))) + np.array(
        (x * 16, y * 16), np.int32
    )


@functools.lru_cache(maxsize=1024)
def _rounded_outline(w: int, h: int, radius: int) -> npt.NDArray[np.int32]:
    angles = np.linspace(0, np.pi / 2, 6 if radius else 1)
    right, bottom = w - 1 - radius, h - 1 - radius
    corners = [(right, bottom), (radius, bottom), (radius, radius), (right, radius)]
    points = [
        (x + radius * np.cos(angle + turn), y + radius * np.sin(angle + turn))
        for turn, (x, y) in zip(np.arange(4) * np.pi / 2, corners, strict=True)
        for angle in angles
    ]
    return np.round(np.array(points) * 16).astype(np.int32).reshape(-1, 1, 2)


def dark(image: Image) -> Image:
    """The picture in the dark theme: what is light becomes dark and what is dark light, all in its
    own hue, as HSL has hue and lightness.

    Args:
        image: uint8 (h, w, 3), light; it stays as it is.
    """
    channels = cv2.split(image)
    highest = cv2.max(cv2.max(channels[0], channels[1]), channels[2])
    lowest = cv2.min(cv2.min(channels[0], channels[1]), channels[2])
    left = cv2.bitwise_not(highest)
    turned = cv2.merge([cv2.add(cv2.subtract(channel, lowest), left) for channel in channels])
    share = (255 - _BLACK) / 255
    return np.asarray(cv2.convertScaleAbs(turned, alpha=share, beta=_BLACK), np.uint8)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """``share`` 0 gives ``a``, 1 gives ``b``."""
    blue, green, red = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return (blue, green, red)


@functools.lru_cache(maxsize=4096)
def _printable(text: str) -> str:
    """The text as one line that a font can be asked for; lone surrogates cannot."""
    line = "".join(char if char.isprintable() else " " for char in text)
    line = line.encode(errors="replace").decode()
    if _FACE is None:
        line = line.translate(_ASCII).encode("ascii", "replace").decode()
    return line


def _cut(text: str, length: int, keep: Literal["start", "end"]) -> str:
    return text[:length].rstrip() + "…" if keep == "start" else "…" + text[-length:].lstrip()


@functools.lru_cache(maxsize=4096)
def _text_width(text: str, size: int, bold: bool) -> int:
    if not text:
        return 0
    if _FACE is not None:
        room = (1 << 20, 1 << 12)
        box: Any = cv2.getTextSize(room, text, (0, 0), _FACE, size, 600 if bold else 400)
        return int(box[2])
    return int(_hershey(text, size, bold).shape[1]) - 2


@functools.lru_cache(maxsize=512)  # kilobytes each, and notes are new texts again and again
def _hershey(text: str, size: int, bold: bool) -> npt.NDArray[np.uint8]:
    """How much each pixel is covered by the text, 0 to 255; one column of margin on each side."""
    scale = _CAPITALS * size * _OVERSAMPLE / _HERSHEY_CAPITALS
    thickness = max(1, round(size * _OVERSAMPLE * (0.12 if bold else 0.085)))
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thickness)
    width = -(-width // _OVERSAMPLE) + 2
    height = size + size // 3 + 2  # `size` rows of it above the baseline
    mask = np.zeros((height * _OVERSAMPLE, width * _OVERSAMPLE), np.uint8)
    origin = (_OVERSAMPLE + thickness // 2, size * _OVERSAMPLE)
    cv2.putText(mask, text, origin, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thickness, cv2.LINE_AA)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    small.setflags(write=False)  # it is kept
    return np.asarray(small, np.uint8)


def _blend(image: Image, mask: npt.NDArray[np.uint8], at: tuple[int, int], colour: Colour) -> None:
    """Lays ``colour`` over the image where the mask is, with the mask's top left corner ``at``."""
    x, y = at
    left, top = max(0, -x), max(0, -y)
    part = image[max(0, y) : max(0, y + mask.shape[0]), max(0, x) : max(0, x + mask.shape[1])]
    mask = mask[top : top + part.shape[0], left : left + part.shape[1]]
    if mask.size:
        alpha = mask[:, :, None].astype(np.float32) / 255
        part[:] = np.round(part + (np.asarray(colour, np.float32) - part) * alpha)
