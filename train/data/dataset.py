"""What a data set is once it is read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from train.data.idx import Bytes

Groups = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Part:
    """Training or test part of a data set.

    Attributes:
        images: uint8 (n, 28, 28), upright, bright ink on black.
        labels: uint8 (n,), index into the data set's ``chars``.
        sources: uint8 (n,), which collection an image comes from, or None where that is not told.
        groups: str (n,), the writer, form or page of each image, or None where that is not told.
    """

    images: Bytes
    labels: Bytes
    sources: Bytes | None = None
    groups: Groups | None = None


@dataclass(frozen=True)
class FileInfo:
    """A file that was read: base name, SHA-256 of its bytes as they lie there, size in bytes."""

    name: str
    sha256: str
    bytes: int


def file_info(name: str, raw: bytes) -> FileInfo:
    """What is told of a file with these bytes."""
    return FileInfo(name, hashlib.sha256(raw).hexdigest(), len(raw))


@dataclass(frozen=True)
class Dataset:
    """A data set as it is trained on.

    Attributes:
        name: as it was asked for; of a path, the folder's name.
        chars: one character a class, in label order; a class that holds both cases has the capital.
        train: the training part, not yet cut for validation.
        test: the test part.
        files: what was read, for the model's card.
        warnings: one line each; nothing that prevents training.
    """

    name: str
    chars: tuple[str, ...]
    train: Part
    test: Part
    files: tuple[FileInfo, ...]
    warnings: tuple[str, ...] = ()
