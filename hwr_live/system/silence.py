"""Keeps C libraries from writing to stderr: what matters of it is told by us, in one line."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

_lock = threading.RLock()


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Sends file descriptor 2 of the whole process to nowhere for as long as the block runs.

    For short blocks only: other threads are not heard meanwhile either.
    """
    with _lock, contextlib.ExitStack() as after:  # of two at once, one would keep the other's
        try:
            kept = os.dup(2)
        except OSError:  # closed: nobody listens
            yield
            return
        after.callback(os.close, kept)
        if sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.flush()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        after.callback(os.dup2, kept, 2)
        yield
