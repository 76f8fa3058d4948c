"""Whatever holds a picture → the array that is read."""

from __future__ import annotations

import os
import sys
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from hwr_live.documents.pages import Document, document_of, open_document
from hwr_live.errors import InputError
from hwr_live.system.limits import limited

AnyArray = npt.NDArray[np.generic]
Source = AnyArray | str | os.PathLike[str] | bytes | IO[bytes] | Any
"""A picture as an array, a path, the bytes of a file, an open file, or a Pillow image."""

_MOST_BYTES = 1 << 28  # of an open file


def as_picture(source: Source, *, rgb: bool = False) -> AnyArray:
    """A picture as an array: grey, BGR or BGRA, upright by its EXIF orientation.

    Args:
        source: an array, which is returned as it is; a path; the bytes of a picture file; an open
            file of bytes; or a Pillow image. A document of several pages is not one picture.
        rgb: whether an array of three or four channels has red first. It says nothing of files and
            Pillow images: these tell themselves what is red.

    Raises:
        InputError: if it is none of these, missing, broken, or has several pages.
    """
    if isinstance(source, np.ndarray):
        if rgb and source.ndim == 3 and source.shape[2] >= 3:
            return source[:, :, [2, 1, 0, *range(3, source.shape[2])]]
        return source
    pillow = sys.modules.get("PIL.Image")  # who has a Pillow image has loaded it
    if pillow is not None and isinstance(source, pillow.Image):
        return _from_pillow(source)
    document = document_from(source)
    try:
        if document.count > 1:
            raise InputError(
                f"{document.name} has {document.count} pages; read_pages reads all of them"
            )
        return document.page(1).image
    finally:
        document.close()


def document_from(source: str | os.PathLike[str] | bytes | IO[bytes] | Any) -> Document:
    """A document of a path, the bytes of a file, or an open file.

    Raises:
        InputError: if it is none of these, missing or broken.
    """
    if isinstance(source, (str, os.PathLike)):
        return open_document(os.fspath(source))
    if isinstance(source, (bytes, bytearray, memoryview)):
        data, name = bytes(source), "the picture"
    elif hasattr(source, "read"):
        name = str(getattr(source, "name", "the open file"))
        try:
            data = limited(source, _MOST_BYTES, name)
        except OSError as error:
            raise InputError(f"cannot read {name}: {error.strerror or error}") from None
        except ValueError as error:  # closed, or open for writing alone
            raise InputError(f"cannot read {name}: {error}") from None
        if not isinstance(data, bytes):
            raise InputError(f"{name} is open as text; open it with mode 'rb'")
    else:
        raise InputError(
            f"cannot read a {type(source).__name__}: give an array, a path, bytes, an open file or "
            "a Pillow image"
        )
    if not data:
        raise InputError(f"{name} is empty")
    return document_of(data, name)


def _from_pillow(image: Any) -> AnyArray:
    """Grey (h, w), BGR (h, w, 3) or BGRA (h, w, 4), turned upright."""
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I;16", "L")) and image.mode != "LA":
        return np.asarray(image)
    if image.mode in ("I", "F"):  # as RGB, all that is beyond 255 would be white
        return _grey_of(np.asarray(image))
    clear = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    array = np.asarray(image.convert("RGBA" if clear else "RGB"))
    return array[:, :, [2, 1, 0, 3][: array.shape[2]]]


def _grey_of(values: AnyArray) -> AnyArray:
    """Pillow's grey of 32 bits, whole or not: of 0 to 255 by its own rule, of 0 to 65535 where it
    opened a file of 16 bits, of 0 to 1 where it was made of such an array."""
    most = values.max(initial=0)
    if np.issubdtype(values.dtype, np.floating):
        return np.asarray(values, np.float64) / 255 if 2 < most <= 255 else values
    return values.clip(0, 65535).astype(np.uint16 if most > 255 else np.uint8)
