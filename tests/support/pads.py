"""Pads without a window, and a hand that draws, clicks and presses keys."""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np

from hwr_live.pad.program import Pad
from hwr_live.reading import Box

ENTER, ESC, BACKSPACE = 13, 27, 8
SIZES = [(320, 240), (321, 611), (640, 480), (800, 300), (960, 600), (1920, 1080), (2560, 1440)]

Points = list[tuple[int, int]]
A: Points = [(40, 40), (40, 90)]
B: Points = [(90, 40), (120, 90)]
LOW: Points = [(60, 350), (60, 400)]
DOT: Points = [(200, 60)]


class Clock:
    """A clock that goes when it is told to.

    Attributes:
        now: the time in seconds.
    """

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def draw(pad: Pad, *strokes: Points, button: str = "L") -> None:
    """Strokes of the mouse, as OpenCV tells of them."""
    down, up, flag = (
        (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_LBUTTONUP, cv2.EVENT_FLAG_LBUTTON)
        if button == "L"
        else (cv2.EVENT_RBUTTONDOWN, cv2.EVENT_RBUTTONUP, cv2.EVENT_FLAG_RBUTTON)
    )
    for points in strokes:
        pad.on_mouse(down, *points[0], flag)
        for point in points[1:]:
            pad.on_mouse(cv2.EVENT_MOUSEMOVE, *point, flag)
        pad.on_mouse(up, *points[-1], 0)


def settle(pad: Pad) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Turns the loop until all is read and done; returns what is shown then."""
    end = time.monotonic() + 10
    while pad.busy:
        pad.picture()
        assert time.monotonic() < end
        time.sleep(0.001)
    pad.state.changed = True
    picture = pad.picture()
    assert picture is not None
    return picture.copy()


def click(pad: Pad, box: Box) -> None:
    """A click on the middle of a box."""
    draw(pad, [(box[0] + box[2] // 2, box[1] + box[3] // 2)])


def keys(pad: Pad, names: str) -> None:
    """Presses the keys of some characters."""
    for name in names:
        pad.on_key(ord(name))


def choose(pad: Pad, char: str | None, *, among: str = "all") -> None:
    """Clicks a character in the open table."""
    assert pad.state.table is not None
    click(
        pad,
        next(
            choice.box
            for choice in pad.state.table.choices
            if choice.char == char and (choice.probability is not None) == (among == "candidates")
        ),
    )
