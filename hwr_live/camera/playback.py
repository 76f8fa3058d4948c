"""Which frame is shown when: the newest of a camera at once, a file's when they are due, pictures
of their own when they are turned over."""

from __future__ import annotations

import time
from collections import deque
from typing import Protocol

import numpy as np

from hwr_live.errors import HwrError
from hwr_live.media.frames import Frame
from hwr_live.media.sources import FrameSource, LiveSource

STILL_MS = 20
"""Milliseconds that a window waits for a key where nothing moves."""

PAGE_S = 1.0
"""Seconds that a picture is shown where nobody turns them over."""

_TURN_S = 0.008  # how long a turn of the loop waits for a frame


class Rate:
    """How many frames a second come, over the last two seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def tick(self, now_s: float) -> None:
        """A frame came."""
        self._times.append(now_s)

    def at(self, now_s: float) -> float:
        """Frames a second."""
        while self._times and self._times[0] < now_s - 2.0:
            self._times.popleft()
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-3)


class Window(Protocol):
    """What is needed of a window."""

    @property
    def source(self) -> FrameSource:
        """Where frames come from; for a camera it may become another one."""
        ...

    @property
    def over(self) -> bool:
        """Whether the user wants to go, or enough has been read."""
        ...

    @property
    def stays(self) -> bool:
        """Whether the last picture stays until the user goes."""
        ...

    @property
    def frozen(self) -> bool:
        """Whether the picture stands still, as the user wishes."""
        ...

    @property
    def reads(self) -> bool:
        """Whether something is being read."""
        ...

    def take(self, frame: Frame) -> None:
        """Records a frame and has it read."""
        ...

    def show(self, frame: Frame) -> None:
        """Shows a frame, with what has been read by now."""
        ...

    def turn(self, wait_ms: int) -> None:
        """Acts on what has happened and waits for a key, for so many milliseconds."""
        ...

    def end(self, broken: HwrError | None) -> None:
        """There is no more to come, maybe as what was to come is broken."""
        ...


class PagedWindow(Window, Protocol):
    """What is needed of a window that shows pictures of their own."""

    def turn_over(self, step: int) -> bool:
        """Shows the next picture, or one before for -1; whether there was one."""
        ...


def play_live(window: Window) -> None:
    """Shows the newest frame at once, with what was read last."""
    while not window.over:
        source = window.source
        assert isinstance(source, LiveSource)
        frame = None if window.frozen else source.newest(_TURN_S)
        if frame is not None:
            window.show(frame)
            window.take(frame)
        window.turn(STILL_MS if window.frozen else 1)


def play_file(window: Window) -> None:
    """Has every frame read, and shows it with its reading when it is due or, if late, at once.

    The last one stays, if it is to.

    Raises:
        HwrError: what is wrong with the file, when all that could be read has been shown.
    """
    source = window.source
    frames = iter(source)
    began_s: float | None = None
    broken: HwrError | None = None
    frame = next(frames, None)
    while frame is not None and not window.over:
        window.take(frame)
        # Nor is it shown in the place of one that the user has frozen while it was read.
        while (window.reads or window.frozen) and not window.over:
            window.turn(STILL_MS if window.frozen else 2)
        following = None
        try:
            following = next(frames, None)
        except HwrError as error:
            broken = error
        if began_s is None:
            began_s = time.monotonic() - frame.time_s
        window.show(frame)
        window.turn(1)
        due_s = (following or frame).time_s + (0 if following else 1 / source.fps)
        began_s = _wait_until(window, began_s, due_s)
        frame = following
    if not window.over:
        window.end(broken)
    while window.stays and not window.over:
        window.turn(STILL_MS)
    if broken is not None:
        raise broken


def play_pages(window: PagedWindow) -> None:
    """Shows pictures of their own: the user turns them over, or each is shown for a moment."""
    if not window.turn_over(1):
        return
    while not window.over:
        until_s = time.monotonic() + PAGE_S
        while not window.over and (window.stays or window.reads or time.monotonic() < until_s):
            window.turn(STILL_MS)
        if not window.over and not window.turn_over(1):
            return


def _wait_until(window: Window, began_s: float, due_s: float) -> float:
    """Waits for media time ``due_s``; returns the beginning, later by what was paused."""
    while not window.over:
        now_s, paused = time.monotonic(), window.frozen
        left_s = began_s + due_s - now_s
        if left_s < 0.001 and not paused:
            break
        window.turn(STILL_MS if paused else int(np.clip(left_s * 1000, 1, STILL_MS)))
        if paused:
            began_s += time.monotonic() - now_s
    # What is late stays late: catching up would show frames faster than they were taken.
    return max(began_s, time.monotonic() - due_s)
