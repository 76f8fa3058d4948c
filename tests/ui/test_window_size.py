"""The size that a window comes to have beside a window manager that is slow; without a display."""

from __future__ import annotations

from types import SimpleNamespace

import cv2 as opencv
import numpy as np
import pytest

from hwr_live.ui import window as module
from hwr_live.ui.window import Window

OWN, ASKED = (400, 300), (960, 600)
PICTURE = np.zeros((ASKED[1], ASKED[0], 3), np.uint8)


class Desktop:
    """A window of OpenCV's on a desktop, which gives it sizes at some of its turns.

    Attributes:
        size: of the window; OpenCV tells the size that it asked for at once.
        given: the sizes that the window manager gives it, by the turn.
    """

    def __init__(self, given: dict[int, tuple[int, int]]) -> None:
        self.size, self.given, self.turn = OWN, given, 0

    def resize(self, _: str, *size: int) -> None:
        self.size = (size[0], size[1])

    def wait(self, _: int) -> int:
        self.turn += 1
        self.size = self.given.get(self.turn, self.size)
        return -1


def _sizes(
    monkeypatch: pytest.MonkeyPatch, given: dict[int, tuple[int, int]], turns: int = 200
) -> list[tuple[int, int] | None]:
    """What the window tells of its size, turn after turn."""
    desktop = Desktop(given)
    calls = {
        "resizeWindow": desktop.resize,
        "waitKeyEx": desktop.wait,
        "getWindowImageRect": lambda _: (0, 0, *desktop.size),
        "getWindowProperty": lambda *_: 1.0,
    }
    idle = ("namedWindow", "setMouseCallback", "moveWindow", "imshow", "destroyWindow")
    nothing = dict.fromkeys(idle, lambda *_: None)
    fake = SimpleNamespace(**{**vars(opencv), **nothing, "waitKey": lambda _: -1, **calls})
    monkeypatch.setattr(module, "cv2", fake)
    monkeypatch.setattr(module, "require_display", lambda: None)
    monkeypatch.setattr(module, "CAN_RESIZE", True)
    told: list[tuple[int, int] | None] = []
    with Window("test", resizable=True) as window:
        assert window.size is None
        for turn in range(turns):
            window.show(PICTURE if turn == 0 else None)
            told.append(window.size)
    return told


@pytest.mark.parametrize("turn", [1, 11, 13, 39, 60, 100])
def test_the_size_of_qts_own_that_comes_late_is_not_taken_for_the_windows(
    monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    told = _sizes(monkeypatch, {turn: OWN})
    assert OWN not in told
    assert told[-1] == ASKED


def test_a_size_that_the_window_manager_insists_on_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half = (640, 1000)
    told = _sizes(monkeypatch, dict.fromkeys(range(1, 200), half))
    assert told[-1] == half
    told = _sizes(monkeypatch, dict.fromkeys(range(1, 200), OWN))
    assert told[-1] == OWN


def test_a_user_gives_it_another_size(monkeypatch: pytest.MonkeyPatch) -> None:
    told = _sizes(monkeypatch, {80: (700, 500), 150: OWN})
    assert [told[70], told[90], told[-1]] == [ASKED, (700, 500), OWN]
