"""The screen: its size, and how fine it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hwr_live.system.screen import Screen
from tests.support.display import ROOT

ASK = "from hwr_live.system.screen import known_screen; print(known_screen())"


def asked(display: str, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "PYTHONPATH": str(ROOT), "DISPLAY": display, **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def fine() -> Iterator[str]:
    """A display of 192 dots an inch."""
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "3840x2160x24", "-dpi", "192"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as answer:
        yield f":{answer.readline().strip()}"
    server.terminate()
    server.wait()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="displays are X11's")
def test_without_a_display_nothing_is_known() -> None:
    assert asked("") == "None"
    assert asked(":983") == "None"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Screen((3840, 2160), 2.0)),
        ({"QT_SCALE_FACTOR": "2"}, Screen((1920, 1080), 1.0)),
        ({"QT_SCALE_FACTOR": "nonsense"}, Screen((3840, 2160), 2.0)),
        ({"QT_AUTO_SCREEN_SCALE_FACTOR": "1"}, Screen((1920, 1080), 1.0)),
    ],
)
def test_a_fine_screen_is_told_unless_qt_draws_larger(
    fine: str, more: dict[str, str], expected: Screen
) -> None:
    assert asked(fine, **more) == str(expected)


def test_a_window_fits_below_its_title() -> None:
    assert Screen((1920, 1080)).fitting((960, 600)) == (960, 600)
    width, height = Screen((1366, 768)).fitting((2560, 1440))
    assert width == 1366
    assert height < 768
