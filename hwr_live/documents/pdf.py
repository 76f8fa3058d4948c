"""PDF that can be searched: each page is its picture with the text, invisible, over it."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from typing import Any

from hwr_live.documents.model import Page, centre, direction
from hwr_live.errors import InputError
from hwr_live.reading import Glyph, Line
from hwr_live.system.missing import need

DPI = 300.0
"""Pixels an inch of a picture that does not tell, as scanners are set: a photograph of 12
megapixels becomes a page a little larger than A4."""

_POINTS = 72.0  # an inch
_ADVANCE = 0.6  # of each character of Courier, as a share of the font's size
_DESCENT = 0.2  # of the font's size: what of a line's height is below its baseline
_MOST_CHARS = 255  # that one font without a file can name

_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /hwr-live def
/CMapType 2 def
1 begincodespacerange
<00> <ff>
endcodespacerange
{ranges}
endcmap
end
end
"""


class _Font:
    """Codes for the characters of one document, in the order in which they come."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {" ": 32}

    def encode(self, text: str) -> bytes:
        for char in text:
            if char not in self.codes:
                taken = len(self.codes)
                if taken >= _MOST_CHARS:
                    raise InputError(f"a PDF is written with at most {_MOST_CHARS} characters")
                self.codes[char] = taken if taken < 32 else taken + 1
        return bytes(self.codes[char] for char in text)

    def to_unicode(self) -> bytes:
        """The table by which viewers search and copy (PDF 32000-1, 9.10.3)."""
        pairs = [
            f"<{code:02x}> <{char.encode('utf-16-be').hex()}>" for char, code in self.codes.items()
        ]
        parts = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        ranges = "\n".join(
            f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts
        )
        return _TO_UNICODE.format(ranges=ranges).encode("ascii")


def pdf(pages: Iterable[Page]) -> Iterator[bytes]:
    """One PDF file with a page for each of ``pages``, which need their ``picture``.

    The file is the same whenever the pages are. It is given out at the end, as one piece.

    Raises:
        InputError: if pikepdf is not installed, there is no page, or a page has no picture.
    """
    pikepdf = need("pikepdf", "writing PDF")
    name = pikepdf.Name
    document = pikepdf.new()
    font = _Font()
    shared = document.make_indirect(pikepdf.Dictionary())
    for page in pages:
        if page.picture is None:
            raise InputError(f"{page.title} has no picture, without which no PDF is written")
        _add(pikepdf, document, page, font, shared)
    if not len(document.pages):
        raise InputError("there is no page to write a PDF of")
    shared.Type, shared.Subtype, shared.BaseFont = name.Font, name.Type1, name.Courier
    shared.ToUnicode = document.make_stream(font.to_unicode())
    shared.FirstChar, shared.LastChar = 0, 255
    shared.Widths = pikepdf.Array([round(1000 * _ADVANCE)] * 256)
    data = io.BytesIO()
    document.save(data, deterministic_id=True)
    yield data.getvalue()


def _add(pikepdf: Any, document: Any, page: Page, font: _Font, shared: Any) -> None:
    name = pikepdf.Name
    width, height = page.reading.size
    points = _POINTS / (page.dpi or DPI)
    picture = document.make_stream(page.picture)
    picture.Type, picture.Subtype, picture.Filter = name.XObject, name.Image, name.DCTDecode
    picture.Width, picture.Height, picture.BitsPerComponent = width, height, 8
    picture.ColorSpace = name.DeviceRGB
    size = (width * points, height * points)
    drawn = "q {:.4f} 0 0 {:.4f} 0 0 cm /Im0 Do Q\n".format(*size).encode("ascii")
    content = document.make_stream(drawn + _text(page, font, points))
    fonts, pictures = pikepdf.Dictionary(F0=shared), pikepdf.Dictionary(Im0=picture)
    made = pikepdf.Dictionary(
        Type=name.Page,
        MediaBox=pikepdf.Array([0, 0, *(round(side, 4) for side in size)]),
        Resources=pikepdf.Dictionary(Font=fonts, XObject=pictures),
        Contents=content,
    )
    document.pages.append(pikepdf.Page(document.make_indirect(made)))


def _text(page: Page, font: _Font, points: float) -> bytes:
    """The page's words as invisible text (rendering mode 3), each as long as it is written."""
    angle = direction(page.reading)
    height = page.reading.size[1]
    parts = [b"BT 3 Tr /F0 1 Tf\n"]
    for line in page.reading.lines:
        if line.text:
            for text, start, end, bottom, size in _runs(line, angle):
                along = (end - start) / (_ADVANCE * len(text))
                cos, sin = math.cos(angle), math.sin(angle)
                x = start * cos - bottom * sin
                y = height - (start * sin + bottom * cos)
                matrix = (along * cos, -along * sin, size * sin, size * cos, x, y)
                told = " ".join(f"{value * points:.4f}" for value in matrix)
                parts.append(f"{told} Tm <{font.encode(text).hex()}> Tj\n".encode("ascii"))
    parts.append(b"ET\n")
    return b"".join(parts)


def _runs(line: Line, angle: float) -> Iterator[tuple[str, float, float, float, float]]:
    """The words of a line and the spaces between them, in a frame that is turned with the line:
    each with its start, end, baseline and font size in pixels."""
    words = line.read_words
    sides = [[_sides(glyph, angle) for glyph in word.readable] for word in words]
    top = min(top for word in sides for _, top, _, _ in word)
    bottom = max(bottom for word in sides for _, _, _, bottom in word)
    size = max(1.0, bottom - top)
    base = bottom - _DESCENT * size
    before: float | None = None
    for word, places in zip(words, sides, strict=True):
        start, end = min(p[0] for p in places), max(p[2] for p in places)
        if before is not None:
            yield " ", before, max(before + 1.0, start), base, size
        yield word.text, start, max(start + 1.0, end), base, size
        before = max(start + 1.0, end)


def _sides(glyph: Glyph, angle: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a glyph's box around its middle, turned by ``angle``."""
    x, y = centre(glyph)
    cos, sin = math.cos(angle), math.sin(angle)
    along, across = x * cos + y * sin, y * cos - x * sin
    # At a quarter turn width and height change places; between, they do so by degrees.
    w, h = (abs(cos) * a + abs(sin) * b for a, b in (glyph.box[2:], glyph.box[:1:-1]))
    return along - w / 2, across - h / 2, along + w / 2, across + h / 2
