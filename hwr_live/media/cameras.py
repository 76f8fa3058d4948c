"""The cameras that there are."""

from __future__ import annotations

import contextlib
import glob
import os
import sys
import threading
from concurrent.futures import Future
from typing import TextIO

from hwr_live.errors import DeviceError, HwrError
from hwr_live.media.live import LiveSource, open_camera

_TRIED = 10  # where the system does not name its cameras, numbers 0 to 9 are tried


def run(out: TextIO | None = None) -> int:
    """Prints a line for each camera: its number for ``--source``, frame size and rate.

    Raises:
        DeviceError: if there is none.
    """
    found = list_cameras()
    if not found:
        raise DeviceError("no camera gives a picture; is one plugged in, and not in use elsewhere?")
    for number, what in found:
        print(f"{number}  {what}", file=out or sys.stdout, flush=True)
    return 0


def list_cameras() -> list[tuple[int, str]]:
    """Number, and frame size and rate, of the cameras that give a picture."""
    found = []
    for number in camera_numbers():
        with contextlib.suppress(HwrError), open_camera(number) as camera:
            frame = next(iter(camera))
            height, width = frame.image.shape[:2]
            found.append((number, f"{width}×{height}, {camera.fps:.0f} frames/s"))
    return found


def camera_numbers() -> list[int]:
    """The numbers under which cameras may be found."""
    if not sys.platform.startswith("linux"):
        return list(range(_TRIED))
    names = [os.path.basename(path)[len("video") :] for path in glob.glob("/dev/video*")]
    return sorted(int(name) for name in names if name.isdecimal())


class NextCamera:
    """Opens the camera that comes after another, while that one goes on."""

    def __init__(self) -> None:
        self._opened: Future[LiveSource] | None = None
        self._given_up = False

    def look(self, here: int) -> bool:
        """Begins to open the next camera after number ``here``; False if there is none to try."""
        numbers = [number for number in camera_numbers() if number != here]
        others = [n for n in numbers if n > here] + [n for n in numbers if n < here]
        if not others or self._opened is not None:
            return bool(others)
        self._opened = Future()
        if sys.platform == "darwin":  # there cameras belong to the main thread
            self._open_first(others, self._opened)
        else:
            work = (others, self._opened)
            threading.Thread(target=self._open_first, args=work, daemon=True).start()
        return True

    def take(self) -> LiveSource | None:
        """The camera, once it is open.

        Raises:
            DeviceError: if none of the others gives a picture.
        """
        if self._opened is None or not self._opened.done():
            return None
        opened, self._opened = self._opened, None
        return opened.result()

    def close(self) -> None:
        """Gives up what is not taken; does not wait for a camera that is being opened."""
        self._given_up = True
        with contextlib.suppress(HwrError):
            if (camera := self.take()) is not None:
                camera.close()

    def _open_first(self, numbers: list[int], opened: Future[LiveSource]) -> None:
        # A webcam may have further numbers that give no picture.
        for number in numbers:
            try:
                camera = open_camera(number)
            except HwrError:
                continue
            opened.set_result(camera)
            if self._given_up:
                camera.close()
            return
        opened.set_exception(DeviceError("no other camera gives a picture"))
