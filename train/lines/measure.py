"""Lines of the test parts, as plainly as they come: what a finished model is measured on, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.kinds import KINDS
from hwr_live.strip import strip
from train.lines.alphabet import CLASSES, frames_needed
from train.lines.compose import Line
from train.lines.sources.ink import plain
from train.lines.sources.paper import Paper
from train.lines.sources.words import Written

Grey = npt.NDArray[np.uint8]


def test_lines(data: Path) -> list[Line]:
    """The strips of all test words and lines: pen strokes drawn with one pen and unvaried, words on
    paper cut out and freed of their surroundings. Through the strip alone, without the reader.

    Raises:
        InputError: if data is missing.
    """
    return [
        Line(strip(ink).image, text, name)
        for name, part in _PARTS.items()
        for ink, text in part(data)
    ]


def _drawn(kind: str) -> Callable[[Path], Iterator[tuple[Grey, str]]]:
    def made(data: Path) -> Iterator[tuple[Grey, str]]:
        for path, text in Written(data, kind, None).every():
            yield plain(path), text

    return made


_PARTS: dict[str, Callable[[Path], Iterator[tuple[Grey, str]]]] = {
    "unipen words": _drawn("words"),
    "unipen texts": _drawn("texts"),
    "paper": lambda data: Paper(data, None).every(),
}


def kinds_right(
    lines: Sequence[Line], logits: Sequence[npt.NDArray[np.float32]]
) -> dict[str, float]:
    """Of the frames of each kind, the share that is told as that kind.

    Args:
        lines: with the kinds of their frames.
        logits: (frames, ``OUTPUTS``) of each.
    """
    right, count = np.zeros(len(KINDS)), np.zeros(len(KINDS))
    for line, rows in zip(lines, logits, strict=True):
        own = line.kinds
        told = rows[:, CLASSES:].argmax(1)
        for kind in range(len(KINDS)):
            right[kind] += np.count_nonzero((own == kind) & (told == kind))
            count[kind] += np.count_nonzero(own == kind)
    shares = (right / np.maximum(1, count)).tolist()
    return {name: round(share, 5) for name, share in zip(KINDS, shares, strict=True)}


def spellable(lines: list[Line], stride: int) -> float:
    """Share of the lines that have frames enough for CTC to spell them."""
    fit = [frames_needed(line.text) <= line.image.shape[1] // stride for line in lines]
    return float(np.mean(fit)) if fit else 1.0
