"""The screen's size, so that windows fit on it."""

from __future__ import annotations

import ctypes
import ctypes.util
import sys

UNKNOWN = (1280, 800)
"""What is taken for the size where it cannot be found out: a small laptop's."""


def screen_size() -> tuple[int, int]:
    """Width and height of the screen in pixels; :data:`UNKNOWN` where they cannot be found out."""
    try:
        if sys.platform == "win32":
            metrics = ctypes.windll.user32.GetSystemMetrics
            size = int(metrics(0)), int(metrics(1))
        elif sys.platform == "darwin":
            size = _quartz()
        else:
            size = _x11()
    except (AttributeError, OSError):
        return UNKNOWN
    return size if min(size) > 0 else UNKNOWN


def _x11() -> tuple[int, int]:
    # OpenCV's windows on Linux are X11's, so its library is there where a window can be.
    x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDisplayWidth.argtypes = x11.XDisplayHeight.argtypes = [ctypes.c_void_p, ctypes.c_int]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return UNKNOWN
    try:
        return int(x11.XDisplayWidth(display, 0)), int(x11.XDisplayHeight(display, 0))
    finally:
        x11.XCloseDisplay(display)


def _quartz() -> tuple[int, int]:
    quartz = ctypes.CDLL(ctypes.util.find_library("CoreGraphics") or "CoreGraphics")
    quartz.CGDisplayPixelsWide.restype = quartz.CGDisplayPixelsHigh.restype = ctypes.c_size_t
    main = quartz.CGMainDisplayID()
    return int(quartz.CGDisplayPixelsWide(main)), int(quartz.CGDisplayPixelsHigh(main))
