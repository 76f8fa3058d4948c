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
from dataclasses import dataclass, field
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
        front: the window that was put in front last, where there is one.
    """

    name: str
    data: str
    front: list[str] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        """The environment for programs that are to use this display and this tree."""
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        own = {"DISPLAY": self.name, "PYTHONPATH": path, "XDG_DATA_HOME": self.data}
        return {**os.environ, **own}

    def start(self, *args: str, **options: Any) -> subprocess.Popen[str]:
        """Starts ``python args…`` on this display, its output in pipes."""
        return subprocess.Popen(
            [sys.executable, "-X", "faulthandler", *args],
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
                self.tool("xdotool", "windowactivate", found[-1])
                self._wait_until_still(found[-1])
                # Not asked for the active window: after one has closed that may tell the number of
                # the closed one, which is the new one's, while keys go nowhere.
                if self.tool("xdotool", "getwindowfocus") == found[-1]:
                    self.front[:] = [found[-1]]
                    return found[-1]
            if process is not None and process.poll() is not None:
                raise AssertionError(f"ended without a window: {process.communicate()}")
            time.sleep(0.05)
        known = self.tool("xdotool", "search", "--name", ".") or "no window"
        manager = self.tool("wmctrl", "-m") or "no window manager"
        raise AssertionError(
            f"no window {title!r} within {seconds} s: {manager}, {known}, {self._stacks(process)}"
        )

    def _stacks(self, process: subprocess.Popen[str] | None) -> str:
        """Ends ``process`` and returns what it wrote: Python's stacks, too, where it writes them
        at SIGABRT (``-X faulthandler``)."""
        if process is None:
            return ""
        process.send_signal(signal.SIGABRT)
        try:
            return str(process.communicate(timeout=10))
        except subprocess.TimeoutExpired:
            process.kill()
            return "it hung"

    def _wait_until_still(self, window: str) -> None:
        """Waits until a window has its place and size for a while: both come in steps at first, and
        the program puts it into its place once more after some turns of its loop."""
        was, still = "", 0
        while still < 6:
            now = self.tool("xdotool", "getwindowgeometry", window)
            was, still = now, still + 1 if now == was else 0
            time.sleep(0.1)

    def place(self, window: str) -> tuple[int, int]:
        """Where a window's upper left corner is on the screen."""
        told = self.tool("xdotool", "getwindowgeometry", "--shell", window)
        values = dict(line.split("=") for line in told.splitlines())
        return int(values["X"]), int(values["Y"])

    def key(self, *keys: str) -> None:
        """Presses keys for whatever window has the focus.

        Not quickly: of two keys that come in one turn of Qt's loop, OpenCV tells of one only. The
        window manager takes the focus from a new window, at times, when one before it has closed:
        it is given back.
        """
        focus = self.tool("xdotool", "getwindowfocus")
        if self.front and focus != self.front[-1] and not self.tool("xdotool", "getactivewindow"):
            self.tool("xdotool", "windowactivate", self.front[-1])
            time.sleep(0.2)
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

    One at a time: servers that begin at the same moment may take the same number. A pair that does
    not come up is ended and begun anew, twice.

    Raises:
        pytest.skip.Exception: where one of the programs is missing.
        AssertionError: if no pair comes up; with what the window manager wrote.
    """
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"window tests need {', '.join(missing)}")
    import fcntl  # Windows has none, and no X server

    with (
        tempfile.TemporaryDirectory(prefix="hwr-live-data-") as data,
        contextlib.ExitStack() as ends,
    ):
        with open(Path(tempfile.gettempdir(), "hwr-live-display.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for last in (False, False, True):
                display = Display(f":{_start_server(size, ends)}", data)
                told = _start_manager(display, ends)
                if told is None:
                    break
                ends.close()
                assert not last, f"no window manager on {display.name}: {told or 'silent'}"
        yield display


def _start_server(size: str, ends: contextlib.ExitStack) -> str:
    """Starts an X server, which ends with ``ends``; returns its number."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    ends.callback(_end, server)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    if not number:
        pytest.skip("window tests need an Xvfb that starts")
    return number


def _start_manager(display: Display, ends: contextlib.ExitStack) -> str | None:
    """Starts a window manager, which ends with ``ends``; what it wrote if it does not come up."""
    told = Path(display.data, "manager.txt")
    with told.open("w") as file:
        manager = subprocess.Popen(
            ["openbox", "--sm-disable"], env=display.env, stdout=file, stderr=file
        )
    ends.callback(_end, manager)
    end = time.monotonic() + 20
    while manager.poll() is None and time.monotonic() < end:
        if "Name:" in display.tool("wmctrl", "-m"):
            return None
        time.sleep(0.05)
    return told.read_text(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def display() -> Iterator[Display]:
    """The tests' own display; skips, with a reason, where the programs for one are missing."""
    yield from start_display()
