"""Words cut out of photographs of real paper (hdBPMN), made ink by the product itself."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.segmentation.ink import find_ink
from hwr_live.strip import with_faint
from train.lines.alphabet import CHARACTERS
from train.lines.sources.held import PAPER_WRITERS
from train.lines.sources.ink import thickened, warped
from train.lines.sources.zones import extent

Grey = npt.NDArray[np.uint8]

_NEARER = 2.0  # times: the pictures are small, and at their own size faint strokes are lost
_KEPT = 1.25  # times the pictures' size that ink is kept at
_X_HEIGHT = 20  # pixels that words set beside each other are brought to
_BASELINE, _HIGH = 60, 110  # rows


class Paper:
    """hdBPMN's words of the writers held back, or of all others.

    Args:
        data: the folder of the data.
        held: of whom; None for all writers of the test part.

    Raises:
        InputError: if the file is missing or not of that form, or has nothing of those writers.
    """

    def __init__(self, data: Path, held: bool | None) -> None:
        self._inks: list[Grey] = []
        self._clean: list[Grey] = []
        self._texts: list[str] = []
        of: dict[str, list[int]] = defaultdict(list)
        path = data / "words" / f"hdbpmn_{'test' if held is None else 'train'}.zip"
        try:
            with zipfile.ZipFile(path) as archive:
                table = csv.DictReader(io.TextIOWrapper(archive.open("labels.csv"), "utf-8"))
                for row in table:
                    text, writer = row["text"], row["writer"]
                    own = held in (None, writer in PAPER_WRITERS)
                    if not own or any(c not in CHARACTERS for c in text):
                        continue
                    coded = np.frombuffer(archive.read(row["file"]), np.uint8)
                    grey = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
                    if grey is None or not text.strip():
                        continue
                    of[writer].append(len(self._texts))
                    ink = find_ink(np.asarray(grey, np.uint8), _NEARER)
                    word = without_surroundings(ink.mask)
                    none = np.zeros_like(word)
                    self._inks.append(_smaller(with_faint(ink.grey, ink.mask, none)))
                    self._clean.append(_smaller(with_faint(ink.grey, word, ink.mask & ~word)))
                    self._texts.append(text)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, cv2.error) as error:
            raise InputError(f"words/{path.name} cannot be read: {error}") from None
        if not of:
            raise InputError(f"words/{path.name} has no words of the writers asked for")
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
            return thickened(warped(self._inks[i], rng), rng), self._texts[i]
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
        return thickened(warped(picture, rng), rng), " ".join(texts)

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
