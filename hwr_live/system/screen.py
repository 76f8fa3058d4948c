"""The screen's size, so that windows fit on it."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
import sys
from dataclasses import dataclass

UNKNOWN = (1280, 800)
"""What is taken for the size where it cannot be found out: a small laptop's."""

QT_SCALES = "QT_AUTO_SCREEN_SCALE_FACTOR"
"""The variable that tells Qt whether to draw larger on fine screens; OpenCV's does if it is not
set, and then a picture's pixel is several of the screen's."""

_DOTS = 96.0  # pixels an inch of an ordinary screen
_LARGEST_SCALE = 4.0  # a screen that says that it is a millimetre wide is not believed
_BARS = 64  # pixels of an ordinary screen that a window's title and the desktop's bar take, by eye


@dataclass(frozen=True)
class Screen:
    """A screen as windows have it.

    Attributes:
        size: width and height in pixels of windows.
        scale: how many of them are one of an ordinary screen's, 1 or more: 2 where they are half as
            large and the window system leaves it to the programs to draw twice as large.
    """

    size: tuple[int, int]
    scale: float = 1.0

    def fitting(self, size: tuple[int, int]) -> tuple[int, int]:
        """The largest size up to this one that a window can have here, below its title."""
        width, height = self.size
        bars = round(_BARS * self.scale)
        return min(size[0], width), min(size[1], height - bars)


def screen_size() -> tuple[int, int]:
    """Width and height of the screen in pixels; :data:`UNKNOWN` where they cannot be found out."""
    screen = known_screen()
    return UNKNOWN if screen is None else screen.size


def known_screen() -> Screen | None:
    """The screen, if it can be found out."""
    try:
        if sys.platform == "win32":
            metrics = ctypes.windll.user32.GetSystemMetrics
            screen = Screen((int(metrics(0)), int(metrics(1))))
        elif sys.platform == "darwin":
            screen = Screen(_quartz())
        else:
            screen = _x11()
    except (AttributeError, OSError):
        return None
    return screen if min(screen.size) > 0 else None


def _x11() -> Screen:
    # OpenCV's windows on Linux are X11's, so its library is there where a window can be.
    x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    for number in (x11.XDisplayWidth, x11.XDisplayHeight, x11.XDisplayWidthMM):
        number.argtypes = [ctypes.c_void_p, ctypes.c_int]
    x11.XResourceManagerString.restype = ctypes.c_char_p
    x11.XResourceManagerString.argtypes = x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return Screen((0, 0))
    try:
        width, height = int(x11.XDisplayWidth(display, 0)), int(x11.XDisplayHeight(display, 0))
        millimetres = int(x11.XDisplayWidthMM(display, 0))
        settings = (x11.XResourceManagerString(display) or b"").decode(errors="replace")
    finally:
        x11.XCloseDisplay(display)
    # What the desktop says comes first, then what the screen says of itself.
    said = re.search(r"^Xft\.dpi:\s*(\d+)", settings, re.MULTILINE)
    dots = float(said[1]) if said else 25.4 * width / millimetres if millimetres else _DOTS
    # Qt draws larger by itself where it is told to, with pixels of a picture that are squares then.
    by_qt = _number(os.environ.get("QT_SCALE_FACTOR", ""))
    if os.environ.get(QT_SCALES, "0") not in ("", "0"):
        by_qt *= max(1, round(dots / _DOTS))
    scale = min(_LARGEST_SCALE, max(1.0, dots / _DOTS / by_qt))
    return Screen((round(width / by_qt), round(height / by_qt)), round(4 * scale) / 4)


def _number(text: str) -> float:
    """A factor that somebody set; 1 if it is none."""
    try:
        return max(0.1, float(text))
    except ValueError:
        return 1.0


def _quartz() -> tuple[int, int]:
    quartz = ctypes.CDLL(ctypes.util.find_library("CoreGraphics") or "CoreGraphics")
    quartz.CGDisplayPixelsWide.restype = quartz.CGDisplayPixelsHigh.restype = ctypes.c_size_t
    main = quartz.CGMainDisplayID()
    return int(quartz.CGDisplayPixelsWide(main)), int(quartz.CGDisplayPixelsHigh(main))
