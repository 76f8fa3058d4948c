"""JSON: one array of pages, or one page a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from hwr_live.documents.model import Page


def record(page: Page) -> dict[str, Any]:
    """A page as plain types, with the keys of ``--json`` but for the timings: what is kept in files
    is the same whenever the same page is read. ``frame`` counts the document's pages from 0."""
    told = page.reading.to_dict()
    del told["ms"]
    return {"source": page.source, "frame": page.number - 1, **told}


def json_lines(pages: Iterable[Page]) -> Iterator[str]:
    """One object a line (JSON Lines)."""
    for page in pages:
        yield json.dumps(record(page)) + "\n"


def json_array(pages: Iterable[Page]) -> Iterator[str]:
    """One array of all pages, a page a line."""
    before = "[\n"
    for page in pages:
        yield before + json.dumps(record(page))
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"
