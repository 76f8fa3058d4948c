"""Work in several processes, in order, that goes on when one of them dies."""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hwr_live.errors import HwrError
from hwr_live.system.worker import Worker

Item = TypeVar("Item")
Result = TypeVar("Result")
State = TypeVar("State")
Given = TypeVar("Given", covariant=True)

_AHEAD = 2  # items a process that are under way or wait: more would fill the memory
PATIENCE_S = 300.0
"""Seconds after which an item is given up, as its process hangs or was stopped: a hundred times
what the largest picture takes."""
_SMALL = 1 << 13  # bytes of an item that a pipe takes while its reader is busy
_LOOK_S = 1.0  # how often is looked whether a process takes too long
_TRIES = 2  # processes that may die with an item before it is given up
_STARTS = 3  # processes in a row that may die before they are ready


@dataclass(frozen=True)
class Ready(Generic[Given]):
    """An item whose result is there already, and takes its place in the order."""

    result: Given


@dataclass(frozen=True)
class Died(Generic[Item]):
    """What comes in place of a result: the process died with this item, and again with it alone."""

    item: Item


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    work: Callable[[State, Item], Result],
    items: Iterable[Item | Ready[Result]],
    prepare: Callable[[], State],
    jobs: int,
    patience_s: float = PATIENCE_S,
) -> Generator[Result | Died[Item], None, None]:
    """Does work in processes of its own; results come in the order of the items.

    Items are taken as they are needed, two a process ahead. Where a process dies, as of want of
    memory or a fault in a library, what it was at is done once more, with no other process at work.
    Processes end with this one, were it by ``kill -9``, and at once where the generator is closed.

    Args:
        work: a function that can be pickled; gets what ``prepare`` made, and an item.
        items: can be pickled, or are ``Ready``.
        prepare: can be pickled; called once in each process.
        jobs: processes at most, 1 at least; where the system gives fewer, those do all.
        patience_s: seconds that an item may take; a process that takes longer is ended, and the
            item with it, as if it had died.

    Raises:
        HwrError: if no process can be begun, or they die, or answer nothing for long, before they
            have done anything.
        Exception: what ``work`` raised, in place of a result.
    """
    crew: _Crew[Item, Result] = _Crew(work, prepare, jobs, patience_s)
    waiting: deque[_Slot[Item, Result]] = deque()
    try:
        for item in items:
            waiting.append(crew.take(item))
            if len(waiting) > _AHEAD * jobs:
                yield crew.result(waiting.popleft())
        while waiting:
            yield crew.result(waiting.popleft())
    finally:
        crew.end()


@dataclass(eq=False)
class _Slot(Generic[Item, Result]):
    """An item and what came of it."""

    item: Item | None
    outcome: Callable[[], Result | Died[Item]] | None = None
    tries: int = 0


class _Crew(Generic[Item, Result]):
    """The processes, and what is still to be done.

    No thread helps: a system that has no more threads to give would leave it waiting for ever.
    """

    def __init__(
        self,
        work: Callable[[Any, Item], Result],
        prepare: Callable[[], Any],
        jobs: int,
        patience_s: float,
    ) -> None:
        self._recipe = pickle.dumps((work, prepare))
        self._jobs, self._patience_s = max(1, jobs), patience_s
        self._workers: list[Worker[_Slot[Item, Result]]] = []
        self._todo: deque[_Slot[Item, Result]] = deque()
        self._lost = 0  # processes in a row that died before they were ready

    def take(self, item: Item | Ready[Result]) -> _Slot[Item, Result]:
        """Has an item done; returns what its result will be in."""
        if isinstance(item, Ready):
            given = item.result
            return _Slot(None, lambda: given)
        slot: _Slot[Item, Result] = _Slot(item)
        self._todo.append(slot)
        self._hand_out()
        return slot

    def result(self, slot: _Slot[Item, Result]) -> Result | Died[Item]:
        """What came of an item; waits for it."""
        from multiprocessing.connection import wait

        while slot.outcome is None:
            self._hand_out()
            by_channel: dict[Any, Worker[_Slot[Item, Result]]]
            by_channel = {worker.channel: worker for worker in self._workers}
            for channel in wait(list(by_channel), _LOOK_S):
                self._hear(by_channel[channel])
            for worker in list(self._workers):
                if worker.is_stuck():
                    self._bury(worker, stuck=True)
        self._hand_out()
        return slot.outcome()

    def end(self) -> None:
        """Ends the processes, whatever they are at."""
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.bury()

    def _hand_out(self) -> None:
        """Gives items to processes that can take them; begins processes as they are needed."""
        while self._todo:
            slot = self._todo[0]
            busy = [one for worker in self._workers for one in worker.hands]
            if any(one.tries for one in busy) or (slot.tries and busy):
                return  # what a process has died with is done alone
            ready = [one for one in self._workers if one.ready]
            worker = min(ready, key=lambda one: len(one.hands), default=None)
            if worker is None or worker.hands:
                coming = len(self._workers) - len(ready)
                if coming < len(self._todo) and len(self._workers) < self._jobs:
                    self._begin()
                    continue
            if worker is None or len(worker.hands) >= _AHEAD:
                return
            sent = pickle.dumps(slot.item)
            if worker.hands and len(sent) > _SMALL:
                return
            self._todo.popleft()
            worker.give(slot, sent)

    def _begin(self) -> None:
        """Begins another process; where the system has no more, those that there are do all."""
        try:
            self._workers.append(Worker(self._recipe, self._patience_s))
        except (OSError, RuntimeError, MemoryError, AssertionError) as error:
            if not self._workers:
                raise HwrError(_why_none(error)) from None
            self._jobs = len(self._workers)

    def _hear(self, worker: Worker[_Slot[Item, Result]]) -> None:
        """Takes what a process says, or that it is gone."""
        try:
            answer = worker.hear()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if worker.ready:
            self._lost = 0
        if answer is not None:  # else it is being prepared
            worker.hands.popleft().outcome = answer

    def _bury(self, worker: Worker[_Slot[Item, Result]], *, stuck: bool = False) -> None:
        """Sees to what a process had in hand when it died, or hung."""
        self._workers.remove(worker)
        worker.kill()
        worker.bury()
        hands = list(worker.hands)
        if not worker.ready:
            self._lost += 1
            # As many as there are may all die of want of memory, where one alone would not.
            self._jobs = max(1, min(self._jobs, len(self._workers)))
            if not self._workers and (stuck or self._lost >= _STARTS):
                what = "hang" if stuck else "die"
                told = f"processes {what} before they read anything{worker.why}; use fewer --jobs"
                raise HwrError(told)
        elif hands:
            at = hands[0]
            at.tries += 1
            if at.tries >= _TRIES:
                died: Died[Item] = Died(at.item)  # type: ignore[arg-type]
                at.outcome = lambda: died
                hands = hands[1:]
        self._todo.extendleft(reversed(hands))


def _why_none(error: BaseException) -> str:
    """Why there is no process, in one line."""
    if isinstance(error, AssertionError):  # multiprocessing's own rule
        return "a process that multiprocessing ends with its parent may begin none; use one job"
    if "bootstrapping" in str(error):
        return (
            "this process of multiprocessing is still being started, and may begin none: what is "
            'to happen once belongs under if __name__ == "__main__" in the script that it runs'
        )
    reason = getattr(error, "strerror", None) or error or type(error).__name__
    return f"the system gives no process ({reason}); use fewer --jobs"
