"""Work in several processes, in order, that goes on when one of them dies."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hwr_live.errors import HwrError

if TYPE_CHECKING:  # what processes need takes long to load, and one picture needs none
    from concurrent.futures import Future, ProcessPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")
State = TypeVar("State")
Given = TypeVar("Given", covariant=True)

_AHEAD = 2  # items a process that are under way or wait: more would fill the memory


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
) -> Generator[Result | Died[Item], None, None]:
    """Does work in processes of its own; results come in the order of the items.

    Items are taken as they are needed, two a process ahead. Where a process dies, as of want of
    memory or a fault in a library, what was under way is done again, one at a time: what was not to
    blame gets its result.

    Args:
        work: a function that can be pickled; gets what ``prepare`` made, and an item.
        items: can be pickled, or are ``Ready``.
        prepare: can be pickled; called once in each process.
        jobs: processes.

    Raises:
        HwrError: if processes die before they have done anything.
    """
    from concurrent.futures import Future
    from concurrent.futures.process import BrokenProcessPool

    pool: ProcessPoolExecutor | None = None
    waiting: deque[tuple[Any, Future[Result]]] = deque()

    def next_result() -> Result | Died[Item]:
        nonlocal pool
        item, future = waiting.popleft()
        try:
            return future.result()
        except BrokenProcessPool:
            return _alone(work, item, prepare)

    try:
        for item in items:
            if isinstance(item, Ready):
                future: Future[Result] = Future()
                future.set_result(item.result)
            else:
                pool, future = _submit(pool, work, item, prepare, jobs)
            waiting.append((item, future))
            if len(waiting) > _AHEAD * jobs:
                yield next_result()
        while waiting:
            yield next_result()
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _submit(
    pool: ProcessPoolExecutor | None,
    work: Callable[[State, Item], Result],
    item: Item,
    prepare: Callable[[], State],
    jobs: int,
) -> tuple[ProcessPoolExecutor, Future[Result]]:
    """Hands an item to the pool; to a new one where there is none, or it is broken."""
    from concurrent.futures.process import BrokenProcessPool

    with interrupts_held():  # processes are begun here, as they are needed
        try:
            pool = pool or _pool(prepare, jobs)
            return pool, pool.submit(_do, work, item)
        except BrokenProcessPool:
            pool = _pool(prepare, jobs)
            return pool, pool.submit(_do, work, item)


def _alone(
    work: Callable[[State, Item], Result], item: Item, prepare: Callable[[], State]
) -> Result | Died[Item]:
    """Does in a process of its own what was under way in one that broke."""
    from concurrent.futures.process import BrokenProcessPool

    with _pool(prepare, 1) as pool:
        try:
            with interrupts_held():
                pool.submit(int).result()
        except BrokenProcessPool:
            told = "processes die before they read anything; use fewer --jobs"
            raise HwrError(told) from None
        try:
            return pool.submit(_do, work, item).result()
        except BrokenProcessPool:
            return Died(item)


def _pool(prepare: Callable[[], Any], jobs: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, context, _begin, initargs=(prepare,))


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Keeps Ctrl-C back for the block, and for ever from processes that are begun in it.

    A terminal interrupts them too, and Python tells of that while it starts. Windows has no such
    means.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_state: Any  # of a process of the pool


def _begin(prepare: Callable[[], Any]) -> None:
    global _state
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.redirect_stderr(io.StringIO()):
        _state = prepare()  # what it says, the parent has said


def _end_with_parent() -> None:
    """Ends this process when the one that began it is gone, were it by kill -9."""
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(work: Callable[[Any, Item], Result], item: Item) -> Result:
    return work(_state, item)
