"""A screen of its own for tests of windows: Xvfb with the window manager openbox."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

AGAIN = pytest.mark.flaky(reruns=2, reruns_delay=2)
"""For tests with a real mouse and keyboard: of two keys that come in one turn of Qt's loop OpenCV
tells of one only, and on a machine under heavy load a turn may last longer than any pause."""

PROGRAMS = ("Xvfb", "openbox", "xdotool", "wmctrl", "import")
"""What tests of windows start; ``import`` is ImageMagick's, for screenshots."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Display:
    """A running X server and what tests do with it.

    Attributes:
        name: what to put into the variable ``DISPLAY``.
        data: a folder for what programs keep among the user's own files.
    """

    name: str
    data: str

    @property
    def env(self) -> dict[str, str]:
        """The environment for programs that are to use this display and this tree."""
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        own = {"DISPLAY": self.name, "PYTHONPATH": path, "XDG_DATA_HOME": self.data}
        return {**os.environ, **own}

    def start(self, *args: str, **options: Any) -> subprocess.Popen[str]:
        """Starts ``python args…`` on this display, its output in pipes."""
        return subprocess.Popen(
            [sys.executable, *args],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def tool(self, *args: object) -> str:
        """Runs xdotool, wmctrl and the like; returns what it prints."""
        done = subprocess.run(
            [str(arg) for arg in args], env=self.env, capture_output=True, text=True, timeout=20
        )
        return done.stdout.strip()

    def window(
        self, title: str, process: subprocess.Popen[str] | None = None, seconds: float = 20
    ) -> str:
        """Waits for a visible window with ``title`` and puts it in front; returns its number.

        Raises:
            AssertionError: if none comes, or ``process`` ends before; with what it wrote.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.tool("xdotool", "search", "--onlyvisible", "--name", f"^{title}$").split()
            # Listed by the window manager: only then does the close button work.
            if found and title in self.tool("wmctrl", "-l"):
                self.tool("xdotool", "windowactivate", "--sync", found[-1])
                self._wait_until_still(found[-1])
                return found[-1]
            if process is not None and process.poll() is not None:
                raise AssertionError(f"ended without a window: {process.communicate()}")
            time.sleep(0.05)
        raise AssertionError(f"no window {title!r} within {seconds} s")

    def _wait_until_still(self, window: str) -> None:
        """Waits until a window has its place and size: both come in steps at first."""
        was = ""
        while was != (now := self.tool("xdotool", "getwindowgeometry", window)):
            was = now
            time.sleep(0.1)

    def place(self, window: str) -> tuple[int, int]:
        """Where a window's upper left corner is on the screen."""
        told = self.tool("xdotool", "getwindowgeometry", "--shell", window)
        values = dict(line.split("=") for line in told.splitlines())
        return int(values["X"]), int(values["Y"])

    def key(self, *keys: str) -> None:
        """Presses keys for whatever window has the focus.

        Not quickly: of two keys that come in one turn of Qt's loop, OpenCV tells of one only.
        """
        self.tool("xdotool", "key", "--delay", "100", *keys)

    def draw(
        self, window: str, points: list[tuple[int, int]], button: int = 1, pace_s: float = 0.004
    ) -> None:
        """Drags the mouse along ``points``, pixels of the window, with a button held down; waits
        ``pace_s`` at each and five times as long at both ends."""
        (x, y), *rest = points
        moves = [
            arg
            for px, py in rest
            for arg in ("mousemove", "--window", window, px, py, "sleep", pace_s)
        ]
        self.tool(
            *("xdotool", "mousemove", "--window", window, x, y, "sleep", 5 * pace_s),
            *("mousedown", button, "sleep", 5 * pace_s, *moves),
            *("sleep", 5 * pace_s, "mouseup", button),
        )

    def escape(self, process: subprocess.Popen[str], seconds: float = 20) -> None:
        """Presses Escape until a program ends; once must do, and does where nothing is lost."""
        end = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < end:
            self.key("Escape")
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(3)

    def close(self, title: str) -> None:
        """Presses the close button of the window with ``title``."""
        self.tool("wmctrl", "-F", "-c", title)

    def screenshot(self, path: Path) -> None:
        """Writes the whole screen as a PNG file, by ImageMagick's ``import``."""
        self.tool("import", "-window", "root", path)


def start_display(size: str = "2000x1200") -> Generator[Display, None, None]:
    """An X server on a free display number with a window manager; ends with the generator.

    Raises:
        pytest.skip.Exception: where one of the programs is missing.
    """
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"window tests need {', '.join(missing)}")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    manager = None
    data = tempfile.TemporaryDirectory(prefix="hwr-live-data-")
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            pytest.skip("window tests need an Xvfb that starts")
        display = Display(f":{number}", data.name)
        manager = subprocess.Popen(
            ["openbox", "--sm-disable"],
            env=display.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 10
        while "Name:" not in display.tool("wmctrl", "-m") and time.monotonic() < end:
            time.sleep(0.05)
        yield display
    finally:
        for process in (manager, server):
            if process is not None:
                process.send_signal(signal.SIGTERM)
                process.wait()
        data.cleanup()


@pytest.fixture(scope="session")
def display() -> Iterator[Display]:
    """The tests' own display; skips, with a reason, where the programs for one are missing."""
    yield from start_display()
