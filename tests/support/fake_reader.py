"""A reader without a model: fast, and wrong in ways that tests can rely on."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas
from hwr_live.chars import SETS, parse_chars
from hwr_live.crop import crop as make_crop
from hwr_live.errors import InputError
from hwr_live.reading import Glyph, Line, Reading
from hwr_live.segmentation.rectify import View, see

Crop = npt.NDArray[np.uint8]

UNREADABLE_BELOW = 5
"""Ink less high and less wide than this is no character."""


class FakeReader:
    """Calls the pieces of ink a, b, c … from left to right, or the first of its own characters.

    Every third is unsure. Pieces in the upper and the lower half are two lines.

    Args:
        chars: as for the real reader.
        sure: how sure it is of those that it is not unsure of.
        samples: what it has learnt: ink with the very same crop is that character.
        knows: all that the "model" knows.
        gate: if given, reading waits for it.
    """

    def __init__(
        self,
        chars: str = "all",
        knows: str = "",
        gate: threading.Event | None = None,
        samples: Sequence[tuple[str, Crop]] = (),
        sure: float = 0.96,
    ) -> None:
        self.chars = chars
        self.knows = knows or SETS["all"]
        self.gate = gate
        self.samples, self.sure = samples, sure
        self.pictures: list[npt.NDArray[np.uint8]] = []
        names = SETS["lower"] + SETS["upper"] if chars == "all" else parse_chars(chars)
        self.names = [char for char in names if char in self.knows]
        if not self.names:
            raise InputError(f"the model knows none of the characters {chars!r}")

    def with_chars(self, chars: str) -> FakeReader:
        """Another fake."""
        return FakeReader(chars, self.knows, self.gate, self.samples, self.sure)

    def with_samples(self, samples: Sequence[tuple[str, Crop]]) -> FakeReader:
        """Another fake, which has learnt."""
        return FakeReader(self.chars, self.knows, self.gate, samples, self.sure)

    def read(self, frame: npt.NDArray[np.uint8] | Canvas) -> Reading:
        """Reads black ink on white, grey or BGR."""
        picture = frame.image if isinstance(frame, Canvas) else frame
        if self.gate is not None:
            assert self.gate.wait(20)
        self.pictures.append(picture)
        if picture.ndim == 3:
            picture = picture.min(axis=2)
        ink = (picture < 128).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
        boxes = sorted(tuple(int(v) for v in row[:4]) for row in stats[1:])
        rows: tuple[list[Glyph], list[Glyph]] = ([], [])
        for i, (x, y, w, h) in enumerate(boxes):
            rows[y + h / 2 > picture.shape[0] / 2].append(self._glyph(picture, i, (x, y, w, h)))
        lines = tuple(Line((tuple(row),)) for row in rows if row)
        return Reading(lines, (picture.shape[1], picture.shape[0]), {"total": 1.5})

    def look(self, frame: npt.NDArray[np.uint8] | Canvas) -> tuple[Reading, View]:
        """Reads, and sees as the real reader does."""
        return self.read(frame), see(frame.image if isinstance(frame, Canvas) else frame)

    def _glyph(
        self, picture: npt.NDArray[np.uint8], i: int, box: tuple[int, int, int, int]
    ) -> Glyph:
        x, y, w, h = box
        ink = 255 - picture[y : y + h, x : x + w]
        crop = make_crop(ink)
        names = [self.names[(i + k) % len(self.names)] for k in range(5)]
        p = 0.6 if i % 3 == 2 else self.sure
        candidates = tuple(zip(names, (p, *[(1 - p) / 4] * 4), strict=True))
        if max(w, h) < UNREADABLE_BELOW:
            return Glyph(None, 0.8, box, candidates, crop, ink)
        for char, known in self.samples:
            if np.abs(known.astype(int) - crop).mean() < 8:
                return Glyph(char, min(0.9, self.sure), box, candidates, crop, ink)
        return Glyph(names[0], p, box, candidates, crop, ink)
