"""Where ink may be two characters: the paths from top to bottom that cross least of it.

A straight column parts letters that stand upright beside each other; a letter that leans over its
neighbour, or whose tail runs under it, is parted by a path that bends. The cheapest path through
each point of the middle row is found by dynamic programming over rows, as seams of least energy
are (Avidan, Shamir 2007).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.reading import union_box
from hwr_live.recognition.settings import DEFAULTS, CutSettings
from hwr_live.segmentation.pieces import Piece

Mask = npt.NDArray[np.bool_]

_FEW = 8  # parts of a piece that are sooner found one by one than all together


class Cuts:
    """The parts that the ink of a page is cut into.

    Args:
        labels: int32 (h, w), the component of each pixel, 0 for none.
        settings: where ink may be parted.
    """

    def __init__(
        self, labels: npt.NDArray[np.int32], settings: CutSettings = DEFAULTS.cuts
    ) -> None:
        self._labels, self._settings = labels, settings
        self._atoms: npt.NDArray[np.int32] | None = None  # a page has mostly none
        self._count = 0
        self._made: dict[tuple[Piece, float], list[Piece]] = {}  # to cut again would part the parts

    def mask(self, piece: Piece, margin: int = 0) -> Mask:
        """Which pixels of a piece's box, and of so many around it on the page, are its ink."""
        x, y, w, h = piece.box
        top, left = max(0, y - margin), max(0, x - margin)
        spot = slice(top, y + h + margin), slice(left, x + w + margin)
        cut = [part for part in piece.parts if part < 0]
        whole = [part for part in piece.parts if part >= 0]
        masks = []
        if whole:
            masks.append(_any_of(self._labels[spot], whole))
        if cut:
            assert self._atoms is not None  # whatever was cut is there
            masks.append(_any_of(self._atoms[spot], cut))
        return masks[0] if len(masks) == 1 else masks[0] | masks[1]

    def between(self, pieces: Sequence[Piece], left: float, right: float) -> Piece:
        """What lies of some pieces between two columns of the page."""
        parts = tuple(dict.fromkeys(part for piece in pieces for part in piece.parts))
        x, y, w, h = union_box([piece.box for piece in pieces])
        first = min(max(x, math.floor(left)), x + w - 1)
        width = max(1, min(x + w, math.ceil(right)) - first)
        rough = Piece(parts, (first, y, width, h))
        own = self.mask(rough)
        columns, rows = np.flatnonzero(own.any(0)), np.flatnonzero(own.any(1))
        if not len(rows):
            return rough
        size = int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1
        return Piece(parts, (first + int(columns[0]), y + int(rows[0]), *size))

    def cut(self, piece: Piece, height: float) -> list[Piece]:
        """A piece's atoms from left to right, if it may be two characters or more; else itself.

        Args:
            piece: whole components.
            height: the usual height of a glyph in pixels.
        """
        if (piece, height) not in self._made:
            self._made[piece, height] = self._cut(piece, height)
        return self._made[piece, height]

    def _cut(self, piece: Piece, height: float) -> list[Piece]:
        x, y, w, _ = piece.box
        if w < self._settings.narrowest * height:
            return [piece]
        own = self.mask(piece)
        paths = cut_paths(own, height, self._settings)
        if not len(paths):
            return [piece]
        if self._atoms is None:
            self._atoms = np.zeros_like(self._labels)
        side = (np.arange(w) >= paths[:, :, None]).sum(0)
        out = []
        for number in range(len(paths) + 1):
            mask = own & (side == number)
            columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
            if not len(rows):
                continue
            self._count += 1
            spot = self._atoms[y : y + len(own), x : x + w]
            spot[mask] = -self._count
            left, top = int(columns[0]), int(rows[0])
            size = int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top
            out.append(Piece((-self._count,), (x + left, y + top, *size)))
        return out


def _any_of(labels: npt.NDArray[np.int32], parts: Sequence[int]) -> Mask:
    if len(parts) > _FEW:
        return np.asarray(np.isin(labels, parts), np.bool_)
    own = labels == parts[0]
    for part in parts[1:]:
        own |= labels == part
    return np.asarray(own, np.bool_)


def cut_paths(
    own: Mask, height: float, settings: CutSettings = DEFAULTS.cuts
) -> npt.NDArray[np.intp]:
    """The paths along which ink may be parted, from left to right.

    Args:
        own: bool (h, w), the ink of a piece.
        height: the usual height of a glyph in pixels.
        settings: where ink may be parted.

    Returns:
        (n, h): for each path and row the first column that lies to its right; none crosses
        another. At most ``cuts``, or more in wide ink.
    """
    h, w = own.shape
    ink = own.astype(np.float32)
    middle = h // 2
    above, steps_above = _cheapest(ink[: middle + 1], settings.aside)
    below, steps_below = _cheapest(ink[middle:][::-1], settings.aside)
    costs = above + below - ink[middle]
    # As wide as the gap between two letters would be.
    soft = cv2.blur(costs[None], (3, 1))[0]
    margin = max(2, int(settings.margin * height))
    inner = np.arange(margin, w - margin)
    apart = max(1, int(settings.apart * height))
    least = cv2.erode(soft[None], np.ones((1, 2 * apart + 1), np.uint8))[0]
    limit = max(3.0, settings.ink * height)
    most = max(settings.cuts, round(w / (settings.width * height)))
    columns: list[int] = []
    for column in inner[np.argsort(soft[inner], kind="stable")].tolist():
        if soft[column] > limit or len(columns) == most:
            break
        if soft[column] > least[column]:
            continue
        if all(abs(column - other) > apart for other in columns):
            columns.append(column)
    starts = np.array(sorted(columns), np.intp)
    upper, lower = _trace(starts, steps_above), _trace(starts, steps_below)
    paths = np.concatenate([upper[:, ::-1], lower[:, 1:]], axis=1)
    return np.asarray(np.maximum.accumulate(paths, axis=0), np.intp)


def _cheapest(
    ink: npt.NDArray[np.float32], aside: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
    """For each column of the last row the cost of the cheapest path to it from the first, and for
    each pixel (h, w) from which side it comes: -1, 0 or 1. A step aside costs ``aside``."""
    h, w = ink.shape
    steps = np.zeros((h, w), np.int8)
    cost = ink[0].copy()
    padded = np.full(w + 2, np.inf, np.float32)
    step = np.float32(aside)
    for y in range(1, h):
        padded[1:-1] = cost
        left, right = padded[:-2] + step, padded[2:] + step
        least = np.minimum(left, right)
        bends = least < cost
        steps[y] = np.where(bends, np.where(left <= right, -1, 1), 0)
        cost = np.where(bends, least, cost) + ink[y]
    return cost, steps


def _trace(columns: npt.NDArray[np.intp], steps: npt.NDArray[np.int8]) -> npt.NDArray[np.intp]:
    """(n, h): the columns of the cheapest paths that end in these, from the last row up."""
    out = np.empty((len(columns), len(steps)), np.intp)
    for k, row in enumerate(steps[::-1]):
        out[:, k] = columns
        columns = columns + row[columns]
    return out
