"""All that lines are composed of in one file, for a machine without the data.

A pack is a zip file, which a folder of the cache is made of once; from there the composer reads as
from the folder of the data. What it has of hwr62 is a part; everything else is whole. The same data
gives the same bytes. Points are kept as differences, which take half the room.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError, InputError
from hwr_live.system.zips import member, without_times
from train.data.download import cache_folder
from train.lines.sources.crops import KEPT, read_glyphs
from train.lines.sources.cutouts import BROKEN, MADE, kept_arrays
from train.lines.sources.held import GROUPS, validation_groups
from train.lines.sources.texts import LISTED, listed_words
from train.progress import say

Arrays = Mapping[str, npt.NDArray[Any]]

LARGEST = 60_000_000
"""Bytes that a pack should not have more than, as it is to be carried about; that is told."""

FEW = 4
"""hwr62's crops of each character and source, to train on and to choose by, that a pack holds: all
of them would not find room."""

_HEAD = "pack.json"
_FORM = 1
_POINTS = "points"  # of strokes
_STROKES = (
    *(f"unipen/unipen_{kind}_train.npz" for kind in ("words", "texts", "chars", "symbols")),
    "strokes/crohme_train.npz",
    "strokes/crohme_punctuation_train.npz",
    "doodles/quickdraw_28.npz",
)


def write_pack(data: Path, path: Path) -> int:
    """Packs what lines are composed of, people who are held back among it, but no test part.

    Args:
        data: the folder of the data.
        path: the file; one that is there is replaced.

    Returns:
        Its size in bytes.

    Raises:
        InputError: if data is missing, or is a pack already.
        HwrError: if it cannot be written.
    """
    if is_pack(data) or (data / _HEAD).is_file():
        raise InputError(f"{data} is a pack already")
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for name, content in _members(data):
                    info = member(name)
                    info.compress_type = zipfile.ZIP_LZMA
                    archive.writestr(info, content)
            size = file.tell()
        os.replace(fresh, path)
    except OSError as error:
        raise HwrError(f"{path} cannot be written ({error.strerror or error})") from None
    finally:
        fresh.unlink(missing_ok=True)
    if size > LARGEST:
        say(f"warning: the pack has more than {LARGEST:,} bytes")
    return size


def is_pack(path: Path) -> bool:
    """Whether a path is a file, as packs are and the folder of the data is not."""
    return path.is_file()


def from_pack(folder: Path) -> bool:
    """Whether a folder of data was made of a pack, which has no test parts."""
    return (folder / _HEAD).is_file()


def opened(path: Path) -> Path:
    """The folder that a pack is unpacked to, in the cache; made if it is not there.

    Raises:
        InputError: if the file is no pack, or a broken one.
        HwrError: if the cache cannot be written to; name another by ``HWR_CACHE``.
    """
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:20]
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    place = cache_folder() / "packs" / digest
    if from_pack(place):
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=place.parent))
    except OSError as error:
        raise HwrError(
            f"{place.parent} cannot be written to ({error.strerror or error}): name another "
            "folder by HWR_CACHE"
        ) from None
    try:
        _unpack(path, fresh)
        if not from_pack(place):
            os.rename(fresh, place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place


def _members(data: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of all that is in a pack, always in one order; arrays are one each."""
    yield _HEAD, json.dumps({"form": _FORM}).encode()
    yield GROUPS.as_posix(), "\n".join(sorted(validation_groups(data))).encode()
    yield LISTED.as_posix(), "\n".join(listed_words()).encode("ascii")
    yield "strokes/chars74k.json", _content(data / "strokes" / "chars74k.json")
    fonts = sorted((data / "fonts").glob("*.ttf"))
    if not fonts:
        raise InputError(f"{data / 'fonts'} has no fonts (*.ttf)")
    for font in fonts:
        yield f"fonts/{font.name}", _content(font)
    for name in _STROKES:
        yield from _each(name, _arrays(data / name))
    few = read_glyphs(data).few(FEW)
    glyphs = {
        "images": few.images,
        "labels": few.labels.astype(np.uint8),
        "sources": few.sources,
        "chars": np.array(few.chars),
        "trained": np.array(few.trained),
    }
    yield from _each(KEPT.as_posix(), glyphs)
    yield from _each(MADE.as_posix(), kept_arrays(data))


def _each(name: str, arrays: Arrays) -> Iterator[tuple[str, bytes]]:
    for key in sorted(arrays):
        out = io.BytesIO()
        array = _apart(arrays[key]) if key == _POINTS else arrays[key]
        np.save(out, array, allow_pickle=False)
        yield f"{name}/{key}.npy", out.getvalue()


def _apart(points: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Points (n, 2) as differences from one to the next, all of x before those of y: (2, n)."""
    return np.ascontiguousarray(np.diff(points, axis=0, prepend=points[:1] * 0).T)


def _together(apart: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What :func:`_apart` was given: whole numbers that overflow come back by overflowing."""
    return np.cumsum(apart.T, axis=0, dtype=apart.dtype)


def _unpack(path: Path, folder: Path) -> None:
    arrays: dict[str, dict[str, npt.NDArray[Any]]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if json.loads(archive.read(_HEAD)).get("form") != _FORM:
                raise ValueError("it is of another version")
            for name in archive.namelist():
                whole = PurePosixPath(name)
                if whole.is_absolute() or ".." in whole.parts or "\\" in name or ":" in name:
                    raise ValueError(f"it names {name}")
                if whole.suffix == ".npy":
                    array = np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
                    array = _together(array) if whole.stem == _POINTS else array
                    arrays.setdefault(str(whole.parent), {})[whole.stem] = array
                    continue
                target = folder / whole
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
        for name, some in arrays.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with without_times():
                np.savez(target, allow_pickle=False, **some)
    except OSError as error:
        raise HwrError(f"{path} cannot be unpacked ({error.strerror or error})") from None
    except (*BROKEN, AttributeError, NotImplementedError, lzma.LZMAError) as error:
        raise InputError(f"{path} is no pack of lines that can be read ({error})") from None


def _arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except BROKEN as error:
        raise InputError(f"{path} cannot be read: {error}") from None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
