"""A folder that is watched: what comes into it is read, and the result written."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from hwr_live.bulk.folder import Run
from hwr_live.bulk.work import Wanted
from hwr_live.documents.inputs import NO_PICTURES, Found, Source, find
from hwr_live.errors import HwrError, InputError
from hwr_live.readers import AnyReader
from hwr_live.system.terminal import tell

PAUSE_S = 1.0
"""Seconds between two looks. Folders are looked at, as network drives do not tell of changes."""

_State = tuple[int, int]


def watch(
    folder: str,
    run: Run,
    reader: AnyReader,
    wanted: Wanted,
    *,
    recursive: bool = False,
    looks: Iterator[object] | None = None,
) -> None:
    """Reads what is in a folder and what comes into it, until it is interrupted.

    A file is read when it is the same at two looks: what a scanner or a phone is still writing
    grows. What was read before, in this run or an earlier one, is not read again. Other files, and
    folders that are not looked into, are told once.

    Args:
        folder: that is watched.
        run: into the folder of results.
        reader: reads the pages.
        wanted: what is made of each page.
        recursive: whether folders in folders are watched too.
        looks: looks are made as long as it gives something; for ever if None.

    Raises:
        InputError: if the folder is gone.
        HwrError: if a result cannot be written.
    """
    passed = _Passed(folder)
    seen: dict[str, _State] = {}
    read: dict[str, _State] = {}
    for _ in looks if looks is not None else _for_ever():
        if not os.path.isdir(folder):
            raise InputError(f"{folder}: no folder to watch")
        without = {*run.manifest.outputs, os.path.realpath(run.manifest.folder)}
        found = find([folder], recursive=recursive, without=without)
        passed.tell(found, run.fail)
        states = {s: _state(s.path) for s in found.sources if isinstance(s, Source)}
        new = [
            source
            for source, state in states.items()
            if state is not None and seen.get(source.path) == state != read.get(source.path)
        ]
        seen = {source.path: state for source, state in states.items() if state is not None}
        if not new:
            continue
        before = set(run.report.outputs)
        run.read(new, lambda: reader, 1, wanted)
        read.update({source.path: seen[source.path] for source in new})
        for output in run.report.outputs:
            if output not in before:
                tell(f"wrote {run.manifest.folder / output}")
        run.report.clear()


class _Passed:
    """What is passed over, and what cannot be looked into: each is told once, when it is there at a
    second look, too, as what is being written may have another name in the end.

    Args:
        folder: that is watched; that it is empty is no fault.
    """

    def __init__(self, folder: str) -> None:
        self._empty = f"{folder}: {NO_PICTURES}"
        self._told: set[str] = set()
        self._before: set[str] = set()

    def tell(self, found: Found, fail: Callable[[HwrError], None]) -> None:
        """Tells what is new in what was found."""
        errors = {str(one): one for one in found.sources if isinstance(one, InputError)}
        errors.pop(self._empty, None)
        there = {*found.skipped, *found.folders, *errors}
        new = (there & self._before) - self._told
        self._before = there
        self._told = (self._told | new) & there  # what has gone may come again
        skipped = [path for path in found.skipped if path in new]
        folders = [path for path in found.folders if path in new]
        for remark in Found(skipped=skipped, folders=folders).remarks():
            tell(remark)
        for told, error in errors.items():
            if told in new:
                fail(error)


def _for_ever() -> Iterator[None]:
    while True:
        yield None
        time.sleep(PAUSE_S)


def _state(path: str) -> _State | None:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns
