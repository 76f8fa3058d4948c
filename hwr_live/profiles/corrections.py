"""What the user put right: kept while the ink stays, and written as samples to train on."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, LOWER, UPPER
from hwr_live.media.images import decode_grey, encode_png
from hwr_live.reading import Box, Glyph, Reading

_SAME_BOX = 0.6  # intersection over union; ink that touches a neighbour moves a box a little
_SAME_CROP = 12.0  # mean difference of 255; two writings of one letter are 30 and more apart


Written = Callable[[Box], tuple[object, ...]]
"""Tells which strokes the ink in a box is written with."""


@dataclass(frozen=True)
class Correction:
    """A glyph as it was read, and what it is.

    Many are kept for hours, so its ink is packed, and nothing else of the reading is held.

    Attributes:
        glyph: as the reader had it, without ink and without how it came about.
        char: the right character; ``None`` where the ink is no character.
        strokes: what the glyph is written with, where that is known: with other strokes it is
            other ink, however much alike.
    """

    glyph: Glyph
    char: str | None
    strokes: tuple[object, ...] = ()
    _packed: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        glyph = self.glyph
        packed = b"" if glyph.ink is None or not glyph.ink.size else encode_png(glyph.ink)
        crop = None if glyph.crop is None else glyph.crop.copy()  # it may be one of a page's array
        object.__setattr__(self, "_packed", packed)
        object.__setattr__(self, "glyph", replace(glyph, crop=crop, ink=None, decision=None))

    @property
    def ink(self) -> npt.NDArray[np.uint8] | None:
        """uint8 (h, w), bright on black: the glyph's ink, where it is known; made at each call."""
        return decode_grey(self._packed) if self._packed else None

    def fits(self, glyph: Glyph, written_with: Written = lambda _: ()) -> bool:
        """Whether ``glyph``, of a later reading, is the same ink in the same place.

        Args:
            glyph: as it was read.
            written_with: the strokes of what is in a box, of those that are there now.
        """
        if _overlap(self.glyph.box, glyph.box) < _SAME_BOX:
            return False
        if self.strokes != written_with(glyph.box):
            return False
        if self.glyph.crop is None or glyph.crop is None:
            return self.glyph.box == glyph.box
        difference = np.abs(self.glyph.crop.astype(np.int16) - glyph.crop)
        return float(difference.mean()) <= _SAME_CROP

    def strokes_live(self, strokes: Container[object]) -> bool:
        """Whether all strokes of it are among these; so where they are not known."""
        return all(stroke in strokes for stroke in self.strokes)

    @property
    def label(self) -> str:
        """The folder of the sample, as :func:`folder_of` names it, or ``no_character``."""
        return "no_character" if self.char is None else folder_of(self.char)

    def sample(self) -> bytes | None:
        """A PNG file of the crop, 28x28, bright ink on black, upright; ``None`` without a crop."""
        if self.glyph.crop is None:
            return None
        return encode_png(self.glyph.crop)


@dataclass(frozen=True)
class Change:
    """What the user did at once.

    Attributes:
        gone: what was put right before and is not any more.
        new: what was put right, or is again.
    """

    gone: tuple[Correction, ...]
    new: tuple[Correction, ...]


_MARKS = {
    ".": "period",
    ",": "comma",
    "-": "hyphen",
    ":": "colon",
    ";": "semicolon",
    "/": "slash",
    "+": "plus",
    "=": "equals",
    "(": "open",
    ")": "close",
    "!": "exclamation",
    "?": "question",
    "'": "apostrophe",
    '"': "quote",
    "#": "hash",
    "$": "dollar",
    "%": "percent",
    "&": "ampersand",
    "*": "asterisk",
    "<": "less",
    ">": "greater",
    "@": "at",
    "[": "square_open",
    "]": "square_close",
    "\\": "backslash",
    "^": "caret",
    "_": "underscore",
    "`": "backquote",
    "{": "curly_open",
    "|": "bar",
    "}": "curly_close",
    "~": "tilde",
    "°": "degree",
    "×": "times",
    "÷": "divided",
}
FOLDERS = {
    **{f"digit_{char}": char for char in DIGITS},
    **{f"upper_{char}": char for char in UPPER},
    **{f"lower_{char}": char for char in LOWER},
    **{f"mark_{name}": char for char, name in _MARKS.items()},
}
"""The folder of each character's samples: ``digit_7``, ``upper_A``, ``lower_a``, ``mark_comma``.

Not the character alone: file systems that take ``a`` and ``A`` for one are common.
"""
_FOLDER_OF = {char: folder for folder, char in FOLDERS.items()}


def folder_of(char: str) -> str:
    """The folder of a character's samples, see :data:`FOLDERS`.

    Raises:
        KeyError: for what can have no samples.
    """
    return _FOLDER_OF[char]


def corrected(
    reading: Reading, corrections: Iterable[Correction], written_with: Written = lambda _: ()
) -> Reading:
    """The reading with what the user put right, with confidence 1; the candidates stay as read.

    Args:
        reading: as the reader gave it.
        corrections: the newest last.
        written_with: as for :meth:`Correction.fits`.
    """
    newest_first = list(corrections)[::-1]
    if not newest_first:
        return reading

    def put_right(glyph: Glyph) -> Glyph:
        for correction in newest_first:
            if correction.fits(glyph, written_with):
                return replace(glyph, char=correction.char, confidence=1.0)
        return glyph

    return reading.map(put_right)


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)
