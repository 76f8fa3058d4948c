"""The paper of the pad's picture: strokes and marks, painted where they have changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import numpy as np

from hwr_live.pad.state import PadState
from hwr_live.reading import Box
from hwr_live.stroke import Stroke
from hwr_live.ui.layers import merged, overlap, part_of
from hwr_live.ui.marks import Mark, marks_of, paint_mark
from hwr_live.ui.paint import Image
from hwr_live.ui.pen import paint_canvas


class Paper:
    """What is drawn, in colours, and the marks of what was read in it, as painted last."""

    def __init__(self) -> None:
        self._paper: Image = np.empty((0, 0, 3), np.uint8)  # strokes alone
        self._marked = self._paper  # with marks, as far as they were painted
        self._strokes: Sequence[Stroke] = ()
        self._marks: tuple[Mark, ...] = ()

    def changed(self, state: PadState, shape: tuple[int, ...], *, anew: bool) -> list[Box]:
        """Takes what is to be painted now; returns where it differs from before.

        Args:
            state: of the pad.
            shape: height and width of what the window shows of the drawing.
            anew: whether all of it is to be painted.
        """
        height, width = shape[:2]
        whole = (0, 0, width, height)
        chosen = state.asked or state.cursor or state.hovered
        strokes = state.canvas.strokes
        marks = tuple(marks_of(state.reading, shape, chosen=chosen, scale=state.scale))
        before, self._strokes = self._strokes, strokes
        old, self._marks = self._marks, marks
        if anew or self._paper.shape[:2] != (height, width):
            self._paper = np.array(paint_canvas(state.canvas, whole))
            self._marked = np.empty_like(self._paper)
            return [whole]
        pairs = zip(before, strokes, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
        drawn = [_extent(stroke) for stroke in (*before[same:], *strokes[same:])]
        for box in merged(drawn, shape):
            part_of(self._paper, box)[:] = paint_canvas(state.canvas, box)
        stay, are = set(old) & set(marks), set(marks)
        if [mark for mark in old if mark in stay] != [mark for mark in marks if mark in stay]:
            return [whole]  # which of two lies over the other may be another
        return drawn + [mark.extent for mark in set(old) ^ are]

    def paint(self, drawing: Image, boxes: list[Box]) -> list[Box]:
        """Paints these boxes, which lie inside, into a picture of the drawing; returns them.

        A mark that reaches into a box is painted whole, aside, as where it is cut off it would
        not look the same to the pixel.
        """
        shape = drawing.shape
        marks = [mark for mark in self._marks if any(overlap(mark.extent, box) for box in boxes)]
        for box in merged([*boxes, *(mark.extent for mark in marks)], shape):
            part_of(self._marked, box)[:] = part_of(self._paper, box)
        for mark in marks:
            paint_mark(self._marked, mark)
        for box in boxes:
            part_of(drawing, box)[:] = part_of(self._marked, box)
        return boxes


def _extent(stroke: Stroke) -> Box:
    """Where a stroke's ink is, with its soft edge."""
    x, y, w, h = stroke.box
    return (x - 3, y - 3, w + 6, h + 6)
