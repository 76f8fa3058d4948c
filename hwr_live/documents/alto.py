"""ALTO 4.4 (www.loc.gov/standards/alto): XML with lines, words, glyphs and their variants."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from hwr_live import __version__
from hwr_live.documents.markup import LEAST, add, written
from hwr_live.documents.model import Page, direction
from hwr_live.documents.tables import box_of
from hwr_live.reading import Box, Glyph, Line, Word, union_box

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# \
http://www.loc.gov/standards/alto/v4/alto-4-4.xsd" SCHEMAVERSION="4.4">
"""


def alto(pages: Iterable[Page]) -> Iterator[str]:
    """One document with a page for each of ``pages``; ``WC``, ``GC`` and ``VC`` are 0 to 1.

    ALTO names the file that a document was made of before its pages, so nothing is given out before
    the last of them. Of several files each is named once, as a ``fileIdentifier``.
    """
    made, sources = [], []
    for number, page in enumerate(pages, 1):
        made.append(written(_page(page, number)))
        sources.append(page.source)
    yield _HEAD
    yield written(_description(list(dict.fromkeys(sources)))) + "\n<Layout>\n"
    for one in made:
        yield one + "\n"
    if not made:  # a document has at least one page
        yield '<Page ID="page_1" PHYSICAL_IMG_NR="1"/>\n'
    yield "</Layout>\n</alto>\n"


def _description(sources: list[str]) -> Element:
    element = Element("Description")
    add(element, "MeasurementUnit", "pixel")
    image = add(element, "sourceImageInformation")
    if len(sources) == 1:
        add(image, "fileName", sources[0])
    else:
        for source in sources:
            add(image, "fileIdentifier", source)
    step = add(element, "Processing", ID="reading")
    add(step, "processingCategory", "contentGeneration")
    software = add(step, "processingSoftware")
    add(software, "softwareName", "hwr-live")
    add(software, "softwareVersion", __version__)
    return element


def _page(page: Page, number: int) -> Element:
    width, height = page.reading.size
    element = Element("Page", {"ID": f"page_{number}", "PHYSICAL_IMG_NR": str(page.number)})
    element.set("WIDTH", str(width))
    element.set("HEIGHT", str(height))
    if page.confidence is not None:
        element.set("PC", f"{page.confidence:.4f}")
    space = add(element, "PrintSpace", HPOS=0, VPOS=0, WIDTH=width, HEIGHT=height)
    lines = [line for line in page.reading.lines if line.text]
    if lines:
        around = union_box([box_of(line) for line in lines])
        block = add(space, "TextBlock", ID=f"block_{number}", **_place(around))
        turned = round(-math.degrees(direction(page.reading)), 1) % 360
        if turned:  # of the block, as versions before 4.4 know no rotation of a page
            block.set("ROTATION", str(turned))
        for row, line in enumerate(lines, 1):
            _line(block, line, f"{number}_{row}")
    return element


def _line(parent: Element, line: Line, name: str) -> None:
    element = add(parent, "TextLine", ID=f"line_{name}", **_place(box_of(line)))
    words = line.read_words
    for place, word in enumerate(words, 1):
        _word(element, word, f"{name}_{place}")
        if place < len(words):
            add(element, "SP")


def _word(parent: Element, word: Word, name: str) -> None:
    sure = f"{word.confidence:.4f}"
    place = _place(word.box)
    element = add(parent, "String", ID=f"word_{name}", CONTENT=word.text, WC=sure, **place)
    for glyph in word.readable:
        _glyph(element, glyph)


def _glyph(parent: Element, glyph: Glyph) -> None:
    sure = f"{glyph.confidence:.4f}"
    element = add(parent, "Glyph", CONTENT=glyph.char, GC=sure, **_place(glyph.box))
    for char, p in glyph.candidates:
        if char != glyph.char and p >= LEAST:
            add(element, "Variant", CONTENT=char, VC=f"{p:.4f}")


def _place(box: Box) -> dict[str, object]:
    return dict(zip(("HPOS", "VPOS", "WIDTH", "HEIGHT"), box, strict=True))
