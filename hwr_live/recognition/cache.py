"""What the network said of crops, for those that come again: the same ones on the pad, and almost
the same ones in the next frames of a camera. And the crops of ink, and what was made of lines, that
come again.

Frames of a camera are read by two threads, which share one memory.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from hwr_live.crop import SIZE, crop

Crops = npt.NDArray[np.uint8]
Answers = npt.NDArray[np.float32]
_T = TypeVar("_T")

ALIKE = 10.0
"""Grey levels: the tolerance for frames of a camera. In a hand-held video the crops of one glyph
differ by about as much from frame to frame; from a crop of any other character 99 % are further
than 28 away. The error rates of single frames and of settled text stay the same with it."""

MOST = 1024  # crops that are kept: a few full pages
_MOST_LINES = 128  # answers about lines that are kept, two of each line: a full page
_BLOCK = 4  # pixels: crops are compared at a quarter of their size first
_PRODUCT = 200_000  # multiplications that BLAS does without threads
_LEAST_USES, _MOST_USES = 3, 8  # by turns, so that a page's answers do not all grow old together


class AnswerCache:
    """Answers by crop; the oldest are forgotten.

    Args:
        tolerance: grey levels, 0 to 255, root mean square, by which a crop may differ from the one
            that an answer was given for. With 0 only the very same crop has its answer, for ever.
            Otherwise an answer is given at most eight times and then asked for anew, so that the
            votes of a page's frames are not all one.
        width: numbers in an answer.
    """

    def __init__(self, tolerance: float, width: int) -> None:
        self._tolerance = tolerance
        self._crops = np.zeros((MOST, SIZE, SIZE), np.uint8)
        self._outlines = np.zeros((MOST, (SIZE // _BLOCK) ** 2), np.float32)
        self._lengths = np.zeros(MOST, np.float32)  # of the outlines, squared
        self._answers = np.zeros((MOST, width), np.float32)
        self._uses = np.zeros(MOST, np.int64)  # how often each may still be given
        self._kept = 0  # since the beginning
        self._lock = threading.Lock()

    def recall(self, crops: Crops) -> tuple[npt.NDArray[np.bool_], Answers]:
        """Which of the crops (n, 28, 28) are known, and the answers (known, width) for those."""
        outlines = _outlines(crops)
        with self._lock:
            fresh = np.flatnonzero(self._uses > 0)
            if not len(fresh):
                return np.zeros(len(crops), np.bool_), self._answers[:0]
            nearest = fresh[self._nearest(outlines, fresh)]
            apart = crops.astype(np.int32) - self._crops[nearest]
            error = np.einsum("nij,nij->n", apart, apart)
            known = error <= self._tolerance**2 * SIZE**2
            if self._tolerance:
                np.subtract.at(self._uses, nearest[known], 1)
            return known, self._answers[nearest[known]]

    def _nearest(
        self, outlines: npt.NDArray[np.float32], fresh: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.intp]:
        """(n,) which of the fresh ones each outline is nearest to."""
        theirs, lengths = self._outlines[fresh], self._lengths[fresh]
        # In small products: for a large one BLAS wakes threads, and waits for them a hundred times
        # as long as the product takes if the machine is busy.
        rows = max(1, _PRODUCT // theirs.size)
        out = np.zeros(len(outlines), np.intp)
        for start in range(0, len(outlines), rows):
            some = slice(start, start + rows)
            out[some] = (lengths - 2 * (outlines[some] @ theirs.T)).argmin(1)
        return out

    def keep(self, crops: Crops, answers: Answers) -> None:
        """Remembers answers (n, width) for crops (n, 28, 28)."""
        crops, answers = crops[-MOST:], answers[-MOST:]
        outlines = _outlines(crops)
        with self._lock:
            numbers = self._kept + np.arange(len(crops))
            self._kept += len(crops)
            places = numbers % MOST
            self._crops[places], self._answers[places] = crops, answers
            self._outlines[places] = outlines
            self._lengths[places] = (outlines**2).sum(1)
            self._uses[places] = _LEAST_USES + numbers % (_MOST_USES - _LEAST_USES + 1)


class CropCache:
    """Crops by the ink that they were made of; the oldest are forgotten."""

    def __init__(self) -> None:
        self._crops: dict[bytes, npt.NDArray[np.uint8]] = {}
        self._lock = threading.Lock()

    def crops(self, inks: Sequence[npt.NDArray[np.uint8]]) -> Crops:
        """Crops (n, 28, 28) of the ink of glyphs, each uint8 (h, w), bright on black."""
        out = np.zeros((len(inks), SIZE, SIZE), np.uint8)
        for place, ink in zip(out, inks, strict=True):
            key = _key([ink])
            with self._lock:
                if key not in self._crops:
                    if len(self._crops) == MOST:
                        self._crops.pop(next(iter(self._crops)))
                    self._crops[key] = crop(ink)
                place[:] = self._crops[key]
        return out


class LineCache:
    """What was made of lines of glyphs, by the numbers that it was made of; the oldest are
    forgotten. On the pad most lines are the same again after a stroke."""

    def __init__(self) -> None:
        self._made: dict[bytes, Any] = {}
        self._lock = threading.Lock()

    def get(self, numbers: Sequence[npt.NDArray[Any]], make: Callable[[], _T]) -> _T:
        """What was made of these arrays before, or else what ``make`` makes now."""
        key = _key(numbers)
        with self._lock:
            if key in self._made:
                return self._made[key]  # type: ignore[no-any-return]
        made = make()
        with self._lock:
            if len(self._made) >= _MOST_LINES:
                self._made.pop(next(iter(self._made)))
            self._made[key] = made
        return made


def _key(arrays: Sequence[npt.NDArray[Any]]) -> bytes:
    """Tells arrays apart by shape and content, in a few bytes however large they are."""
    digest = hashlib.sha256(usedforsecurity=False)  # processors have instructions for it
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.digest()


def _outlines(crops: Crops) -> npt.NDArray[np.float32]:
    """(n, 49): the sum of each block's grey."""
    side = SIZE // _BLOCK
    bands = crops.reshape(-1, side, _BLOCK, SIZE).sum(2, dtype=np.int32)
    blocks = bands.reshape(-1, side * side, _BLOCK).sum(2)
    return np.asarray(blocks, np.float32)
