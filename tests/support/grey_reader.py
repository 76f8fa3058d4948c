"""A reader that tells pages by their grey, so that tests of the camera need no model."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas
from hwr_live.errors import InputError
from hwr_live.readers import Samples
from hwr_live.reading import Reading
from hwr_live.segmentation.rectify import View, see
from tests.support.readings import page_reading

Image = npt.NDArray[np.uint8]


class LevelReader:
    """Reads ``pages[i]`` in frames of grey ``level(i)``, nothing in other frames.

    Args:
        pages: lines of each page.
        seconds: how long a reading takes.
    """

    def __init__(self, pages: Sequence[Sequence[str]], *, seconds: float = 0.0) -> None:
        self.pages, self.seconds = [list(page) for page in pages], seconds
        self.chars = "all"
        self.shapes: list[tuple[int, ...]] = []

    def read(self, frame: Image | Canvas) -> Reading:
        image = frame.image if isinstance(frame, Canvas) else frame
        self.shapes.append(image.shape)
        time.sleep(self.seconds)
        page = round(float(image.mean()) / 20) - 1
        size = (image.shape[1], image.shape[0])
        if not 0 <= page < len(self.pages):
            return Reading((), size, {"total": 1.0})
        reading = page_reading(self.pages[page], size=12, at=(4, 4))
        return Reading(reading.lines, size, {"total": 1.0})

    def look(self, frame: Image | Canvas) -> tuple[Reading, View]:
        return self.read(frame), see(frame.image if isinstance(frame, Canvas) else frame)

    def remembering(self, tolerance: float = 0) -> LevelReader:
        return self

    def with_samples(self, samples: Samples) -> LevelReader:
        return self

    def with_chars(self, chars: str) -> LevelReader:
        if chars == "letters":
            raise InputError("no letters")
        other = LevelReader([[chars]] * len(self.pages), seconds=self.seconds)
        other.chars, other.shapes = chars, self.shapes
        return other


def level(page: int, size: tuple[int, int] = (64, 48)) -> Image:
    """A frame that :class:`LevelReader` reads as page ``page``; -1 is an empty one."""
    return np.full((size[1], size[0], 3), 20 * (page + 1), np.uint8)
