"""A lock that several programs respect; the system takes it back from one that dies."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from hwr_live.errors import HwrError

_PAUSE_S = 0.01


@contextlib.contextmanager
def locked(path: Path, *, wait_s: float = 10.0, busy: str = "") -> Iterator[None]:
    """Holds the lock that ``path`` stands for.

    Args:
        path: a file, which is made and stays; or a folder that is there, which is locked itself.
            Windows has locks of files only.
        wait_s: seconds to wait for another program; ten are longer than any holder of a file here
            needs, unless it has been stopped.
        busy: what to say if that does not give it back.

    Raises:
        HwrError: if another program does not give it back.
        OSError: if the file cannot be made.
    """
    folder = path.is_dir()
    if folder and sys.platform == "win32":
        yield
        return
    how = os.O_RDONLY if folder else os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    busy = busy or f"{path.parent} is in use by another program; try again"
    end = time.monotonic() + wait_s
    while True:
        file = os.open(path, how, 0o666)
        try:
            while not _take(file):
                if time.monotonic() > end:
                    raise HwrError(busy)
                time.sleep(_PAUSE_S)
            if not _is(file, path):  # it was deleted meanwhile, and nobody else would see this one
                continue
            yield
            return
        finally:
            os.close(file)


def _is(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except OSError:
        return False


def _take(file: int) -> bool:
    """Whether the lock could be had at once; it goes with the file's closing."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks: better alone and unlocked than not at all
        return True
    return True
