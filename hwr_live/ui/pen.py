"""The mouse as a pen: from where a button goes down to where it goes up, and how that looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, Protocol

import cv2
import numpy as np

from hwr_live.canvas import Canvas, draw_stroke, smooth_path
from hwr_live.reading import Box
from hwr_live.stroke import Points
from hwr_live.ui.layers import Over, overlap, part_of
from hwr_live.ui.paint import INK, WHITE, Image
from hwr_live.ui.panel import QUIET

Tool = Literal["pen", "eraser"]
"""The left button is the pen, the right one the eraser."""

PENS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 26, 34)
"""The pen widths that [ and ] go through, in pixels."""

ERASER = 4.0
"""Width of the eraser in pen widths."""

# Grey paper to colour: ink is not black but the dark of the panel's text.
_PAPER_COLOURS = np.linspace(INK, WHITE, 256).round().astype(np.uint8).reshape(256, 1, 3)


class Pen:
    """What is being drawn.

    Args:
        clock: gives the time in seconds.

    Attributes:
        points: of the stroke in hand, or empty.
        times: when the mouse was at each of them, in seconds of the clock.
        tool: what draws it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.points: list[tuple[float, float]] = []
        self.times: list[float] = []
        self.tool: Tool = "pen"
        self._clock = clock

    def press(self, x: float, y: float, tool: Tool) -> None:
        """A stroke begins; not while another button draws one."""
        if not self.points:
            self.tool = tool
            self.points, self.times = [(x, y)], [self._clock()]

    def move(self, x: float, y: float) -> bool:
        """The stroke goes on; returns whether it is another now."""
        if not self.points or self.points[-1] == (x, y):
            return False
        self.points.append((x, y))
        self.times.append(self._clock())
        return True

    def release(self, x: float, y: float, tool: Tool | None = None) -> list[tuple[float, float]]:
        """The button of ``tool`` goes up, any if None; returns the stroke that it ends."""
        if not self.points or tool not in (None, self.tool):
            return []
        self.move(x, y)
        points, self.points = self.points, []
        return points

    def draw(self, points: list[tuple[float, float]], canvas: Canvas) -> Box:
        """Draws the stroke that was ended last, or takes ink away, as the tool does; returns its
        box."""
        if self.tool == "eraser":
            canvas.erase(points, canvas.pen * ERASER, smooth=True, times=self.times)
        else:
            canvas.stroke(points, smooth=True, times=self.times)
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        left, top = int(min(xs)), int(min(ys))
        return (left, top, int(max(xs)) - left + 1, int(max(ys)) - top + 1)


def pen_for(width: int, height: int, scale: float = 1.0) -> int:
    """The pen width of :data:`PENS` for a drawing area: people write larger where there is room.

    Args:
        width, height: of the area, in pixels.
        scale: how many pixels of the screen are one of an ordinary screen's.
    """
    wanted = scale * 6 * (min(width, height) / scale / 580) ** 0.5
    return min(PENS, key=lambda pen: abs(pen - wanted))


def paint_canvas(canvas: Canvas, box: Box | None = None) -> Image:
    """A drawing in the window's colours: all of it, or a box of its pixels."""
    grey = canvas.image if box is None else canvas.part(box)
    return np.asarray(cv2.applyColorMap(grey, _PAPER_COLOURS), np.uint8)


def stroke_over(pen: Pen, width: float, area: Box) -> Over:
    """The stroke that is being drawn, with a pen of ``width`` pixels, over an area of a window."""
    erases = pen.tool == "eraser"
    points = np.asarray(pen.points, np.float64)
    return path_over(points, width * ERASER if erases else width, area, erases=erases)


def path_over(points: Points, width: float, area: Box, *, erases: bool) -> Over:
    """A stroke that is not on the canvas yet, over an area of a window: a curve through float
    (n, 2) points of the area; the eraser's is shown by its tip."""
    path = smooth_path(points)
    more = width / 2 + 3  # its edge is soft
    left, top = (int(low - more) - 1 for low in path.min(axis=0))
    right, bottom = (int(high + more) + 2 for high in path.max(axis=0))
    x, y, _, _ = area
    extent = (x + left, y + top, right - left, bottom - top)

    def paint(image: Image) -> None:
        part = part_of(image, area)
        draw_stroke(part, path, width, WHITE if erases else INK)
        if erases:
            tip = (round(path[-1][0]), round(path[-1][1]))
            cv2.circle(part, tip, round(width / 2), QUIET, 1, cv2.LINE_AA)

    return overlap(extent, area) or (x, y, 0, 0), paint


class TakesMouse(Protocol):
    """What the mouse draws on."""

    def press(self, x: int, y: int, tool: Tool = "pen") -> None:
        """A button goes down."""
        ...

    def move(self, x: int, y: int, *, held: bool = True) -> None:
        """The mouse moves; ``held``: with a button down."""
        ...

    def release(self, x: int, y: int, tool: Tool | None = None) -> None:
        """A button goes up."""
        ...


def tell_mouse(paper: TakesMouse, event: int, x: int, y: int, flags: int) -> None:
    """Hands on what OpenCV's mouse callback is told."""
    tool = _TOOLS.get(event)
    if event == cv2.EVENT_MOUSEMOVE:
        held = flags & (cv2.EVENT_FLAG_LBUTTON | cv2.EVENT_FLAG_RBUTTON)
        paper.move(x, y, held=bool(held))
    elif tool is not None and event in _RELEASES:
        paper.release(x, y, tool)
    elif tool is not None:
        paper.press(x, y, tool)


_TOOLS: dict[int, Tool] = {
    cv2.EVENT_LBUTTONDOWN: "pen",
    cv2.EVENT_LBUTTONUP: "pen",
    # The second of two quick presses comes as a double click, and in no other way.
    cv2.EVENT_LBUTTONDBLCLK: "pen",
    cv2.EVENT_RBUTTONDOWN: "eraser",
    cv2.EVENT_RBUTTONUP: "eraser",
    cv2.EVENT_RBUTTONDBLCLK: "eraser",
}
_RELEASES = (cv2.EVENT_LBUTTONUP, cv2.EVENT_RBUTTONUP)
