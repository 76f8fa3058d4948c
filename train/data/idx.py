"""IDX, the file format of MNIST and EMNIST: a strict reader, gzipped or not.

Two zero bytes, the element's type (8: uint8), the number of dimensions, each size as a big-endian
uint32, then the elements (http://yann.lecun.com/exdb/mnist/). Whatever does not hold exactly that
is an error that names the file: a truncated or swapped file must never train a network.
"""

from __future__ import annotations

import gzip
import io
import math
import struct
import zlib
from typing import BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError

Bytes: TypeAlias = npt.NDArray[np.uint8]

SIDE = 28
MAX_BYTES = 2**31
"""The most that one file may unpack to; the largest official one, EMNIST ByClass, has 0.55 GB."""

MAX_TEXT_BYTES = 2**26

_GZIP = b"\x1f\x8b"
_UINT8 = 8
_CHUNK = 1 << 24
_KINDS = {1: "labels (idx1)", 3: "images (idx3)"}


def read_images(raw: bytes, name: str) -> Bytes:
    """The images of an IDX file's bytes, gzipped or not, as they are stored: uint8 (n, 28, 28).

    Raises:
        InputError: naming ``name``, for anything but one or more 28×28 images.
    """
    images = read_idx(raw, name, dimensions=3)
    if images.shape[1:] != (SIDE, SIDE):
        height, width = images.shape[1:]
        raise InputError(f"{name} holds images of {width}x{height} pixels, not {SIDE}x{SIDE}")
    return images


def read_labels(raw: bytes, name: str) -> Bytes:
    """The labels of an IDX file's bytes, gzipped or not: uint8 (n,).

    Raises:
        InputError: naming ``name``, for anything but one or more labels.
    """
    return read_idx(raw, name, dimensions=1)


def read_idx(raw: bytes, name: str, dimensions: int) -> Bytes:
    """The uint8 array of an IDX file with so many dimensions, none of them empty.

    Args:
        raw: the file's bytes, gzipped or not.
        name: the file's name, for the errors.
        dimensions: 3 for images, 1 for labels.

    Raises:
        InputError: wrong magic, type, dimensions or sizes, too few or too many bytes, broken gzip.
    """
    stream = open_bytes(raw)
    header_size = 4 + 4 * dimensions
    header = _read(stream, header_size, name)
    if len(header) < 4:
        raise InputError(f"{name} is no IDX file: it has only {len(header)} bytes")
    if header[:2] != b"\0\0":
        raise InputError(f"{name} is no IDX file: it does not start with two zero bytes")
    if header[2] != _UINT8:
        raise InputError(f"{name} has elements of IDX type {header[2]:#04x}, not 0x08 (uint8)")
    if header[3] != dimensions:
        found = _KINDS.get(header[3], f"{header[3]} dimensions")
        raise InputError(f"{name} holds {found}, not {_KINDS[dimensions]}: renamed or swapped?")
    if len(header) < header_size:
        raise InputError(f"{name} is truncated inside its header: fetch it again")
    sizes = struct.unpack(f">{dimensions}I", header[4:])
    count = math.prod(sizes)
    if count == 0:
        raise InputError(f"{name} is empty: its sizes are {_times(sizes)}")
    if count > MAX_BYTES:
        raise InputError(f"{name} claims {_times(sizes)} bytes, more than this program reads")
    data = _read(stream, count, name)
    if len(data) < count:
        raise InputError(
            f"{name} is truncated: {len(data):,} of {count:,} bytes ({_times(sizes)}); "
            "fetch it again"
        )
    if _read(stream, 1, name):
        raise InputError(f"{name} has more bytes than its header says ({_times(sizes)})")
    return np.frombuffer(data, np.uint8).reshape(sizes)


def read_text(raw: bytes, name: str) -> str:
    """A text file's bytes, gzipped or not, as text (UTF-8).

    Raises:
        InputError: for broken gzip, other encodings or more than ``MAX_TEXT_BYTES``.
    """
    data = _read(open_bytes(raw), MAX_TEXT_BYTES + 1, name)
    if len(data) > MAX_TEXT_BYTES:
        raise InputError(f"{name} unpacks to more than this program reads")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{name} is no text (UTF-8)") from None


def open_bytes(raw: bytes) -> BinaryIO:
    """A stream of the bytes, unpacked on the way if they are gzipped."""
    stream: BinaryIO = io.BytesIO(raw)
    return gzip.GzipFile(fileobj=stream) if raw[:2] == _GZIP else stream  # type: ignore[return-value]


def _read(stream: BinaryIO, count: int, name: str) -> bytes:
    """Up to ``count`` bytes; memory grows with what is there, not with what a header claims."""
    chunks = []
    try:
        while count > 0 and (chunk := stream.read(min(count, _CHUNK))):
            chunks.append(chunk)
            count -= len(chunk)
    except EOFError:
        raise InputError(f"{name} is truncated: its gzip data ends early; fetch it again") from None
    except (OSError, zlib.error, struct.error) as error:
        raise InputError(f"{name} is broken ({error}); fetch it again") from None
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _times(sizes: tuple[int, ...]) -> str:
    return " x ".join(f"{size:,}" for size in sizes)
