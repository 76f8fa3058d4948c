"""Which frame is shown when: the newest of a camera at once, those of a file when they are due."""

from __future__ import annotations

import time
from typing import Protocol

import numpy as np

from hwr_live.errors import HwrError
from hwr_live.media.frames import Frame
from hwr_live.media.sources import FrameSource, LiveSource

STILL_MS = 20
"""Milliseconds that a window waits for a key where nothing moves."""

_TURN_S = 0.008  # how long a turn of the loop waits for a frame


class Shows(Protocol):
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


def play_live(window: Shows) -> None:
    """Shows the newest frame at once, with what was read last."""
    while not window.over:
        source = window.source
        assert isinstance(source, LiveSource)
        frame = None if window.frozen else source.newest(_TURN_S)
        if frame is not None:
            window.show(frame)
            window.take(frame)
        window.turn(STILL_MS if window.frozen else 1)


def play_file(window: Shows) -> None:
    """Has every frame read, and shows it with its reading when it is due or, if late, at once.

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
        while window.reads and not window.over:
            window.turn(2)
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
    while source.still and broken is None and not window.over:
        window.turn(STILL_MS)
    if broken is not None:
        raise broken


def _wait_until(window: Shows, began_s: float, due_s: float) -> float:
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
