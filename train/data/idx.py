"""IDX, the file format of MNIST and EMNIST: a strict reader, gzipped or not.

Two zero bytes, the element's type (8: uint8), the number of dimensions, each size as a big-endian
uint32, then the elements (http://yann.lecun.com/exdb/mnist/). Whatever does not hold exactly that
is an error that names the file: a truncated or swapped file must never train a network.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import math
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError

Bytes: TypeAlias = npt.NDArray[np.uint8]

SIDE = 28
MAX_BYTES = 2**30
"""The most that one file may unpack to; the largest official one, EMNIST ByClass, has 0.55 GB."""

MAX_IMAGES = MAX_BYTES // SIDE**2
"""The most images, and so the most labels: a label takes more later on than its byte."""

MAX_TEXT_BYTES = 2**26

_GZIP = b"\x1f\x8b"
_UINT8 = 8
_MOST_PACKED = 1032  # bytes that DEFLATE makes of one at the most
_CHUNK = 1 << 24
_KINDS = {1: "labels (idx1)", 3: "images (idx3)"}


def read_images(raw: bytes, name: str) -> Bytes:
    """The images of an IDX file's bytes, gzipped or not, as they are stored: uint8 (n, 28, 28).

    Raises:
        InputError: naming ``name``, for anything but one or more 28×28 images.
    """
    return read_idx(raw, name, dimensions=3)


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
        dimensions: 3 for images of 28×28, 1 for labels.

    Returns:
        Of a file that is not gzipped a view of its bytes.

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
    if sizes[0] > MAX_IMAGES or count > MAX_BYTES:
        raise InputError(f"{name} claims {_times(sizes)} bytes, more than this program reads")
    if dimensions == 3 and sizes[1:] != (SIDE, SIDE):
        raise InputError(f"{name} holds images of {sizes[2]}x{sizes[1]} pixels, not {SIDE}x{SIDE}")
    if raw[:2] != _GZIP:
        data = np.frombuffer(raw, np.uint8, offset=header_size)[:count]
        stream.seek(header_size + count)
    elif count > _MOST_PACKED * len(raw):
        raise InputError(
            f"{name} is truncated: its {len(raw):,} bytes cannot hold {_times(sizes)}; "
            "fetch it again"
        )
    else:
        data = _filled(stream, count, name)
    if len(data) < count:
        raise InputError(
            f"{name} is truncated: {len(data):,} of {count:,} bytes ({_times(sizes)}); "
            "fetch it again"
        )
    if _read(stream, 1, name):
        raise InputError(f"{name} has more bytes than its header says ({_times(sizes)})")
    return data.reshape(sizes)


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
    """Up to ``count`` bytes, a few or a text."""
    chunks = []
    with _told(name):
        while count > 0 and (chunk := stream.read(min(count, _CHUNK))):
            chunks.append(chunk)
            count -= len(chunk)
    return b"".join(chunks)


def _filled(stream: BinaryIO, count: int, name: str) -> Bytes:
    """Up to ``count`` bytes in one array, of which only what is there takes memory."""
    done = 0
    with _told(name):
        data = np.empty(count, np.uint8)
        view = data.data
        while done < count:
            came = stream.readinto(view[done : done + _CHUNK])  # type: ignore[attr-defined]
            if not came:
                break
            done += came
    return data[:done]


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """A block that unpacks: what a broken file ends in is told of the file."""
    try:
        yield
    except EOFError:
        raise InputError(f"{name} is truncated: its gzip data ends early; fetch it again") from None
    except MemoryError:
        raise InputError(f"{name} needs more memory than there is") from None
    except (OSError, zlib.error, struct.error) as error:
        raise InputError(f"{name} is broken ({error}); fetch it again") from None


def _times(sizes: tuple[int, ...]) -> str:
    return " x ".join(f"{size:,}" for size in sizes)
