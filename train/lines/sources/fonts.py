"""Lines drawn with fonts that were made from hands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from hwr_live.errors import InputError

_SIZE = 40  # pixels that fonts are drawn at
_HELD = 14  # of the fonts, one in so many is held back to choose by


class Face:
    """A font of one size.

    Args:
        font: of Pillow.
    """

    def __init__(self, font: ImageFont.FreeTypeFont) -> None:
        self._font = font
        self._known: dict[str, bool] = {" ": True}

    @property
    def name(self) -> str:
        """Its family and style, as the font tells them."""
        return " ".join(map(str, self._font.getname()))

    def has(self, char: str) -> bool:
        """Whether it draws a character other than the one that it draws for unknown ones."""
        if char not in self._known:
            own, unknown = (bytes(self._font.getmask(one)) for one in (char, "\uffff"))
            self._known[char] = any(own) and own != unknown
        return self._known[char]

    def draw(self, text: str, rng: np.random.Generator) -> npt.NDArray[np.uint8] | None:
        """A text, now and then spaced out: uint8 (h, w), bright on black; None if the font lacks a
        character."""
        font = self._font
        if not all(map(self.has, text)):
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
        self._faces = [Face(ImageFont.truetype(str(f), _SIZE)) for f in chosen]

    def draw(self, text: str, rng: np.random.Generator) -> npt.NDArray[np.uint8] | None:
        """A text in one font, as of :meth:`Face.draw`."""
        return self._faces[int(rng.integers(len(self._faces)))].draw(text, rng)
