"""Slips: a character was asked for, and another one was plainly written."""

from __future__ import annotations

from hwr_live.chars import ALL, SHAPES
from hwr_live.reading import Reading
from hwr_live.teach.align import opinion

# Chosen on 98 characters drawn by the writers of Chars74K and CROHME that hwr62's training chooses
# by: none of them is asked about in vain, and of all pairs of one of them and a character of
# another shape 95 % are noticed. With 0.02 for the second, one 9 in 98 is asked about.
_SURE = 0.8  # probability of what was read, from where it is asked whether that was meant
_NEVER = 0.005  # probability of what was asked for, up to where it was not written


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
    if glyph is None or char not in ALL or glyph.confidence < _SURE:
        return None
    if glyph.char is not None and SHAPES.get(glyph.char) == SHAPES.get(char):
        return None
    return None if opinion(glyph, char) > _NEVER else glyph.char or ""
