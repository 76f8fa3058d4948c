"""Text and Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from hwr_live.documents.model import Page
from hwr_live.reading import Cell, Line, Reading

_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~])")
_MARK_AT_START = re.compile(r"^([#+=-])")  # of a heading or a list
_NUMBER_AT_START = re.compile(r"^(\d+)([.)])")  # of a list with numbers


def text(
    pages: Iterable[Page], named: Callable[[Page], bool] = lambda page: False
) -> Iterator[str]:
    """Each page's text, an empty line between pages.

    Args:
        pages: in the order in which they are written.
        named: whether a page's title stands above its text, as ``== page.jpg ==``.
    """
    for number, page in enumerate(pages):
        title = f"== {page.title} ==\n" if named(page) else ""
        yield "\n" * (number > 0) + title + page.reading.text + "\n"


def table(pages: Iterable[Page]) -> Iterator[str]:
    """Each page's text with the cells of its tables and forms row by row, tabs between the cells of
    a row; what stands in no cell stands between the rows, as it does on the page."""
    for number, page in enumerate(pages):
        rows: dict[int, list[Cell]] = {}
        for cell in page.reading.cells:
            rows.setdefault(cell.row, []).append(cell)
        parts = [(min(cell.box[1] for cell in row), _row(row)) for row in rows.values()]
        parts += [(line.box[1], line.text) for line in _outside(page.reading)]
        body = "".join(f"{part}\n" for _, part in sorted(parts, key=lambda part: part[0]))
        yield "\n" * (number > 0) + (body or "\n")


def _row(cells: Iterable[Cell]) -> str:
    """The texts of a row's cells; a column that the row lacks is empty."""
    texts: dict[int, str] = {}
    for cell in cells:
        text = " ".join(cell.text.split())
        texts[cell.column] = " ".join(filter(None, (texts.get(cell.column, ""), text)))
    return "\t".join(texts.get(column, "") for column in range(max(texts) + 1))


def _outside(reading: Reading) -> Iterator[Line]:
    """The lines without what stands in cells, as far as anything is left of them."""
    cells = reading.cells
    for line in reading.lines:
        words = tuple(
            tuple(glyph for glyph in word if not any(cell.holds(glyph) for cell in cells))
            for word in line.words
        )
        rest = Line(tuple(word for word in words if word))
        if rest.text:
            yield rest


def markdown(pages: Iterable[Page]) -> Iterator[str]:
    """Each page under a heading, a line of handwriting a line; characters that Markdown would take
    for marks are escaped (CommonMark 0.31, backslash escapes)."""
    for number, page in enumerate(pages):
        lines = [_escaped(line.text) for line in page.reading.lines if line.text]
        body = "\\\n".join(lines)
        yield "\n" * (number > 0) + f"## {_escaped(page.title)}\n" + (f"\n{body}\n" if body else "")


def _escaped(line: str) -> str:
    line = _SPECIAL.sub(r"\\\1", line)
    line = _MARK_AT_START.sub(r"\\\1", line)
    return _NUMBER_AT_START.sub(r"\1\\\2", line)
