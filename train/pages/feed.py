"""Batches of composed pages, made by processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from train.fit.feed import BatchFeed
from train.pages.compose import Composer, Sample
from train.pages.target import MAPS, interleaved

_AHEAD = 24  # batches that are made before they are needed


@dataclass(frozen=True)
class Batch:
    """Pictures with what is to be said of them.

    Attributes:
        images: uint8 (n, h, w).
        maps: uint8 (n, h/4, w/4, 12), as ``target.interleaved``.
        known: uint8 of the same shape, 0 where nobody knows.
        way: float16 (n, h/4, w/4, 2), directions.
        told: uint8 (n, h/4, w/4), 1 where there is one.
    """

    images: npt.NDArray[np.uint8]
    maps: npt.NDArray[np.uint8]
    known: npt.NDArray[np.uint8]
    way: npt.NDArray[np.float16]
    told: npt.NDArray[np.uint8]


def batch(samples: list[Sample]) -> Batch:
    """Samples of one size put together, at least one."""
    known = [np.repeat(one.target.known[None], MAPS, 0) for one in samples]
    return Batch(
        np.stack([one.grey for one in samples]),
        np.stack([interleaved(one.target.maps) for one in samples]),
        np.stack([interleaved(one) for one in known]),
        np.stack([one.target.way.transpose(1, 2, 0) for one in samples]).astype(np.float16),
        np.stack([one.target.told for one in samples]),
    )


def batches(composer: Composer, size: int, seed: list[int]) -> Iterator[Batch]:
    """Batches without an end; the same seed gives the same."""
    rng = np.random.default_rng(seed)
    while True:
        yield batch([composer.sample(rng) for _ in range(size)])


def _composed(data: Path, size: int, side: int, licences: str, seed: list[int]) -> Iterator[Batch]:
    return batches(Composer(data, side=side, licences=licences), size, seed)


class Feed(BatchFeed[Batch]):
    """Batches from processes; close it in the end.

    Args:
        data: the folder of the data.
        size: pictures a batch.
        side: pixels of each.
        seed: of chance.
        workers: how many processes.
        part: a number that differs from one sitting of a training to the next, so that a resumed
            one is not shown the same pages again.
        licences: of what people wrote, "any" or "free".
    """

    def __init__(
        self,
        data: Path,
        size: int,
        side: int,
        seed: int,
        workers: int,
        part: int = 0,
        licences: str = "any",
    ) -> None:
        make = partial(_composed, data, size, side, licences)
        super().__init__(make, [seed, part], workers, _AHEAD, "pages")
