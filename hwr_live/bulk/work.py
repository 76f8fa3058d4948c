"""Documents read page by page, in this process, in several, or on several machines."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

import cv2

from hwr_live.documents.inputs import Source
from hwr_live.documents.model import Page
from hwr_live.documents.pages import Document, may_have_pages, open_document
from hwr_live.errors import HwrError, InputError, masked
from hwr_live.media.images import NO_MEMORY, STDIN, Image, encode_png
from hwr_live.readers import AnyReader
from hwr_live.reading import Glyph, Reading
from hwr_live.system.limits import what_is_scarce
from hwr_live.system.processes import Died, Ready, in_order

if TYPE_CHECKING:
    from hwr_live.documents.doubts import Doubt

_JPEG_QUALITY = 85  # of pages in PDF, by eye: thin strokes keep their edges at a fifth of a PNG


@dataclass(frozen=True)
class Wanted:
    """What is made of a page besides its reading.

    Attributes:
        picture: the page as a JPEG file, for formats that show it.
        overlay: the page with its reading over it, as a PNG file.
        doubts: the words that are not sure, with their ink.
    """

    picture: bool = False
    overlay: bool = False
    doubts: bool = False


@dataclass(frozen=True)
class Task:
    """One page to be read."""

    source: Source
    number: int
    count: int
    wanted: Wanted


@dataclass(frozen=True)
class Outcome:
    """What came of a page, or of a document that cannot be opened.

    Attributes:
        source: the document; None where an argument of the user's led to none.
        number: of the page.
        count: of the document's pages.
        page: as it was read; None where it could not be.
        error: why not.
        overlay: a PNG file, if it was wanted.
    """

    source: Source | None
    number: int = 1
    count: int = 1
    page: Page | None = None
    error: HwrError | None = None
    overlay: bytes | None = None


@dataclass
class Opened:
    """The document that was opened last: its pages are read one after the other."""

    key: tuple[object, ...] = ()
    document: Document | None = None

    def open(self, path: str) -> Document:
        """Opens a document, unless it is the one that is open and has not changed.

        Raises:
            InputError: as ``open_document``.
        """
        key: tuple[object, ...] = (path, *_state_of(path))
        if self.document is None or key != self.key:
            self.close()
            self.document, self.key = open_document(path), key
            # PDFium tells on stderr of what is open at the end of a process. Registered anew, this
            # comes before what PDFium does there.
            atexit.unregister(self.close)
            atexit.register(self.close)
        return self.document

    def close(self) -> None:
        """Lets go of it."""
        if self.document is not None:
            self.document.close()
        self.document, self.key = None, ()


def _state_of(path: str) -> tuple[object, ...]:
    if path == STDIN:
        return ()
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return ()
    return state.st_mtime_ns, state.st_size


def read_page(reader: AnyReader, opened: Opened, task: Task) -> Outcome:
    """Reads a page; an error that a user can mend comes back in the outcome."""
    done = partial(Outcome, task.source, task.number, task.count)
    try:
        return _read(reader, opened, task)
    except HwrError as error:
        return done(error=error)
    except (MemoryError, RuntimeError, cv2.error) as error:
        if (missing := what_is_scarce(error)) is None:
            raise
        opened.close()
        where = task.source.path + (f", page {task.number}" if task.count > 1 else "")
        return done(error=HwrError(f"{where}: there is not enough {missing} to read it"))


def _read(reader: AnyReader, opened: Opened, task: Task) -> Outcome:
    document = opened.open(task.source.path)
    if document.count > 1 and task.count == 1:
        raise InputError(
            f"{document.name} has {document.count} pages, which its name should tell: as .pdf, "
            ".tif, .gif or .webp"
        )
    picture = document.page(task.number)
    reading = reader.read(picture.image)
    wanted = task.wanted
    page = Page(
        masked(task.source.path),
        _without_ink(reading),
        task.number,
        task.count,
        picture.dpi,
        _jpeg(picture.image) if wanted.picture else None,
        _doubts(picture.image, reading, task) if wanted.doubts else (),
    )
    overlay = _overlay(picture.image, reading) if wanted.overlay else None
    return Outcome(task.source, task.number, task.count, page, overlay=overlay)


def _overlay(image: Image, reading: Reading) -> bytes:
    from hwr_live.ui.marks import draw_reading  # most runs draw nothing

    return encode_png(draw_reading(image, reading))


def _doubts(image: Image, reading: Reading, task: Task) -> tuple[Doubt, ...]:
    from hwr_live.documents.doubts import doubts_of  # most runs want none
    from hwr_live.ui.paint import SURE_FROM

    return doubts_of(image, reading, SURE_FROM, task.source.name, task.number)


def _without_ink(reading: Reading) -> Reading:
    def bare(glyph: Glyph) -> Glyph:
        return replace(glyph, crop=None, ink=None)

    return reading.map(bare)


def _jpeg(image: Image) -> bytes:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise InputError("the picture is too large for a page of PDF")
    return data.tobytes()


@dataclass
class Desk:
    """What a process needs to read pages: a reader, and the document that is open."""

    reader: AnyReader
    opened: Opened = field(default_factory=Opened)


def _desk(make_reader: Callable[[], AnyReader]) -> Desk:
    return Desk(make_reader())


def _at_desk(desk: Desk, task: Task) -> Outcome:
    return read_page(desk.reader, desk.opened, task)


def read_each(
    sources: Iterable[Source | InputError],
    make_reader: Callable[[], AnyReader],
    jobs: int = 1,
    wanted: Wanted | None = None,
    address: str | None = None,
) -> Generator[Outcome, None, None]:
    """Reads documents, page by page and in their order.

    Args:
        sources: documents; errors are passed on in their place.
        make_reader: makes a reader; for several jobs something that can be pickled, as each process
            makes its own.
        jobs: processes; 1 for this one alone.
        wanted: what is made of each page; None for readings alone.
        address: of a Dask scheduler whose workers are to read; None for this machine.

    Raises:
        InputError: if there is no such scheduler.
        HwrError: if processes die before they have read anything, or the cluster has no workers.
    """
    desk = Desk(make_reader())  # what is wrong with the reader is told here, once
    tasks = _tasks(sources, desk, wanted or Wanted())
    try:
        first = list(islice(tasks, 2))  # a single page is read sooner without processes
        if address is None and (jobs == 1 or len(first) < 2):
            for task in chain(first, tasks):
                yield task.result if isinstance(task, Ready) else _at_desk(desk, task)
            return
        prepare, pages = partial(_desk, make_reader), chain(first, tasks)
        run = partial(in_order, jobs=jobs) if address is None else _on_cluster(address)
        outcomes: Generator[Outcome | Died[Task], None, None] = run(_at_desk, pages, prepare)
        try:
            for outcome in outcomes:
                yield _died(outcome.item) if isinstance(outcome, Died) else outcome
        finally:
            outcomes.close()
    finally:
        desk.opened.close()


def _on_cluster(address: str) -> Callable[..., Generator[Outcome | Died[Task], None, None]]:
    from hwr_live.bulk.cluster import on_cluster  # most runs are on one machine

    return partial(on_cluster, address)


def _tasks(
    sources: Iterable[Source | InputError], desk: Desk, wanted: Wanted
) -> Iterator[Task | Ready[Outcome]]:
    """The pages of documents; errors, and what only this process can read, with their outcomes."""
    for source in sources:
        if isinstance(source, InputError):
            yield Ready(Outcome(None, error=source))
            continue
        try:
            several = source.path == STDIN or may_have_pages(source.path)
            count = desk.opened.open(source.path).count if several else 1
        except MemoryError:
            yield Ready(Outcome(source, error=HwrError(f"{source.path}: {NO_MEMORY}")))
            continue
        except HwrError as error:
            yield Ready(Outcome(source, error=error))
            continue
        for number in range(1, count + 1):
            task = Task(source, number, count, wanted)
            yield Ready(_at_desk(desk, task)) if source.path == STDIN else task
        if source.path == STDIN:
            desk.opened.close()


def _died(task: Task) -> Outcome:
    where = task.source.path + (f", page {task.number}" if task.count > 1 else "")
    error = HwrError(f"{where}: the process that read it died, as of want of memory")
    return Outcome(task.source, task.number, task.count, error=error)
