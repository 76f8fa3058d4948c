"""A folder that is watched: what comes into it is read, and the result written."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from hwr_live.bulk.folder import Run
from hwr_live.bulk.work import Wanted
from hwr_live.documents.inputs import Source, find
from hwr_live.errors import InputError
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
    grows. What was read before, in this run or an earlier one, is not read again.

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
    seen: dict[str, _State] = {}
    read: dict[str, _State] = {}
    for _ in looks if looks is not None else _for_ever():
        if not os.path.isdir(folder):
            raise InputError(f"{folder}: no folder to watch")
        found = find([folder], recursive=recursive, without=run.manifest.outputs)
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
