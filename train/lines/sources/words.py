"""Words and lines of UNIPEN's pen strokes; words of one writer beside each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from train.data.writers import is_held, likelihoods
from train.lines.alphabet import CHARACTERS
from train.lines.sources.strokes import EMPTY, Pen, join, moved, read_items
from train.lines.sources.zones import WIDTHS, extent

_NARROWEST, _WIDEST = 0.45, 2.6
"""x-heights that a character of a text is wide on average: 98 of a hundred of UNIPEN's lines lie
between."""
_A_LINE = 6  # characters of which some are wide

_ENDS = ".,;:!?)"  # marks that follow a word without a blank


def tidy(label: str, writer: str) -> str:
    """A label with blanks as people set them: some contributors' have one before every mark. Empty
    where a label spaces out its characters, as one family's boxes do."""
    label = " ".join(label.split())
    if writer[:2] == "hp" and re.search(r"(?<!\S)\S \S \S(?!\S)", label):
        return ""
    if writer[:2] in ("ce", "hp", "st"):
        label = re.sub(r" +([.,;:!?)])", r"\1", label)
        label = re.sub(r"\( +", "(", label)
    return label


def sized(path: Pen, text: str) -> Pen:
    """Strokes with an x-height of 1 and the baseline at 0, as far as their text tells it: by its
    height, unless characters would be wider or narrower than anybody writes them, as in a row of
    hyphens or a line that falls."""
    if not len(path.points):
        return path
    top, bottom = extent(text)
    wide, tall = (max(1.0, float(most)) for most in path.points.max(0))
    scale = (top - bottom) / tall
    pitch = wide * scale / len(text)
    scale *= min(1.0, _WIDEST / pitch)
    if len(text) >= _A_LINE:
        scale *= max(1.0, _NARROWEST / pitch)
    if text in WIDTHS:
        scale = WIDTHS[text] / wide
    high = float(path.points[:, 1].max()) * scale
    return moved(path, scale, 0.0, -(top + bottom) / 2 - high / 2)


class Written:
    """UNIPEN's words or lines, of those held back or of all others.

    Args:
        data: the folder of the data.
        kind: ``words`` or ``texts``.
        held: of whom; None for all people of the test part.

    Raises:
        InputError: if the file is not there, or nobody is left.
    """

    def __init__(self, data: Path, kind: str, held: bool | None) -> None:
        part = "test" if held is None else "train"
        file = data / "unipen" / f"unipen_{kind}_{part}.npz"
        self._items = read_items(file)
        self._labels = list(map(tidy, self._items.labels, self._items.writers))
        of: dict[str, list[int]] = defaultdict(list)
        for i, (label, writer) in enumerate(zip(self._labels, self._items.writers, strict=True)):
            if label and held in (None, is_held(writer)) and all(c in CHARACTERS for c in label):
                of[writer].append(i)
        if not of:
            raise InputError(f"{file.name} has nothing of the writers asked for")
        writers = sorted(of)
        self._of_writer = [np.array(of[w]) for w in writers]
        self._p = likelihoods(writers, np.array([len(of[w]) for w in writers], np.float64))

    def _someone(self, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        return self._of_writer[int(rng.choice(len(self._p), p=self._p))]

    def every(self) -> Iterator[tuple[Pen, str]]:
        """All items as they were written, and their texts."""
        for own in self._of_writer:
            for i in own.tolist():
                path = sized(self._items.path(i), self._labels[i])
                if len(path.points):
                    yield path, self._labels[i]

    def one(self, rng: np.random.Generator) -> tuple[Pen, str]:
        """One item as it was written, and its text."""
        own = self._someone(rng)
        i = int(own[rng.integers(len(own))])
        return sized(self._items.path(i), self._labels[i]), self._labels[i]

    def some(self, rng: np.random.Generator) -> tuple[Pen, str]:
        """One to five words of one writer beside each other."""
        own = self._someone(rng)
        count = 1 if rng.random() < 0.5 else int(rng.integers(2, 6))
        gap = float(rng.uniform(0.55, 1.7))
        parts: list[Pen] = []
        texts: list[str] = []
        x = 0.0
        for i in own[rng.integers(0, len(own), count)].tolist():
            text = self._labels[i]
            path = sized(self._items.path(i), text)
            if not len(path.points):
                continue
            size = float(np.exp(rng.normal(0, 0.07)))
            mark = bool(parts) and len(text) == 1 and text in _ENDS
            if parts:
                x += float(rng.uniform(0.1, 0.3)) if mark else gap * float(rng.uniform(0.75, 1.3))
            parts.append(moved(path, size, x, float(rng.normal(0, 0.06))))
            texts.append(text if mark or not texts else " " + text)
            x += float(path.points[:, 0].max()) * size
        return (join(parts), "".join(texts)) if parts else (EMPTY, "")

    def piece(self, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """A piece of a stroke of anybody's, its middle at 0, about as large as a letter: (n, 2)."""
        points = self._items.path(int(rng.integers(len(self._labels)))).points
        points = points[: int(rng.integers(4, 14))]
        return (points - points.mean(0)) * np.float32(2.2 / 500) if len(points) else points
