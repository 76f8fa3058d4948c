"""Data sets from TensorFlow Datasets; the library is imported only when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hwr_live.errors import InputError
from train.data.dataset import Dataset, FileInfo, Part, file_info
from train.data.layouts import part_of
from train.data.official import OFFICIAL, check


def tfds(name: str, data: Path | None) -> Dataset:
    """An official data set as TensorFlow Datasets prepares it, downloading if need be.

    It keeps EMNIST's transposed images and, in Letters, labels from 1; both are mended here. Of
    Letters it has 88,800 + 14,800 images only (a warning).

    Args:
        name: one of ``OFFICIAL``.
        data: a ``data_dir`` of the library that holds the set prepared. Otherwise the library's
            own, ``TFDS_DATA_DIR`` or ``~/tensorflow_datasets``, where it prepares it if need be.

    Raises:
        InputError: without the library, for a name it does not have, or when it fails.
    """
    if name not in OFFICIAL:
        raise InputError(f"TensorFlow Datasets has no {name}: choose from {', '.join(OFFICIAL)}")
    try:
        import tensorflow_datasets
    except ImportError:
        raise InputError(
            "--from tfds needs TensorFlow Datasets: python -m pip install tensorflow-datasets"
        ) from None
    official = OFFICIAL[name]
    theirs = name.replace("emnist-", "emnist/")
    where = f"TensorFlow Datasets' {theirs}"
    try:
        builder = tensorflow_datasets.builder(theirs, data_dir=_prepared(theirs, data))
        builder.download_and_prepare()
        arrays = tensorflow_datasets.as_numpy(
            builder.as_dataset(split=["train", "test"], batch_size=-1, as_supervised=True)
        )
        version = str(builder.version)
    except Exception as error:  # whatever the library raises: network, disk, protocol, its own
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise InputError(f"{where} cannot be loaded: {reason}") from None
    parts: list[Part] = []
    files: list[FileInfo] = []
    for part, (images, labels) in zip(("train", "test"), arrays, strict=True):
        pixels = _pixels(images, where)
        if official.transposed:
            pixels = np.ascontiguousarray(pixels.transpose(0, 2, 1))
        small = np.asarray(labels)
        if small.dtype.kind not in "iu" or ((small < 0) | (small > 255)).any():
            raise InputError(f"{where} has labels that are no small whole numbers")
        classes = len(official.chars)
        read = part_of(pixels, small.astype(np.uint8), where, classes, official.first_label)
        parts.append(read)
        files.append(file_info(f"tfds:{theirs}:{version}-{part}-images", read.images.tobytes()))
        files.append(file_info(f"tfds:{theirs}:{version}-{part}-labels", read.labels.tobytes()))
    train, test = parts
    warnings = check(name, train, test, where)
    return Dataset(name, tuple(official.chars), train, test, tuple(files), tuple(warnings))


def _prepared(theirs: str, data: Path | None) -> str | None:
    """``data`` if it holds the set, so that nothing is ever written into a data folder."""
    if data is not None and any(data.glob(f"{theirs}/*/dataset_info.json")):
        return str(data)
    return None


def _pixels(images: Any, where: str) -> Any:
    pixels = np.asarray(images)
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] != 1:
        raise InputError(f"{where} holds no grey images of 8 bits")
    return pixels[..., 0]
