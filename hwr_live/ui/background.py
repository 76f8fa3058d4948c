"""Reading in a thread of its own, so that a window goes on while the network thinks."""

from __future__ import annotations

import queue
import sys
import threading
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from hwr_live.canvas import Canvas
from hwr_live.readers import AnyReader
from hwr_live.reading import Reading

Wish = TypeVar("Wish")

_MOST = 8  # wanted drawings that wait; each holds a picture, and nobody draws faster than is read


# Seconds that a thread may keep the interpreter from another that waits for it; Python's own 5 ms
# are a sixth of what a stroke may take to be read and shown. By measuring that.
_SWITCH_S = 0.0005


@dataclass(frozen=True)
class Job(Generic[Wish]):
    """A drawing to read.

    Attributes:
        reader: reads it.
        drawing: nobody may change it any more.
        revision: the caller's, to know by what the answer is of.
        wanted: what the answer is wanted for, even if newer drawings wait.
    """

    reader: AnyReader
    drawing: Canvas = field(repr=False)
    revision: tuple[int, int]
    wanted: tuple[Wish, ...] = ()


class BackgroundReader(Generic[Wish]):
    """One thread that reads the newest drawing, and every wanted one, in order.

    What waits is bounded. A context manager; leaving it closes it.
    """

    def __init__(self) -> None:
        self._waiting: deque[Job[Wish]] = deque()
        self._changed = threading.Condition()
        self._done: queue.SimpleQueue[tuple[Job[Wish], Reading | Exception]] = queue.SimpleQueue()
        self._arrived = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._work, name="reader", daemon=True)

    def __enter__(self) -> BackgroundReader[Wish]:
        sys.setswitchinterval(_SWITCH_S)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Waits for the wanted readings, whose answers can still be had, and ends the thread."""
        with self._changed:
            self._ending = True
            self._drop_unwanted()
            self._changed.notify()
        self._thread.join()

    def submit(self, job: Job[Wish]) -> bool:
        """Asks for a reading; drawings that still wait and are not wanted are forgotten, and what
        is wanted of one drawing is read once.

        Returns:
            Whether it is read: not if it is wanted while as many other drawings wait as may.
        """
        with self._changed:
            wanted = [waiting for waiting in self._waiting if waiting.wanted]
            last = wanted[-1] if wanted else None
            if last is not None and (last.revision, last.reader) == (job.revision, job.reader):
                wanted[-1] = replace(last, wanted=last.wanted + job.wanted)
            elif job.wanted and len(wanted) >= _MOST:
                return False  # and the newest drawing stays where it is
            else:
                wanted.append(job)
            self._waiting = deque(wanted)
            self._changed.notify()
            return True

    @property
    def waiting(self) -> int:
        """How many drawings wait to be read."""
        with self._changed:
            return len(self._waiting)

    def answers(self, within: float = 0.0) -> list[tuple[Job[Wish], Reading]]:
        """The readings that are there by now, the oldest first.

        Args:
            within: seconds in which one is waited for, if there is none yet.

        Raises:
            Exception: what the reader raised.
        """
        if within:
            self._arrived.wait(within)
        self._arrived.clear()
        answers: list[tuple[Job[Wish], Reading]] = []
        while not self._done.empty():
            job, answer = self._done.get()
            if isinstance(answer, Exception):
                raise answer
            answers.append((job, answer))
        return answers

    def _drop_unwanted(self) -> None:
        self._waiting = deque(job for job in self._waiting if job.wanted)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ending)
                if not self._waiting:
                    return
                job = self._waiting.popleft()
            answer: Reading | Exception
            try:
                answer = job.reader.read(job.drawing)
            except Exception as error:  # raised again where the answer is asked for
                answer = error
            self._done.put((job, answer))
            self._arrived.set()
