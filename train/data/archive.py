"""Where a data set's files lie: a folder, or a zip archive that is read as it is."""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from hwr_live.errors import InputError
from train.data.idx import MAX_BYTES

_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
_CHUNK = 1 << 20
_OUTSIDE = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:")


class Store(Protocol):
    """Files by their base name."""

    @property
    def where(self) -> str:
        """The place, for messages."""

    def names(self) -> frozenset[str]:
        """The base names of its files."""

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            InputError: for one that cannot be read.
        """


class Folder:
    """The files that lie directly in a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.where = str(path)
        try:
            self._names = frozenset(entry.name for entry in path.iterdir())
        except OSError as error:
            raise InputError(f"cannot read the folder {path}: {error.strerror}") from None

    def names(self) -> frozenset[str]:
        return self._names

    def read(self, name: str) -> bytes:
        path = self._path / name
        try:
            if path.stat().st_size > MAX_BYTES:
                raise InputError(f"{path} is larger than this program reads")
            return path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}") from None
        except MemoryError:
            raise InputError(f"{path} needs more memory than there is") from None


class Archive:
    """The members of a zip file, EMNIST's ``gzip.zip`` or Keras's ``mnist.npz``.

    Nothing is unpacked to disk, and no member is read beyond ``MAX_BYTES``, whatever its header
    claims, so a hostile archive can neither write outside nor fill the memory.

    Raises:
        InputError: for a file that is no zip archive, with members that point outside their folder
            or two members of one name.
    """

    def __init__(self, file: Path | BinaryIO, where: str) -> None:
        self.where = where
        try:
            self._zip = zipfile.ZipFile(file)
            members = self._zip.infolist()
        except _BROKEN_ZIP as error:
            raise InputError(f"{where} is no readable zip archive ({error})") from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            if _OUTSIDE.search(member.filename):
                raise InputError(
                    f"{where} has a member that points outside: {member.filename[:200]!r}"
                )
            name = member.filename.rsplit("/", 1)[-1]
            if not name or name.startswith("."):  # a folder, a hidden file
                continue
            if name in self._members:
                raise InputError(f"{where} has two members named {name}")
            self._members[name] = member

    def names(self) -> frozenset[str]:
        return frozenset(self._members)

    def read(self, name: str) -> bytes:
        member = self._members[name]
        where = f"{member.filename[:200]} in {self.where}"
        if stat.S_ISLNK(member.external_attr >> 16):
            raise InputError(f"{where} is a link, not a file")
        if member.file_size > MAX_BYTES:
            raise InputError(f"{where} is larger than this program reads")
        try:
            with self._zip.open(member) as stream:
                raw = _all(stream, member.file_size)
        except (*_BROKEN_ZIP, MemoryError) as error:
            raise InputError(f"{where} is broken ({error}); fetch the archive again") from None
        if len(raw) != member.file_size:
            raise InputError(f"{where} is truncated; fetch the archive again")
        return raw


def _all(stream: IO[bytes], size: int) -> bytes:
    """What a member holds, a byte more than ``size`` at most; memory grows with what is there."""
    raw = io.BytesIO()
    while left := size + 1 - raw.tell():
        if not (chunk := stream.read(min(left, _CHUNK))):
            break
        raw.write(chunk)
    return raw.getvalue()
