"""Printed text, drawn with whatever fonts the machine has."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Grey = npt.NDArray[np.uint8]

_SIZE = 36  # pixels that fonts are drawn at
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
_NO_PRINT = ("z003", "d050000", "symbol", "fallback", "emoji", "chancery", "script", "hand")
_STROKES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)


@lru_cache(maxsize=1)
def _fonts() -> list[Any]:
    files = [
        file
        for folder in _FOLDERS
        for file in sorted(Path(folder).rglob("*.[to]tf"))
        if not any(part in file.name.lower() for part in _NO_PRINT)
    ]
    out = []
    for file in files:
        try:
            out.append(ImageFont.truetype(str(file), _SIZE))
        except OSError:  # a file that is no font costs nothing but itself
            continue
    return out


def printed(text: str, rng: np.random.Generator) -> Grey:
    """A text in print: uint8 (h, w), bright on black."""
    fonts = _fonts()
    if not fonts or rng.random() < 0.15:
        face = _STROKES[int(rng.integers(len(_STROKES)))]
        thick = int(rng.integers(1, 4))
        (w, h), base = cv2.getTextSize(text, face, 1.2, thick)
        out = np.zeros((h + base + 12, w + 12), np.uint8)
        cv2.putText(out, text, (6, h + 6), face, 1.2, 255, thick, cv2.LINE_AA)
        return out
    font = fonts[int(rng.integers(len(fonts)))]
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right - left) + 12, int(bottom - top) + 12), 0)
    ImageDraw.Draw(image).text((6 - left, 6 - top), text, fill=255, font=font)
    return np.asarray(image, np.uint8)
