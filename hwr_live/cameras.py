"""The cameras that there are."""

from __future__ import annotations

import contextlib
import glob
import os
import sys
from typing import TextIO

from hwr_live.errors import DeviceError, HwrError
from hwr_live.source import open_source

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
        with contextlib.suppress(HwrError), open_source(number) as camera:
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
