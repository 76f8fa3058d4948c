"""Documents read to a folder: one result each, written when its last page is read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hwr_live.bulk.manifest import REPORT, Manifest, PageRecord, Record, digest_of
from hwr_live.bulk.report import Report
from hwr_live.bulk.work import Outcome, Wanted, read_each
from hwr_live.documents.formats import Format
from hwr_live.documents.inputs import Source
from hwr_live.documents.model import Page
from hwr_live.documents.remote import identity, is_remote
from hwr_live.errors import HwrError, InputError, masked
from hwr_live.readers import AnyReader
from hwr_live.system.terminal import STDERR, tell
from hwr_live.ui.paint import SURE_FROM


@dataclass
class Run:
    """A run into a folder.

    Attributes:
        manifest: the folder of results.
        form: in which they are written.
        settings: SHA-256 of everything else that decides what is written.
        fail: is told of each failure.
        each: is given each outcome, as for overlays, and may raise an ``HwrError``, which is told;
            None if nobody wants them.
        report: what came of the documents so far.
    """

    manifest: Manifest
    form: Format
    settings: str
    fail: Callable[[HwrError], None]
    each: Callable[[Outcome], None] | None = None
    report: Report = field(default_factory=Report)

    def read(
        self,
        sources: Iterable[Source | InputError],
        make_reader: Callable[[], AnyReader],
        jobs: int,
        wanted: Wanted,
        address: str | None = None,
    ) -> None:
        """Reads documents that are not read yet, and writes their results.

        A result that cannot be written ends the run, unless another file is in its place. What is
        given is as of :func:`hwr_live.bulk.work.read_each`.

        Raises:
            HwrError: if the folder cannot be written to, or nothing can be read.
        """
        listed = list(sources)
        _check_names(listed)
        with _bar(len(listed)) as bar:
            contents: dict[Source, str] = {}
            pending = self._pending(listed, contents, bar)
            outcomes = read_each(pending, make_reader, jobs, wanted, address)
            with contextlib.closing(outcomes):
                document: list[Outcome] = []
                for outcome in outcomes:
                    document.append(outcome)
                    if outcome.error is not None:
                        self._fail(outcome.error, bar)
                    elif outcome.page is not None and outcome.page.reading.remark:
                        with bar.external_write_mode(file=STDERR):
                            tell(f"{outcome.page.title}: {outcome.page.reading.remark}")
                    if self.each is not None:
                        try:
                            self.each(outcome)
                        except HwrError as error:  # of this page: the others are read
                            self._fail(error, bar)
                    bar.total += (outcome.count - 1) * (outcome.number == 1)
                    bar.update()
                    if len(document) == outcome.count or outcome.source is None:
                        self._finish(document, contents, bar)
                        document = []

    def _pending(
        self, sources: Iterable[Source | InputError], contents: dict[Source, str], bar: Any
    ) -> Iterator[Source | InputError]:
        """The documents that are not done; of those that are, the report is told."""
        for source in sources:
            if isinstance(source, Source):
                far = is_remote(source.path)
                content = identity(source.path) if far else digest_of(source.path)
                done = self.manifest.done(self._output(source), content, self.settings)
                if done is not None:
                    self.report.add(done, before=True)
                    bar.total += len(done.pages) - 1
                    if not bar.disable:  # what took no time is not to count as speed
                        bar.initial += len(done.pages)
                    bar.update(len(done.pages))
                    continue
                contents[source] = content
            yield source

    def _fail(self, error: HwrError, bar: Any) -> None:
        with bar.external_write_mode(file=STDERR):
            self.fail(error)

    def _finish(self, document: list[Outcome], contents: dict[Source, str], bar: Any) -> None:
        """Writes what came of a document, and notes it."""
        source = document[0].source
        if source is None:
            return
        pages = [outcome.page for outcome in document if outcome.page is not None]
        output = self._output(source) if pages else ""
        records = tuple(_record(outcome) for outcome in document)
        record = Record(source.name, contents.pop(source), self.settings, output, records)
        try:
            if pages:
                record = self.manifest.keep(record, self.form.document(pages))
        except InputError as error:  # a file of the user's is in its place
            self._fail(error, bar)
            reason = _reason(error, str(self.manifest.folder / output), "the result")
            failed = tuple(PageRecord(failed=reason) for _ in records)
            record = replace(record, output="", pages=failed)
        self.report.add(record)

    def _output(self, source: Source) -> str:
        return source.name + self.form.suffix


def _record(outcome: Outcome) -> PageRecord:
    page, error = outcome.page, outcome.error
    if page is None:
        assert error is not None
        return PageRecord(failed=_reason(error, outcome.source.path if outcome.source else ""))
    return PageRecord(*_counts(page), remark=page.reading.remark)


def _counts(page: Page) -> tuple[int, int, float | None]:
    words = page.reading.words
    doubtful = sum(word.least_sure < SURE_FROM for word in words)
    return len(words), doubtful, None if page.confidence is None else round(page.confidence, 4)


def _reason(error: HwrError, path: str, name: str = "it") -> str:
    """Why a page failed, without the path: so that reasons can be counted."""
    told, path = str(error), masked(path)
    if path:
        told = told.replace(f"{path}: ", "").replace(path, name)
    return told


def _check_names(sources: Iterable[Source | InputError]) -> None:
    """Sees to it that no two documents have one result.

    Raises:
        InputError: if two have.
    """
    taken: dict[str, str] = {}
    for source in sources:
        if isinstance(source, Source):
            key = os.path.normcase(source.name)
            if key in taken:
                raise InputError(
                    f"{taken[key]} and {source.path} would have one result, {source.name}; "
                    "read them into two folders, or the folder that both are in with --recursive"
                )
            taken[key] = source.path


def _bar(total: int) -> Any:
    """A progress bar with pages a second and the time left; none where stderr is no terminal."""
    from tqdm import tqdm

    return tqdm(total=total, unit="page", disable=None, file=STDERR, dynamic_ncols=True)


def summarize(report: Report, manifest: Manifest) -> None:
    """Tells what came of a run, and writes its report in place of the one before.

    Raises:
        InputError: if another file is in its place.
    """
    for line in report.summary():
        tell(line)
    manifest.keep(Record("", "", "", REPORT), report.table())
    tell(f"the report is {manifest.folder / REPORT}")
