"""hOCR 1.2 (kba.github.io/hocr-spec): HTML with lines, words and characters in places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from hwr_live import __version__
from hwr_live.documents.markup import LEAST, add, plain, written
from hwr_live.documents.model import Page, direction
from hwr_live.documents.tables import box_of
from hwr_live.reading import Box, Line, Word, union_box

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head>
<title>hwr-live</title>
<meta charset="utf-8"/>
<meta name="ocr-system" content="hwr-live {version}"/>
<meta name="ocr-capabilities" \
content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrx_cinfo ocrp_wconf"/>
</head>
<body>
"""


def hocr(pages: Iterable[Page]) -> Iterator[str]:
    """One document with a page for each of ``pages``.

    A word's ``x_wconf`` and a character's ``x_confs`` are 0 to 100. What else a character may be
    stands in the property ``x_alternatives`` of its title, as characters and their confidences:
    as elements, the alternatives would be text for most programs.
    """
    yield _HEAD.format(version=__version__)
    for number, page in enumerate(pages, 1):
        yield written(_page(page, number)) + "\n"
    yield "</body>\n</html>\n"


def _page(page: Page, number: int) -> Element:
    width, height = page.reading.size
    image = plain(page.source).replace("\\", "\\\\").replace('"', '\\"')
    title = [f'image "{image}"', f"bbox 0 0 {width} {height}", f"ppageno {page.number - 1}"]
    if page.dpi is not None:
        title.append(f"scan_res {round(page.dpi)} {round(page.dpi)}")
    element = Element("div", {"class": "ocr_page", "id": f"page_{number}"})
    element.set("title", "; ".join(title))
    lines = [line for line in page.reading.lines if line.text]
    if not lines:
        return element
    around = bbox(union_box([box_of(line) for line in lines]))
    area = add(element, "div", class_="ocr_carea", id=f"block_{number}", title=around)
    paragraph = add(area, "p", class_="ocr_par", id=f"par_{number}", title=around)
    turned = round(-math.degrees(direction(page.reading))) % 360
    for row, line in enumerate(lines, 1):
        _line(paragraph, line, f"{number}_{row}", turned)
    return element


def _line(parent: Element, line: Line, name: str, turned: int) -> None:
    title = bbox(box_of(line)) + (f"; textangle {turned}" if turned else "")
    element = add(parent, "span", class_="ocr_line", id=f"line_{name}", title=title)
    for place, word in enumerate(line.read_words, 1):
        _word(element, word, f"{name}_{place}").tail = " "
    element.tail = "\n"


def _word(parent: Element, word: Word, name: str) -> Element:
    title = f"{bbox(word.box)}; x_wconf {round(100 * word.confidence)}"
    element = add(parent, "span", class_="ocrx_word", id=f"word_{name}", title=title)
    for glyph in word.readable:
        x, y, w, h = glyph.box
        others = " ".join(
            f'"{_quoted(char)}" {100 * p:.2f}'
            for char, p in glyph.candidates
            if char != glyph.char and p >= LEAST
        )
        title = f"x_bboxes {x} {y} {x + w} {y + h}; x_confs {100 * glyph.confidence:.2f}"
        if others:
            title += f"; x_alternatives {others}"
        add(element, "span", glyph.char or "", class_="ocrx_cinfo", title=title)
    return element


def bbox(box: Box) -> str:
    """A box as hOCR writes it: left, top, right, bottom."""
    x, y, w, h = box
    return f"bbox {x} {y} {x + w} {y + h}"


def _quoted(char: str) -> str:
    return {'"': '\\"', "\\": "\\\\"}.get(char, char)
