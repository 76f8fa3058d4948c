"""A map of writing → lines: where each begins and ends, how tall it is, which way it runs.

The cores of lines are parted by a threshold as in DB (Liao, Wan, Yao, Chen and Bai,
arXiv:1911.08947); what is a line's middle third in the map tells how tall its letters are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.stacked import unstacked

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

CORE = 0.7
"""How tall a line's core is in the map, in x-heights."""

_LEAST_AREA = 7  # pixels of the map: a smaller core is noise
_LEAST_HIGH = 1.1  # pixels of the map that a core is tall at the least
_LONG = 3.0  # times as long as tall: a core whose own axis tells the line's slope
_SAME_WAY = math.radians(14)  # lines that go on in each other run no further apart
_GAP = 2.4  # x-heights: and are no further apart
_OFF = 0.55  # x-heights: nor further above each other
_PART = 0.75  # x-heights of a line: what is no taller and within its ascenders and descenders ...
_WITHIN = 1.35  # ... that many of its x-heights from its middle, is a part of it
_ALIKE = 1.7  # times: nor one so much taller


@dataclass(frozen=True)
class WritingMap:
    """What a network says of a picture.

    Attributes:
        hand: float32 (h, w), how likely each place is the core of a line of handwriting, 0 to 1.
        way: float32 (2, h/2, w/2), cosine and sine of the direction that a line runs in there, the
            sine downwards; shorter than 1 where it is in doubt.
        scale: pixels of ``hand`` per pixel of the picture.
    """

    hand: Floats
    way: Floats
    scale: float


@dataclass(frozen=True, eq=False)
class TextLine:
    """A line of handwriting in a picture.

    Attributes:
        start, end: float (2,), x and y where its core begins and ends.
        x_height: of its letters, in pixels.
        certainty: 0 to 1, how sure its core is at the best place.
        turn: 0 to 1, how sure it is which end is the first.
    """

    start: Points
    end: Points
    x_height: float
    certainty: float
    turn: float

    @cached_property
    def way(self) -> float:
        """Radians of its direction, clockwise from the picture's x-axis."""
        dx, dy = self.end - self.start
        return math.atan2(dy, dx)

    @cached_property
    def length(self) -> float:
        """Pixels from its start to its end."""
        return float(np.hypot(*(self.end - self.start)))

    def outline(self, above: float, below: float, beyond: float) -> Points:
        """(4, 2): corners around it, from the upper left one clockwise as it is read.

        Args:
            above, below, beyond: x-heights from the core's middle upwards and downwards, and
                before its start and behind its end.
        """
        along = np.array((math.cos(self.way), math.sin(self.way)))
        down = np.array((-along[1], along[0])) * self.x_height
        more = along * beyond * self.x_height
        first, last = self.start - more, self.end + more
        return np.stack(
            [first - above * down, last - above * down, last + below * down, first + below * down]
        )

    def turned_round(self) -> TextLine:
        """The same line with its end first."""
        return replace(self, start=self.end, end=self.start)

    def moved(self, way: npt.NDArray[np.float64]) -> TextLine:
        """The same line moved by a matrix (3, 3)."""
        corners = self.outline(0.5, 0.5, 0.0)[None]
        a, b, c, d = cv2.perspectiveTransform(corners, way)[0]
        start, end = (a + d) / 2, (b + c) / 2
        high = (np.hypot(*(d - a)) + np.hypot(*(c - b))) / 2
        return replace(self, start=start, end=end, x_height=float(max(high, 1e-3)))


def lines_in(seen: WritingMap, least: float, surely: float) -> list[TextLine]:
    """The lines of a map, in no order, in the picture's pixels.

    Args:
        seen: the map.
        least: how likely a place must be the core of a line.
        surely: how likely it must be somewhere in each line.
    """
    core = (seen.hand > least).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    sure = np.unique(labels[seen.hand > max(least, surely)])
    sure = sure[(sure > 0) & (stats[sure, cv2.CC_STAT_AREA] >= _LEAST_AREA)]
    out = []
    for number in sure.tolist():
        x, y, w, h = (int(v) for v in stats[number, :4])
        part = slice(y, y + h), slice(x, x + w)
        for own in _cores(labels[part] == number, seen, (x, y)):
            rows, columns = np.nonzero(own)
            certainty = float(seen.hand[part][own].max())
            line = _line(np.stack([columns + x, rows + y], 1), seen, certainty)
            if line is not None:
                out.append(line)
    return _outer(_joined(out))


def _cores(
    own: npt.NDArray[np.bool_], seen: WritingMap, corner: tuple[int, int]
) -> list[npt.NDArray[np.bool_]]:
    """The cores of one line each that a core at a corner of the map holds."""
    (x, y), (h, w) = corner, own.shape
    rows, columns = np.nonzero(own)
    cos, sin = seen.way[:, (rows + y) // 2, (columns + x) // 2].mean(1).tolist()
    turn = math.hypot(cos, sin)
    if turn < 1e-3:
        return [own]
    hand = seen.hand[y : y + h, x : x + w]
    return unstacked(own, hand, (cos / turn, sin / turn), _LEAST_AREA)


def _line(places: npt.NDArray[np.int64], seen: WritingMap, certainty: float) -> TextLine | None:
    """A line from the places of its core in the map, (n, 2)."""
    ways = seen.way[:, places[:, 1] // 2, places[:, 0] // 2].mean(1)
    turn = float(np.hypot(*ways))
    told = ways / turn if turn > 1e-3 else np.array((1.0, 0.0))
    points = places.astype(np.float64) + 0.5
    middle = points.mean(0)
    spread = np.cov((points - middle).T) if len(points) > 2 else np.eye(2)
    values, vectors = np.linalg.eigh(spread)
    axis = vectors[:, 1] * (1.0 if vectors[:, 1] @ told >= 0 else -1.0)
    long = values[1] > (_LONG**2) * max(values[0], 1 / 12)
    along = axis if long else told
    if long and turn > 0.6 and abs(axis @ told) < math.cos(math.radians(50)):
        along = told  # one letter under the other
    across = np.array((-along[1], along[0]))
    u = (points - middle) @ along
    v = (points - middle) @ across
    first, last = float(u.min()) - 0.5, float(u.max()) + 0.5
    high = len(points) / (last - first)
    if high < _LEAST_HIGH:
        return None
    # Of a short core the middle counts, whichever way it leans.
    off = float(np.median(v)) * across
    start, end = middle + first * along + off, middle + last * along + off
    return TextLine(
        start / seen.scale,
        end / seen.scale,
        high / CORE / seen.scale,
        certainty,
        min(1.0, turn),
    )


def _joined(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines with those that go on where they end, as one."""
    left = sorted(lines, key=lambda one: -one.length)
    out: list[TextLine] = []
    while left:
        one = left.pop(0)
        grown = True
        while grown:
            grown = False
            for other in left:
                if (both := _both(one, other)) is not None:
                    left.remove(other)
                    one, grown = both, True
                    break
        out.append(one)
    return out


def _outer(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines without those that are a small part of another: a dot, a descender, a bit of ink."""
    out: list[TextLine] = []
    for line in sorted(lines, key=lambda one: -one.x_height * (one.length + one.x_height)):
        middle = (line.start + line.end) / 2
        if not any(_holds(other, middle, line.x_height) for other in out):
            out.append(line)
    return out


def _holds(line: TextLine, place: Points, x_height: float) -> bool:
    """Whether smaller writing at a place is a part of a line."""
    if x_height > _PART * line.x_height:
        return False
    way = line.way
    along = np.array((math.cos(way), math.sin(way)))
    off = place - line.start
    u, v = float(off @ along), float(off @ np.array((-along[1], along[0])))
    room = _PART * line.x_height
    return -room < u < line.length + room and abs(v) < _WITHIN * line.x_height


def _both(one: TextLine, other: TextLine) -> TextLine | None:
    """Two lines as one, if one goes on where the other ends."""
    if abs(math.remainder(one.way - other.way, 2 * math.pi)) > _SAME_WAY:
        short = min(one.length, other.length)
        if short > 3 * min(one.x_height, other.x_height):
            return None
    high = max(one.x_height, other.x_height)
    if high > _ALIKE * min(one.x_height, other.x_height):
        return None
    way = one.way if one.length >= other.length else other.way
    along = np.array((math.cos(way), math.sin(way)))
    across = np.array((-along[1], along[0]))
    first, second = sorted((one, other), key=lambda line: float(line.start @ along))
    step = second.start - first.end
    gap = float(step @ along)
    if not -1.0 * high < gap < _GAP * high or abs(float(step @ across)) > _OFF * high:
        return None
    weight = one.length / max(1e-6, one.length + other.length)
    return TextLine(
        first.start,
        second.end,
        weight * one.x_height + (1 - weight) * other.x_height,
        max(one.certainty, other.certainty),
        weight * one.turn + (1 - weight) * other.turn,
    )
