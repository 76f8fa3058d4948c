"""``hwr-live read`` with ``--out``, ``--review`` and ``--watch``: many documents, to a folder."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hwr_live.bulk.folder import Run, summarize
from hwr_live.bulk.manifest import opened
from hwr_live.bulk.review import gather
from hwr_live.bulk.settings import settings_of
from hwr_live.bulk.watch import watch
from hwr_live.bulk.work import Wanted
from hwr_live.cli.read import Status, find_sources, write_overlay
from hwr_live.documents.formats import REVIEW, Format
from hwr_live.errors import InputError
from hwr_live.readers import AnyReader
from hwr_live.system.processes import cores
from hwr_live.system.terminal import tell


def to_folder(
    options: argparse.Namespace,
    form: Format,
    arguments: list[str],
    make_reader: Callable[[], AnyReader],
    wanted: Wanted,
    status: Status,
) -> None:
    """Writes a file for each document, and goes on where an earlier run was broken off.

    Args:
        options: of ``hwr-live read``, with ``--out`` or ``--review``.
        form: in which the files are written.
        arguments: what is to be read, as it was named.
        make_reader: can be pickled.
        wanted: what is made of each page.
        status: is told of failures.

    Raises:
        HwrError: if nothing can be read or written.
    """
    with opened(Path(options.out or options.review)) as manifest:
        out = os.path.realpath(manifest.folder)
        found = find_sources(arguments, options, {*manifest.outputs, out})
        overlay = partial(write_overlay, folder=options.overlay) if options.overlay else None
        settings = _settings(options)
        run = Run(manifest, form, settings, status.fail, overlay)
        try:
            jobs = options.jobs or cores()
            run.read(found.sources, make_reader, jobs, wanted, options.dask)
        except KeyboardInterrupt:
            tell("broken off; the same command goes on from here")
            raise
        try:
            summarize(run.report, manifest)
            if form is REVIEW:
                gather(manifest.folder, run.report.outputs)
        except InputError as error:
            status.fail(error)


def watch_folder(
    options: argparse.Namespace, form: Format, make_reader: Callable[[], AnyReader]
) -> int:
    """Reads what comes into a folder, until it is interrupted; returns the exit status.

    Args:
        options: of ``hwr-live read``, with ``--watch``.
        form: in which the results are written.
        make_reader: makes the one reader.

    Raises:
        HwrError: if the folder is gone, or cannot be written to.
    """
    if options.pictures or options.from_file or options.overlay or options.dask:
        raise InputError("--watch reads what comes into its folder, and nothing else")
    status = Status()
    with opened(Path(options.out or options.watch)) as manifest:
        settings = _settings(options)
        run = Run(manifest, form, settings, status.fail)
        reader = make_reader()
        tell(f"watching {options.watch}; Ctrl-C ends it")
        watch(options.watch, run, reader, Wanted(form.pictures), recursive=options.recursive)
    return status.value


def _settings(options: argparse.Namespace) -> str:
    """What decides the results, of the options of ``hwr-live read``."""
    return settings_of(
        options.model,
        options.chars,
        options.language,
        options.profile,
        handwriting=options.handwriting,
    )
