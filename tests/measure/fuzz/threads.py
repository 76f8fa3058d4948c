"""A process that can begin few threads; imports nothing else, as it is to come before a program."""

from __future__ import annotations

import threading
from typing import Any


def begin_threads(left: int) -> None:
    """Lets this process begin so many threads more."""
    start: Any = threading.Thread.start
    begun = [0]

    def begin(thread: threading.Thread) -> None:
        begun[0] += 1
        if begun[0] > left:
            raise RuntimeError("can't start new thread")
        start(thread)

    threading.Thread.start = begin  # type: ignore[assignment,method-assign]
