"""A drawing of pen strokes: what the pad shows, and a way to draw from Python."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.stroke import Box, Points, Stroke

_SUBPIXEL_BITS = 4
_PAPER, _INK = 255, 0

_STEP = 3.0  # pixels between the points of a smooth path
_MOST_STEPS = 24  # between two given points
_SMOOTHED = 4  # pixels that OpenCV's smoothed edges and rounding may add around a pen
_MOST_KEPT = 1 << 24  # bytes of what was there before strokes; acts before those are drawn anew
_SHEETS = 20  # cleared ones that can be had back: a pad that is used all day must not grow
_CORNER = np.cos(np.radians(75))  # a sharper turn is a corner that the hand meant


class Canvas:
    """White paper that keeps its strokes, so that each can be taken back.

    Args:
        width: pixels, at least 1.
        height: pixels, at least 1.
        pen: pen width in pixels, at least 1; may be set later, for the strokes to come.

    Attributes:
        revision: a number that is another one whenever the picture may have changed.

    Raises:
        InputError: for a size or pen below 1.
    """

    def __init__(self, width: int = 640, height: int = 480, pen: float = 6) -> None:
        if width < 1 or height < 1 or not 1 <= pen < float("inf"):
            raise InputError(
                "a canvas needs a size and a pen of at least 1 pixel, "
                f"not {width}x{height} with pen {pen}"
            )
        self.width, self.height, self.pen = int(width), int(height), pen
        self.revision = 0
        # What was done, oldest first, and what was taken back of it; None is a clearing.
        self._done: list[Stroke | None] = []
        self._undone: list[Stroke | None] = []
        self._forgotten = 0
        self._image = self._blank()
        # For each act what was there before it, as far as that is kept: so one is undone for what
        # its own part of the paper costs, to the pixel.
        self._under: list[_Patch | None] = []
        self._kept = self._bare = 0  # bytes of those, and how many of the first are kept no more

    def _blank(self) -> npt.NDArray[np.uint8]:
        return np.full((self.height, self.width), _PAPER, np.uint8)

    @property
    def image(self) -> npt.NDArray[np.uint8]:
        """uint8 (height, width), black ink on white; a copy, the caller's own."""
        return self._image.copy()

    def part(self, box: Box) -> npt.NDArray[np.uint8]:
        """A part of :attr:`image`: a copy of the pixels of a box that lies on the paper."""
        x, y, w, h = box
        return self._image[y : y + h, x : x + w].copy()

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes since the canvas was last clear, those of the eraser too, oldest first."""
        strokes: list[Stroke] = []
        for act in self._done:
            if act is None:
                strokes.clear()
            else:
                strokes.append(act)
        return tuple(strokes)

    @property
    def remembered(self) -> frozenset[Stroke]:
        """All strokes that are on it, or that undo and redo can bring back."""
        return frozenset(act for act in (*self._done, *self._undone) if act is not None)

    @property
    def depth(self) -> int:
        """How many strokes and clearings have been done and not undone, the forgotten ones too."""
        return self._forgotten + len(self._done)

    def copy(self) -> Canvas:
        """Another canvas with this one's picture, strokes and history."""
        other = Canvas(self.width, self.height, self.pen)
        other.revision = self.revision
        other._done, other._undone = self._done.copy(), self._undone.copy()
        other._forgotten = self._forgotten
        other._image = self._image.copy()
        other._under, other._kept, other._bare = self._under.copy(), self._kept, self._bare
        return other

    def snapshot(self) -> Canvas:
        """Another canvas with this one's picture and strokes, for who looks at it later: it costs
        a picture's memory, as no more than its strokes can be undone."""
        other = Canvas(self.width, self.height, self.pen)
        other.revision, other._image = self.revision, self._image.copy()
        other._done = list(self.strokes)
        other._under, other._bare = [None] * len(other._done), len(other._done)
        return other

    def stroke(
        self,
        points: Iterable[Sequence[float]],
        *,
        smooth: bool = False,
        times: Sequence[float] = (),
    ) -> None:
        """Draws one pen stroke through ``points``, (x, y) in pixels; one point makes a dot.

        Args:
            points: may lie outside; no points draw nothing.
            smooth: as a curve (:func:`smooth_path`) and not as straight pieces.
            times: when the hand was at each point, in seconds of any clock, if that is known.

        Raises:
            InputError: for points that are no pairs of finite numbers, or times that are not one
                for each of them; nothing is drawn then.
        """
        self._draw(_checked(points), _checked_times(times), self.pen, smooth, erases=False)

    def erase(
        self,
        points: Iterable[Sequence[float]],
        width: float,
        *,
        smooth: bool = False,
        times: Sequence[float] = (),
    ) -> None:
        """Takes away the ink along ``points`` in the given width, in pixels; undone like a stroke.

        Raises:
            InputError: as :meth:`stroke` does.
        """
        self._draw(_checked(points), _checked_times(times), max(1.0, width), smooth, erases=True)

    def resize(self, width: int, height: int) -> None:
        """Gives the paper another size; its upper left corner and all strokes stay.

        Raises:
            InputError: for a size below 1.
        """
        if width < 1 or height < 1:
            raise InputError(f"a canvas needs a size of at least 1 pixel, not {width}x{height}")
        if (width, height) != (self.width, self.height):
            self.width, self.height = int(width), int(height)
            self._redraw()

    @property
    def extent(self) -> tuple[int, int]:
        """How far the pen's strokes reach to the right and down, in pixels; 0 without any."""
        boxes = [stroke.box for stroke in self.strokes if not stroke.erases]
        return (
            max([0, *(x + w for x, _, w, _ in boxes)]),
            max([0, *(y + h for _, y, _, h in boxes)]),
        )

    @property
    def reach(self) -> tuple[int, int]:
        """How far the paper, or ink beyond it, reaches to the right and down, in pixels."""
        right, bottom = self.extent
        return max(self.width, right), max(self.height, bottom)

    def undo(self) -> bool:
        """Takes the last stroke or clearing back; returns whether there was one."""
        if not self._done:
            return False
        self._undone.append(self._done.pop())
        before = self._under.pop()
        self._bare = min(self._bare, len(self._under))
        if before is None:
            self._redraw()
        else:
            self.revision += 1
            self._kept -= before.pixels.nbytes
            self._image[before.rows, before.columns] = before.pixels
        return True

    def redo(self) -> bool:
        """Does again what was undone last, if nothing was drawn since; returns whether it did."""
        if not self._undone:
            return False
        self._do(self._undone.pop())
        return True

    def clear(self) -> bool:
        """Takes all strokes away, until that is undone; returns whether there were any.

        The last twenty sheets can be had back.
        """
        if not self.strokes:
            return False
        self._do(None)
        clearings = [number for number, act in enumerate(self._done, 1) if act is None]
        if len(clearings) > _SHEETS:
            first = clearings[-_SHEETS - 1]
            self._forgotten += first
            self._kept -= sum(one.pixels.nbytes for one in self._under[:first] if one is not None)
            self._bare = max(0, self._bare - first)
            del self._done[:first], self._under[:first]
        self._undone.clear()
        return True

    def _draw(
        self,
        points: Points,
        times: npt.NDArray[np.float64],
        width: float,
        smooth: bool,
        *,
        erases: bool,
    ) -> None:
        if len(times) not in (0, len(points)):
            raise InputError(f"a stroke of {len(points)} points has {len(times)} times")
        if len(points) == 0:
            return
        path = smooth_path(points) if smooth else points
        self.add(Stroke(path, width, erases, points, times))

    def add(self, stroke: Stroke) -> None:
        """Draws a stroke that was made elsewhere, as that of another canvas."""
        self._undone.clear()
        self._do(stroke)

    def _do(self, act: Stroke | None) -> None:
        """Draws a stroke, or clears the paper, and keeps what was there before."""
        self.revision += 1
        self._done.append(act)
        self._show(act)

    def _show(self, act: Stroke | None) -> None:
        where = (slice(None), slice(None)) if act is None else _reach(act, self.width, self.height)
        before = _Patch(*where, self._image[where].copy())
        self._under.append(before)
        self._kept += before.pixels.nbytes
        while self._kept > _MOST_KEPT and self._bare < len(self._under):
            oldest, self._under[self._bare] = self._under[self._bare], None
            self._kept -= oldest.pixels.nbytes if oldest is not None else 0
            self._bare += 1
        if act is None:
            self._image[:] = _PAPER
        else:
            _draw(self._image, act)

    def _redraw(self) -> None:
        self.revision += 1
        self._image, self._kept = self._blank(), 0
        # What was cleared is not to be seen: of those sheets nothing is drawn until they are back.
        clearings = [number for number, act in enumerate(self._done, 1) if act is None]
        first = clearings[-1] if clearings else 0
        self._under, self._bare = [None] * first, first
        for act in self._done[first:]:
            self._show(act)


@dataclass(frozen=True, eq=False)
class _Patch:
    """A part of the paper, as it was."""

    rows: slice
    columns: slice
    pixels: npt.NDArray[np.uint8]


def _reach(stroke: Stroke, width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns of the paper that a stroke may touch."""
    margin = stroke.pen / 2 + _SMOOTHED
    low, high = stroke.path.min(axis=0) - margin, stroke.path.max(axis=0) + margin
    left, top = np.clip(np.floor(low), 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(high), 0, (width, height)).astype(int).tolist()
    return slice(top, bottom), slice(left, right)


def _draw(image: npt.NDArray[np.uint8], stroke: Stroke) -> None:
    draw_stroke(image, stroke.path, stroke.pen, _PAPER if stroke.erases else _INK)


def draw_stroke(
    image: npt.NDArray[np.uint8],
    path: Points,
    pen: float,
    ink: int | tuple[int, int, int] = _INK,
) -> None:
    """Draws a stroke with round ends into ``image`` in place.

    Args:
        image: uint8 (h, w), or (h, w, 3).
        path: float (n, 2), x and y in pixels.
        pen: width in pixels.
        ink: grey value of the ink, or its colour.
    """
    limit = 1 << 26  # beyond this OpenCV's fixed-point coordinates would overflow
    fixed = np.clip(np.round(path * (1 << _SUBPIXEL_BITS)), -limit, limit).astype(np.int32)
    if len(fixed) == 1:
        radius = max(1, round(pen * (1 << _SUBPIXEL_BITS) / 2))
        x, y = (int(v) for v in fixed[0])
        cv2.circle(image, (x, y), radius, ink, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)
        return
    cv2.polylines(
        image,
        [fixed.reshape(-1, 1, 2)],
        False,
        ink,
        max(1, round(pen)),
        cv2.LINE_AA,
        _SUBPIXEL_BITS,
    )


def smooth_path(points: Points) -> Points:
    """A curve through all ``points``, so that a fast hand's few points make no polygon.

    Centripetal Catmull-Rom splines (Yuksel, Schaefer and Keyser 2011: no loops and no overshoot),
    broken at turns of more than 75 degrees, which stay the corners that they are.

    Args:
        points: float (n, 2).

    Returns:
        float (m, 2), at most about 3 pixels from one to the next; dense points come back as given.
    """
    moved = (np.diff(points, axis=0) != 0).any(axis=1)
    # A new array, without a point twice on one spot.
    points = np.vstack([points[:1], points[1:][moved]])
    if len(points) < 3:
        return points
    steps = np.diff(points, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    if lengths.max() <= _STEP:
        return points
    turns = (steps[:-1] * steps[1:]).sum(axis=1) / (lengths[:-1] * lengths[1:])
    corners = np.flatnonzero(turns < _CORNER) + 1
    ends = [0, *corners.tolist(), len(points) - 1]
    pieces = [_spline(points[a : b + 1]) for a, b in itertools.pairwise(ends)]
    return np.vstack([piece[:-1] for piece in pieces[:-1]] + [pieces[-1]])


def _spline(points: Points) -> Points:
    """One smooth piece through float (n, 2) points, n at least 2, none of them equal neighbours."""
    if len(points) == 2:
        return points
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    knots = np.vstack([before, points, after])
    gaps = np.sqrt(np.hypot(*np.diff(knots, axis=0).T))[:, None, None]  # centripetal parameter
    p0, p1, p2, p3 = (knots[i : len(knots) - 3 + i, None] for i in range(4))
    d0, d1, d2 = gaps[:-2], gaps[1:-1], gaps[2:]
    longest = float((d1**2).max())
    count = int(np.clip(np.ceil(longest / _STEP), 1, _MOST_STEPS))
    t = np.linspace(0, 1, count, endpoint=False)[None, :, None]
    # Tangents at p1 and p2 of the non-uniform spline, over the middle piece; then Hermite's form.
    m1 = d1 * ((p1 - p0) / d0 - (p2 - p0) / (d0 + d1) + (p2 - p1) / d1)
    m2 = d1 * ((p2 - p1) / d1 - (p3 - p1) / (d1 + d2) + (p3 - p2) / d2)
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * p1
        + (t**3 - 2 * t**2 + t) * m1
        + (-2 * t**3 + 3 * t**2) * p2
        + (t**3 - t**2) * m2
    )
    return np.vstack([curve.reshape(-1, 2), points[-1:]])


def _checked(points: Iterable[Sequence[float]]) -> Points:
    try:
        path = np.asarray([(float(x), float(y)) for x, y in points], np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        raise InputError("a stroke is a list of (x, y) pairs of numbers") from None
    if not np.isfinite(path).all():
        raise InputError("a stroke's points must be finite numbers")
    return path


def _checked_times(times: Sequence[float]) -> npt.NDArray[np.float64]:
    try:
        checked = np.asarray([float(time) for time in times], np.float64)
    except (TypeError, ValueError):
        raise InputError("a stroke's times must be numbers") from None
    if not np.isfinite(checked).all():
        raise InputError("a stroke's times must be finite numbers")
    return checked
