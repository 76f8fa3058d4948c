"""Parts of photographed pages whose words are boxed by their authors (hdBPMN)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from train.lines.sources.held import PAPER_WRITERS
from train.lines.sources.zones import ZONES, extent
from train.pages.target import CORE, DRAWING, HAND, Target

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

HELD = PAPER_WRITERS | {"bpmn17", "bpmn20"}
"""Writers whose pages are held back to choose by."""

_SCALES = (0.35, 1.15)  # of the pages: their words are then from 3 to 12 pixels of x-height
_GAP = 1.3  # word heights: words of a line are no further apart
_APART = math.radians(15)  # words of a line run no further apart
_DARKER = 22  # grey: what is so much darker than what is around it is ink
_AROUND = 31  # pixels of that
_LEAST = 2.6  # pixels of x-height: smaller writing nobody need find


@dataclass(frozen=True)
class Word:
    """A word on a page.

    Attributes:
        text: what it says.
        middle: float (2,), of its core.
        length: pixels along the line.
        x_height: pixels.
        way: radians of the direction that it runs in, clockwise.
        high: pixels across the line.
        box: left, top, right and bottom.
    """

    text: str
    middle: Floats
    length: float
    x_height: float
    way: float
    high: float
    box: tuple[float, float, float, float]

    @property
    def path(self) -> Floats:
        """(2, 2): start and end of its core's middle."""
        along = self.length / 2 * np.array((math.cos(self.way), math.sin(self.way)))
        return np.stack([self.middle - along, self.middle + along])


@dataclass(frozen=True)
class Page:
    """A photographed page.

    Attributes:
        name: of its file.
        writer: whose.
        grey: uint8 (h, w).
        words: on it.
        lines: words beside each other, from a line's start to its end.
        other: uint8 (h, w), 255 on ink that is of no word.
    """

    name: str
    writer: str
    grey: Grey
    words: tuple[Word, ...]
    lines: tuple[tuple[Word, ...], ...]
    other: Grey


def pages(data: Path, part: str = "train", held: bool | None = None) -> Iterator[Page]:
    """The pages of a part: of the writers held back, of all others, or of all if ``held`` is None.

    Raises:
        InputError: if they are missing or not of that form.
    """
    folder = data / "diagrams" / part
    try:
        table = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        for name, one in sorted(table.items()):
            if held is not None and (one["writer"] in HELD) != held:
                continue
            coded = np.fromfile(folder / name, np.uint8)
            grey = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
            if grey is None:
                raise InputError(f"{folder / name} is no picture")
            words = tuple(map(_word, one["words"]))
            picture = np.asarray(grey, np.uint8)
            other = _other_ink(picture, words)
            yield Page(name, str(one["writer"]), picture, words, _lines_of(words), other)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"diagrams/{part} cannot be read: {error}") from None


class Diagrams:
    """Parts of the pages, turned, larger or smaller, in other light."""

    def __init__(self, data: Path, held: bool) -> None:
        self._pages = list(pages(data, held=held))
        if not self._pages:
            raise InputError("diagrams/train has no pages of the writers asked for")
        self._half = [_half(page.grey) for page in self._pages]
        self._half_other = [_half(page.other) for page in self._pages]

    def draw(self, side: int, rng: Rng) -> tuple[Grey, Target]:
        """A part: uint8 (side, side), and what is to be said of it."""
        number = int(rng.integers(len(self._pages)))
        page = self._pages[number]
        scale = float(np.exp(rng.uniform(*np.log(_SCALES))))
        kind = rng.random()
        if kind < 0.4:
            turn = rng.normal(0, math.radians(6))
        elif kind < 0.6:
            turn = math.pi / 2 * int(rng.integers(4)) + rng.normal(0, math.radians(4))
        else:
            turn = rng.uniform(0, 2 * math.pi)
        if page.words and rng.random() < 0.9:
            spot = page.words[int(rng.integers(len(page.words)))].middle
        else:
            spot = rng.random(2) * page.grey.shape[::-1]
        spot = spot + rng.normal(0, 0.25 * side / scale, 2)
        cos, sin = scale * math.cos(turn), scale * math.sin(turn)
        way = np.array([(cos, -sin, 0), (sin, cos, 0)])
        way[:, 2] = side / 2 - way[:, :2] @ spot
        grey, other, known = self._seen(number, way, scale, side)
        target = Target.empty(side)
        target.known[:] = known
        target.maps[DRAWING] = other
        for line in page.lines:
            _draw_line(target, line, way, scale, turn)
        return _varied(grey, rng), target

    def _seen(
        self, number: int, way: Floats, scale: float, side: int
    ) -> tuple[Grey, Grey, npt.NDArray[np.uint8]]:
        """The page, its other ink and what of it is known, moved: the latter two by halves."""
        page = self._pages[number]
        grey, other = page.grey, page.other
        moved = way
        if scale < 0.7:  # otherwise thin strokes fall between the pixels
            grey, other = self._half[number], self._half_other[number]
            moved = way @ np.array([(2, 0, 0.5), (0, 2, 0.5), (0, 0, 1)])
        size = (side, side)
        border = cv2.BORDER_REFLECT_101
        seen = cv2.warpAffine(grey, moved, size, flags=cv2.INTER_LINEAR, borderMode=border)
        rest = cv2.warpAffine(other, moved, size, flags=cv2.INTER_LINEAR)
        there = cv2.warpAffine(np.full_like(grey, 255), moved, size, flags=cv2.INTER_LINEAR)
        half = (side // 2, side // 2)
        small = cv2.resize(rest, half, interpolation=cv2.INTER_AREA) > 70
        known = cv2.resize(there, half, interpolation=cv2.INTER_AREA) > 250
        return np.asarray(seen, np.uint8), small.astype(np.uint8), known.astype(np.uint8)


def _draw_line(
    target: Target, line: tuple[Word, ...], way: Floats, scale: float, turn: float
) -> None:
    path = np.concatenate([word.path for word in line]) @ way[:, :2].T + way[:, 2]
    x_height = float(np.median([word.x_height for word in line])) * scale
    direction = float(np.arctan2(*(path[-1] - path[0])[::-1]))
    if len(line) == 1:
        direction = line[0].way + turn
    if x_height < _LEAST:
        path2 = (path * 0.5).astype(np.int32)
        cv2.polylines(target.known, [path2], False, 0, max(1, round(x_height)))
        return
    target.draw(HAND, path, CORE * x_height, direction)


def _varied(grey: Grey, rng: Rng) -> Grey:
    """In other light, sharper or softer, now and then light on dark."""
    out = grey.astype(np.float32)
    if rng.random() < 0.12:
        out = 255 - out
    low = float(rng.uniform(0.45, 1.15))
    out = (out - 128) * np.float32(rng.uniform(0.6, 1.3)) + 128
    out = np.clip(out, 0, 255) * np.float32(low) + np.float32(rng.uniform(-15, 25))
    if rng.random() < 0.3:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.0)), np.float32)
    if rng.random() < 0.4:
        out = out + rng.standard_normal(out.shape, np.float32) * np.float32(rng.uniform(0.5, 6))
    return np.clip(out, 0, 255).astype(np.uint8)


def _word(given: dict[str, Any]) -> Word:
    x0, y0, x1, y1 = (float(v) for v in given["box"])
    text = str(given["text"])
    known = "".join(char for char in text if char in ZONES)
    top, bottom = extent(known) if known else (1.65, 0.0)
    way = -math.radians(float(given["degree"]))
    upright = abs(math.sin(way)) > math.sin(math.pi / 4)
    long, high = (y1 - y0, x1 - x0) if upright else (x1 - x0, y1 - y0)
    # The box of a word that leans a little is as much taller.
    leaning = abs(math.sin(way)) if not upright else abs(math.cos(way))
    high = max(0.5 * high, high - 0.6 * leaning * long)
    x_height = high / max(0.5, top - bottom)
    off = (0.5 - (top + bottom) / 2) * x_height  # of the core's middle above the box's
    up = np.array((math.sin(way), -math.cos(way)))
    middle = np.array(((x0 + x1) / 2, (y0 + y1) / 2)) + off * up
    return Word(text, middle, long, x_height, way, high, (x0, y0, x1, y1))


def _lines_of(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], ...]:
    """Words that follow each other in one row, as lines."""
    after: dict[int, int] = {}
    if not words:
        return ()
    ways = np.array([word.way for word in words])
    highs = np.array([word.high for word in words])
    middles = np.stack([word.middle for word in words])
    paths = np.stack([word.path for word in words])
    for i, one in enumerate(words):
        along = np.array((math.cos(one.way), math.sin(one.way)))
        across = np.array((-along[1], along[0]))
        off = paths[:, 0] - paths[i, 1]
        gap = off @ along
        fits = np.cos(ways - one.way) > math.cos(_APART)
        fits &= np.abs(off @ across) < 0.45 * np.maximum(one.high, highs)
        fits &= (gap > -0.4 * one.high) & ((middles - one.middle) @ along > 0)
        fits[i] = False
        gap = np.where(fits, gap, np.inf)
        best = int(gap.argmin())
        if gap[best] < _GAP * one.high and best not in after.values():
            after[i] = best
    out, starts = [], set(range(len(words))) - set(after.values())
    for start in sorted(starts):
        line, at = [words[start]], start
        while at in after and len(line) <= len(words):
            at = after[at]
            line.append(words[at])
        out.append(tuple(line))
    return tuple(out)


def _other_ink(grey: Grey, words: tuple[Word, ...]) -> Grey:
    """Where there is ink outside of all words: 255."""
    ground = cv2.medianBlur(_half(grey), _AROUND | 1)
    around = cv2.resize(ground, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    out = ((around.astype(np.int16) - grey) > _DARKER).astype(np.uint8) * np.uint8(255)
    for word in words:
        x0, y0, x1, y1 = word.box
        out[max(0, int(y0) - 4) : int(y1) + 5, max(0, int(x0) - 4) : int(x1) + 5] = 0
    return out


def _half(grey: Grey) -> Grey:
    size = (grey.shape[1] // 2, grey.shape[0] // 2)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
