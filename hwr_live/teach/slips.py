"""Slips: a character was asked for, and another one was plainly written."""

from __future__ import annotations

from hwr_live.chars import ALL, SHAPES
from hwr_live.reading import Glyph, Reading
from hwr_live.teach.align import opinion

# Chosen on 162 characters drawn by the writers of Chars74K and CROHME that hwr62's training chooses
# by: two of them are asked about in vain (a Y that is read as 7, an r as V), and of all pairs of
# one of them and a character of another shape 96 % are noticed. With 0.8 for the first 82 % are.
_SURE = 0.6  # probability of a shape, from where it is asked whether that was meant
_NEVER = 0.003  # probability of what was asked for, up to where it was not written


def slip(reading: Reading, char: str) -> str | None:
    """What was plainly written in place of a character.

    Args:
        reading: of what was written.
        char: what was asked for.

    Returns:
        That character, empty for ink that plainly is none; None where it may be what was asked
        for, or has its shape, and for marks, which alone are hardly read.
    """
    glyph = max(reading.glyphs, key=lambda g: g.box[2] * g.box[3], default=None)
    if glyph is None or char not in ALL or _sureness(glyph) < _SURE:
        return None
    if glyph.char is not None and SHAPES.get(glyph.char) == SHAPES.get(char):
        return None
    return None if opinion(glyph, char) > _NEVER else glyph.char or ""


def _sureness(glyph: Glyph) -> float:
    """How likely the shape of what was read is: alone on its sheet a 0 may as well be an O."""
    if glyph.char is None:
        return glyph.confidence
    shape = SHAPES.get(glyph.char, glyph.char)
    alike = (p for char, p in glyph.chances if char and SHAPES.get(char, char) == shape)
    return sum(alike)
