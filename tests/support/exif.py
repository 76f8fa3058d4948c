"""EXIF orientations written into pictures by hand."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


def _exif(orientation: int, order: str) -> bytes:
    """A TIFF block with one entry: tag 0x0112, one short."""
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(f"{order}IH", 8, 1) + entry + bytes(4)


def jpeg(picture: Image, orientation: int, order: str = ">") -> bytes:
    raw = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    thumbnail = cv2.imencode(".jpg", picture[::8, ::8])[1].tobytes()  # it has an end of its own
    block = b"Exif\0\0" + _exif(orientation, order) + thumbnail
    return raw[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + raw[2:]


def png(picture: Image, orientation: int, order: str = ">") -> bytes:
    raw = cv2.imencode(".png", picture)[1].tobytes()
    chunk = b"eXIf" + _exif(orientation, order)
    head = 33  # signature and IHDR
    sum_ = struct.pack(">I", zlib.crc32(chunk))
    return raw[:head] + struct.pack(">I", len(chunk) - 4) + chunk + sum_ + raw[head:]


def as_stored(upright: Image, orientation: int) -> Image:
    """How a camera with this orientation stores what is upright."""
    stored = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1),
        6: lambda p: np.rot90(p, 1),  # to be turned clockwise
        7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
        8: lambda p: np.rot90(p, -1),
    }[orientation](upright)
    return np.ascontiguousarray(stored)
