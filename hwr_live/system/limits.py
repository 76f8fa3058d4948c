"""What is read at most."""

from __future__ import annotations

import os
from typing import IO

from hwr_live.errors import InputError

MOST_PIXELS = 1 << 27
"""Of a picture or a frame: 134 million, as a phone of 108 megapixels gives them."""

MOST_MODEL = 1 << 28
"""Bytes of a model's network, 200 times the shipped one's."""
MOST_CARD = 1 << 22
"""Bytes of a model's card."""


def read_at_most(path: str | os.PathLike[str], most: int) -> bytes:
    """A file's bytes.

    Raises:
        InputError: if there are more than ``most``.
        OSError: if it cannot be read.
    """
    with open(path, "rb") as file:
        return limited(file, most, os.fspath(path))


def limited(file: IO[bytes], most: int, name: str) -> bytes:
    """The bytes of an open file of this name.

    Raises:
        InputError: if there are more than ``most``.
        OSError: if it cannot be read.
    """
    data = file.read(most + 1)
    if len(data) > most:
        raise InputError(f"{name} is larger than {most >> 20} MB")
    return data


def limit_pictures() -> None:
    """Has OpenCV refuse larger pictures: a file of a hundred bytes can claim gigabytes.

    To be called before OpenCV is imported; does nothing against the user's own
    ``OPENCV_IO_MAX_IMAGE_PIXELS``.
    """
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
