"""Training images drawn anew from pen strokes, through the live program's own crop.

The stroke files are CROHME's and UNIPEN's (npz: points, first point of each stroke, first stroke of
each character) and Chars74K's (json: character -> writers -> strokes -> points).
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.chars import ALL
from hwr_live.crop import crop
from hwr_live.errors import InputError

Strokes = list[npt.NDArray[np.float64]]

_HEIGHT = 112
"""Pixels of the longer side that a character is drawn at: four times a crop's, so that shrinking
smooths the strokes."""
_PENS = (2.0, 30.0)
"""Pixels at that size: from a hair-line to a marker, which is broad for small letters."""
_MARGIN = 18
"""Pixels left empty on each side: more than half of the broadest pen."""


@dataclass(frozen=True)
class Character:
    """One written character: its strokes, class and writer's group, and the longer side of what is
    no letter or digit in heights of a capital, where that is told."""

    label: str
    group: str
    strokes: Strokes
    extent: float | None = None


def read_crohme(path: Path) -> Iterator[Character]:
    """The characters of one of CROHME's or UNIPEN's npz files. Of CROHME's the group is the part of
    the file's name that tells the writer, as in ``crohme-formulaire012``; of UNIPEN's, the writer.

    Raises:
        InputError: if the file is missing or not of that form.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            data = {key: archive[key] for key in archive.files}
        points = data["points"].astype(np.float64)
        firsts = np.append(data["stroke"], len(points))
        symbols = np.append(data["symbol"], len(firsts) - 1)
        names, labels = _groups(data), data["label"]
        extents: list[float | None] = [None] * len(labels)
        if "height" in data and "writers" in data:
            extents = np.maximum(data["height"], data["width"]).astype(float).tolist()
        for i, label in enumerate(labels):
            strokes = [points[firsts[s] : firsts[s + 1]] for s in range(symbols[i], symbols[i + 1])]
            char = ALL[int(label)] if labels.dtype.kind in "ui" else str(label)
            yield Character(char, names[i], strokes, extents[i])
    except (OSError, EOFError, ValueError, LookupError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path.name} is no stroke file: {error}") from None


def _groups(data: Mapping[str, npt.NDArray[Any]]) -> list[str]:
    """Of each character of an npz file, who wrote it."""
    if "writers" in data:
        return [str(name) for name in data["writers"][data["writer"]]]
    names = data["files"][data["expr"]] if "files" in data else [""] * len(data["label"])
    return ["crohme-" + re.split(r"[-_.]", str(name))[0] for name in names]


def read_chars74k(path: Path) -> Iterator[Character]:
    """The characters of Chars74K's stroke file; the group is ``chars74k-WRITER``.

    Raises:
        InputError: if the file is missing or not of that form.
    """
    try:
        table = json.loads(path.read_text())
        for char, writers in table.items():
            for writer, strokes in enumerate(writers):
                paths = [np.asarray(s, np.float64).reshape(-1, 2) for s in strokes]
                yield Character(char, f"chars74k-{writer}", [p for p in paths if len(p)])
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path.name} is no stroke file: {error}") from None


def draw(
    strokes: Strokes, rng: np.random.Generator, pen: float | None = None
) -> npt.NDArray[np.uint8]:
    """Draws a character with a random pen and gives its ink: uint8 (h, w), bright on black."""
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = (_HEIGHT - 1) / max(1.0, float((high - low).max()))
    width, height = (int(v) for v in np.ceil((high - low) * scale) + 2 * _MARGIN + 1)
    ink = np.zeros((height, width), np.uint8)
    if pen is None:
        pen = float(np.exp(rng.uniform(*np.log(_PENS))))
    for path in strokes:
        draw_stroke(ink, (path - low) * scale + _MARGIN, pen, 255)
    return ink


def draw_crop(character: Character, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """The character's 28×28 crop, drawn with a random pen."""
    return crop(draw(character.strokes, rng))
