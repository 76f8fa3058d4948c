"""A thread that does one thing while its caller does another."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")


class Aside(Generic[_T]):
    """Something that is made in another thread while its caller does something else.

    One thread serves all, one after the other, and is kept: it begins sooner than a new one, for
    which the caller has to wait. So what is made must not wait for something else that is.

    Args:
        make: makes it. Where the system has no thread to give, the caller does so at once.
    """

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._made: list[_T] = []
        self._failure: BaseException | None = None
        self._done = threading.Event()
        waiting = _thread()
        if waiting is None:
            self.run()
        else:
            waiting.put(self)

    def run(self) -> None:
        """Makes it."""
        try:
            self._made.append(self._make())
        except BaseException as error:  # raised where the result is asked for
            self._failure = error
        self._done.set()

    def result(self) -> _T:
        """What was made; waits for it.

        Raises:
            BaseException: what ``make`` raised.
        """
        self._done.wait()
        if self._failure is not None:
            raise self._failure
        return self._made[0]


_waiting: tuple[int, queue.SimpleQueue[Aside[Any]]] | None = None  # of the process of a number
_starting = threading.Lock()


def _thread() -> queue.SimpleQueue[Aside[Any]] | None:
    """What the thread takes its work from; None if there is none to be had."""
    global _waiting
    with _starting:
        if _waiting is None or _waiting[0] != os.getpid():  # a copy of a process has no threads
            waiting: queue.SimpleQueue[Aside[Any]] = queue.SimpleQueue()
            try:
                threading.Thread(target=_serve, args=(waiting,), name="aside", daemon=True).start()
            except RuntimeError:
                return None
            _waiting = os.getpid(), waiting
        return _waiting[1]


def _serve(waiting: queue.SimpleQueue[Aside[Any]]) -> None:
    while True:
        waiting.get().run()
