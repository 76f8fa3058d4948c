"""Picture files: finding, decoding and writing them."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError, InputError

STDIN = "-"
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pbm", ".pgm", ".ppm")
_MAX_BYTES = 256 * 1024 * 1024
_MAY_BE_CLEAR = (b"\x89PNG", b"RIFF", b"II*\0", b"MM\0*")  # formats with transparent pixels


def list_pictures(paths: Sequence[str]) -> list[str]:
    """The pictures that paths name: files and ``-`` as they are, a folder's pictures by name.

    Raises:
        InputError: for a folder without pictures or one that cannot be read.
    """
    out: list[str] = []
    for path in paths:
        if path == STDIN or not os.path.isdir(path):
            out.append(path)
            continue
        try:
            names = sorted(os.listdir(path), key=natural)
        except OSError as error:
            raise InputError(f"cannot read the folder {path}: {error.strerror}") from None
        found = [os.path.join(path, n) for n in names if n.lower().endswith(SUFFIXES)]
        if not found:
            raise InputError(f"no pictures in the folder {path} ({', '.join(SUFFIXES)})")
        out += found
    return out


def natural(name: str) -> list[tuple[int, str]]:
    """A sorting key by which ``page2`` comes before ``page10``."""
    return [(int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]


def read_picture(path: str) -> npt.NDArray[np.uint8]:
    """Decodes a picture, turned upright by its EXIF orientation, transparent pixels made white.

    Args:
        path: a file, or ``-`` for standard input.

    Returns:
        uint8 (h, w, 3) BGR.

    Raises:
        InputError: if it is missing, no file, too large or no picture.
    """
    name = "standard input" if path == STDIN else path
    raw = np.frombuffer(_read_bytes(path, name), np.uint8)
    try:
        picture = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
        if picture is not None and raw[:4].tobytes() in _MAY_BE_CLEAR:
            whole = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED)
            if whole is not None and whole.ndim == 3 and whole.shape[2] == 4:
                picture = _on_white(picture, whole[:, :, 3])
    except cv2.error as error:
        if "pixels" in str(error).lower():
            raise InputError(f"{name} has too many pixels to read") from None
        picture = None
    except MemoryError:
        raise InputError(f"{name} is too large to read") from None
    if picture is None:
        raise InputError(f"{name} is no picture that can be read")
    return np.asarray(picture, np.uint8)


def _read_bytes(path: str, name: str) -> bytes:
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(_MAX_BYTES + 1)
        else:
            if not stat.S_ISREG(os.stat(path).st_mode):  # a fifo would wait for ever
                raise InputError(f"{name} is no file")
            with open(path, "rb") as file:
                data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror or error}") from None
    except ValueError as error:  # a name with a null byte
        raise InputError(f"cannot read {name!r}: {error}") from None
    if len(data) > _MAX_BYTES:
        raise InputError(f"{name} is larger than {_MAX_BYTES >> 20} MB")
    return data


def _on_white(
    picture: npt.NDArray[np.uint8], alpha: npt.NDArray[np.generic]
) -> npt.NDArray[np.uint8]:
    if alpha.shape != picture.shape[:2]:  # turned by EXIF; such files have no use for alpha
        return picture
    top = float(np.iinfo(alpha.dtype).max) if alpha.dtype.kind == "u" else 1.0
    share = (alpha.astype(np.float32) / top)[:, :, None]
    return np.asarray(picture * share + 255 * (1 - share), np.uint8)


def encode_png(picture: npt.NDArray[np.uint8]) -> bytes:
    """A picture as the bytes of a PNG file."""
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise HwrError("the picture cannot be encoded")
    return data.tobytes()
