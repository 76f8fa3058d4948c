"""What the line network said of strips, for lines that come again: the same ones on the pad, and
almost the same ones in the next frames of a camera."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_MOST = 256  # strips that are kept: a few full pages, each line with two more looks
_SHAPE = (96, 12)  # columns and rows at which strips of a camera are compared
_WIDER = 0.06  # of the width, by which strips of one line differ from frame to frame at the most
_LEAST_USES, _MOST_USES = 3, 8  # by turns, so that a page's answers do not all grow old together


@dataclass
class _Kept:
    image: Grey
    outline: npt.NDArray[np.float32]
    logits: Floats
    uses: int


class StripCache:
    """Logits by strip; the oldest are forgotten.

    Args:
        tolerance: grey levels, 0 to 255, root mean square of the strips reduced to 96×12 pixels, by
            which a strip may differ from the one that an answer was given for. With 0 only the very
            same strip has its answer, for ever. Otherwise an answer is given at most eight times
            and then asked for anew, so that the votes of a page's frames are not all one.
    """

    def __init__(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self._kept: deque[_Kept] = deque(maxlen=_MOST)
        self._count = 0
        self._lock = threading.Lock()

    def recall(self, image: Grey) -> Floats | None:
        """The logits (frames, outputs) of a strip, uint8 (48, w), that is known; their frames
        spread evenly over it, whatever its own width."""
        if not self._tolerance:
            return self._very_same(image)
        outline = _outline(image)
        with self._lock:
            best, least = None, self._tolerance
            for one in self._kept:
                width = one.image.shape[1]
                if one.uses <= 0 or abs(image.shape[1] - width) > _WIDER * width:
                    continue
                error = float(np.sqrt(np.mean((one.outline - outline) ** 2)))
                if error < least:
                    best, least = one, error
            if best is None:
                return None
            best.uses -= 1
            return best.logits

    def _very_same(self, image: Grey) -> Floats | None:
        with self._lock:
            same = (one for one in reversed(self._kept) if np.array_equal(one.image, image))
            return next((one.logits for one in same), None)

    def keep(self, image: Grey, logits: Floats) -> None:
        """Remembers what was said of a strip."""
        with self._lock:
            uses = _LEAST_USES + self._count % (_MOST_USES - _LEAST_USES + 1)
            self._count += 1
            self._kept.append(_Kept(image, _outline(image), logits, uses))


def _outline(image: Grey) -> npt.NDArray[np.float32]:
    small = cv2.resize(image, _SHAPE, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
