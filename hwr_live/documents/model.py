"""The document model: what every format is written from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hwr_live.reading import Glyph, Reading

if TYPE_CHECKING:
    from hwr_live.documents.doubts import Doubt

_FEW = 8  # glyph sizes: a shorter way from first to last glyphs tells no more than a quarter turn


@dataclass(frozen=True)
class Page:
    """One page of a document, as it was read.

    Attributes:
        source: the document, as it was named: a path, a URL, or ``-`` for standard input.
        reading: what was read on the page.
        number: of the page in its document, from 1.
        count: how many pages the document has.
        dpi: pixels an inch, where the document tells; None where it does not.
        picture: the page as it was read, a JPEG file; None where no format asks for it.
        doubts: words to be put right; none where they were not asked for.
    """

    source: str
    reading: Reading
    number: int = 1
    count: int = 1
    dpi: float | None = None
    picture: bytes | None = field(default=None, repr=False)
    doubts: tuple[Doubt, ...] = field(default=(), repr=False)

    @property
    def title(self) -> str:
        """The document's name, with the page's number where there are several."""
        name = "standard input" if self.source == "-" else self.source
        return name if self.count == 1 else f"{name}, page {self.number}"

    @property
    def confidence(self) -> float | None:
        """The mean confidence of the page's characters, 0 to 1; None without any."""
        sure = [glyph.confidence for glyph in self.reading.glyphs if glyph.char is not None]
        return sum(sure) / len(sure) if sure else None


def direction(reading: Reading) -> float:
    """Which way the lines of a page run, by the way from the first glyph of each to its last.

    Returns:
        Radians, clockwise as it is seen: 0 for lines from left to right, pi / 2 for lines that run
        down; 0 where nothing tells.
    """
    right = down = reach = size = 0.0
    for line in reading.lines:
        glyphs = [glyph for word in line.read_words for glyph in word.readable]
        if len(glyphs) < 2:
            continue
        (x0, y0), (x1, y1) = centre(glyphs[0]), centre(glyphs[-1])
        right, down, reach = right + x1 - x0, down + y1 - y0, reach + math.hypot(x1 - x0, y1 - y0)
        size = max(size, *(max(glyph.box[2:]) for glyph in glyphs))
    if not reach:
        return 0.0
    angle = math.atan2(down, right)
    if reach < _FEW * size:  # a full stop stands lower than a letter, and turns nothing
        return round(angle / (math.pi / 2)) * math.pi / 2
    return angle


def centre(glyph: Glyph) -> tuple[float, float]:
    """The middle of a glyph's box, x and y in pixels."""
    x, y, w, h = glyph.box
    return x + w / 2, y + h / 2
