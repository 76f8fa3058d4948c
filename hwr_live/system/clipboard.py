"""The system's clipboard, by the programs that systems have for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from hwr_live.errors import DeviceError

_SECONDS = 3.0


def copy(text: str) -> None:
    """Puts text on the clipboard.

    Raises:
        DeviceError: if no program for it is there, or none works.
    """
    for command in _commands():
        if shutil.which(command[0]) is None:
            continue
        encoded = text.encode("utf-16" if command[0] == "clip" else "utf-8", "replace")
        try:
            # No pipes for output: xclip and wl-copy stay in the background and would hold them.
            subprocess.run(
                command,
                input=encoded,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return
    raise DeviceError("no clipboard: install xclip, xsel or wl-clipboard")


def _commands() -> list[list[str]]:
    """The programs to try on this system, the likeliest first."""
    if sys.platform == "darwin":
        return [["pbcopy"]]
    if sys.platform == "win32":
        return [["clip"]]
    x11 = [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return [["wl-copy"], *x11] if os.environ.get("WAYLAND_DISPLAY") else [*x11, ["wl-copy"]]
