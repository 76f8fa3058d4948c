"""Locks: one holder at a time, of a file that stays or of a folder that is left as it is."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hwr_live.errors import HwrError
from hwr_live.system.lock import locked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks for POSIX locks")


@pytest.fixture(params=["file", "folder"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What is locked."""
    return tmp_path / ".lock" if request.param == "file" else tmp_path


def test_one_holder_at_a_time(place: Path) -> None:
    with locked(place):
        with pytest.raises(HwrError, match=r"^somebody is here$"):
            locked(place, wait_s=0, busy="somebody is here").__enter__()
        with pytest.raises(HwrError, match="in use by another program; try again"):
            locked(place, wait_s=0).__enter__()
    with locked(place, wait_s=0):
        pass


def test_who_waits_gets_it(place: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with locked(place, wait_s=math.inf):
            order.append("second")

    thread = threading.Thread(target=second)
    with locked(place):
        thread.start()
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]


def test_it_goes_with_who_dies(place: Path) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from hwr_live.system.lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(place)], check=False).returncode == 9
    with locked(place, wait_s=0):
        pass


def test_a_folder_is_left_as_it_is(tmp_path: Path) -> None:
    with locked(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        locked(tmp_path / "gone" / ".lock").__enter__()


def test_windows_locks_no_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with locked(tmp_path), locked(tmp_path, wait_s=0):
        pass
