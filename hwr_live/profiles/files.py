"""The files of a profile: its list and the ink of its samples, read with distrust."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.crop import crop
from hwr_live.errors import InputError
from hwr_live.media.images import decode_grey, encode_png, is_cut_short
from hwr_live.profiles.corrections import FOLDERS, folder_of
from hwr_live.profiles.locate import LIST, LOCK
from hwr_live.system.silence import silence

GlyphInk = npt.NDArray[np.uint8]
"""uint8 (h, w), bright on black."""

MOST = 4000
"""Samples that a profile can hold."""
LONGEST = 480
"""Pixels of a sample's longer side; larger ink is halved until it fits."""
FILE = re.compile(rf"(?:{'|'.join(FOLDERS)})/[A-Za-z0-9][A-Za-z0-9_.-]{{0,80}}\.png")
"""What a sample's file is called, in the profile's folder."""
BROKEN = (ValueError, TypeError, AttributeError, KeyError, RecursionError, cv2.error)
"""What reading damaged files raises."""

_FORMAT, _VERSION = "hwr-live profile", 1
_START = f'{{\n"format": "{_FORMAT}",\n"version": '.encode()
MOST_JSON = 4_000_000
"""Bytes of a list."""
MOST_PNG = 1_000_000
"""Bytes of a sample's file."""
_NEW_LIST = re.compile(rf"\.{re.escape(LIST)}\.\d+\.part")  # as another program writes it
_SOURCE = re.compile(r"\d{8}-\d{6}-([a-z]+)-")


@dataclass(frozen=True)
class Sample:
    """One character as the user writes it; thousands of them are held, so the ink is packed.

    Attributes:
        char: what it is.
        png: the ink as a PNG file.
        key: equal for samples of the same character and the very same ink.
        pixels: of the ink.
        source: where it came from: ``pad``, ``teach``, ``page``.
        date: when, ISO 8601.
        file: its file in the profile's folder, with ``/``.
    """

    char: str
    png: bytes = field(repr=False, compare=False)
    key: bytes = field(repr=False, compare=False)
    pixels: int = field(repr=False, compare=False)
    source: str
    date: str
    file: str

    @classmethod
    def of(cls, char: str, ink: GlyphInk, source: str, date: str, file: str) -> Sample:
        """A sample of ink, uint8 (h, w), bright on black, cut to the ink."""
        return cls(char, encode_png(ink), key_of(char, ink), ink.size, source, date, file)

    @property
    def ink(self) -> GlyphInk:
        """uint8 (h, w), bright on black, cut to the ink; made at each call."""
        return decode_grey(self.png)

    @functools.cached_property
    def crop(self) -> GlyphInk:
        """uint8 (28, 28): what a network is given of it."""
        return crop(self.ink)


def key_of(char: str, ink: GlyphInk) -> bytes:
    """Equal for the same character with the very same ink, of whatever memory layout."""
    head = f"{char} {ink.shape}".encode()
    return hashlib.blake2b(head + ink.tobytes(), digest_size=16).digest()


class LaterVersion(Exception):
    """Of a list that this program does not know."""


def state_of(folder: Path) -> Literal["none", "profile", "other"]:
    """What a folder is: ``none`` where a profile can be made, ``profile`` where one is.

    A list that is damaged in any other place than its first line is a profile's all the same.

    Raises:
        InputError: if it cannot be looked at.
    """
    path = folder / LIST
    try:
        if not os.path.lexists(folder):
            return "none"
        if not os.path.lexists(path):  # never there, or lost
            if any(not _is_ours(name) for name in os.listdir(folder)):
                return "other"
            return "profile" if find_samples(folder) else "none"
        with open(_regular(path), "rb") as file:
            start = file.read(200)
    except PermissionError as error:
        raise InputError(f"{folder}: {error.strerror}") from None
    except (OSError, ValueError):
        return "other"
    return "profile" if _START.startswith(start) or _FORMAT.encode() in start else "other"


def _is_ours(name: str) -> bool:
    """Whether a profile's folder may have a file of this name before there is its list."""
    return name in (LOCK, *FOLDERS) or bool(_NEW_LIST.fullmatch(name))


def is_folder(path: Path) -> bool:
    """Whether it is a folder and no link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _regular(path: Path) -> Path:
    """The path, of a file that is none but a file.

    Raises:
        OSError: if it is not there.
        ValueError: if it is a link, a folder, or a pipe that would wait for ever.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise ValueError("it is no plain file")
    return path


def _read(path: Path, most: int) -> bytes:
    with open(_regular(path), "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError("it is too large")
    return data


def read_list(path: Path) -> list[Any]:
    """The entries of a list in a file, good or bad."""
    return parse_list(_read(path, MOST_JSON))


def parse_list(text: bytes) -> list[Any]:
    """The entries of a list, good or bad.

    Raises:
        LaterVersion: if a later program wrote it.
        ValueError: and the others of :data:`BROKEN`, if it is damaged.
    """
    data = json.loads(text)
    if data["format"] != _FORMAT or type(data["version"]) is not int or data["version"] < 1:
        raise ValueError("it is of another form")
    if data["version"] > _VERSION:
        raise LaterVersion(data["version"])
    if not isinstance(data["samples"], list):
        raise ValueError("its samples are no list")
    return list(data["samples"])


def find_samples(folder: Path) -> list[Any]:
    """Entries for the files that lie where samples lie: their names tell enough."""
    found: list[Any] = []
    for name_of, char in FOLDERS.items():
        own = folder / name_of
        for name in sorted(os.listdir(own)) if is_folder(own) else ():
            if FILE.fullmatch(f"{own.name}/{name}") and len(found) < MOST:
                named = _SOURCE.match(name)
                date = iso(datetime.fromtimestamp(os.lstat(own / name).st_mtime).astimezone())
                source = named[1] if named else "found"
                file = f"{own.name}/{name}"
                found.append({"char": char, "source": source, "date": date, "file": file})
    return sorted(found, key=lambda entry: str(entry["date"]))


def read_sample(folder: Path, entry: Any) -> Sample:
    """The sample of an entry in a profile's folder.

    Raises:
        ValueError: and its like, if it is damaged or not to be trusted.
    """

    def data_of(file: str) -> bytes:
        path = folder / file
        if not is_folder(path.parent):
            raise ValueError("its folder is not there, or elsewhere")
        return _read(path, MOST_PNG)

    return sample_of(entry, data_of)


def sample_of(entry: Any, data_of: Callable[[str], bytes]) -> Sample:
    """The sample of an entry.

    Args:
        entry: of a list.
        data_of: gives the bytes of a file, :data:`MOST_PNG` at most, by its name in the profile.

    Raises:
        ValueError: and its like, if it is damaged or not to be trusted.
    """
    char, file = str(entry["char"]), str(entry["file"])
    if char not in FOLDERS.values():
        raise ValueError(f"{char[:20]!r} is no character that can be read")
    if not FILE.fullmatch(file) or not file.startswith(f"{folder_of(char)}/"):
        raise ValueError("its file is not where that of its character would be")
    data = data_of(file)
    # The size is looked at before the pixels are: a small file can hold a huge picture.
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 33:
        raise ValueError("its file is no PNG")
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    if not (1 <= width <= LONGEST and 1 <= height <= LONGEST):
        raise ValueError(f"it has {width}x{height} pixels")
    if is_cut_short(data):
        raise ValueError("its file is a broken PNG")
    with silence():
        ink = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if ink is None or not data.endswith(b"IEND\xaeB`\x82"):
        raise ValueError("its file is a broken PNG")
    told = [str(entry.get(key, ""))[:40] for key in ("source", "date")]
    source, date = ("".join(c if c.isprintable() else "?" for c in text) for text in told)
    return Sample.of(char, trimmed(np.asarray(ink, np.uint8)), source, date, file)


def trimmed(ink: GlyphInk) -> GlyphInk:
    """The ink without its margin, at most :data:`LONGEST` pixels high and wide.

    Raises:
        ValueError: if there is none.
    """
    x, y, w, h = cv2.boundingRect(np.ascontiguousarray(ink))
    cut = np.ascontiguousarray(ink[y : y + h, x : x + w], np.uint8)
    if not cut.size or int(cut.max()) == 0:
        raise ValueError("there is no ink in it")
    while max(cut.shape) > LONGEST:
        size = (max(1, round(cut.shape[1] / 2)), max(1, round(cut.shape[0] / 2)))
        cut = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
    return cut


def entry_of(sample: Sample) -> dict[str, str]:
    keys = ("char", "source", "date", "file")
    return {key: str(getattr(sample, key)) for key in keys}


def as_list(name: str, entries: Iterable[Any]) -> bytes:
    """The list as a file: JSON, a sample a line."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    samples = f"[\n{lines}\n]" if lines else "[]"
    rest = (
        f'{_VERSION},\n"name": {json.dumps(name, ensure_ascii=False)},\n"samples": {samples}\n}}\n'
    )
    return _START + rest.encode(errors="replace")


def remove(path: Path) -> None:
    """Deletes a file if it is there and can be."""
    with contextlib.suppress(OSError):
        os.unlink(path)


def iso(time: datetime) -> str:
    return time.isoformat(timespec="seconds")


def reason(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing"
    told = getattr(error, "strerror", None) or (str(error).strip().splitlines() or [""])[0]
    return str(told)[:120] or type(error).__name__
