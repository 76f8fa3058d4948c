"""Memory of programs that run all day: what they give back, and what they do not look through."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import time

_EVERY_S = 30.0  # by eye: it costs the next picture a few milliseconds
_last_s = float("-inf")


def give_back_pictures(*, at_once: bool = False) -> None:
    """Gives memory that nobody needs back to the system; for programs that show or read pictures,
    to be called at each of them.

    glibc keeps the memory of large pictures for the next ones. That is what makes these quick: to
    get new memory takes longer than most of what is done with it. But where pictures have other
    sizes, as those of a window that is resized, gaps are left between them, and the program grows
    for hours. Elsewhere nothing is done.

    Args:
        at_once: also where it was done in the last 30 seconds, as pictures have another size now.
    """
    global _last_s
    now = time.monotonic()
    if not sys.platform.startswith("linux") or not (at_once or now - _last_s > _EVERY_S):
        return
    _last_s = now
    with contextlib.suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def spare_what_is_loaded() -> None:
    """Has Python's search for cycles of garbage leave alone what is there by now, above all the
    modules: all of it takes 16 ms to look through, in which a window stands still."""
    gc.freeze()
