"""Tables: tab-separated words as Tesseract writes them, and a spreadsheet of lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from hwr_live.documents.model import Page
from hwr_live.reading import Box, Line, union_box

_TSV = (
    *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
    *("left", "top", "width", "height", "conf", "text", "source"),
)
_CSV = ("source", "page", "line", "text", "confidence", "left", "top", "width", "height")


def tsv(pages: Iterable[Page]) -> Iterator[str]:
    """A row a page, block, paragraph, line and word, with Tesseract's twelve columns and the source
    as the thirteenth. ``conf`` is 0 to 100, and -1 for what is no word."""
    yield "\t".join(_TSV) + "\n"
    for page in pages:
        source = _one_cell(page.source)
        yield "".join(
            "\t".join([*(str(value) for value in row), source]) + "\n" for row in _rows(page)
        )


def _rows(page: Page) -> Iterator[tuple[object, ...]]:
    width, height = page.reading.size
    yield 1, page.number, 0, 0, 0, 0, 0, 0, width, height, -1, ""
    lines = [line for line in page.reading.lines if line.text]
    if not lines:
        return
    around = union_box([box_of(line) for line in lines])
    yield 2, page.number, 1, 0, 0, 0, *around, -1, ""
    yield 3, page.number, 1, 1, 0, 0, *around, -1, ""
    for row, line in enumerate(lines, 1):
        yield 4, page.number, 1, 1, row, 0, *box_of(line), -1, ""
        for place, word in enumerate(line.read_words, 1):
            sure = f"{100 * word.confidence:.2f}"
            yield 5, page.number, 1, 1, row, place, *word.box, sure, word.text


def spreadsheet(pages: Iterable[Page]) -> Iterator[str]:
    """CSV (RFC 4180, but for line ends of one character), a row a line of handwriting.

    ``confidence`` is that of the line's least sure character, 0 to 1.
    """
    yield _row(_CSV)
    for page in pages:
        lines = [line for line in page.reading.lines if line.text]
        yield "".join(
            _row((page.source, page.number, row, line.text, round(sure_of(line), 4), *box_of(line)))
            for row, line in enumerate(lines, 1)
        )


def box_of(line: Line) -> Box:
    """The smallest box around a line's words."""
    return union_box([word.box for word in line.read_words])


def sure_of(line: Line) -> float:
    """The confidence of a line's least sure character, 0 to 1."""
    return min(word.confidence for word in line.read_words)


def _row(values: Iterable[Any]) -> str:
    cells = io.StringIO()
    csv.writer(cells, lineterminator="\n").writerow(values)
    return cells.getvalue()


def _one_cell(text: str) -> str:
    """A text without what would end a cell of a table that has no quotes."""
    return "".join(char if char.isprintable() else "?" for char in text)
