"""Printed text, drawn with whatever fonts the machine has."""

from __future__ import annotations

import zlib
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from string import ascii_letters, digits

import cv2
import numpy as np
import numpy.typing as npt
from PIL import ImageFont

from train.images.scripts import FOLDERS
from train.lines.sources.fonts import Face

Grey = npt.NDArray[np.uint8]

_SIZE = 40  # pixels that fonts are drawn at
_NO_PRINT = (
    "z003",
    "d050000",
    "symbol",
    "fallback",
    "emoji",
    "chancery",
    "chorus",
    "script",
    "hand",
    "comic",
    "math",
    "keyboard",
    "initials",
)
_STROKES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)
_HELD = 6  # of the families, one in so many is held back to choose by


@lru_cache(maxsize=2)
def families(held: bool) -> tuple[tuple[Face, ...], ...]:
    """The machine's fonts that have all letters and digits, by family: some families have a hundred
    faces, and each is to count as much.

    Args:
        held: whether of the families held back to choose by, or of all others.
    """
    found: dict[str, list[Face]] = defaultdict(list)
    files = (file for folder in FOLDERS for file in sorted(Path(folder).rglob("*.[to]tf")))
    for file in files:
        name = file.stem.lower()
        family = name.split("-")[0]
        own = (zlib.crc32(family.encode()) % _HELD == 0) == held
        if not own or any(part in name for part in _NO_PRINT):
            continue
        try:
            face = Face(ImageFont.truetype(str(file), _SIZE))
        except OSError:  # a file that is no font costs nothing but itself
            continue
        if all(map(face.has, ascii_letters + digits)):
            found[family].append(face)
    return tuple(tuple(faces) for _, faces in sorted(found.items()))


def printed(text: str, rng: np.random.Generator, held: bool = False) -> Grey | None:
    """A text in print.

    Args:
        text: what is to be printed.
        rng: the source of chance.
        held: as of :func:`families`.

    Returns:
        uint8 (h, w), bright on black; None if the font that chance chose lacks a character.
    """
    every = families(held)
    if every and rng.random() >= 0.06:
        faces = every[int(rng.integers(len(every)))]
        return faces[int(rng.integers(len(faces)))].draw(text, rng)
    face = _STROKES[int(rng.integers(len(_STROKES)))]
    thick = int(rng.integers(1, 4))
    if not text.isascii():
        return None
    (w, h), base = cv2.getTextSize(text, face, 1.2, thick)
    out = np.zeros((h + base + 12, w + 12), np.uint8)
    cv2.putText(out, text, (6, h + 6), face, 1.2, 255, thick, cv2.LINE_AA)
    return out if out.any() else None
