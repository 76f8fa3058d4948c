"""The window: keys, mouse, closing, and a missing display."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hwr_live.ui.window import CAN_RESIZE
from tests.support.display import AGAIN, ROOT, Display

pytestmark = AGAIN

ECHO = """
import sys
import numpy as np
from hwr_live.ui.window import Window

with Window("echo window") as window:
    window.on_mouse(lambda event, x, y, flags: event in (1, 4) and print("mouse", event, x, y))
    picture = np.full((200, 300, 3), 90, np.uint8)
    while not window.closed:
        key = window.show(picture, 20)
        if key >= 0:
            print("key", key, flush=True)
print("closed")
"""


def _lines_after(display: Display, act: object) -> tuple[int, list[str], str]:
    process = display.start("-c", ECHO)
    try:
        window = display.window("echo window", process)
        act(process, window)  # type: ignore[operator]
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    return process.returncode, out.splitlines(), err


def test_keys_mouse_and_close_button(display: Display) -> None:
    def act(process: subprocess.Popen[str], window: str) -> None:
        size = display.tool("xdotool", "getwindowgeometry", window)
        assert "300x200" in size
        end = time.monotonic() + 5
        while max(display.place(window)) > 60:  # where the most of a large one is on the screen
            assert time.monotonic() < end
        display.key("Return", "KP_Enter", "BackSpace", "Shift+s", "Up", "bracketleft")
        display.draw(window, [(10, 20), (299, 199)])
        time.sleep(0.2)
        display.close("echo window")

    status, lines, err = _lines_after(display, act)
    keys = [int(line.split()[1]) for line in lines if line.startswith("key")]
    assert keys[:4] == [13, 13, 8, ord("s")]
    assert keys[4] > 255  # the arrow
    assert keys[5:] == [ord("[")]
    assert "mouse 1 10 20" in lines
    assert "mouse 4 299 199" in lines
    assert lines[-1] == "closed"
    assert (status, err) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes(display: Display, number: signal.Signals) -> None:
    def act(process: subprocess.Popen[str], window: str) -> None:
        process.send_signal(number)

    status, lines, err = _lines_after(display, act)
    assert (status, lines, err) == (0, ["closed"], "")


SIZES = """
import numpy as np
from hwr_live.ui.window import _SETTLED, Window

with Window("echo window", resizable=True) as window:
    size = shown = (400, 300)
    turns = 0
    window.on_mouse(lambda event, x, y, flags: event in (1, 4) and print("mouse", event, x, y))
    while not window.closed:
        key = window.show(np.full((size[1], size[0], 3), 90, np.uint8), 20)
        turns += 1
        if turns == _SETTLED + 1:
            print("settled", flush=True)
        if key >= 0:
            print("key", key, window.capital, flush=True)
        size = window.size or size
        if size != shown:
            print("size", *size, flush=True)
            shown = size
"""


@pytest.mark.skipif(not CAN_RESIZE, reason="this OpenCV's windows keep their size")
def test_a_window_of_another_size_tells_it_and_the_mouse_keeps_its_pixels(display: Display) -> None:
    process = display.start("-u", "-c", SIZES)
    try:
        window = display.window("echo window", process)
        assert process.stdout is not None
        # Before that the program gives the window back the size that it asked for.
        assert process.stdout.readline() == "settled\n"
        assert "400x300" in display.tool("xdotool", "getwindowgeometry", window)
        display.tool("xdotool", "windowsize", window, 700, 500)
        assert process.stdout.readline() == "size 700 500\n", "and of no other size before"
        time.sleep(0.2)
        display.draw(window, [(10, 20), (690, 490)])
        display.tool("xdotool", "keydown", "shift", "sleep", 0.2, "key", "a", "sleep", 0.2)
        display.tool("xdotool", "keyup", "shift", "sleep", 0.2, "key", "b", "sleep", 0.2)
        display.close("echo window")
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert out.splitlines() == [
        "mouse 1 10 20",
        "mouse 4 690 490",
        "key 97 True",
        "key 98 False",
    ]
    assert (process.returncode, err) == (0, "")


OPEN = """
import sys
from hwr_live.errors import DeviceError
from hwr_live.ui.window import Window
try:
    with Window("never"):
        pass
except DeviceError as error:
    sys.exit(f"error: {error}")
"""


def _open_with(env: dict[str, str | None]) -> tuple[int, str]:
    base = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    done = subprocess.run(
        [sys.executable, "-c", OPEN],
        env={name: value for name, value in base.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="displays are X11's")
@pytest.mark.parametrize("name", [None, "", ":983", "nonsense", "localhost:499.0", ":99999999999"])
def test_without_a_display_one_line_says_so(name: str | None) -> None:
    env = {"DISPLAY": name, "QT_QPA_PLATFORM": None, "WAYLAND_DISPLAY": None}
    status, err = _open_with(env)
    assert status == 1
    assert err.startswith("error: no display")
    assert err.count("\n") == 1


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="displays are X11's")
@pytest.mark.parametrize("platform", ["wayland", "wayland-egl", "eglfs", "nonsense"])
def test_another_platform_of_qt_is_told_with_the_remedy(display: Display, platform: str) -> None:
    status, err = _open_with({"DISPLAY": display.name, "QT_QPA_PLATFORM": platform})
    assert status == 1
    assert f"QT_QPA_PLATFORM={platform}: unset it" in err
    assert err.count("\n") == 1


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="displays are X11's")
@pytest.mark.parametrize("platform", [None, "xcb"])
def test_wayland_without_its_x_server_is_told_with_the_remedy(platform: str | None) -> None:
    env = {"DISPLAY": None, "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": platform}
    status, err = _open_with(env)
    assert status == 1
    assert "turn on XWayland" in err
    assert err.count("\n") == 1


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="displays are X11's")
def test_a_display_that_never_answers_is_none(tmp_path: Path) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        number = silent.getsockname()[1] - 6000
        if number < 0:
            pytest.skip("the system gave a port below X11's")
        status, err = _open_with({"DISPLAY": f"localhost:{number}"})
    assert status == 1
    assert "nothing answers" in err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="displays are X11's")
def test_a_display_that_refuses_is_one_line() -> None:
    with socket.create_server(("localhost", 0)) as server:
        number = server.getsockname()[1] - 6000
        if number < 0:
            pytest.skip("the system gave a port below X11's")

        def refuse() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(12)
                    connection.sendall(b"\0\x04\x0b\0\0\0\x01\0nope")

        threading.Thread(target=refuse, daemon=True).start()
        status, err = _open_with({"DISPLAY": f"localhost:{number}"})
    assert status == 1
    assert err.startswith("error: the display cannot open a window")
    assert err.count("\n") == 1
