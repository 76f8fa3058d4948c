"""Picture files: finding, decoding and writing them."""

from __future__ import annotations

import io
import math
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError, InputError
from hwr_live.media.headers import Header, check, first_header
from hwr_live.system.files import is_plain_file
from hwr_live.system.limits import has_room, limited, most_pixels, read_at_most
from hwr_live.system.missing import need
from hwr_live.system.silence import silence

Image = npt.NDArray[np.uint8]

STDIN = "-"
PICTURE_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("bmp", "dib", "jpeg", "jpg", "jpe", "jp2", "png", "webp"),
        *("pbm", "pgm", "ppm", "pnm", "tif", "tiff", "heic", "heif"),
    )
)
_MAX_BYTES = 256 * 1024 * 1024
_BAND = 64  # rows
_MOST_INK = 0.4  # of a picture: writing without paper covers less
_OVERSHOOT = 0.5  # of floats beyond 0 and 1: resampling by Lanczos's kernel or splines makes less
_LIGHT_INK = 170  # grey: where all of it is lighter than this, it was meant for a dark ground
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")  # brands of HEIF files
NO_MEMORY = "there is not enough memory to read it"


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Sorting key by which ``page10`` comes after ``page9``."""
    parts = re.split(r"(\d+)", name)
    return [(1, int(p), p) if p.isdecimal() else (0, 0, p.casefold()) for p in parts]


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder in natural order, hidden ones left out.

    Raises:
        InputError: if there is none or the folder cannot be listed.
    """
    try:
        found = [
            path
            for path in folder.iterdir()
            if path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")
        ]
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}") from None
    if not found:
        raise InputError(f"{folder}: no pictures in this folder")
    return sorted(found, key=lambda path: natural_key(path.name))


def read_picture(path: str | os.PathLike[str]) -> Image:
    """Decodes a picture, turned upright by its EXIF orientation, transparent pixels made white.

    Args:
        path: a file, or ``-`` for standard input.

    Returns:
        uint8 (h, w, 3) BGR.

    Raises:
        InputError: if it is missing, no file, too large, cut short or no picture.
    """
    name = name_of(path)
    return decode_picture(read_bytes(path), name)


def name_of(path: str | os.PathLike[str]) -> str:
    """What a path is called in messages."""
    return "standard input" if path == STDIN else os.fspath(path)


def decode_picture(data: bytes, name: str) -> Image:
    """Decodes the bytes of a picture file as :func:`read_picture` does; of several pictures in it
    the first.

    Args:
        data: the file.
        name: what it is called in errors.

    Raises:
        InputError: as :func:`read_picture`.
        HwrError: if there is not enough memory for it.
    """
    header = check(first_header(data), name)
    try:
        picture = _decode(data, name, header)
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise HwrError(f"{name}: {NO_MEMORY}") from None
        picture = None
    except MemoryError:
        raise HwrError(f"{name}: {NO_MEMORY}") from None
    if picture is None:
        if not has_room(int(header.width * header.height * max(4, header.depth))):
            raise HwrError(f"{name}: {NO_MEMORY}")
        raise InputError(f"{name} is no picture that can be read, or broken")
    return picture


def check_array(array: npt.NDArray[Any]) -> None:
    """Sees to it that an array of a user's is a picture.

    Raises:
        InputError: if its shape or type is another, or it has no pixels.
    """
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise InputError(f"a picture is (h, w), (h, w, 3) or (h, w, 4), not {array.shape}")
    if array.size == 0:
        raise InputError("the picture has no pixels")
    known = array.dtype in (np.uint8, np.uint16, np.bool_)
    if not known and not np.issubdtype(array.dtype, np.floating):
        raise InputError(f"a picture's pixels are uint8, uint16 or float, not {array.dtype}")


def to_bgr8(image: npt.NDArray[Any], name: str = "the picture") -> Image:
    """Grey, BGR or BGRA of any depth → uint8 (h, w, 3); see-through parts become paper.

    Floats are 0 to 1; for other depths and for the paper see :func:`to_8_bits` and
    :func:`paper_of`.

    Raises:
        InputError: for floats of another range, with the name.
    """
    image = to_8_bits(image, name)
    if image.ndim == 2 or image.shape[2] == 1:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    if image.shape[2] == 4:
        paper = paper_of(image)
        made = np.empty((*image.shape[:2], 3), np.uint8)
        for rows in _bands(image):
            alpha = image[rows, :, 3:].astype(np.uint16)
            made[rows] = (image[rows, :, :3] * alpha + paper * (255 - alpha)) // 255
        return made
    return np.ascontiguousarray(image[:, :, :3], np.uint8)


def to_8_bits(image: npt.NDArray[Any], name: str = "the picture") -> Image:
    """Any picture's values as uint8; what has 16 bits but uses 10 or 12 of them fills those.

    Raises:
        InputError: for floats that are not 0 to 1, but for what resampling adds.
    """
    if image.dtype == np.uint8:
        return image
    if image.dtype == np.bool_:
        return image.astype(np.uint8) * np.uint8(255)
    made = np.empty(image.shape, np.uint8)
    if image.dtype == np.uint16:
        most = int(image.max(initial=0))
        bits = next(bits for bits in (10, 12, 16) if most < 1 << bits)
        for rows in _bands(image):
            made[rows] = image[rows] >> (bits - 8)
        return made
    scale = 1.0
    if np.issubdtype(image.dtype, np.floating):
        _check_floats(image, name)
        scale = 255.0
    for rows in _bands(image):
        made[rows] = np.clip(image[rows], 0, 255 / scale) * scale
    return made


def _check_floats(image: npt.NDArray[Any], name: str) -> None:
    """Clipped, a picture of other floats would be white all over, or whatever else."""
    if image.size == 0:
        return
    least, most = float(image.min()), float(image.max())
    if not (math.isfinite(least) and math.isfinite(most)):
        raise InputError(f"{name} has floats that are NaN or infinite, where 0 to 1 are known")
    if least < -_OVERSHOOT or most > 1 + _OVERSHOOT:
        hint = "; divide them by 255" if least >= -_OVERSHOOT and most <= 256 else ""
        told = f"{name} has floats of {least:.4g} to {most:.4g}, where 0 to 1 are known{hint}"
        raise InputError(told)


def _bands(image: npt.NDArray[Any]) -> Iterator[slice]:
    """Rows to work on at once, so that what is made on the way takes little memory."""
    yield from (slice(top, top + _BAND) for top in range(0, len(image), _BAND))


def paper_of(image: Image) -> int:
    """What see-through parts are to be: white paper, 255, but black, 0, under white ink.

    Args:
        image: uint8 (h, w, 4) BGRA.
    """
    seen = image[:, :, 3] >= 128
    share = float(seen.mean()) if seen.size else 0.0
    if not 0 < share < _MOST_INK:
        return 255
    return 0 if np.percentile(image[seen][:, :3].max(1), 2) > _LIGHT_INK else 255


def encode_png(picture: Image) -> bytes:
    """A picture as the bytes of a PNG file."""
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise HwrError("the picture cannot be encoded")
    return data.tobytes()


def decode_grey(png: bytes) -> npt.NDArray[np.uint8]:
    """The picture, uint8 (h, w), of what :func:`encode_png` made of one."""
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file, or of standard input for ``-``; at least one.

    Raises:
        InputError: if it is missing, no file, empty, or larger than 256 MB.
    """
    name = name_of(path)
    try:
        data = _read_all(path, name)
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror or error}") from None
    except ValueError as error:  # a name with a null byte
        raise InputError(f"cannot read {name!r}: {error}") from None
    if not data:
        raise InputError(f"{name} is empty")
    return data


def _read_all(path: str | os.PathLike[str], name: str) -> bytes:
    if path == STDIN:
        if sys.stdin is None:
            raise InputError(f"{name} is closed")
        return limited(sys.stdin.buffer, _MAX_BYTES, name)
    if not is_plain_file(path):  # a pipe would wait for ever
        raise InputError(f"{name} is {'empty' if os.path.isfile(path) else 'no file'}")
    return read_at_most(path, _MAX_BYTES)


def is_cut_short(data: bytes) -> bool:
    """Whether a JPEG or PNG lacks its end: OpenCV 4 reads what there is of it and says nothing."""
    header = first_header(data)
    return header is not None and not header.whole


def _decode(data: bytes, name: str, header: Header) -> Image | None:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        return _decode_heif(data, name)
    raw = np.frombuffer(data, np.uint8)
    with silence():  # libpng and others tell of every broken file themselves
        if header.clear:
            whole = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED)
            if whole is not None and whole.ndim == 3 and whole.shape[2] == 4:
                # OpenCV turns only what it reads without transparency.
                return _upright(to_bgr8(whole, name), _orientation(data))
            del whole
        image = cv2.imdecode(raw, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    return None if image is None else to_bgr8(np.asarray(image), name)


def _decode_heif(data: bytes, name: str) -> Image | None:
    """The main picture of a HEIF file, which libheif turns upright."""
    pillow_heif = need("pillow_heif", f"{name}: HEIC")
    try:
        with io.BytesIO(data) as file:
            opened = pillow_heif.open_heif(file, bgr_mode=True)
            width, height = opened.size
            if width * height > most_pixels():
                raise InputError(f"{name} has too many pixels")
            return to_bgr8(np.asarray(opened))
    except (ValueError, RuntimeError, OSError, EOFError, SyntaxError):
        return None


def _orientation(data: bytes) -> int:
    """The EXIF orientation, 1 to 8, of a PNG, WebP or TIFF file; 1 where it has none."""
    name, skip = {b"\x89PNG": (b"eXIf", 4), b"RIFF": (b"EXIF", 8)}.get(data[:4], (b"", 0))
    found = data.find(name)
    if found < 0:
        return 1
    tiff = data[found + skip :].removeprefix(b"Exif\0\0")
    order: Any = "little" if tiff.startswith(b"II") else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    entries = number(4, 4)
    for entry in range(entries + 2, entries + 2 + 12 * number(entries, 2), 12):
        if number(entry, 2) == 0x0112 and 1 <= number(entry + 8, 2) <= 8:
            return number(entry + 8, 2)
    return 1


def _upright(picture: Image, orientation: int) -> Image:
    """Undoes an EXIF orientation."""
    if orientation >= 5:
        picture = picture.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return np.ascontiguousarray(picture)
