"""Pen strokes of words, lines and single characters, as arrays that a line is put together from."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError

Points = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pen:
    """Pen strokes.

    Attributes:
        points: float32 (n, 2), x and y, y downwards.
        firsts: int64 (m,), the first point of each stroke.
    """

    points: Points
    firsts: npt.NDArray[np.int64]


EMPTY = Pen(np.zeros((0, 2), np.float32), np.zeros(0, np.int64))


@dataclass(frozen=True)
class Items:
    """Written things of many people, one after the other.

    Attributes:
        labels: text of each.
        writers: name of who wrote each.
        points: float32 (n, 2), the points of all.
        stroke: the first point of each stroke, and the number of points.
        symbol: the first stroke of each item, and the number of strokes.
        numbered: whether the file's labels were numbers.
    """

    labels: list[str]
    writers: list[str]
    points: Points
    stroke: npt.NDArray[np.int64]
    symbol: npt.NDArray[np.int64]
    numbered: bool = False

    def path(self, index: int) -> Pen:
        """The strokes of one item, moved so that the least x and y are 0."""
        a, b = int(self.symbol[index]), int(self.symbol[index + 1])
        if a == b:
            return EMPTY
        first = self.stroke[a:b]
        points = self.points[first[0] : self.stroke[b]]
        return Pen(points - points.min(0), first - first[0])

    def of(self, labels: list[str], writers: list[str]) -> Items:
        """The same strokes with other labels and writers."""
        return replace(self, labels=labels, writers=writers)


def read_items(path: Path) -> Items:
    """Reads one of UNIPEN's or CROHME's npz files. Of CROHME's the writers are the names of the
    files that the formulas come from, or none where they are not told.

    Raises:
        InputError: if the file is missing or not of that form.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            data = {key: archive[key] for key in archive.files}
        points = data["points"].astype(np.float32).reshape(-1, 2)
        stroke = np.append(data["stroke"].astype(np.int64), len(points))
        symbol = np.append(data["symbol"].astype(np.int64), len(data["stroke"]))
        labels = [str(label) for label in data["label"]]
        names: Sequence[object] = ()
        if "writers" in data:
            names = data["writers"][data["writer"]].tolist()
        elif "files" in data:
            names = data["files"][data["expr"]].tolist()
        if len(symbol) != len(labels) + 1 or symbol.max() >= len(stroke):
            raise ValueError("its strokes and labels do not fit")
    except (OSError, EOFError, ValueError, LookupError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path.name} is no stroke file: {error}") from None
    numbered = data["label"].dtype.kind in "ui"
    return Items(labels, list(map(str, names)), points, stroke, symbol, numbered)


def join(paths: Sequence[Pen]) -> Pen:
    """Several paths as one; they are where they are."""
    if not paths:
        return EMPTY
    ends = np.cumsum([len(path.points) for path in paths])
    starts = [0, *ends[:-1].tolist()]
    firsts = [path.firsts + start for path, start in zip(paths, starts, strict=True)]
    return Pen(np.concatenate([path.points for path in paths]), np.concatenate(firsts))


def moved(path: Pen, scale: float, x: float, y: float) -> Pen:
    """The path scaled and then moved."""
    return Pen(path.points * np.float32(scale) + np.array([x, y], np.float32), path.firsts)
