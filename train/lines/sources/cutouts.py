"""Ink of hdBPMN's cut-out words, made by the product once and then kept.

Finding the ink of all words takes minutes. It is kept in the cache folder as long as neither the
pictures nor what finds ink change, and a pack of data holds it.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import hwr_live
from hwr_live.errors import HwrError, InputError
from hwr_live.segmentation.ink import find_ink
from hwr_live.strip import with_faint
from hwr_live.system.lock import locked
from hwr_live.system.zips import without_times
from train.data.download import cache_folder

Grey = npt.NDArray[np.uint8]

MADE = Path("words") / "hdbpmn_train_ink.npz"
"""Where a pack's folder has the ink of the training part."""

BROKEN = (OSError, EOFError, LookupError, ValueError, zipfile.BadZipFile, zlib.error)
"""What reading a broken or a missing archive raises."""

_NEARER = 2.0  # times: the pictures are small, and at their own size faint strokes are lost
_KEPT = 1.25  # times the pictures' size that ink is kept at
_LEVELS = 12  # of grey that training ink is kept in: a pack holds it in less than half the room
_MAKING_S = 1800.0  # that other processes wait for the one that makes ink


@dataclass(frozen=True)
class Cutouts:
    """Words as ink, bright on black.

    Attributes:
        inks: uint8 (h, w) each, all that is in a picture.
        clean: the same without what comes in from its sides.
        texts: what each says.
        writers: who wrote each.
    """

    inks: list[Grey]
    clean: list[Grey]
    texts: list[str]
    writers: list[str]


def read_cutouts(
    data: Path, part: str, own: Callable[[str, str], bool] = lambda text, writer: True
) -> Cutouts:
    """The words of a part, ``train`` or ``test``.

    Args:
        data: the folder of the data, or of a pack.
        part: of hdBPMN.
        own: whether a text and its writer are wanted.

    Raises:
        InputError: if the file is missing or not of that form.
    """
    made = data / MADE
    if part == "train" and made.is_file():
        return unpacked(_read(made), own)
    path = data / "words" / f"hdbpmn_{part}.zip"
    try:
        return unpacked(_kept(path, part), own)
    except (*BROKEN, cv2.error) as error:
        raise InputError(f"words/{path.name} cannot be read: {error}") from None


def unpacked(arrays: Mapping[str, Any], own: Callable[[str, str], bool]) -> Cutouts:
    """Words from their arrays: shapes (n, 2), the pixels of all clean ones, what to add to them for
    those with their surroundings (modulo 256), texts and writers."""
    out = Cutouts([], [], [], [])
    shapes = arrays["shapes"].astype(np.int64)
    ends = np.cumsum(shapes.prod(axis=1))
    clean, apart = arrays["clean"], arrays["apart"]
    if len(clean) != len(apart) or len(clean) != (ends[-1] if len(ends) else 0):
        raise ValueError("its pictures and their sizes do not fit")
    texts, writers = arrays["texts"].tolist(), arrays["writers"].tolist()
    for shape, end, text, writer in zip(shapes, ends.tolist(), texts, writers, strict=True):
        if own(text, writer):
            spot = slice(end - int(shape.prod()), end)
            out.clean.append(clean[spot].reshape(shape).copy())
            out.inks.append((clean[spot] + apart[spot]).reshape(shape))
            out.texts.append(text)
            out.writers.append(writer)
    return out


def made_arrays(path: Path, levels: int) -> dict[str, npt.NDArray[Any]]:
    """The arrays that :func:`unpacked` takes, made of an archive's pictures.

    Args:
        path: the archive.
        levels: of grey that are kept.
    """
    cleans: list[Grey] = []
    aparts: list[Grey] = []
    texts: list[str] = []
    writers: list[str] = []
    steps = np.arange(256) * (levels - 1)
    grey_of = (((steps + 127) // 255) * 255 // (levels - 1)).astype(np.uint8)
    with zipfile.ZipFile(path) as archive:
        for row in csv.DictReader(io.TextIOWrapper(archive.open("labels.csv"), "utf-8")):
            coded = np.frombuffer(archive.read(row["file"]), np.uint8)
            grey = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
            if grey is None or not row["text"].strip():
                continue
            ink = find_ink(np.asarray(grey, np.uint8), _NEARER)
            word = without_surroundings(ink.mask)
            none = np.zeros_like(word)
            every = grey_of[_smaller(with_faint(ink.grey, ink.mask, none))]
            clean = grey_of[_smaller(with_faint(ink.grey, word, ink.mask & ~word))]
            cleans.append(clean)
            aparts.append(every - clean)
            texts.append(row["text"])
            writers.append(row["writer"])
    return {
        "shapes": np.array([one.shape for one in cleans], np.int16).reshape(-1, 2),
        "clean": _flat(cleans),
        "apart": _flat(aparts),
        "texts": np.array(texts, np.str_),
        "writers": np.array(writers, np.str_),
    }


def kept_arrays(data: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the training part, for a pack.

    Raises:
        InputError: if the file is missing or not of that form.
    """
    path = data / "words" / "hdbpmn_train.zip"
    try:
        return _kept(path, "train")
    except (*BROKEN, cv2.error) as error:
        raise InputError(f"words/{path.name} cannot be read: {error}") from None


def _kept(path: Path, part: str) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an archive, from the cache if it has them; else made, and kept there."""
    levels = _LEVELS if part == "train" else 256
    key = _key(path)
    try:
        folder = cache_folder() / "lines"
        folder.mkdir(parents=True, exist_ok=True)
        lock = contextlib.ExitStack()
        lock.enter_context(locked(folder / f"{path.stem}.lock", wait_s=_MAKING_S))
    except (HwrError, OSError):  # no home folder, or none that can be written to
        return made_arrays(path, levels)
    file = folder / f"{path.stem}.npz"
    with lock:
        with contextlib.suppress(*BROKEN):
            arrays = _read(file)
            if str(arrays.pop("key")) == key:
                return arrays
        arrays = made_arrays(path, levels)
        fresh = file.with_suffix(".new")
        try:
            with fresh.open("wb") as out, without_times():
                np.savez_compressed(out, allow_pickle=False, key=np.array(key), **arrays)
            os.replace(fresh, file)
        except OSError:  # a full disk: it is made again next time
            fresh.unlink(missing_ok=True)
    return arrays


def _key(path: Path) -> str:
    """A digest of an archive and of all that makes ink of it."""
    digest = hashlib.sha256(path.read_bytes())
    rooms = Path(hwr_live.__file__).parent
    code = [*sorted((rooms / "segmentation").rglob("*.py")), rooms / "strip.py", Path(__file__)]
    for one in code:
        digest.update(one.read_bytes() if one.is_file() else b"")
    digest.update(f"{cv2.__version__} {hwr_live.__version__}".encode())
    return digest.hexdigest()


def _read(path: Path) -> dict[str, npt.NDArray[Any]]:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _flat(pictures: Sequence[Grey]) -> Grey:
    return np.concatenate([np.zeros(0, np.uint8), *(one.ravel() for one in pictures)])


def _smaller(ink: Grey) -> Grey:
    """Ink of ``_NEARER`` at the size that it is kept in memory."""
    scale = _KEPT / _NEARER
    return np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def without_surroundings(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The ink of a cut-out word without what comes in from its sides: other lines, boxes, rules.

    A component that touches the picture's edge goes if it lies beyond the middle three fifths of
    the height, or if it is long and hollow, as the side of a box is.

    Args:
        mask: bool (h, w), where ink is.
    """
    h, w = mask.shape
    ones = mask.astype(np.uint8)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ones, connectivity=8)
    gone = np.zeros(count, bool)
    for i in range(1, count):
        x, y, wide, high, area = (int(v) for v in stats[i])
        side = x <= 1 or x + wide >= w - 1
        hollow = area / (wide * high)
        outside = not 0.2 < centres[i][1] / h < 0.8
        upright = side and (wide < 0.1 * h or (high > 0.8 * h and hollow < 0.35))
        frame = wide > 0.6 * w and high > 0.5 * h and hollow < 0.22
        if side or y <= 1 or y + high >= h - 1:
            gone[i] = outside or upright or frame
    return np.asarray(mask & ~gone[labels])
