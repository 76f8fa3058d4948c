"""Small data sets in the official layouts, and one that any network learns in a few steps."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from train.data.datasets import OFFICIAL, Dataset, Part

Bytes = npt.NDArray[np.uint8]
SPLITS = tuple(name for name in OFFICIAL if name != "mnist")
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARS = {
    "emnist-byclass": "0123456789" + _UPPER + _UPPER.lower(),
    "emnist-bymerge": "0123456789" + _UPPER + "abdefghnqrt",
    "emnist-balanced": "0123456789" + _UPPER + "abdefghnqrt",
    "emnist-letters": _UPPER,
    "emnist-digits": "0123456789",
    "emnist-mnist": "0123456789",
    "mnist": "0123456789",
}
"""The characters of each data set in label order."""


def idx(array: Bytes) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def pictures(count: int, seed: int) -> Bytes:
    """Noise with a bar along the top, cut at the left: it tells every wrong orientation."""
    images = np.random.default_rng(seed).integers(0, 60, (count, 28, 28), np.uint8)
    images[:, 2, 6:26] = 255
    return images


def expected(name: str, count: int) -> tuple[Part, Part]:
    """Training and test part as they must come out of what the writers here write."""
    classes = len(OFFICIAL.get(name, OFFICIAL["emnist-byclass"]).chars)
    train, test = (
        Part(pictures(n, seed), (np.arange(n) % classes).astype(np.uint8))
        for seed, n in enumerate((count, count // 2))
    )
    return train, test


def emnist_files(name: str, count: int = 70, *, prefix: str | None = None) -> dict[str, bytes]:
    """The five files of a split of EMNIST as its archive has them, not gzipped."""
    official = OFFICIAL.get(name, OFFICIAL["emnist-byclass"])
    prefix = prefix or name
    lines = []
    for label, char in enumerate(official.chars, official.first_label):
        codes = [ord(char), ord(char.lower())] if name == "emnist-letters" else [ord(char)]
        lines.append(" ".join(map(str, (label, *codes))) + "\n")
    files = {f"{prefix}-mapping.txt": "".join(lines).encode()}
    for part, content in zip(("train", "test"), expected(name, count), strict=True):
        stored = content.labels + np.uint8(official.first_label)
        turned = content.images.transpose(0, 2, 1)
        files[f"{prefix}-{part}-images-idx3-ubyte"] = idx(turned)
        files[f"{prefix}-{part}-labels-idx1-ubyte"] = idx(stored)
    return files


def mnist_files(count: int = 70) -> dict[str, bytes]:
    """The four files of MNIST, not gzipped."""
    files = {}
    for part, content in zip(("train", "t10k"), expected("mnist", count), strict=True):
        files[f"{part}-images-idx3-ubyte"] = idx(content.images)
        files[f"{part}-labels-idx1-ubyte"] = idx(content.labels)
    return files


def gzipped(files: dict[str, bytes]) -> dict[str, bytes]:
    """All but the text files gzipped, under the names that they then have."""
    return {
        name if name.endswith(".txt") else f"{name}.gz": (
            raw if name.endswith(".txt") else gzip.compress(raw, 1)
        )
        for name, raw in files.items()
    }


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    return folder


def write_archive(path: Path, names: tuple[str, ...] = SPLITS) -> Path:
    """EMNIST's ``gzip.zip``: every file in ``gzip/``."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gzip/", b"")
        for name in names:
            for entry, raw in gzipped(emnist_files(name)).items():
                archive.writestr(f"gzip/{entry}", raw)
    return path


def write_keras(path: Path, count: int = 70) -> Path:
    """Keras's ``mnist.npz``."""
    train, test = expected("mnist", count)
    np.savez(
        path, x_train=train.images, y_train=train.labels, x_test=test.images, y_test=test.labels
    )
    return path


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


def hwr62(count: int = 124) -> dict[str, bytes]:
    """A folder in EMNIST's layout with sources and groups."""
    files = gzipped(emnist_files("emnist-byclass", count, prefix="hwr62-byclass"))
    for part, n in (("train", count), ("test", count // 2)):
        sources = (np.arange(n) % 3).astype(np.uint8)
        groups = "".join(f"paper-{i % 5}\n" for i in range(n))
        files[f"hwr62-byclass-{part}-sources-idx1-ubyte.gz"] = gzip.compress(idx(sources))
        files[f"hwr62-byclass-{part}-groups.txt.gz"] = gzip.compress(groups.encode())
    return files


def agrees(dataset: Dataset, count: int = 70, kind: str | None = None) -> bool:
    """Whether a data set is what the writers here write, ready to train from."""
    pairs = zip((dataset.train, dataset.test), expected(kind or dataset.name, count), strict=True)
    return all(
        np.array_equal(found.images, wanted.images)
        and np.array_equal(found.labels, wanted.labels)
        and found.images.flags.c_contiguous
        and found.images.dtype == found.labels.dtype == np.uint8
        for found, wanted in pairs
    )
