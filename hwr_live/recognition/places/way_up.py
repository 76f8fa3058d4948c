"""Which way up lines of a map of writing stand, where the map itself is in doubt: as the line
network reads them better."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.writing import TextLine

Sureness = Callable[[Sequence[TextLine]], Sequence[float]]
"""How surely each of some lines is read, as a mean logarithm of probabilities; -inf where it holds
no ink."""

_DOUBT = 0.75  # how surely a direction is told from which nobody else is asked
_ASKED = 24  # lines of a direction that are read both ways, the longest
_COUNTED = 8.0  # x-heights: a longer line counts no more, as it may be an edge or a rule
_SAME_WAY = math.radians(30)


def righted(lines: Sequence[TextLine], sureness: Sureness) -> list[TextLine]:
    """The lines, those of a direction that the map is not sure of maybe turned round.

    Args:
        lines: of a map.
        sureness: reads lines.
    """
    out: list[TextLine] = []
    left = sorted(lines, key=lambda line: -line.length)
    while left:
        axis = left[0].way
        own = [line for line in left if abs(_apart(line.way, axis)) < _SAME_WAY]
        left = [line for line in left if line not in own]
        ways = np.array([math.cos(line.way - axis) for line in own])
        weights = np.array([line.length * line.turn for line in own])
        told = float((ways * weights).sum() / max(1e-9, sum(line.length for line in own)))
        upright = told > 0
        if abs(told) < _DOUBT:
            some = own[:_ASKED]
            as_told = [_along(line, axis) for line in some]
            one = np.array(sureness(as_told), np.float64)
            other = np.array(sureness([line.turned_round() for line in as_told]), np.float64)
            both = np.isfinite(one) & np.isfinite(other)
            if both.any():
                upright = bool(_mean(one[both], some, both) >= _mean(other[both], some, both))
        for line in own:
            level = _along(line, axis)
            out.append(level if upright else level.turned_round())
    return out


def turned_like(others: Sequence[TextLine], lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines turned round where that is the way in which others of their direction run."""
    out = []
    for one in others:
        along = [line for line in lines if abs(_apart(line.way, one.way)) < _SAME_WAY]
        like = max(along, key=lambda line: line.length, default=one)
        out.append(one if math.cos(one.way - like.way) >= 0 else one.turned_round())
    return out


def _mean(
    values: npt.NDArray[np.float64], lines: Sequence[TextLine], used: npt.NDArray[np.bool_]
) -> float:
    weights = np.array([min(line.length, _COUNTED * line.x_height) for line in lines])[used]
    return float((values * weights).sum() / weights.sum())


def _apart(one: float, other: float) -> float:
    """Radians between two directions, either of which may be turned round."""
    return math.remainder(one - other, math.pi)


def _along(line: TextLine, axis: float) -> TextLine:
    """The line with its start where a direction begins."""
    return line if math.cos(line.way - axis) >= 0 else line.turned_round()
