"""What Windows and macOS do otherwise, with the platform faked: neither was there to be run on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hwr_live.media import cameras, live
from hwr_live.media.frames import quieten
from hwr_live.system import clipboard
from hwr_live.system.lock import locked
from hwr_live.system.screen import UNKNOWN, screen_size
from hwr_live.ui.window import require_display

PLATFORMS = ("linux", "darwin", "win32")
MSMF = "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"


class Camera:
    """Stands for ``cv2.VideoCapture``; notes the threads that it is used on."""

    threads: set[threading.Thread] = set()  # noqa: RUF012

    def __init__(self, number: int) -> None:
        self.note()

    def note(self) -> None:
        self.threads.add(threading.current_thread())

    def isOpened(self) -> bool:
        return True

    def get(self, what: int) -> float:
        return 30.0

    def read(self) -> tuple[bool, Any]:
        self.note()
        return True, np.zeros((4, 6, 3), np.uint8)

    def release(self) -> None:
        self.note()


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> type[Camera]:
    Camera.threads.clear()
    monkeypatch.setattr(cv2, "VideoCapture", Camera)
    return Camera


@pytest.mark.parametrize("platform", PLATFORMS)
def test_only_macos_reads_cameras_on_the_main_thread(
    platform: str, camera: type[Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    source = live.open_camera(0)
    assert [source.newest(5.0) is not None for _ in range(3)] == [True] * 3
    source.close()
    here = threading.current_thread()
    assert camera.threads == {here} if platform == "darwin" else here not in camera.threads


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_next_camera_too(
    platform: str, camera: type[Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(cameras, "camera_numbers", lambda: [0, 1])
    following = cameras.NextCamera()
    assert following.look(0)
    while (found := following.take()) is None:
        pass
    found.close()
    here = threading.current_thread()
    assert camera.threads == {here} if platform == "darwin" else here not in camera.threads


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_cameras_without_files_are_tried_by_number(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    numbers = cameras.camera_numbers()
    assert numbers[0] == 0
    assert len(numbers) > 3


@pytest.mark.parametrize("own", [None, "1"])
def test_windows_cameras_open_without_a_minute_of_waiting(
    own: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(MSMF, raising=False)
    if own is not None:
        monkeypatch.setenv(MSMF, own)
    quieten()
    assert os.environ[MSMF] == (own or "0")


@pytest.mark.parametrize(
    ("platform", "command", "encoding"),
    [("darwin", ["pbcopy"], "utf-8"), ("win32", ["clip"], "utf-16")],
)
def test_the_clipboard_s_own_program_is_used(
    platform: str, command: list[str], encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[list[str], bytes]] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr(
        subprocess, "run", lambda command, **how: ran.append((command, how["input"]))
    )
    clipboard.copy("Grüße\n2")
    ((used, given),) = ran
    assert used == command
    assert given.decode(encoding) == "Grüße\n2"


@pytest.mark.parametrize("size", [(2560, 1440), (0, 0), None])
def test_the_screen_s_size_on_windows(
    size: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr("ctypes.windll", raising=False)
    if size is not None:
        user32 = types.SimpleNamespace(GetSystemMetrics=size.__getitem__)
        fake = types.SimpleNamespace(user32=user32)
        monkeypatch.setattr("ctypes.windll", fake, raising=False)
    assert screen_size() == (size if size and min(size) else UNKNOWN)


def test_windows_locks_with_its_own_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    fake: Any = types.ModuleType("msvcrt")
    fake.LK_NBLCK, fake.locking = 2, lambda file, how, size: taken.append(how)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    with locked(tmp_path / "lock"):
        assert taken == [2]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_no_x11_display_is_asked_for(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "GUI: COCOA")
    require_display()
