"""What is read at most."""

from __future__ import annotations

import errno
import os
from typing import IO

from hwr_live.errors import InputError

MOST_PIXELS = 1 << 27
"""Of a picture or a frame: 134 million, as a phone of 108 megapixels gives them."""

MOST_DEPTH = 6
"""Bytes for each of these pixels that decoding may take, so that a file of a megabyte cannot take
gigabytes: 800 MB, as many colour pixels of 16 bits, or half as many of floats."""

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


def most_pixels() -> int:
    """What is read at most of a picture: :data:`MOST_PIXELS`, or what the user says in
    ``OPENCV_IO_MAX_IMAGE_PIXELS``."""
    told = os.environ.get("OPENCV_IO_MAX_IMAGE_PIXELS", "")
    return int(told) if told.isdecimal() and len(told) < 19 else MOST_PIXELS


def has_room(size: int) -> bool:
    """Whether so many bytes can be had at this moment: decoders tell of a file that they cannot
    hold and of one that is broken alike."""
    try:
        bytearray(size)
    except (MemoryError, OverflowError):
        return False
    return True


def what_is_scarce(error: BaseException) -> str | None:
    """What the system has too little of, where that is what an error tells: memory, threads or
    processes; None for any other error."""
    told = str(error)
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return "memory"
    if any(sign in told for sign in _NO_MEMORY):  # OpenCV's, and of libraries that cannot be mapped
        return "memory"
    if "start new thread" in told or "Resource temporarily unavailable" in told:
        return "room for threads or processes"
    return None


_NO_MEMORY = (
    "Insufficient memory",
    "Failed to allocate",
    "failed to map",
    "bad_alloc",
    "Cannot allo",
)


def limit_pictures() -> None:
    """Has OpenCV refuse larger pictures: a file of a hundred bytes can claim gigabytes.

    To be called before OpenCV is imported; does nothing against the user's own
    ``OPENCV_IO_MAX_IMAGE_PIXELS``.
    """
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
