"""Cores of a map of writing that hold several lines below each other → one core for each.

Small lines that stand close run into one core at the threshold at which a line is found. Somewhere
between them the map is less sure than along their middles, so that a higher threshold parts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

_LEVELS = (0.8, 0.88, 0.94, 0.97)
"""Thresholds by which cores are parted. Without them 256 of 490 words on diagrams of validation
writers were read right, with them 268; with more levels or fewer one to three less."""
_OVER = 0.5  # of the shorter of two parts: as much of it stands beside the longer one
_OFF = 0.5  # of the height of both: their middles are further apart across the line
_SLIM = 1.5  # times as long as tall: a shorter part tells of no line


def unstacked(own: Mask, hand: Floats, way: tuple[float, float], least: int) -> list[Mask]:
    """The cores that a core falls into, itself if it is that of one line.

    Args:
        own: bool (h, w), where the core is.
        hand: float32 (h, w), how likely each place is the core of a line.
        way: cosine and sine of the direction in which it is read.
        least: pixels of the smallest core.
    """
    return _parted(own, hand, np.array(way, np.float64), least, 0)


def _parted(
    own: Mask, hand: Floats, way: npt.NDArray[np.float64], least: int, level: int
) -> list[Mask]:
    for number in range(level, len(_LEVELS)):
        sure = np.asarray(own & (hand > _LEVELS[number]))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            sure.astype(np.uint8), connectivity=4
        )
        parts = [k for k in range(1, len(stats)) if stats[k, cv2.CC_STAT_AREA] >= least]
        if len(parts) < 2 or not _are_stacked([labels == k for k in parts], way):
            continue
        away = [
            cv2.distanceTransform((labels != k).astype(np.uint8), cv2.DIST_L2, 3) for k in parts
        ]
        nearest = np.stack(away).argmin(0)
        return [
            one
            for k in range(len(parts))
            for one in _parted(np.asarray(own & (nearest == k)), hand, way, least, number + 1)
        ]
    return [own]


def _are_stacked(parts: Sequence[Mask], way: npt.NDArray[np.float64]) -> bool:
    """Whether any two of some parts are lines below each other."""
    spans = []
    for part in parts:
        rows, columns = np.nonzero(part)
        u = columns * way[0] + rows * way[1]
        v = rows * way[0] - columns * way[1]
        first, last = float(u.min()) - 0.5, float(u.max()) + 0.5
        spans.append((first, last, float(np.median(v)), len(u) / (last - first)))
    for (a, b, v, high), (c, d, other, tall) in combinations(spans, 2):
        short = min(b - a, d - c)
        if short < _SLIM * min(high, tall) or min(b, d) - max(a, c) < _OVER * short:
            continue
        if abs(v - other) > _OFF * (high + tall):
            return True
    return False
