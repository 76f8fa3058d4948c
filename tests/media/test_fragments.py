"""MP4 in fragments: a full disk first, then frames, their times, and what waits for nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.media import fragments
from hwr_live.media.fragments import FRAMES, FragmentWriter

WRITER = cv2.VideoWriter
CODE = cv2.VideoWriter.fourcc(*"mp4v")


def picture(n: int) -> npt.NDArray[np.uint8]:
    """Grey, darker to the left of a border that moves with n."""
    image = np.full((48, 128, 3), 200, np.uint8)
    image[:, : 2 * (n % 60)] = 50
    return image


def frames_of(path: Path) -> tuple[list[int], list[float]]:
    """Where the border is in each frame that can be read, and the frame's time in seconds."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    borders, times = [], []
    while (got := capture.read())[0]:
        borders.append(int((got[1][24].mean(axis=1) < 125).sum()))
        times.append(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) in (len(borders), -1)
    return borders, times


class Losing:
    """A writer whose file has the first frame alone."""

    def __init__(self, *options: Any) -> None:
        self._writer, self._full = WRITER(*options), False

    def isOpened(self) -> bool:
        return self._writer.isOpened()

    def write(self, image: npt.NDArray[np.uint8]) -> None:
        if not self._full:
            self._writer.write(image)
        self._full = True

    def release(self) -> None:
        self._writer.release()


def writer(path: Path, fps: float = 25) -> FragmentWriter:
    path.touch()
    return FragmentWriter(path, CODE, fps, (128, 48))


def test_no_frame_is_no_video(tmp_path: Path) -> None:
    writer(tmp_path / "x.mp4").release()
    assert os.listdir(tmp_path) == ["x.mp4"]
    assert (tmp_path / "x.mp4").read_bytes() == b""


def test_what_this_opencv_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").touch()
    with pytest.raises(OSError, match=r"cannot write \.mp4"):
        FragmentWriter(tmp_path / "x.mp4", 0x21212121, 25, (128, 48))
    assert os.listdir(tmp_path) == ["x.mp4"]


@pytest.mark.parametrize("fault", ["refused", "short", "emptied"])
def test_a_full_disk_leaves_what_was_whole(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.mp4"
    made = writer(path)
    for n in range(FRAMES):
        made.write(picture(n))
    whole = path.read_bytes()
    right = os.write

    def full(file: int, data: bytes) -> int:
        if fault == "refused":
            raise OSError(28, "No space left on device")
        return right(file, data[: len(data) // 2])

    if fault == "emptied":  # as a fragment's own file is when FFmpeg could not write it
        monkeypatch.setattr(cv2, "VideoWriter", Losing)
    else:
        monkeypatch.setattr(os, "write", full)
    for n in range(FRAMES - 1):
        made.write(picture(n))
    with pytest.raises(OSError, match=r"disk|space"):
        made.write(picture(FRAMES))
    monkeypatch.undo()
    made.release()
    assert path.read_bytes() == whole
    assert os.listdir(tmp_path) == ["x.mp4"]
    assert len(frames_of(path)[0]) == FRAMES


@pytest.mark.parametrize("fps", [1, 15, 29.97, 120])
@pytest.mark.parametrize("count", [1, FRAMES, 3 * FRAMES + 1])
def test_frames_come_back_in_order_each_at_its_time(count: int, fps: float, tmp_path: Path) -> None:
    made = writer(tmp_path / "x.mp4", fps)
    for n in range(count):
        made.write(picture(n))
    made.release()
    borders, times = frames_of(tmp_path / "x.mp4")
    assert borders == pytest.approx([2 * n for n in range(count)], abs=1)
    assert times == pytest.approx([n / fps for n in range(count)], abs=0.002)
    assert os.listdir(tmp_path) == ["x.mp4"]


def test_what_was_flushed_is_in_the_file(tmp_path: Path) -> None:
    made = writer(tmp_path / "x.mp4")
    for n in range(5):
        made.write(picture(n))
        made.flush()
        made.flush()
        assert len(frames_of(tmp_path / "x.mp4")[0]) == n + 1
    made.release()
    assert len(frames_of(tmp_path / "x.mp4")[0]) == 5


def test_frames_of_a_slow_source_do_not_wait_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fragments, "_LONGEST_S", -1.0)
    made = writer(tmp_path / "x.mp4")
    made.write(picture(0))
    assert len(frames_of(tmp_path / "x.mp4")[0]) == 1
    made.release()
