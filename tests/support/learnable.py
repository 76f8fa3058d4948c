"""A small data set that any network learns in a few steps: a block whose place tells the class."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.support.datasets import idx


def blocks(count: int, seed: int, classes: int = 10) -> tuple[npt.NDArray[np.uint8], ...]:
    """Images uint8 (count, 28, 28), labels uint8 (count,): class k has its block at k of a 4×4
    grid, over noise."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 90, (count, 28, 28), np.uint8)
    labels = rng.permutation(np.arange(count) % classes).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        row, column = divmod(int(label), 4)
        image[2 + 6 * row : 8 + 6 * row, 2 + 6 * column : 8 + 6 * column] = 255
    return images, labels


def mnist_of_blocks(train: int = 400, test: int = 120) -> dict[str, bytes]:
    """The four files of MNIST, of blocks."""
    files = {}
    for seed, (part, count) in enumerate((("train", train), ("t10k", test))):
        images, labels = blocks(count, seed)
        files[f"{part}-images-idx3-ubyte"] = idx(images)
        files[f"{part}-labels-idx1-ubyte"] = idx(labels)
    return files
