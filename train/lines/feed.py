"""Batches of composed lines, made by processes of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from train.fit.feed import BatchFeed
from train.lines.alphabet import STRIDE, UNKNOWN, encode
from train.lines.compose import SHARES, Composer, Line

_POOL = 20  # batches whose lines are sorted by width together
_STEP = 32  # columns: batches are as wide as a multiple of it, so that few shapes occur


@dataclass(frozen=True)
class Batch:
    """Lines of like width.

    Attributes:
        images: uint8 (n, 48, w), black on the right of narrower ones.
        frames: int32 (n,), frames of each line itself.
        texts: int32 (n, m), outputs that spell each, 0 after its end.
        lengths: int32 (n,), how many.
        kinds: int32 (n, w/4), which of ``KINDS`` each frame is, or ``UNKNOWN``.
    """

    images: npt.NDArray[np.uint8]
    frames: npt.NDArray[np.int32]
    texts: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int32]


def batch(lines: list[Line]) -> Batch:
    """Lines put together, at least one."""
    widest = max(line.image.shape[1] for line in lines)
    width = -(-widest // _STEP) * _STEP
    images = np.zeros((len(lines), lines[0].image.shape[0], width), np.uint8)
    codes = [encode(line.text) for line in lines]
    texts = np.zeros((len(lines), max(1, max(map(len, codes)))), np.int32)
    for i, (line, code) in enumerate(zip(lines, codes, strict=True)):
        images[i, :, : line.image.shape[1]] = line.image
        texts[i, : len(code)] = code
    frames = np.array([line.image.shape[1] // STRIDE for line in lines], np.int32)
    kinds = np.full((len(lines), width // STRIDE), UNKNOWN, np.int32)
    for i, line in enumerate(lines):
        kinds[i, : frames[i]] = line.kinds
    return Batch(images, frames, texts, np.array([len(code) for code in codes], np.int32), kinds)


def batches(composer: Composer, size: int, seed: list[int]) -> Iterator[Batch]:
    """Batches without an end; the same seed gives the same."""
    rng = np.random.default_rng(seed)
    while True:
        lines = sorted(
            (composer.line(rng) for _ in range(_POOL * size)), key=lambda one: one.image.shape[1]
        )
        made = [batch(lines[i : i + size]) for i in range(0, len(lines), size)]
        for i in rng.permutation(len(made)).tolist():
            yield made[i]


def _composed(
    data: Path, size: int, shares: Mapping[str, float], licences: str, seed: list[int]
) -> Iterator[Batch]:
    return batches(Composer(data, shares=shares, licences=licences), size, seed)


class Feed(BatchFeed[Batch]):
    """Batches from processes; close it in the end.

    Args:
        data: the folder of the data.
        size: lines a batch.
        seed: of chance, with a number that differs from one sitting of a training to the next, so
            that a resumed one is not shown the same lines again.
        workers: how many processes.
        shares: how often each source is drawn.
        licences: of what people wrote, "any" or "free".
    """

    def __init__(
        self,
        data: Path,
        size: int,
        seed: Sequence[int],
        workers: int,
        shares: Mapping[str, float] = SHARES,
        licences: str = "any",
    ) -> None:
        make = partial(_composed, data, size, dict(shares), licences)
        super().__init__(make, seed, workers, 3 * _POOL, "lines")
