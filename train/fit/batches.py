"""The batches of a pass: gathered, varied and made ready while the network works."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from hwr_live.crop import network_input
from train.devices import cores
from train.fit.distribute import Team
from train.images.augment import augment
from train.images.pool import Pool
from train.recipe import Recipe

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]
"""Images (n, 28, 28, 1), 0 to 1, and labels (n,)."""

Parts = list[Batch]
"""A batch in parts, one for each of a process's replicas."""

_AHEAD = 8  # batches that are made ready while a step runs


def batches(
    train: Pool, recipe: Recipe, epoch: int, steps: int, count: int, team: Team
) -> Iterator[Parts]:
    """The batches of a pass, in parts for this process's replicas.

    They are made in threads of their own while the network works.
    """
    order = train.order(epoch, recipe.seed, count)
    replicas = team.replicas

    def make(number: int) -> Parts:
        whole = order[number * recipe.batch : (number + 1) * recipe.batch]
        whole = whole[: len(whole) // replicas * replicas]
        seed = [recipe.seed, 2, epoch * steps + number]
        return [
            part(whole[replica::replicas], seed if replicas == 1 else [*seed, replica])
            for replica in team.own
        ]

    def part(some: npt.NDArray[np.int64], seed: list[int]) -> Batch:
        images = train.images[some]
        if recipe.augmentation is None:
            return network_input(images), train.labels[some]
        varied = augment(images, recipe.augmentation, np.random.default_rng(seed))
        return varied[..., None], train.labels[some]

    threads = max(1, min(_AHEAD, cores() // 2))
    pool = ThreadPoolExecutor(threads)
    try:
        ready: deque[Future[Parts]] = deque()
        for number in range(steps):
            ready.append(pool.submit(make, number))
            if len(ready) > _AHEAD:
                yield ready.popleft().result()
        while ready:
            yield ready.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
