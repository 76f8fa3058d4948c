"""A profile as one zip file: written, and read back with distrust, as nothing is unpacked."""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwr_live.errors import InputError
from hwr_live.profiles.files import (
    BROKEN,
    MOST,
    MOST_JSON,
    MOST_PNG,
    LaterVersion,
    Sample,
    as_list,
    entry_of,
    parse_list,
    reason,
    sample_of,
)
from hwr_live.profiles.locate import LIST
from hwr_live.profiles.profile import MOST_PIXELS, TOLD, Profile
from hwr_live.system.files import write_exactly
from hwr_live.system.zips import member

_MOST_FILE = 128_000_000  # bytes: a full profile's export is smaller
_MOST_DATA = 128_000_000  # bytes of all its files, unpacked
_MOST_ENTRIES = 4 * MOST  # files in it: the samples, and what a file manager adds
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)


@dataclass(frozen=True)
class Archive:
    """What a zip file holds of a profile.

    Attributes:
        name: what the profile is called in it, which may be no name for a profile here.
        samples: the good ones, oldest first.
        problems: what could not be used, a line each.
    """

    name: str
    samples: tuple[Sample, ...]
    problems: tuple[str, ...]


def write_archive(profile: Profile, path: Path) -> None:
    """Writes a zip file of the good samples, a profile again where it is unpacked.

    Raises:
        InputError: if there is such a file already, or it cannot be written.
    """
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:  # PNG files are packed already
        listed = as_list(profile.name, [entry_of(sample) for sample in profile.samples])
        archive.writestr(member(f"{profile.name}/{LIST}"), listed)
        for sample in profile.samples:
            archive.writestr(member(f"{profile.name}/{sample.file}"), sample.png)
    write_exactly(path, data.getvalue())


def read_archive(path: str | os.PathLike[str]) -> Archive:
    """Reads what :func:`write_archive` has written, or a profile's folder packed by any program.

    Raises:
        InputError: if it is no such file, is damaged as a whole, or is too large.
    """
    try:
        if not Path(path).is_file():  # a pipe would wait for ever
            raise InputError(f"{path}: no such file")
        if os.stat(path).st_size > _MOST_FILE:
            raise InputError(f"{path} is too large for an exported profile")
        with zipfile.ZipFile(path) as archive:
            return _read(archive, Path(path))
    except (*_DAMAGE, ValueError) as error:
        raise InputError(f"{path} is no zip file that can be read ({reason(error)})") from None


def _read(archive: zipfile.ZipFile, path: Path) -> Archive:
    names = archive.namelist()
    if len(names) > _MOST_ENTRIES:
        raise InputError(f"{path} holds {len(names)} files: no exported profile")
    # At the top or in one folder; what macOS adds beside is deeper.
    lists = {name for name in names if re.fullmatch(rf"([^/]+/)?{re.escape(LIST)}", name)}
    if len(lists) != 1:
        told = f"{len(lists)} profiles" if lists else f"no {LIST}"
        raise InputError(f"{path} has {told} in it; hwr-live profile export makes such a file")
    within = lists.pop()[: -len(LIST)]
    try:
        entries = parse_list(_unpacked(archive, within + LIST, MOST_JSON))
    except LaterVersion as error:
        raise InputError(f"{path} is of a later version of profiles, {error}") from None
    except BROKEN as error:
        raise InputError(f"{path}: its {LIST} is damaged ({reason(error)})") from None
    samples, problems = _samples(entries, _files_of(archive, within))
    return Archive(within.rstrip("/") or path.stem, samples, problems)


def _samples(
    entries: list[Any], data_of: Callable[[str], bytes]
) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """The good samples of a list, and what is wrong with the others."""
    samples: list[Sample] = []
    problems: list[str] = []
    pixels = 0
    for entry in entries[:MOST]:
        try:
            samples.append(sample_of(entry, data_of))
        except (*BROKEN, *_DAMAGE) as error:
            file = entry.get("file") if isinstance(entry, dict) else None
            problems.append(f"{str(file or 'an entry')[:80]!r} is left out: {reason(error)}")
            continue
        pixels += samples[-1].pixels
        if pixels > MOST_PIXELS:
            problems.append(f"it is too large; {len(samples)} samples are taken")
            break
    if len(entries) > MOST:
        problems.append(f"it has {len(entries)} samples; the first {MOST} are taken")
    if len(problems) > TOLD:
        problems[TOLD:] = [f"and {len(problems) - TOLD} more are left out"]
    return tuple(samples), tuple(problems)


def _files_of(archive: zipfile.ZipFile, within: str) -> Callable[[str], bytes]:
    """Gives the bytes of samples' files, of all together no more than a profile may have."""
    left = _MOST_DATA

    def data_of(file: str) -> bytes:
        nonlocal left
        if left <= 0:
            raise ValueError("there is too much in the file")
        data = _unpacked(archive, within + file, MOST_PNG)
        left -= len(data)
        return data

    return data_of


def _unpacked(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The bytes of a file; a small one may unpack to gigabytes.

    Raises:
        ValueError: if it is not there, or is longer than ``most``.
    """
    try:
        with archive.open(name) as file:
            data = file.read(most + 1)
    except KeyError:  # whose message tells of zip files
        raise ValueError("its file is missing") from None
    if len(data) > most:
        raise ValueError("it is too large")
    return data
