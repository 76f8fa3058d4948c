"""A signal closes a window whatever moment of its loop's turn it comes at; without a display."""

from __future__ import annotations

import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import cv2 as opencv
import numpy as np
import pytest

from hwr_live.system.signals import SIGNALS
from hwr_live.ui import window as module
from hwr_live.ui.window import Window
from tests.test_install import ROOT

DRAWS = ("namedWindow", "setMouseCallback", "moveWindow", "imshow")
CALLS = (*DRAWS, "waitKeyEx", "getWindowProperty")
ANSWERS = {"waitKeyEx": -1, "getWindowProperty": 1.0}  # no key, and still there


@pytest.fixture
def cv2(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """An OpenCV that shows nothing and has no keys."""
    calls = {name: lambda *_, name=name: ANSWERS.get(name) for name in (*CALLS, "destroyWindow")}
    fake = SimpleNamespace(**{**vars(opencv), **calls, "waitKey": lambda _: -1})
    monkeypatch.setattr(module, "cv2", fake)
    monkeypatch.setattr(module, "require_display", lambda: None)
    return fake


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends the process there")
@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
@pytest.mark.parametrize("name", CALLS)
def test_a_signal_closes_whatever_opencv_does(
    name: str, number: signal.Signals, cv2: SimpleNamespace
) -> None:
    usual = getattr(cv2, name)

    def interrupted(*arguments: Any) -> Any:
        signal.raise_signal(number)
        setattr(cv2, name, usual)
        return usual(*arguments)

    before = signal.signal(number, signal.default_int_handler)
    try:
        with Window("test") as window:
            setattr(cv2, name, interrupted)
            window.show(np.zeros((20, 30, 3), np.uint8))
            assert window.closed
            assert window.show(None) == -1
        assert signal.getsignal(number) == signal.default_int_handler
    finally:
        signal.signal(number, before)


CLOSED = """
import os, signal
from hwr_live.system.signals import interrupt
from hwr_live.ui import window as module
module.require_display = lambda: None
interrupt()
try:
    with module.Window("test") as window:
        os.kill(os.getpid(), {first})
    assert window.closed
    os.kill(os.getpid(), {second})
    print("finished", flush=True)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends the process there")
@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (first, second, "stopped" if signal.SIGINT in (first, second) else "finished")
        for first in SIGNALS
        for second in SIGNALS
    ],
)
def test_a_terminal_that_closes_stops_nothing_that_its_window_has_to_finish(
    first: signal.Signals, second: signal.Signals, says: str
) -> None:
    """It says so, and its shell once more; Ctrl-C is a person who is in a hurry."""
    done = subprocess.run(
        [sys.executable, "-c", CLOSED.format(first=int(first), second=int(second))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, says + "\n", "")


def test_without_one_it_stays_open(cv2: SimpleNamespace) -> None:
    with Window("test") as window:
        window.show(np.zeros((20, 30, 3), np.uint8))
        assert not window.closed
        cv2.getWindowProperty = lambda *_: 0.0
        window.show(None)
        assert window.closed
