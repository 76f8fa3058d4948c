"""What came of a run: a line a page to look through, and a few lines to read."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from hwr_live.bulk.manifest import PageRecord, Record

_COLUMNS = (
    "source",
    "page",
    "state",
    "words",
    "doubtful",
    "confidence",
    "output",
    "reason",
    "remark",
)
_NAMED = 3  # pages that are named in the summary


class Report:
    """What came of the pages of a run, in the order in which they came."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, int, PageRecord, str]] = []
        self._documents = 0
        self._before: Counter[str] = Counter()  # pages and words that an earlier run read

    def add(self, record: Record, *, before: bool = False) -> None:
        """Adds a document.

        Args:
            record: what came of it.
            before: whether an earlier run read it.
        """
        self._documents += 1
        for number, page in enumerate(record.pages, 1):
            if before:
                self._before.update(pages=1, words=page.words, **{_state(page): 1})
            self._rows.append((record.name, number, page, record.output))

    @property
    def outputs(self) -> list[str]:
        """The results of the documents that have one, in the order of the documents."""
        return list(dict.fromkeys(output for _, _, _, output in self._rows if output))

    def clear(self) -> None:
        """Forgets all documents, as of a run that never ends."""
        self._rows.clear()
        self._documents = 0
        self._before.clear()

    def table(self) -> bytes:
        """CSV in UTF-8, a row a page: those that failed, then the others from the least sure on,
        then those without text."""
        cells = io.StringIO()
        write = csv.writer(cells, lineterminator="\n")
        write.writerow(_COLUMNS)
        for name, number, page, output in sorted(self._rows, key=_rank):
            sure = "" if page.confidence is None else f"{page.confidence:.4f}"
            state, counts = _state(page), (page.words, page.doubtful)
            write.writerow((name, number, state, *counts, sure, output, page.failed, page.remark))
        return cells.getvalue().encode(errors="replace")

    def summary(self) -> Iterator[str]:
        """A few lines: how many pages and words, what failed for which reason, what of the ink was
        left out, the doubtful."""
        states = Counter(_state(page) for _, _, page, _ in self._rows)
        states.subtract(self._before)
        words = sum(page.words for _, _, page, _ in self._rows) - self._before["words"]
        before = ""
        if done := self._before["pages"]:
            before = f", {done:,} done before ({_number(self._before['words'], 'word')})"
        yield (
            f"{_number(self._documents, 'document')}, {_number(len(self._rows), 'page')}: "
            f"{states['read']} read ({_number(words, 'word')}), {states['blank']} without text, "
            f"{states['failed']} failed{before}"
        )
        reasons = Counter(page.failed for _, _, page, _ in self._rows if page.failed)
        for reason, many in reasons.most_common():
            yield f"failed, {_number(many, 'page')}: {reason}"
        remarks = Counter(page.remark for _, _, page, _ in self._rows if page.remark)
        for remark, many in remarks.most_common():
            yield f"{_number(many, 'page')}: {remark}"
        read = sorted((row for row in self._rows if _state(row[2]) == "read"), key=_rank)
        doubtful = [row for row in read if row[2].doubtful]
        if doubtful:
            named = ", ".join(
                f"{name} page {number} ({page.confidence:.2f})"
                if number > 1
                else f"{name} ({page.confidence:.2f})"
                for name, number, page, _ in doubtful[:_NAMED]
            )
            yield f"{_number(len(doubtful), 'page')} with doubtful words, the least sure: {named}"


def _state(page: PageRecord) -> str:
    if page.failed:
        return "failed"
    return "read" if page.words else "blank"


def _rank(row: tuple[str, int, PageRecord, str]) -> tuple[object, ...]:
    name, number, page, _ = row
    order = ("failed", "read", "blank").index(_state(page))
    return order, page.failed, 1.0 if page.confidence is None else page.confidence, name, number


def _number(many: int, what: str) -> str:
    return f"{many:,} {what}{'s' * (many != 1)}"
