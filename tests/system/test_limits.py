"""What is scarce, and how much is read at most."""

from __future__ import annotations

import errno

import cv2
import pytest

from hwr_live.system.limits import MOST_PIXELS, has_room, most_pixels, what_is_scarce

THREADS = "room for threads or processes"


@pytest.mark.parametrize(
    ("error", "scarce"),
    [
        (ValueError("of another kind"), None),
        (OSError(errno.ENOSPC, "No space left on device"), None),
        (MemoryError(), "memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "memory"),
        (ImportError("libx.so: failed to map segment from shared object"), "memory"),
        (cv2.error("OpenCV(5) :-1: error: (-4:Insufficient memory) Failed to allocate"), "memory"),
        (RuntimeError("can't start new thread"), THREADS),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), THREADS),
    ],
)
def test_what_an_error_says_is_scarce(error: Exception, scarce: str | None) -> None:
    assert what_is_scarce(error) == scarce


@pytest.mark.parametrize(("size", "room"), [(0, True), (1 << 20, True), (1 << 62, False)])
def test_room(size: int, room: bool) -> None:
    assert has_room(size) == room


@pytest.mark.parametrize(
    ("told", "most"),
    [
        ("", MOST_PIXELS),
        ("x", MOST_PIXELS),
        ("-1", MOST_PIXELS),
        ("9" * 5000, MOST_PIXELS),
        ("7", 7),
    ],
)
def test_the_user_says_how_many_pixels(
    told: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCV_IO_MAX_IMAGE_PIXELS", told)
    assert most_pixels() == most
