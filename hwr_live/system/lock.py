"""A lock that several programs respect; the system takes it back from one that dies."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from hwr_live.errors import HwrError

_SECONDS = 10.0  # longer than any holder here needs, unless it has been stopped
_PAUSE_S = 0.01


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock that the file ``path`` stands for; the file is made, and stays.

    Raises:
        HwrError: if another program does not give it back in ten seconds.
        OSError: if the file cannot be made.
    """
    end = time.monotonic() + _SECONDS
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            while not _take(file):
                if time.monotonic() > end:
                    raise HwrError(f"{path.parent} is in use by another program; try again")
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
