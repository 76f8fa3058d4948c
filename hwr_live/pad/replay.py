"""A drawing that is written once more as it was written, at the pace of the hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from hwr_live.pad.state import PadState
from hwr_live.stroke import Stroke

_POINT_S = 0.01  # seconds from point to point where the times are not known
_REST_S = 0.8  # seconds: longer rests of the hand are made as short
_BETWEEN_S = 0.3  # seconds between two strokes where the times are not known


class Replay:
    """Draws strokes on a pad, each point at its time.

    Args:
        strokes: oldest first.
        now: when it begins, in seconds of the clock that :meth:`step` is told.
    """

    def __init__(self, strokes: Sequence[Stroke], now: float) -> None:
        self._waiting = deque(zip(strokes, _schedule(strokes, now), strict=True))
        self._shown = 0  # points of the stroke in hand

    @property
    def done(self) -> bool:
        """Whether all is drawn."""
        return not self._waiting

    def step(self, state: PadState, now: float) -> None:
        """Draws what is due by now."""
        while self._waiting:
            stroke, times = self._waiting[0]
            due = sum(time <= now for time in times)
            if due < len(times):
                self._show(state, stroke, due)
                return
            self._waiting.popleft()
            self._put(state, stroke)

    def finish(self, state: PadState) -> None:
        """Draws all that is left at once."""
        while self._waiting:
            self._put(state, self._waiting.popleft()[0])

    def _show(self, state: PadState, stroke: Stroke, due: int) -> None:
        """The stroke in hand as far as it goes by now."""
        if due == self._shown:
            return
        self._shown = due
        state.replayed = Stroke(
            stroke.points[:due], stroke.pen, stroke.erases, stroke.points[:due], stroke.times[:0]
        )
        state.changed = True

    def _put(self, state: PadState, stroke: Stroke) -> None:
        self._shown = 0
        state.replayed = None
        state.canvas.add(stroke)
        state.last_stroke = stroke.box
        state.changed = True
        state.fit_paper()


def _schedule(strokes: Sequence[Stroke], now: float) -> list[list[float]]:
    """When each point of each stroke is drawn."""
    schedule: list[list[float]] = []
    at, before = now, None
    for stroke in strokes:
        given = stroke.times.tolist() or None
        rest = _BETWEEN_S if given is None or before is None else given[0] - before
        at += min(_REST_S, max(0.0, rest)) if schedule else 0.0
        times = [at]
        for i in range(1, len(stroke.points)):
            step = _POINT_S if given is None else given[i] - given[i - 1]
            times.append(times[-1] + min(_REST_S, max(0.0, step)))
        schedule.append(times)
        at, before = times[-1], None if given is None else given[-1]
    return schedule
