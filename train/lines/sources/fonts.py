"""Lines drawn with fonts that were made from hands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from hwr_live.errors import InputError

_SIZE = 40  # pixels that fonts are drawn at
_HELD = 14  # of the fonts, one in so many is held back to choose by


class Fonts:
    """The fonts of a folder, those held back or the others.

    Raises:
        InputError: if the folder has none.
    """

    def __init__(self, folder: Path, held: bool) -> None:
        files = sorted(folder.glob("*.ttf"))
        if not files:
            raise InputError(f"{folder} has no fonts (*.ttf)")
        chosen = [f for i, f in enumerate(files) if (i % _HELD == 0) == held]
        self._fonts = [ImageFont.truetype(str(f), _SIZE) for f in chosen]
        self._known: dict[tuple[int, str], bool] = {}

    def draw(self, text: str, rng: np.random.Generator) -> npt.NDArray[np.uint8] | None:
        """A text in one font: uint8 (h, w), bright on black; None if the font lacks a character."""
        number = int(rng.integers(len(self._fonts)))
        font = self._fonts[number]
        if not all(self._has(number, char) for char in text):
            return None
        left, top, right, bottom = font.getbbox(text)
        spread = float(rng.uniform(0, 6)) if rng.random() < 0.2 else 0.0
        width = int(right - left + spread * len(text)) + 16
        image = Image.new("L", (width, int(bottom - top) + 16), 0)
        pen = ImageDraw.Draw(image)
        if spread:
            x = 8.0 - left
            for char in text:
                pen.text((x, 8 - top), char, fill=255, font=font)
                x += font.getlength(char) + spread
        else:
            pen.text((8 - left, 8 - top), text, fill=255, font=font)
        picture = np.asarray(image, np.uint8)
        return picture if picture.any() else None

    def _has(self, number: int, char: str) -> bool:
        """Whether a font draws a character other than the one that it draws for unknown ones."""
        if char == " ":
            return True
        if (number, char) not in self._known:
            font = self._fonts[number]
            own, unknown = bytes(font.getmask(char)), bytes(font.getmask("\uffff"))
            self._known[number, char] = any(own) and own != unknown
        return self._known[number, char]
