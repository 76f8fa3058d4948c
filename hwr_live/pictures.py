"""Picture files: finding, decoding and writing them."""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

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


def save_new(folder: str | os.PathLike[str], stem: str, files: dict[str, bytes]) -> list[Path]:
    """Writes files of one name and several suffixes, whole, over no existing file.

    Args:
        folder: made if it is missing.
        stem: the name; a number is added until no file of it is there.
        files: contents by suffix, such as ``{".png": …, ".json": …}``.

    Returns:
        The paths, in the order of ``files``.

    Raises:
        HwrError: if nothing can be written there; nothing is then.
    """
    target = Path(folder)
    written: list[Path] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for number in range(1, 100_000):
            name = stem if number == 1 else f"{stem}-{number}"
            paths = [target / (name + suffix) for suffix in files]
            if any(os.path.lexists(path) for path in paths):
                continue
            for path, content in zip(paths, files.values(), strict=True):
                _write_new(path, content)
                written.append(path)
            return written
    except FileExistsError:  # another program took the name between the look and the writing
        _remove(written)
        return save_new(folder, f"{stem}-{os.getpid()}", files)
    except OSError as error:
        _remove(written)
        raise HwrError(f"cannot write into {target}: {error.strerror or error}") from None
    raise HwrError(f"cannot write into {target}: too many files named {stem}")


def _write_new(path: Path, content: bytes) -> None:
    """Writes beside and gives the name last; an existing file is an error, never replaced."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        try:
            os.link(beside, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if os.path.lexists(path):
                raise FileExistsError(path) from None
            os.rename(beside, path)
            return
    except BaseException:
        os.unlink(beside)
        raise
    os.unlink(beside)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def encode_png(picture: npt.NDArray[np.uint8]) -> bytes:
    """A picture as the bytes of a PNG file."""
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise HwrError("the picture cannot be encoded")
    return data.tobytes()
