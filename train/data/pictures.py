"""A folder of one's own: a sub-folder of pictures for each character, of any size.

Each picture shows one character, written or drawn: dark on light or light on dark, cut out of a
photograph or scanned. It becomes the crop that the live program makes of a glyph.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, SIGNS
from hwr_live.crop import SIZE, crop
from hwr_live.errors import InputError
from hwr_live.media.images import PICTURE_SUFFIXES, decode_picture, natural_key, read_bytes
from hwr_live.profiles.corrections import FOLDERS
from hwr_live.segmentation.components import components
from hwr_live.segmentation.ink import find_ink, to_grey
from train.data.dataset import Dataset, FileInfo, Part
from train.data.validation import split_validation

Grey = npt.NDArray[np.uint8]

PARTS = ("train", "test")
"""Sub-folders that hold the sub-folders of characters, where the test part is one's own."""

LAYOUT = (
    "a sub-folder of pictures for each character, called by it (7, a) or as profiles do "
    "(digit_7, upper_A, lower_a, mark_comma), in it or in its folders train and test"
)
"""What a folder of pictures looks like, for messages."""

_TEST_SHARE = 0.15
"""Share of the pictures that is kept for the test where there is no folder ``test``; as much as
EMNIST keeps (a seventh)."""
_TEST_SEED = 2
"""Of the draw of those, so that a second look at a model has the same test part."""
_LEAST = 20
"""Pictures below which there is nothing to train, choose and test by."""
_EDGE = 1 / 16
"""Of the shorter side: the frame of a picture in which the ground is looked for."""
_EVEN = 24
"""Grey levels, 0 to 255: a ground that differs by no more between its darkest and its lightest
tenth is even, and what stands out from it is ink. Around glyphs cut out of the seven photographed
pages it differs by 3 to 24 where nothing but paper is in the frame."""
_NOISE = 8.0
"""Grey levels: what stands out by less is a JPEG's noise, whatever the ground varies by."""
_SPECK = 0.02
"""Of the area of the largest part of a character on uneven ground: what is smaller is dirt. The dot
of an i is five times as large."""
_NO_CHARACTER = "no_character"
"""The folder in which the pad keeps ink that is no character."""
_NAMED = 3  # files that are named, of all that are counted


def picture_folder(name: str, data: Path | None) -> Path | None:
    """The folder of pictures that a data set's name stands for, or None if there is none.

    Args:
        name: the name of a folder in ``data``, or the path of one.
        data: the data folder, or None.
    """
    for folder in ([data / name] if data is not None else []) + [Path(name)]:
        if any(_classes(place) for place in (folder, *(folder / part for part in PARTS))):
            return folder
    return None


def load_pictures(folder: Path) -> Dataset:
    """Reads a folder of pictures.

    Args:
        folder: has a sub-folder for each character, or has such folders in ``train`` and perhaps
            ``test``; without one, every seventh picture of each character is kept for the test.

    Raises:
        InputError: for a sub-folder whose name is no character's, fewer than two characters, or too
            few pictures.
    """
    train_folder = folder / "train" if _classes(folder / "train") else folder
    test_folder = folder / "test" if train_folder != folder and _classes(folder / "test") else None
    chars = tuple(sorted({_char(path) for path in _classes(train_folder)}, key=_order))
    if not 2 <= len(chars) <= 255:
        raise InputError(f"{folder} has pictures of {len(chars)} characters; 2 to 255 are possible")
    found = _Found()
    if (train_folder / _NO_CHARACTER).is_dir():
        found.warnings.append(
            f"{train_folder / _NO_CHARACTER} is left out: training draws by itself what is none"
        )
    train = found.read(train_folder, chars)
    if test_folder is not None:
        test = found.read(test_folder, chars)
    if len(train.labels) < _LEAST or (test_folder is not None and not len(test.labels)):
        raise InputError(
            f"{folder} has {len(train.labels)} pictures to train from; {_LEAST} are the least"
        )
    if test_folder is None:
        kept, held = split_validation(train, _TEST_SHARE, _TEST_SEED)
        test = Part(train.images[held], train.labels[held])
        train = Part(train.images[kept], train.labels[kept])
        found.warnings.append(
            f"{folder} has no folder test: {len(test.labels):,} of its pictures are kept for it; "
            "writers may be on both sides, so the figures tell of these writers only"
        )
    counts = np.bincount(train.labels, minlength=len(chars))
    if missing := [char for char, count in zip(chars, counts, strict=True) if not count]:
        raise InputError(f"{folder} has no picture to train from of {' '.join(missing)}")
    own = folder.resolve().name
    return Dataset(own, chars, train, test, (found.info(),), (*found.left_out(), *found.warnings))


@dataclass
class _Found:
    """What was read so far, and what was not.

    Attributes:
        broken: pictures that cannot be read.
        blank: pictures without ink.
        warnings: one line each.
    """

    broken: list[Path] = field(default_factory=list)
    blank: list[Path] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._digest, self._bytes = hashlib.sha256(), 0

    def read(self, folder: Path, chars: tuple[str, ...]) -> Part:
        """The pictures of all characters, in the order of their names."""
        images: list[Grey] = []
        labels: list[int] = []
        paths = [(path, _char(place)) for place in _classes(folder) for path in _pictures(place)]
        if unknown := [char for _, char in paths if char not in chars]:
            raise InputError(f"{folder} has pictures of {unknown[0]}, of which train has none")
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            read = threads.map(_read, (path for path, _ in paths))
            for (path, char), (digest, size, made) in zip(paths, read, strict=True):
                self._digest.update(f"{path.relative_to(folder).as_posix()}\n".encode() + digest)
                self._bytes += size
                if made is None:
                    self.broken.append(path)
                elif not made.any():
                    self.blank.append(path)
                else:
                    images.append(made)
                    labels.append(chars.index(char))
        return Part(np.array(images, np.uint8).reshape(-1, SIZE, SIZE), np.array(labels, np.uint8))

    def info(self) -> FileInfo:
        """One entry for all pictures: a digest of their names and contents."""
        return FileInfo("pictures", self._digest.hexdigest(), self._bytes)

    def left_out(self) -> Iterator[str]:
        """A line for each reason why pictures were left out."""
        for paths, why in ((self.broken, "cannot be read"), (self.blank, "show no ink")):
            if paths:
                named = ", ".join(os.fspath(path) for path in paths[:_NAMED])
                more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
                yield f"left out, as they {why}: {named}{more}"


def glyph_crop(picture: npt.NDArray[np.generic]) -> Grey:
    """The crop of the one character in a picture.

    Args:
        picture: (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA.

    Returns:
        uint8 (28, 28), bright ink on black; black all over where there is no ink. A picture that is
        such a crop already, as the pad saves them, stays as it is.
    """
    grey = to_grey(picture)
    if grey.shape == (SIZE, SIZE) and not _edge(grey, 2).any():
        return grey
    edge = _edge(grey, max(1, round(_EDGE * min(grey.shape))))
    darkest, ground, lightest = np.percentile(edge, (10, 50, 90))
    if lightest - darkest <= _EVEN:
        return crop(_off_ground(grey, ground, max(_NOISE, lightest - darkest)))
    # Around a glyph that fills its picture there is no paper to tell ink from.
    room = max(grey.shape)
    ink = find_ink(
        cv2.copyMakeBorder(grey, room, room, room, room, cv2.BORDER_CONSTANT, value=(ground,))
    )
    labels, stats = components(ink.mask)
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = areas >= max(1.0, _SPECK * areas.max(initial=0))
    near = cv2.dilate(kept[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return crop(np.asarray(ink.grey * near, np.uint8))


def _off_ground(grey: Grey, ground: float, noise: float) -> Grey:
    """Ink as it stands out from an even ground by more than ``noise``, on the side on which it
    does most."""
    apart = grey.astype(np.float32) - ground
    apart = apart if apart.max() > -apart.min() else -apart
    apart[apart < noise] = 0
    return np.asarray(np.clip(apart, 0, 255), np.uint8)


def _edge(grey: Grey, width: int) -> Grey:
    """The pixels of a frame of that width along the sides of a picture."""
    inner = np.zeros(grey.shape, np.bool_)
    inner[width:-width, width:-width] = True
    return grey[~inner]


def _read(path: Path) -> tuple[bytes, int, Grey | None]:
    """The digest and size of a file, and its crop; None if it is no picture that can be read."""
    try:
        raw = read_bytes(path)
    except InputError:
        return b"", 0, None
    digest = hashlib.sha256(raw).digest()
    try:
        return digest, len(raw), glyph_crop(decode_picture(raw, os.fspath(path)))
    except InputError:
        return digest, len(raw), None


def _classes(folder: Path) -> list[Path]:
    """The sub-folders of a folder that hold pictures of a character, by name."""
    try:
        places = [place for place in folder.iterdir() if place.is_dir()]
    except OSError:
        return []
    others = (*PARTS, _NO_CHARACTER)
    kept = [p for p in places if p.name not in others and not p.name.startswith(".")]
    return sorted((p for p in kept if _pictures(p)), key=lambda p: natural_key(p.name))


def _pictures(folder: Path) -> list[Path]:
    """The picture files of a folder in natural order."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    named = [n for n in names if Path(n).suffix.lower() in PICTURE_SUFFIXES and n[0] != "."]
    return [folder / name for name in sorted(named, key=natural_key)]


def _order(char: str) -> tuple[int, str]:
    """Where a character stands among classes: EMNIST's order, then signs, then all others."""
    known = ALL + SIGNS
    return (known.index(char) if char in known else len(known), char)


def _char(folder: Path) -> str:
    """The character that a sub-folder's name stands for.

    Raises:
        InputError: if it stands for none.
    """
    name = folder.name
    if name in FOLDERS:
        return FOLDERS[name]
    if len(name) == 1 and name.isprintable() and not name.isspace():
        return name
    raise InputError(
        f"{folder} holds pictures, but {name} is no character: call it by the one that they show "
        "(7, a), or as profiles do (digit_7, upper_A, lower_a, mark_comma)"
    )
