"""Work done by the workers of a Dask scheduler, in order, as ``in_order`` does it in processes."""

from __future__ import annotations

import gc
import pickle
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

from hwr_live.errors import HwrError, InputError
from hwr_live.system.missing import need
from hwr_live.system.processes import Died, Ready

Item = TypeVar("Item")
Result = TypeVar("Result")
State = TypeVar("State")

_AHEAD = 4  # items a worker's thread that wait for it: the way to the scheduler takes time
TIMEOUT_S = 30.0
"""Seconds for the scheduler to answer."""
WORKERS_S = 30.0
"""Seconds for its first worker to be there, or for another when all are gone."""


def on_cluster(
    address: str,
    work: Callable[[State, Item], Result],
    items: Iterable[Item | Ready[Result]],
    prepare: Callable[[], State],
) -> Generator[Result | Died[Item], None, None]:
    """Does work on the workers of a scheduler; results come in the order of the items.

    What a worker had in hand when it was lost is done by another. An item with which several are
    lost, twice as many as the scheduler allows, is :class:`Died`.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``.
        work, items, prepare: as of :func:`hwr_live.system.processes.in_order`; ``prepare`` is
            called once in each thread of a worker.

    Raises:
        InputError: if Dask is not installed, or there is no scheduler at the address.
        HwrError: if there is no worker, or none any more, or the scheduler is lost.
    """
    distributed = need("distributed", "--dask", "cluster")
    client, reason = None, ""
    try:
        client = distributed.Client(address, timeout=TIMEOUT_S, set_as_default=False)
    except (OSError, ValueError, TypeError, AssertionError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
    if client is None:
        # A client that came to nothing closes when it is collected, and locks up for ever if that
        # is while another one is begun.
        gc.collect()
        raise InputError(f"no Dask scheduler answers at {address}: {reason}")
    with client:

        def wait_for_workers() -> None:
            try:
                client.wait_for_workers(1, timeout=WORKERS_S)
            except (TimeoutError, distributed.TimeoutError):  # not the same before Python 3.11
                told = f"the scheduler at {address} has no workers; start dask worker {address}"
                raise HwrError(told) from None

        wait_for_workers()
        # It goes with every item: what is scattered is lost with the worker that has it.
        recipe = pickle.dumps((work, prepare))
        yield from _results(client, distributed, recipe, items, wait_for_workers)


def _results(
    client: Any,
    distributed: Any,
    recipe: bytes,
    items: Iterable[Any],
    wait_for_workers: Callable[[], None],
) -> Generator[Any, None, None]:
    waiting: deque[tuple[Any, Any]] = deque()

    def waited(future: Any) -> Any:
        """What came of an item; the scheduler would keep it for ever when the workers are gone."""
        while True:
            try:
                return future.result(timeout=WORKERS_S)
            except (TimeoutError, distributed.TimeoutError):
                if future.status == "error":  # it is the item's own
                    raise
                # A result that is there may lie with a worker that is lost: it is done again.
            wait_for_workers()

    def next_result() -> Any:
        item, future = waiting.popleft()
        if isinstance(item, Ready):
            return item.result
        try:
            try:
                return waited(future)
            except distributed.KilledWorker:  # or one of those that waited where another killed
                return waited(client.submit(_do, recipe, item, pure=False))
        except distributed.KilledWorker:
            return Died(item)
        except ImportError as error:
            raise HwrError(f"the workers lack what is needed to read: {error}") from None
        except (distributed.client.FutureCancelledError, OSError) as error:
            raise HwrError(f"the scheduler is lost: {error}") from None

    for item in items:
        future = None
        if not isinstance(item, Ready):
            future = client.submit(_do, recipe, item, pure=False)
        waiting.append((item, future))
        # Workers may come and go while it runs.
        if len(waiting) > _AHEAD * max(1, sum(client.nthreads().values())):
            yield next_result()
    while waiting:
        yield next_result()


_states = threading.local()  # of each thread of a worker: what was prepared, by its recipe


def _do(recipe: bytes, item: Any) -> Any:
    work, prepare = pickle.loads(recipe)
    known: dict[bytes, Any] = _states.__dict__.setdefault("known", {})
    if recipe not in known:
        known.clear()  # of another run
        known[recipe] = prepare()
    return work(known[recipe], item)
