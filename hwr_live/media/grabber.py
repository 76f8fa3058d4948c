"""One capture of a camera or stream, read in a thread of its own or step by step."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Protocol

import cv2

from hwr_live.media.images import Image, to_bgr8

_EXIT_S = 3.0  # how long the end of the program waits for threads that may hang in a driver


class Capture(Protocol):
    """What is needed of a capture; ``cv2.VideoCapture`` is one."""

    def isOpened(self) -> bool:
        """Whether frames may come."""
        ...

    def get(self, propId: int) -> float:
        """A property, such as ``cv2.CAP_PROP_FPS``."""
        ...

    def read(self) -> tuple[bool, Any]:
        """Whether a frame came, and it; waits for one."""
        ...

    def release(self) -> None:
        """Lets go of the camera."""
        ...


class Grabber:
    """Reads one capture until it fails or is stopped.

    Args:
        opener: opens it.
        deliver: is given each image, uint8 (h, w, 3) BGR.
        changed: is notified when the capture ends, and by ``deliver``.

    Attributes:
        stopped: whether it was asked to end.
        ended: whether it has ended.
        fps: frames a second, as the capture tells; 0 before it is open.
    """

    def __init__(
        self,
        opener: Callable[[], Capture],
        deliver: Callable[[Grabber, Image], None],
        changed: threading.Condition,
    ) -> None:
        self._opener, self._deliver, self._changed = opener, deliver, changed
        self._capture: Capture | None = None
        self.stopped = self.ended = False
        self.fps = 0.0
        self._failures = 0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Reads in a thread; the capture is only ever touched there, as OpenCV's are not shared."""
        thread = threading.Thread(target=self._run, name="capture", daemon=True)
        thread.start()  # where the system has none, there is nothing to wait for either
        self._thread = thread
        _threads.add(thread)

    def join(self, timeout_s: float) -> None:
        """Waits for the end of what was stopped."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        else:
            self._end()

    def _run(self) -> None:
        try:
            while not self.stopped and not self.ended:
                self.step()
        finally:
            self._end()

    def step(self) -> None:
        """Opens the capture or reads one frame."""
        if self.ended:
            return
        try:
            if self._capture is None:
                self._capture = self._opener()
                if not self._capture.isOpened():
                    self._end()
                    return
                self.fps = self._capture.get(cv2.CAP_PROP_FPS)
            ok, image = self._capture.read()
        except cv2.error:
            ok, image = False, None
        if ok and image is not None and image.size:
            self._failures = 0
            self._deliver(self, to_bgr8(image))
            return
        self._failures += 1
        if self._failures > 5:  # cameras may fail on their first reads
            self._end()
        else:
            self.wait(0.02)

    def wait(self, timeout_s: float) -> None:
        """Sleeps until a frame comes or the capture ends, at most ``timeout_s``."""
        with self._changed:
            if not self.ended:
                self._changed.wait(timeout_s)

    def stop(self) -> None:
        """Asks the thread to end; one that hangs in the driver is left behind."""
        self.stopped = True

    def _end(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
        with self._changed:
            self.ended = True
            self._changed.notify_all()


_threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


@atexit.register
def _await_threads() -> None:
    """Lets threads come back from FFmpeg, whose time-outs are short, before the program ends.

    Python ends threads that come back later by unwinding their stack, and OpenCV's C++ takes that
    for a reason to abort the program.
    """
    until = time.monotonic() + _EXIT_S
    for thread in list(_threads):
        thread.join(max(0.0, until - time.monotonic()))
