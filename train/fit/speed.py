"""How many images a second each network trains on, and how near the input comes to that."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from train.fit.batches import Parts, batches
from train.fit.distribute import alone
from train.fit.nets import NETS
from train.fit.step import make_optimizer, step_function
from train.images.pool import Pool
from train.recipe import Recipe

_IMAGES = 20_000  # enough that they do not fit into a processor's fast memory


@dataclass(frozen=True)
class Speed:
    """Images a second.

    Attributes:
        parameters: of the network.
        step: of training steps on a batch that lies ready.
        plain: of batches that are only gathered and scaled.
        augmented: of batches that are varied too.
        both: of training as it is done, with augmentation where the recipe has it.
    """

    parameters: int
    step: float
    plain: float
    augmented: float
    both: float


def measure(recipe: Recipe, classes: int, seconds: float) -> Speed:
    """Measures a recipe on random images, each figure for so many seconds."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (_IMAGES, 28, 28), np.uint8)
    pool = Pool(images, rng.integers(0, classes, _IMAGES).astype(np.int32))
    model = NETS[recipe.net](classes)
    optimizer = make_optimizer(recipe, 1000)
    optimizer.build(model.trainable_variables)
    team = alone()
    step = step_function(model, optimizer, [], recipe, classes, team)
    varied = replace(recipe, augmentation=recipe.augmentation or Recipe().augmentation)

    def endless(how: Recipe) -> Iterator[Parts]:
        for epoch in itertools.count():
            yield from batches(pool, how, epoch, _IMAGES // recipe.batch, _IMAGES, team)

    def rate(work: Callable[[], object]) -> float:
        work()  # what is made only once is not counted
        started = time.perf_counter()
        for count in itertools.count(1):
            work()
            if (passed := time.perf_counter() - started) > seconds:
                return count * recipe.batch / passed
        raise AssertionError

    ready = next(endless(recipe))
    plain, augmented, both = (
        endless(how) for how in (replace(recipe, augmentation=None), varied, recipe)
    )
    return Speed(
        model.count_params(),
        rate(lambda: int(step(ready, 0.9)[1])),
        rate(lambda: next(plain)),
        rate(lambda: next(augmented)),
        rate(lambda: int(step(next(both), 0.9)[1])),
    )
