"""Data sets by name: MNIST, the six splits of EMNIST, and any folder in EMNIST's layout."""

from __future__ import annotations

import hashlib
import os
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from train.idx import Bytes, read_images, read_labels, read_text

Groups = npt.NDArray[np.str_]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """Training or test part of a data set.

    Attributes:
        images: uint8 (n, 28, 28), upright, bright ink on black.
        labels: uint8 (n,), index into the data set's ``chars``.
        sources: uint8 (n,), which collection an image comes from, or None where that is not told.
        groups: str (n,), the writer, form or page of each image, or None where that is not told.
    """

    images: Bytes
    labels: Bytes
    sources: Bytes | None = None
    groups: Groups | None = None


@dataclass(frozen=True)
class FileInfo:
    """A file that was read: base name, SHA-256 of its bytes as they lie there, size in bytes."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Dataset:
    """A data set as it is trained on.

    Attributes:
        name: as it was asked for; of a path, the folder's name.
        chars: one character a class, in label order; a class that holds both cases has the capital.
        train, test: the two parts.
        files: what was read, for the model's card.
        warnings: one line each; nothing that prevents training.
    """

    name: str
    chars: tuple[str, ...]
    train: Part
    test: Part
    files: tuple[FileInfo, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Split:
    """What is known of an official data set."""

    prefix: str
    chars: str
    train: int
    test: int
    first_label: int = 0
    other_case: bool = False


_BYCLASS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BYMERGE = string.digits + string.ascii_uppercase + "abdefghnqrt"

OFFICIAL = {
    "mnist": _Split("", string.digits, 60_000, 10_000),
    "emnist-byclass": _Split("emnist-byclass", _BYCLASS, 697_932, 116_323),
    "emnist-bymerge": _Split("emnist-bymerge", _BYMERGE, 697_932, 116_323),
    "emnist-balanced": _Split("emnist-balanced", _BYMERGE, 112_800, 18_800),
    "emnist-letters": _Split("emnist-letters", string.ascii_uppercase, 124_800, 20_800, 1, True),
    "emnist-digits": _Split("emnist-digits", string.digits, 240_000, 40_000),
    "emnist-mnist": _Split("emnist-mnist", string.digits, 60_000, 10_000),
}

_MNIST_FILES = {"train": "train", "test": "t10k"}


class _Store(Protocol):
    """Files by their base name: a folder, or EMNIST's archive as it is."""

    where: str

    def names(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.where = str(path)

    def names(self) -> list[str]:
        try:
            return sorted(entry.name for entry in self.path.iterdir())
        except OSError as error:
            raise InputError(f"cannot read the folder {self.path}: {error.strerror}") from None

    def read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise InputError(f"cannot read {self.path / name}: {error.strerror}") from None


def load(name: str, data: Path | None, *, source: str = "files") -> Dataset:
    """Loads a data set.

    Args:
        name: one of ``OFFICIAL``, or the name or path of a folder in EMNIST's layout.
        data: the folder that holds the files, directly, in a folder of the set's name, or in
            ``mnist/``, ``emnist/``, ``gzip/`` or ``hwr62/``.
        source: "files".

    Raises:
        InputError: files that are missing, broken, truncated, swapped or renamed; it names them.
    """
    if source != "files":
        raise InputError(f"data sets come from files, not from {source!r}")
    store, prefix = _find(name, data)
    reader = _Reader(store)
    if name == "mnist":
        train = reader.mnist_part("train")
        test = reader.mnist_part("test")
        chars = tuple(string.digits)
        reader.check_labels(len(chars))
    else:
        train, test, chars = reader.emnist(prefix)
    official = OFFICIAL.get(prefix)
    warnings = list(reader.warnings)
    if official is not None:
        warnings += _check_totals(official, train, test, store.where)
    return Dataset(Path(name).name, chars, train, test, tuple(reader.files), tuple(warnings))


_TRAIN_IMAGES = re.compile(r"(.+)-train-images[-.]idx3-ubyte(\.gz)?")


def _prefixes(store: _Store) -> list[str]:
    found = (_TRAIN_IMAGES.fullmatch(entry) for entry in store.names())
    return sorted({match[1] for match in found if match})


def _find(name: str, data: Path | None) -> tuple[_Store, str]:
    """The store that holds a data set and the prefix of its files."""
    places: list[Path] = []
    for place in _places(name, data):
        if not place.is_dir():
            continue
        places.append(place)
        store = _Folder(place)
        if name == "mnist":
            if _entry(store, "train-images-idx3-ubyte"):
                return store, name
            continue
        found = _prefixes(store)
        if name in OFFICIAL:
            found = [prefix for prefix in found if prefix == name]
        elif place != Path(name) and place.name != name:
            found = [p for p in found if p == name or p.startswith(f"{name}-")]
        if len(found) > 1:
            raise InputError(
                f"{place} holds more than one data set ({', '.join(found)}): name the one to use"
            )
        if found:
            return store, found[0]
    raise _missing(name, data, places)


def _places(name: str, data: Path | None) -> Iterator[Path]:
    if name not in OFFICIAL and (os.sep in name or "/" in name or data is None):
        yield Path(name)
        return
    if data is not None:
        for folder in dict.fromkeys((name, ".", "mnist", "emnist", "gzip", "hwr62")):
            yield data / folder


def _missing(name: str, data: Path | None, places: list[Path]) -> InputError:
    if data is None and name in OFFICIAL:
        return InputError(f"{name}: name its folder with --data DIR or HWR_DATA")
    if data is not None and not data.is_dir():
        return InputError(f"the data folder {data} does not exist")
    wanted = (
        "train-images-idx3-ubyte.gz"
        if name == "mnist"
        else f"{name if name in OFFICIAL else '*'}-train-images-idx3-ubyte.gz"
    )
    looked = ", ".join(str(place) for place in places) or str(data or name)
    return InputError(f"{name}: no {wanted} in {looked}")


def _entry(store: _Store, stem: str) -> str | None:
    """The file of the store for ``stem``: gzipped or not, with the hyphen or the older dot."""
    names = set(store.names())
    for form in (stem, stem.replace("-idx", ".idx")):
        for entry in (f"{form}.gz", form):
            if entry in names:
                return entry
    return None


class _Reader:
    """Reads one data set's files from a store and remembers which they were."""

    def __init__(self, store: _Store) -> None:
        self.store = store
        self.files: list[FileInfo] = []
        self.warnings: list[str] = []
        self._labels: list[tuple[str, Bytes]] = []

    def mnist_part(self, part: str) -> Part:
        stem = _MNIST_FILES[part]
        images, labels = self._pair(f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte")
        return Part(images, labels)

    def emnist(self, prefix: str) -> tuple[Part, Part, tuple[str, ...]]:
        chars, first = self._mapping(prefix)
        parts = []
        for part in ("train", "test"):
            stem = f"{prefix}-{part}"
            images, labels = self._pair(f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte")
            parts.append(
                Part(
                    # Stored with the axes swapped; copied once so that batches read in order.
                    np.ascontiguousarray(images.transpose(0, 2, 1)),
                    labels,
                    self._sources(stem, len(labels)),
                    self._groups(stem, len(labels)),
                )
            )
        self.check_labels(len(chars), first)
        if first:
            parts = [
                Part(p.images, (p.labels - np.uint8(first)).astype(np.uint8), p.sources, p.groups)
                for p in parts
            ]
        return parts[0], parts[1], chars

    def check_labels(self, classes: int, first: int = 0) -> None:
        for name, labels in self._labels:
            low, high = int(labels.min()), int(labels.max())
            if low < first or high >= first + classes:
                bad = low if low < first else high
                raise InputError(
                    f"{name} has the label {bad}, outside {first} to {first + classes - 1}: "
                    "renamed, or another split's?"
                )

    def _read(self, stem: str) -> tuple[str, bytes] | None:
        entry = _entry(self.store, stem)
        if entry is None:
            return None
        raw = self.store.read(entry)
        self.files.append(FileInfo(entry, hashlib.sha256(raw).hexdigest(), len(raw)))
        return f"{self.store.where}{os.sep}{entry}", raw

    def _must(self, stem: str) -> tuple[str, bytes]:
        found = self._read(stem)
        if found is None:
            raise InputError(f"{stem}.gz is missing in {self.store.where}")
        return found

    def _pair(self, images: str, labels: str) -> tuple[Bytes, Bytes]:
        images_name, raw = self._must(images)
        pixels = read_images(raw, images_name)
        labels_name, raw = self._must(labels)
        classes = read_labels(raw, labels_name)
        if len(pixels) != len(classes):
            raise InputError(
                f"{images_name} has {len(pixels):,} images but {labels_name} has "
                f"{len(classes):,} labels: swapped?"
            )
        self._labels.append((labels_name, classes))
        return pixels, classes

    def _sources(self, stem: str, count: int) -> Bytes | None:
        found = self._read(f"{stem}-sources-idx1-ubyte")
        if found is None:
            return None
        sources = read_labels(found[1], found[0])
        _same_count(found[0], len(sources), count)
        return sources

    def _groups(self, stem: str, count: int) -> Groups | None:
        found = self._read(f"{stem}-groups.txt")
        if found is None:
            return None
        groups = np.array(read_text(found[1], found[0]).splitlines(), np.str_)
        _same_count(found[0], len(groups), count)
        return groups

    def _mapping(self, prefix: str) -> tuple[tuple[str, ...], int]:
        """The characters in label order and the first label."""
        official = OFFICIAL.get(prefix)
        found = self._read(f"{prefix}-mapping.txt")
        if found is None:
            if official is None:
                raise InputError(f"{prefix}-mapping.txt is missing in {self.store.where}")
            self.warnings.append(f"{prefix}-mapping.txt is missing; the official classes are used")
            return tuple(official.chars), official.first_label
        name, raw = found
        chars, first = parse_mapping(read_text(raw, name), name)
        if official is not None and ("".join(chars), first) != (
            official.chars,
            official.first_label,
        ):
            raise InputError(f"{name} is not the mapping of {prefix}: renamed?")
        return chars, first


def parse_mapping(text: str, name: str) -> tuple[tuple[str, ...], int]:
    """EMNIST's mapping: a label and its ASCII code (letters: both cases' codes) a line.

    Returns:
        The first code's character of each label in order, and the first label (0 or 1).

    Raises:
        InputError: naming ``name`` and the line.
    """
    chars: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) < 2 or not all(re.fullmatch(r"[0-9]{1,7}", field) for field in fields):
            raise InputError(f"{name}, line {number}: not a label and a character's code")
        label, code = int(fields[0]), int(fields[1])
        if not chars:
            first = label
        if first > 1 or label != first + len(chars):
            raise InputError(f"{name}, line {number}: labels must count up from 0 or 1")
        if code > 0x10FFFF or not chr(code).isprintable() or chr(code).isspace():
            raise InputError(f"{name}, line {number}: {code} is no printable character's code")
        if chr(code) in chars:
            raise InputError(f"{name}, line {number}: {chr(code)!r} has two labels")
        chars.append(chr(code))
    if len(chars) < 2 or first + len(chars) > 256:
        raise InputError(f"{name} names {len(chars)} classes; 2 to 255 are possible")
    return tuple(chars), first


def _same_count(name: str, found: int, images: int) -> None:
    if found != images:
        raise InputError(f"{name} has {found:,} entries for {images:,} images")


def _check_totals(official: _Split, train: Part, test: Part, where: str) -> list[str]:
    found = (len(train.labels), len(test.labels))
    if found == (official.train, official.test):
        return []
    if found == (official.test, official.train):
        raise InputError(f"the training and the test files in {where} are swapped")
    return [
        f"{where} has {found[0]:,} + {found[1]:,} images where the official files have "
        f"{official.train:,} + {official.test:,}"
    ]


def split_validation(part: Part, share: float, seed: int) -> tuple[Indices, Indices]:
    """Cuts a validation part from a training part, the same one for the same seed.

    Whole groups go to one side, so that no writer is on both; within a source (the group's name
    before the first hyphen) groups are drawn until the share is reached. A group that is a bare
    source name ("mnist") tells no writer: its images are drawn one by one, evenly by class, as are
    all images where there are no groups.

    Args:
        part: the training part.
        share: of the images, more than 0 and less than 1; met exactly but for whole groups.
        seed: of the draw.

    Returns:
        Indices of the training and of the validation images, int64, ascending.

    Raises:
        InputError: for a share out of range, or too few images to cut from.
    """
    if not 0 < share < 1:
        raise InputError(f"the validation share must lie between 0 and 1, not {share}")
    random = np.random.default_rng(seed)
    valid = np.zeros(len(part.labels), bool)
    if part.groups is None:
        valid[_draw_images(np.arange(len(valid)), part.labels, share, random)] = True
    else:
        names, group_of = np.unique(part.groups, return_inverse=True)
        sources = np.array([str(name).split("-", 1)[0] for name in names], np.str_)
        for source in np.unique(sources):
            members = np.flatnonzero(sources == source)
            writers = members[names[members] != source]
            if len(writers) > 1:
                drawn = _draw_groups(
                    writers, np.bincount(group_of, minlength=len(names)), share, random
                )
                valid |= np.isin(group_of, drawn)
                members = np.setdiff1d(members, writers)
            rest = np.flatnonzero(np.isin(group_of, members))
            valid[_draw_images(rest, part.labels, share, random)] = True
    indices = np.arange(len(valid))
    if valid.all() or not valid.any():
        raise InputError(f"{len(valid)} images are too few to cut a share of {share} from")
    return indices[~valid], indices[valid]


def _draw_images(
    indices: Indices, labels: Bytes, share: float, random: np.random.Generator
) -> Indices:
    """A share of the images, drawn evenly by class."""
    shuffled = random.permutation(indices)
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    # Every k-th of a list sorted by class, for any share: where the running share steps up.
    steps = np.floor(np.arange(len(by_class) + 1) * share + 0.5).astype(np.int64)
    drawn: Indices = by_class[np.diff(steps) > 0]
    return drawn


def _draw_groups(
    groups: Indices, sizes: Indices, share: float, random: np.random.Generator
) -> Indices:
    """Groups with about a share of their images; one that would overshoot is passed over."""
    wanted = share * sizes[groups].sum()
    drawn: list[int] = []
    total = 0
    for group in random.permutation(groups):
        if total + sizes[group] <= wanted or (
            not drawn and group == groups[np.argmin(sizes[groups])]
        ):
            drawn.append(int(group))
            total += int(sizes[group])
    return np.array(drawn, np.int64)
