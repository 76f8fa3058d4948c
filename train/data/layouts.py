"""The layouts in which data sets lie on disk: MNIST's and EMNIST's IDX files, Keras's npz."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hwr_live.errors import InputError
from train.data.archive import Archive, Folder, Store
from train.data.dataset import FileInfo, Groups, Part, file_info
from train.data.idx import SIDE, Bytes, read_images, read_labels, read_text
from train.data.mapping import parse_mapping
from train.data.official import OFFICIAL

SUBFOLDERS = ("", "mnist", "emnist", "gzip", "emnist/gzip", "hwr62")
"""Where files are looked for inside a data folder, after the folder of the set's own name."""

_ARCHIVE = re.compile(r"(gzip|emnist.*)\.zip", re.IGNORECASE)
_MEMBER = re.compile(
    r"(?:(.+)-)?(train|test|t10k)-(?:images[-.]idx3|labels[-.]idx1)-ubyte(?:\.gz)?"
)
KERAS_FILE = "mnist.npz"


def find(name: str, data: Path | None) -> tuple[Store, str] | None:
    """The place that holds a data set's files, and what their names begin with.

    Args:
        name: an official name, or the name or path of a folder in EMNIST's layout.
        data: the data folder, or EMNIST's archive itself.

    Raises:
        InputError: for a folder that does not exist or holds more than one set to choose from.
    """
    if data is not None and not data.exists():
        raise InputError(f"there is no data folder {data}")
    for store, own in _stores(name, data):
        if name == "mnist":
            prefixes = {""} & _prefixes(store) or {KERAS_FILE} & store.names()
        elif name in OFFICIAL:
            prefixes = {name} & _prefixes(store)
        else:
            prefixes = _prefixes(store) - {""}
            if not own:
                prefixes = {p for p in prefixes if p == name or p.startswith(f"{name}-")}
        if len(prefixes) > 1:
            raise InputError(
                f"{store.where} holds several data sets ({', '.join(sorted(prefixes))}): "
                "name one of them, with --data for the folder"
            )
        if prefixes:
            return store, prefixes.pop()
    return None


def read(store: Store, prefix: str) -> tuple[tuple[str, ...], Part, Part, Reader]:
    """Reads the files of one data set: its characters, training part, test part, and the reader.

    Raises:
        InputError: naming the file that is missing, broken, truncated, swapped or renamed.
    """
    reader = Reader(store)
    if prefix == KERAS_FILE:
        train, test = reader.keras()
        return tuple(OFFICIAL["mnist"].chars), train, test, reader
    if prefix == "":
        chars = tuple(OFFICIAL["mnist"].chars)
        return chars, reader.mnist("train", chars), reader.mnist("t10k", chars), reader
    chars, first = reader.mapping(prefix)
    train = reader.emnist(f"{prefix}-train", chars, first)
    test = reader.emnist(f"{prefix}-test", chars, first)
    return chars, train, test, reader


def _stores(name: str, data: Path | None) -> Iterator[tuple[Store, bool]]:
    """The places to look in, the likeliest first; True for a folder that is the set's own."""
    if data is not None and data.is_file():
        yield Archive(data, str(data)), False
    elif data is not None:
        for subfolder in dict.fromkeys((name, *SUBFOLDERS)):
            place = data / subfolder
            if not place.is_dir():
                continue
            folder = Folder(place)
            yield folder, place.name == name
            for entry in sorted(folder.names()):
                if name in OFFICIAL and name != "mnist" and _ARCHIVE.fullmatch(entry):
                    yield Archive(place / entry, str(place / entry)), False
    if name not in OFFICIAL and Path(name).is_dir():
        yield Folder(Path(name)), True


def _prefixes(store: Store) -> set[str]:
    """What the names of the store's IDX files begin with; MNIST's begin with nothing."""
    return {match[1] or "" for entry in store.names() if (match := _MEMBER.fullmatch(entry))}


class Reader:
    """Reads a data set's files from a store and remembers which they were.

    Attributes:
        files: what was read so far.
        warnings: one line each.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.files: list[FileInfo] = []
        self.warnings: list[str] = []

    def mapping(self, prefix: str) -> tuple[tuple[str, ...], int]:
        """The characters in label order, and the first label (0 or 1)."""
        official = OFFICIAL.get(prefix)
        stem = f"{prefix}-mapping.txt"
        found = self._read(stem)
        if found is None and official is None:
            raise self._missing(stem)
        if found is None:
            self.warnings.append(f"{stem} is missing; the official classes are used")
            return tuple(official.chars), official.first_label  # type: ignore[union-attr]
        name, raw = found
        chars, first = parse_mapping(read_text(raw, name), name)
        if official and ("".join(chars), first) != (official.chars, official.first_label):
            raise InputError(f"{name} is not the mapping of {prefix}: renamed?")
        return chars, first

    def mnist(self, stem: str, chars: tuple[str, ...]) -> Part:
        """A part of MNIST, stored upright."""
        return Part(*self._pair(stem, len(chars), first=0))

    def emnist(self, stem: str, chars: tuple[str, ...], first: int) -> Part:
        """A part in EMNIST's layout, stored transposed; sources and groups where they are told."""
        images, labels = self._pair(stem, len(chars), first)
        # Copied into the new order once, so that batches are read from memory in one piece.
        upright = np.ascontiguousarray(images.transpose(0, 2, 1))
        return Part(
            upright, labels, self._sources(stem, len(labels)), self._groups(stem, len(labels))
        )

    def keras(self) -> tuple[Part, Part]:
        """Both parts of MNIST from Keras's ``mnist.npz``."""
        raw = self._store.read(KERAS_FILE)
        self.files.append(file_info(KERAS_FILE, raw))
        archive = Archive(io.BytesIO(raw), f"{self._store.where}{os.sep}{KERAS_FILE}")
        train, test = (
            part_of(
                _npy(archive, f"x_{part}.npy", 3), _npy(archive, f"y_{part}.npy", 1), archive.where
            )
            for part in ("train", "test")
        )
        return train, test

    def _pair(self, stem: str, classes: int, first: int) -> tuple[Bytes, Bytes]:
        """Images as they are stored and their labels, counted from 0."""
        images_name, raw = self._must(f"{stem}-images-idx3-ubyte")
        images = read_images(raw, images_name)
        labels_name, raw = self._must(f"{stem}-labels-idx1-ubyte")
        labels = read_labels(raw, labels_name)
        if len(images) != len(labels):
            raise InputError(
                f"{images_name} has {len(images):,} images but {labels_name} "
                f"{len(labels):,} labels: swapped?"
            )
        return images, _from_zero(labels, classes, first, labels_name)

    def _sources(self, stem: str, images: int) -> Bytes | None:
        found = self._read(f"{stem}-sources-idx1-ubyte")
        if found is None:
            return None
        name, raw = found
        sources = read_labels(raw, name)
        _same_count(name, len(sources), images)
        return sources

    def _groups(self, stem: str, images: int) -> Groups | None:
        found = self._read(f"{stem}-groups.txt")
        if found is None:
            return None
        name, raw = found
        groups = read_text(raw, name).removesuffix("\n").split("\n")
        _same_count(name, len(groups), images)
        return np.array(groups, np.str_)

    def _must(self, stem: str) -> tuple[str, bytes]:
        found = self._read(stem)
        if found is None:
            raise self._missing(stem)
        return found

    def _read(self, stem: str) -> tuple[str, bytes] | None:
        """A file and its full name: gzipped or not, with a hyphen or the older dot before idx."""
        for form in (stem, stem.replace("-idx", ".idx")):
            for entry in (f"{form}.gz", form):
                if entry in self._store.names():
                    raw = self._store.read(entry)
                    self.files.append(file_info(entry, raw))
                    return f"{self._store.where}{os.sep}{entry}", raw
        return None

    def _missing(self, stem: str) -> InputError:
        suffix = "" if stem.endswith(".txt") else "[.gz]"
        return InputError(f"{stem}{suffix} is missing in {self._store.where}")


def part_of(images: Bytes, labels: Bytes, where: str, classes: int = 10, first: int = 0) -> Part:
    """A part from arrays that another library has read; ``images`` upright.

    Raises:
        InputError: naming ``where``, for shapes, counts or labels that do not fit.
    """
    if images.shape[1:] != (SIDE, SIDE) or labels.ndim != 1:
        raise InputError(f"{where} holds no 28x28 images with a label each")
    if len(images) != len(labels) or len(images) == 0:
        raise InputError(f"{where} has {len(images):,} images but {len(labels):,} labels")
    return Part(images, _from_zero(labels, classes, first, where))


def _from_zero(labels: Bytes, classes: int, first: int, name: str) -> Bytes:
    low, high = int(labels.min()), int(labels.max())
    last = first + classes - 1
    if low < first or high > last:
        raise InputError(
            f"{name} has the label {low if low < first else high}, not within {first} to {last}: "
            "another split's file, renamed?"
        )
    return (labels - np.uint8(first)).astype(np.uint8) if first else labels


def _same_count(name: str, found: int, images: int) -> None:
    if found != images:
        raise InputError(f"{name} has {found:,} entries for {images:,} images")


def _npy(archive: Archive, member: str, dimensions: int) -> Bytes:
    """A uint8 array of an npz; read by hand, because NumPy allocates whatever a header claims."""
    where = f"{member} in {archive.where}"
    if member not in archive.names():
        raise InputError(f"{where} is missing: not Keras's MNIST file")
    raw = archive.read(member)
    stream = io.BytesIO(raw)
    try:
        version = np.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError(f"npy version {version}")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except Exception as error:  # the header is a Python literal: its parser raises many kinds
        raise InputError(f"{where} is no array: {error}") from None
    data = raw[stream.tell() :]
    count = 1
    for size in shape:
        count *= size
    if dtype != np.uint8 or fortran or len(shape) != dimensions or count != len(data):
        raise InputError(f"{where} is no uint8 array of {dimensions} dimensions and its size")
    return np.frombuffer(data, np.uint8).reshape(shape)
