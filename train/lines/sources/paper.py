"""Words cut out of photographs of real paper (hdBPMN), made ink by the product itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from train.lines.alphabet import CHARACTERS
from train.lines.sources.cutouts import read_cutouts
from train.lines.sources.held import PAPER_WRITERS
from train.lines.sources.ink import thickened, warped
from train.lines.sources.zones import extent

Grey = npt.NDArray[np.uint8]

_X_HEIGHT = 20  # pixels that words set beside each other are brought to
_BASELINE, _HIGH = 60, 110  # rows
_AS_IT_IS = 0.35  # of the lines: neither bent nor with another pen, as people's own will be


class Paper:
    """hdBPMN's words of the writers held back, or of all others.

    Args:
        data: the folder of the data.
        held: of whom; None for all writers of the test part.

    Raises:
        InputError: if the file is missing or not of that form, or has nothing of those writers.
    """

    def __init__(self, data: Path, held: bool | None) -> None:
        def own(text: str, writer: str) -> bool:
            wanted = held in (None, writer in PAPER_WRITERS)
            return wanted and all(char in CHARACTERS for char in text)

        part = "test" if held is None else "train"
        words = read_cutouts(data, part, own)
        if not words.texts:
            raise InputError(f"words/hdbpmn_{part}.zip has no words of the writers asked for")
        self._inks, self._clean, self._texts = words.inks, words.clean, words.texts
        of: dict[str, list[int]] = defaultdict(list)
        for i, writer in enumerate(words.writers):
            of[writer].append(i)
        self._of_writer = [np.array(of[w]) for w in sorted(of)]

    def every(self) -> Iterator[tuple[Grey, str]]:
        """All words without their surroundings, and what they say."""
        yield from zip(self._clean, self._texts, strict=True)

    def draw(self, rng: np.random.Generator) -> tuple[Grey, str]:
        """A word, mostly without its surroundings; now and then two to four of one writer."""
        own = self._of_writer[int(rng.integers(len(self._of_writer)))]
        way = rng.random()
        if way < 0.2:
            i = int(own[rng.integers(len(own))])
            return _varied(self._inks[i], rng), self._texts[i]
        count = 1 if way < 0.75 else int(rng.integers(2, 5))
        pictures, texts = [], []
        for i in own[rng.integers(0, len(own), count)].tolist():
            word = self._word(i, count > 1, rng)
            if word is not None:
                pictures.append(word)
                texts.append(self._texts[i])
        if not pictures:
            i = int(own[0])
            return self._inks[i], self._texts[i]
        row: list[Grey] = []
        for one in pictures:
            row += [np.zeros((one.shape[0], int(rng.uniform(10, 34))), np.uint8), one]
        row.append(np.zeros((pictures[0].shape[0], 10), np.uint8))
        picture = np.ascontiguousarray(np.hstack(row))
        return _varied(picture, rng), " ".join(texts)

    def _word(self, index: int, level: bool, rng: np.random.Generator) -> Grey | None:
        """A clean word cut to its width; with others, as tall as its text says and on one baseline.
        None if it has no ink, or its ink is not as tall as its text."""
        image = self._clean[index]
        x, y, w, h = cv2.boundingRect((image > 64).astype(np.uint8))
        if not w:
            return None
        word = image[:, x : x + w]
        if not level:
            return word
        top, bottom = extent(self._texts[index])
        scale = _X_HEIGHT * (top - bottom) / h
        if not 0.4 < scale < 2.5:
            return None
        size = (max(2, round(w * scale)), max(2, round(h * scale)))
        sized = np.asarray(cv2.resize(word[y : y + h], size), np.uint8)
        room = np.zeros((_HIGH, sized.shape[1]), np.uint8)
        first = round(_BASELINE - top * _X_HEIGHT + rng.normal(0, 1))
        first = max(0, min(first, _HIGH - sized.shape[0]))
        room[first : first + sized.shape[0]] = sized[: _HIGH - first]
        return room


def _varied(ink: Grey, rng: np.random.Generator) -> Grey:
    """The ink as another hand and pen would have left it, or as it is."""
    if rng.random() < _AS_IT_IS:
        return ink
    return thickened(warped(ink, rng), rng)
