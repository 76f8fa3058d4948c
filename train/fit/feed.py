"""Batches without an end from processes of their own, which end with the training."""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from hwr_live.errors import HwrError
from hwr_live.system.child import be_child, signals_held

Batch = TypeVar("Batch")


class BatchFeed(Generic[Batch]):
    """Batches from processes; close it in the end.

    Args:
        make: gives batches without an end by a seed; runs in the processes, so it must be a
            function of a module, or a partial of one.
        seed: of chance, with a number that differs from one sitting of a training to the next, so
            that a resumed one is not shown the same again. Each process adds its own number.
        workers: how many processes.
        ahead: batches that are made before they are needed.
        what: is made, for messages.
    """

    def __init__(
        self,
        make: Callable[[list[int]], Iterator[Batch]],
        seed: Sequence[int],
        workers: int,
        ahead: int,
        what: str,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._what = what
        self._queue: Any = context.Queue(ahead)
        self._processes = [
            context.Process(target=_work, args=(make, [*seed, i], self._queue), daemon=True)
            for i in range(workers)
        ]
        with signals_held():
            for process in self._processes:
                process.start()

    def take(self) -> Batch:
        """The next batch.

        Raises:
            HwrError: if a process has ended, as one does whose data is missing.
        """
        while True:
            try:
                one: Batch = self._queue.get(timeout=5)
                return one
            except queue.Empty:
                if not all(process.is_alive() for process in self._processes):
                    raise HwrError(f"a process that composes {self._what} has ended") from None

    def close(self) -> None:
        """Ends the processes."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()


def _work(make: Callable[[list[int]], Iterator[Any]], seed: list[int], made: Any) -> None:
    be_child()
    import cv2

    cv2.setNumThreads(1)
    for one in make(seed):
        made.put(one)
