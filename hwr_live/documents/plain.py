"""Text and Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from hwr_live.documents.model import Page

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
