"""``hwr-live read``: documents in, text or a document on standard output."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

from hwr_live.bulk.work import Outcome, Wanted, read_each
from hwr_live.documents import plain
from hwr_live.documents.formats import FORMATS, REVIEW, Format
from hwr_live.documents.inputs import Found, find, listed_in
from hwr_live.documents.model import Page
from hwr_live.errors import HwrError, InputError
from hwr_live.media.images import STDIN
from hwr_live.readers import AnyReader
from hwr_live.system.files import make_folder, write_new
from hwr_live.system.missing import need
from hwr_live.system.terminal import note, tell


def run(options: argparse.Namespace, make_reader: Callable[[], AnyReader]) -> int:
    """Reads what the options name; returns the exit status.

    Args:
        options: of ``hwr-live read``.
        make_reader: can be pickled: each process makes its own reader.

    Raises:
        HwrError: if nothing can be read or written.
    """
    others = (options.out, options.format, options.json, options.watch)
    if options.review is not None and any(others):
        raise InputError("--review writes what it needs: no --out, --format, --json or --watch")
    form = REVIEW if options.review is not None else _format(options)
    if options.watch is not None:
        from hwr_live.cli import archive

        return archive.watch_folder(options, form, make_reader)
    arguments = _arguments(options)
    if options.overlay:
        make_folder(Path(options.overlay))
    wanted = Wanted(form.pictures, bool(options.overlay), doubts=form is REVIEW)
    status = Status()
    if options.out is not None or form is REVIEW:
        from hwr_live.cli import archive  # what one picture does without

        archive.to_folder(options, form, arguments, make_reader, wanted, status)
        return status.value
    found = find_sources(arguments, options)
    outcomes = read_each(found.sources, make_reader, options.jobs or 1, wanted, options.dask)
    with contextlib.closing(outcomes):
        pages = _good(outcomes, status, options.overlay)
        _print(form, pages, options, several=len(found.sources) > 1)
    return status.value


class Status:
    """The exit status so far: the worst of what was told."""

    value = 0

    def fail(self, error: HwrError) -> None:
        """Tells of a failure."""
        tell(error)
        self.value = max(self.value, error.status)


def _format(options: argparse.Namespace) -> Format:
    name = options.format or ("jsonl" if options.json else "table" if options.table else "text")
    if options.json and name != "jsonl":
        raise InputError(f"--json is --format jsonl; it cannot be {name} too")
    if options.table and name != "table":
        raise InputError(f"--table is --format table; it cannot be {name} too")
    form = FORMATS[name]
    for module in form.packages:
        need(module, f"--format {name}")
    to_file = options.out is not None or options.watch is not None
    to_terminal = not to_file and sys.stdout is not None and sys.stdout.isatty()
    if form.pictures and to_terminal:
        raise InputError(f"--format {name} is not for a terminal; send it to a file with >")
    return form


def _arguments(options: argparse.Namespace) -> list[str]:
    """What is to be read, as it was named."""
    arguments = list(options.pictures)
    if options.from_file is not None:
        listed = listed_in(options.from_file)
        arguments += listed
        if not listed:
            what = "on standard input" if options.from_file == STDIN else options.from_file
            empty = InputError(f"the list {what} names no picture")
            if not arguments:
                raise empty
            tell(empty)
    elif not arguments:
        raise InputError("there is nothing to read: give pictures, folders, - or --from-file LIST")
    return arguments


def find_sources(
    arguments: list[str], options: argparse.Namespace, without: Collection[str] = ()
) -> Found:
    """The documents that the arguments name; what is passed over is told."""
    found = find(arguments, recursive=options.recursive, without=without)
    for remark in found.remarks():
        tell(remark)
    return found


def _good(outcomes: Iterator[Outcome], status: Status, overlays: str | None) -> Iterator[Page]:
    """The pages that could be read; what could not is told."""
    for outcome in outcomes:
        if outcome.page is None:
            assert outcome.error is not None
            status.fail(outcome.error)
            continue
        if outcome.page.reading.remark:
            tell(f"{outcome.page.title}: {outcome.page.reading.remark}")
        yield outcome.page
        if overlays is not None:
            try:
                write_overlay(outcome, overlays)
            except HwrError as error:  # of this page: the others are read
                status.fail(error)


def write_overlay(outcome: Outcome, folder: str) -> None:
    """Writes a page's overlay, if it has one, under a free name.

    Raises:
        HwrError: if it cannot be written.
    """
    if outcome.overlay is not None and outcome.source is not None:
        stem = Path(outcome.source.name).stem
        stem += f"-page{outcome.number}" if outcome.count > 1 else ""
        for file in write_new(Path(folder), stem, {".png": outcome.overlay}):
            note(f"wrote {file}")


def _print(
    form: Format, pages: Iterator[Page], options: argparse.Namespace, *, several: bool
) -> None:
    """Writes a document to standard output, as far as its pages have come."""
    if options.json:
        for page in pages:
            told = {"source": page.source, "frame": page.number - 1, **page.reading.to_dict()}
            print(json.dumps(told), flush=True)
        return
    write = form.write
    if form.name == "text":
        names = options.names
        if names is None:  # a program that reads this gets the text and nothing else
            names = None if sys.stdout is not None and sys.stdout.isatty() else False
        if names is not False:
            write = partial(plain.text, named=lambda page: names or several or page.count > 1)
    for piece in write(pages):
        if sys.stdout is None:  # closed: nobody wants it
            continue
        if isinstance(piece, bytes):
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
        else:
            print(piece, end="", flush=True)
