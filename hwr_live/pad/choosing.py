"""Which glyph or stroke of a drawing is meant by a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hwr_live.reading import Box, Glyph, Reading
from hwr_live.stroke import Stroke
from hwr_live.ui.layout import inside

_SMALL = (
    16  # pixels: a glyph narrower or flatter than this is as easy to hit as if it were so large
)

# A dot belongs to writing that is at most so many of its own heights away, as that of an i, a full
# stop and a colon are; of flat strokes the height is taken for so many pixels. By eye.
_NEAR, _LEAST_HEIGHT = 1.5, 30


def easy(box: Box) -> Box:
    """A box that a mouse can hit."""
    x, y, w, h = box
    more_w, more_h = max(0, _SMALL - w), max(0, _SMALL - h)
    return (x - more_w // 2, y - more_h // 2, w + more_w, h + more_h)


def glyph_near(glyphs: Sequence[Glyph], x: float, y: float) -> Glyph:
    """Of at least one glyph, the one whose middle is nearest, of those that a point is inside if
    there are such."""

    def distance(glyph: Glyph) -> tuple[bool, float]:
        left, top, w, h = glyph.box
        away = (left + w / 2 - x) ** 2 + (top + h / 2 - y) ** 2
        return (not inside(glyph.box, x, y), away)

    return min(glyphs, key=distance)


def beside(strokes: Iterable[Stroke], x: float, y: float) -> bool:
    """Whether a dot at a point belongs to what is written."""
    for stroke in strokes:
        left, top, w, h = stroke.box
        away = max(left - x, x - left - w, top - y, y - top - h)
        if not stroke.erases and away <= _NEAR * max(h, _LEAST_HEIGHT):
            return True
    return False


def next_glyph(reading: Reading, glyph: Glyph, step: int, *, lines: bool) -> Glyph | None:
    """The glyph to go to from one, or None if it is not there any more.

    Args:
        reading: where both are.
        glyph: where one is.
        step: 1 forward or down, -1 backward or up; from the last glyph to the first.
        lines: whether to go to another line, to what is nearest in it, or to the next glyph.
    """
    rows = [line.glyphs for line in reading.lines if line.glyphs]
    glyphs = [other for row in rows for other in row]
    at = next((i for i, other in enumerate(glyphs) if other.box == glyph.box), None)
    if at is None:
        return None
    if not lines:
        return glyphs[(at + step) % len(glyphs)]
    row = next(i for i, row in enumerate(rows) if any(other.box == glyph.box for other in row))
    other_row = rows[max(0, min(len(rows) - 1, row + step))]
    return min(other_row, key=lambda other: abs(other.box[0] - glyph.box[0]))
