"""Teaching in a real window, with a real mouse and keyboard under Xvfb, and reading with it."""

from __future__ import annotations

import select
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from hwr_live.profiles.profile import Profile
from hwr_live.teach.layout import arrange
from hwr_live.teach.state import PAUSE_S
from hwr_live.ui.window import CAN_RESIZE
from tests.support.display import AGAIN, Display

pytestmark = AGAIN

TEACH = """
import sys
from hwr_live.teach import app as teach
from hwr_live.profiles.profile import Profile
from tests.support.fake_reader import FakeReader
profile = Profile.open(sys.argv[1], new=True)
sys.exit(teach.run(FakeReader(sure=0.4), profile, chars="Zq7", size=(640, 480)))
"""
DRAW = """
import sys
from hwr_live.pad import app as pad
from hwr_live.profiles.profile import Profile
from tests.support.fake_reader import FakeReader
sys.exit(pad.run(FakeReader(), profile=Profile.open(sys.argv[1], new=True), size=(640, 480)))
"""
LEFT, TOP, _, _ = arrange((640, 480)).drawing
HOOK = [(LEFT + 100, TOP + 100), (LEFT + 100, TOP + 220), (LEFT + 160, TOP + 220)]
BAR = [(LEFT + 120, TOP + 90), (LEFT + 124, TOP + 230)]

Act = Callable[[Display, subprocess.Popen[str], str], None]


@pytest.fixture
def drive(display: Display, tmp_path: Path) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Opens a window, lets it be used, and returns status, stdout and stderr at its end."""
    started: list[subprocess.Popen[str]] = []

    def run(script: str, title: str, act: Act) -> tuple[int, str, str]:
        process = display.start("-c", script, str(tmp_path / "ann"), cwd=tmp_path)
        started.append(process)
        act(display, process, display.window(title, process))
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def wait_for(folder: Path, chars: str) -> None:
    """Waits until a profile has these samples."""
    end = time.monotonic() + 10
    while (have := [s.char for s in Profile.open(folder, new=True).samples]) != list(chars):
        assert time.monotonic() < end, have
        time.sleep(0.05)


@pytest.mark.parametrize("way", ["Escape", "close"])
def test_teaching_and_then_reading_with_it(
    drive: Callable[..., tuple[int, str, str]], tmp_path: Path, way: str
) -> None:
    folder = tmp_path / "ann"

    def teach(display: Display, process: subprocess.Popen[str], window: str) -> None:
        display.draw(window, HOOK)
        display.key("Return")
        wait_for(folder, "Z")
        display.draw(window, BAR)
        time.sleep(PAUSE_S)
        wait_for(folder, "Zq")
        display.key("BackSpace")
        wait_for(folder, "Z")
        display.draw(window, BAR)
        display.key("Return")
        wait_for(folder, "Zq")
        display.key("s")
        time.sleep(0.3)
        display.tool("import", "-window", window, tmp_path / "window.png")
        if way == "Escape":
            display.escape(process)
        else:
            display.close("hwr-live teach")

    told = (
        f"learnt 2 samples of 2 characters: Z q; ann has 2 samples of 2 characters, in {folder}\n"
    )
    assert drive(TEACH, "hwr-live teach", teach) == (0, told, "")
    seen = cv2.imread(str(tmp_path / "window.png"))
    assert seen is not None
    assert seen.shape[:2] == (480, 640)

    def draw(display: Display, process: subprocess.Popen[str], window: str) -> None:
        display.draw(window, [(40, 60), (40, 180), (100, 180)])
        time.sleep(0.3)
        display.key("Return")
        assert process.stdout is not None
        select.select([process.stdout], [], [], 5)
        display.escape(process)

    assert drive(DRAW, "hwr-live draw", draw) == (0, "Z\n", ""), "taught in the other window"


@pytest.mark.skipif(not CAN_RESIZE, reason="this OpenCV's windows keep their size")
def test_the_window_has_any_size(
    drive: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    folder, shot = tmp_path / "ann", tmp_path / "window.png"

    def teach(display: Display, process: subprocess.Popen[str], window: str) -> None:
        display.tool("xdotool", "windowsize", window, 1000, 700)
        end, seen = time.monotonic() + 20, None
        while seen is None or seen.shape[:2] != (700, 1000) or np.median(seen) > 60:
            assert time.monotonic() < end, "the window is not filled, or not dark"
            time.sleep(0.3)
            display.tool("import", "-window", window, shot)
            seen = cv2.imread(str(shot))
        _, top, width, _ = arrange((1000, 700)).drawing
        display.draw(window, [(width - 90, top + 100), (width - 90, top + 220), (width - 20, top)])
        display.key("Return")
        wait_for(folder, "Z")
        display.escape(process)

    script = TEACH.replace("size=(640, 480)", 'size=(640, 480), theme="dark"')
    assert drive(script, "hwr-live teach", teach)[::2] == (0, "")
