"""What X11 knows of the keyboard and OpenCV's windows do not tell: Shift, and a key's place."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import sys
from dataclasses import dataclass
from typing import Any

_SHIFT, _CAPS_LOCK = 1, 2  # bits of X11's mask of modifiers

# Keys have the same codes under every X server of today (evdev's, plus 8), whatever they type.
_ROWS = {10: "1234567890-=", 24: "qwertyuiop[]", 38: "asdfghjkl;'", 52: "zxcvbnm,./"}
_US = {first + i: char for first, row in _ROWS.items() for i, char in enumerate(row)}


@dataclass(frozen=True)
class _Display:
    """An own connection to the X server, as that of the window is not to be had."""

    x11: Any
    display: int
    root: int


@functools.lru_cache(maxsize=1)
def _connected() -> _Display | None:
    """The connection, opened once; None where there is no X server."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        x11.XKeysymToKeycode.restype = ctypes.c_ubyte
        x11.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        numbers = [ctypes.c_void_p] * 7
        x11.XQueryPointer.argtypes = [ctypes.c_void_p, ctypes.c_ulong, *numbers]
        display = x11.XOpenDisplay(None)
    except (AttributeError, OSError):
        return None
    return _Display(x11, display, x11.XDefaultRootWindow(display)) if display else None


def capitals_held() -> bool | None:
    """Whether a letter that is typed now is a capital; None where that cannot be found out."""
    connected = _connected()
    if connected is None:
        return None
    windows = [ctypes.c_ulong(), ctypes.c_ulong()]
    places = [ctypes.c_int() for _ in range(4)]
    mask = ctypes.c_uint()
    answers = [ctypes.byref(answer) for answer in (*windows, *places, mask)]
    connected.x11.XQueryPointer(connected.display, connected.root, *answers)
    return bool(mask.value & _SHIFT) != bool(mask.value & _CAPS_LOCK)


@functools.lru_cache(maxsize=256)
def us_character(keysym: int) -> str:
    """What is written on a US keyboard where the key of an X11 keysym is; empty if nothing is, or
    where there is no X11. So keys that are named by Latin letters work with any layout."""
    connected = _connected()
    if connected is None:
        return ""
    return _US.get(connected.x11.XKeysymToKeycode(connected.display, keysym), "")
