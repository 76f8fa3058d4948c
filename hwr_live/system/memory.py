"""Memory that a program which runs all day gives back."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD = -3  # the name of the setting in glibc's malloc.h
_LARGE = 256 * 1024  # bytes: pictures of a window are larger, what hangs on a stroke is smaller


def give_back_pictures() -> None:
    """Has memory as large as a picture go back to the system as soon as nobody needs it.

    glibc does so at first; after a few large pictures it keeps them for the next ones, and where
    these have other sizes, as those of a window that is resized, they leave gaps, and the program
    grows for hours. Elsewhere nothing is changed.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
    except (AttributeError, OSError):  # another C library
        return
