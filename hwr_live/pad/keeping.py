"""Strokes that are not saved, kept in the user's own folder while the pad is open, so that a crash
or a power cut takes no more than the last seconds of writing.

Each pad that is open has a file there and a lock beside it. A file whose lock nobody holds was left
by a program that did not come to its end; the next pad offers it.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from datetime import datetime
from json import dumps
from pathlib import Path

from hwr_live.canvas import Canvas
from hwr_live.errors import HwrError
from hwr_live.pad.drawing import strokes_to_json
from hwr_live.stroke import Stroke
from hwr_live.system.files import make_folder, replace_file
from hwr_live.system.folders import user_folder
from hwr_live.system.lock import locked

EVERY_S = 3.0
"""Seconds between two writings of a drawing that goes on."""

_SHARE = 0.05  # of the time: a long drawing is written more rarely
_MOST = 5  # files left by others that are kept: the newest
_TOLD = "unsaved writing is kept every few seconds, against a crash"


def keeping_folder() -> Path:
    """Where unsaved strokes are kept; it need not be there yet.

    Raises:
        InputError: if the user has no home folder.
    """
    return user_folder("data", "unsaved writing is not kept") / "unsaved"


class Keeping:
    """Keeps one pad's strokes; a context manager, whose end takes the file away.

    Args:
        folder: where to; made with the first writing.

    Attributes:
        left: files that other pads left behind, the newest first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.json"
        self._kept: Sequence[Stroke] = ()
        self._next_s = 0.0
        self._failed = self._told = self._holds = False
        self._lock = contextlib.ExitStack()
        self.left = left_in(folder)

    def __enter__(self) -> Keeping:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def due(self, strokes: Sequence[Stroke], now_s: float) -> bool:
        """Whether these strokes, which are not saved, are to be written now.

        Args:
            strokes: of the drawing; none where all is saved.
            now_s: the time in seconds of any clock.
        """
        if self._failed or strokes == self._kept or now_s < self._next_s:
            return False
        self._next_s = now_s + EVERY_S
        return True

    def write(self, drawing: Canvas, strokes: Sequence[Stroke]) -> str:
        """Writes the strokes, or takes the file away where there are none; what is there is never
        half a file. Returns what to say, the first time.

        Args:
            drawing: has a size; nobody may change it any more.
            strokes: as :meth:`due` was told.

        Raises:
            HwrError: if they cannot be written; it is not tried again.
        """
        began = time.monotonic()
        try:
            if strokes:
                if not self._holds:
                    make_folder(self._folder)
                    self._lock.enter_context(locked(_lock_of(self._path), wait_s=0))
                    self._holds = True
                size = [drawing.width, drawing.height]
                told = {"size": size, "strokes": strokes_to_json(strokes)}
                replace_file(self._path, dumps(told).encode())
            else:
                self._path.unlink(missing_ok=True)
        except (HwrError, OSError) as error:
            self._failed = True
            why = error if isinstance(error, HwrError) else error.strerror
            raise HwrError(f"unsaved writing cannot be kept against a crash: {why}") from None
        self._kept = strokes
        self._next_s += (time.monotonic() - began) / _SHARE
        told_before, self._told = self._told, self._told or bool(strokes)
        return _TOLD if strokes and not told_before else ""

    def end(self) -> None:
        """All is saved, or not wanted: nothing is kept any more."""
        _forget(self._path)
        self._lock.close()
        _forget(self._path)  # Windows takes no file away that is open

    def forget(self, left: Path) -> None:
        """A file that another pad left is not wanted any more, or its strokes are kept here."""
        _forget(left)
        self.left = [path for path in self.left if path != left]


def left_in(folder: Path) -> list[Path]:
    """The files that pads left behind which did not come to their end, the newest first; the oldest
    go where there are many."""
    try:
        found = sorted(folder.glob("*.json"), reverse=True)
    except OSError:
        return []
    left = [path for path in found if not _in_use(path)]
    for path in left[_MOST:]:
        _forget(path)
    return left[:_MOST]


def written_at(left: Path) -> str:
    """When a file was written last, such as ``27 Nov 10:15``."""
    try:
        return f"{datetime.fromtimestamp(left.stat().st_mtime):%d %b %H:%M}"
    except OSError:
        return "before"


def _in_use(path: Path) -> bool:
    try:
        with locked(_lock_of(path), wait_s=0):
            return False
    except HwrError:
        return True
    except OSError:
        return False


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _forget(path: Path) -> None:
    for gone in (path, _lock_of(path)):
        with contextlib.suppress(OSError):
            gone.unlink(missing_ok=True)
