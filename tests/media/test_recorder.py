"""Recordings: what cannot be recorded first, then every bit, the pace, and files never by half."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from hwr_live.errors import DeviceError, InputError
from hwr_live.media.fragments import FRAMES
from hwr_live.media.recorder import Recorder, check_path
from hwr_live.media.sources import Frame, open_source


def noise(n: int, size: tuple[int, int] = (64, 48)) -> Frame:
    rng = np.random.default_rng(n)
    return Frame(rng.integers(0, 256, (size[1], size[0], 3), np.uint8), n, n / 25)


@pytest.mark.parametrize("name", ["x", "x.mov", "x.png", "none/x.avi", "there.avi", "link.avi"])
def test_names_that_cannot_be(name: str, tmp_path: Path) -> None:
    (tmp_path / "there.avi").write_bytes(b"mine")
    (tmp_path / "link.avi").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError):
        Recorder(tmp_path / name)
    assert (tmp_path / "there.avi").read_bytes() == b"mine"


def test_nothing_recorded_is_no_file(tmp_path: Path) -> None:
    with Recorder(tmp_path / "x.avi"):
        pass
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix", [".avi", ".mkv", ".AVI"])
@pytest.mark.parametrize("size", [(64, 48), (65, 47)])
def test_every_bit_comes_back(suffix: str, size: tuple[int, int], tmp_path: Path) -> None:
    frames = [noise(n, size) for n in range(30)]
    path = check_path(tmp_path / f"x{suffix}")
    with Recorder(path, 25) as recorder:
        for frame in frames:
            recorder.add(frame)
        assert path.exists()
    with open_source(path) as source:
        back = list(source)
    assert source.fps == 25
    assert len(back) == 30
    for frame, copy in zip(frames, back, strict=True):
        assert (copy.image[: size[1], : size[0]] == frame.image).all()
    assert os.listdir(tmp_path) == [path.name]


def test_a_compressed_one_is_small_and_nearly_the_same(tmp_path: Path) -> None:
    frames = [cv2.GaussianBlur(noise(1, (320, 240)).image, (0, 0), 8) for _ in range(30)]
    sizes = {}
    for name in ("x.avi", "x.mp4"):
        with Recorder(tmp_path / name, 25) as recorder:
            for n, image in enumerate(frames):
                recorder.add(Frame(np.asarray(image, np.uint8), n, n / 25))
        assert recorder.compressed == (name == "x.mp4")
        sizes[name] = recorder.size
        assert recorder.cost == f"30 frames, {recorder.size / 1e6:.1f} MB"
        with open_source(tmp_path / name) as source:
            back = list(source)
        assert len(back) == 30
        assert np.abs(back[9].image.astype(int) - frames[9]).mean() < 3
    assert sizes["x.mp4"] == (tmp_path / "x.mp4").stat().st_size
    assert sizes["x.mp4"] < sizes["x.avi"] / 5


def test_frames_of_other_sizes_are_fitted(tmp_path: Path) -> None:
    with Recorder(tmp_path / "x.avi", 25) as recorder:
        for n, size in enumerate([(64, 48), (128, 96), (32, 24), (100, 20)]):
            recorder.add(noise(n, size))
    assert {f.image.shape for f in open_source(tmp_path / "x.avi")} == {(48, 64, 3)}


@pytest.mark.parametrize("count", [1, 5, 40])
def test_a_live_sources_pace_is_measured_and_kept(count: int, tmp_path: Path) -> None:
    """Ten frames a second with a gap of half a second in the middle."""
    times = [n / 10 + (0.5 if n > count // 2 else 0) for n in range(count)]
    with Recorder(tmp_path / "x.avi") as recorder:
        for n, time_s in enumerate(times):
            recorder.add(Frame(noise(n).image, n, 100 + time_s))
    with open_source(tmp_path / "x.avi") as source:
        back = list(source)
    assert back[-1].time_s == pytest.approx(times[-1], abs=0.11)
    assert source.fps == (10 if count > 1 else 25)


@pytest.mark.parametrize("suffix", [".avi", ".mp4"])
def test_frames_that_come_at_once_make_no_rate_that_the_source_has_not(
    suffix: str, tmp_path: Path
) -> None:
    """Else each later one would be written hundreds of times, for minutes after Ctrl-C."""
    times = [n / 1000 for n in range(12)] + [0.5 * n for n in range(1, 13)]
    with Recorder(tmp_path / f"x{suffix}") as recorder:
        for n, time_s in enumerate(times):
            recorder.add(Frame(noise(n).image, n, time_s))
    with open_source(tmp_path / f"x{suffix}") as source:
        back = list(source)
    assert source.fps <= 60
    assert len(back) <= 6 * 60
    assert back[-1].time_s == pytest.approx(6, abs=0.6)


def test_a_long_silence_is_not_recorded(tmp_path: Path) -> None:
    with Recorder(tmp_path / "x.avi") as recorder:
        for n in range(40):
            recorder.add(Frame(noise(n).image, n, n / 20 + (100 if n >= 20 else 0)))
    assert len(list(open_source(tmp_path / "x.avi"))) == 40


@pytest.mark.parametrize("suffix", [".avi", ".mkv", ".mp4"])
def test_a_name_that_was_taken_meanwhile_is_kept(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix}"
    recorder = Recorder(path, 25)
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match="meanwhile"):
        recorder.add(noise(0))
    recorder.close()
    assert path.read_bytes() == b"mine"


def test_a_recording_that_fails_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hwr_live.media.recorder.CODE", 0x21212121)
    recorder = Recorder(tmp_path / "x.avi", 25)
    recorder.add(noise(0))
    with pytest.raises(DeviceError, match="could not be written"):
        recorder.close()
    assert os.listdir(tmp_path) == []
    assert "the recording has ended: this OpenCV" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", [".avi", ".mkv", ".mp4"])
def test_a_full_disk_ends_the_file_and_is_told_at_once(
    suffix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What was recorded until then is a whole file."""
    told = iter(["", "the disk is full"])
    monkeypatch.setattr("hwr_live.media.recorder._LOOK_S", 0.0)
    monkeypatch.setattr(
        "hwr_live.media.recorder.why_it_cannot_grow", lambda *_: next(told, "asked again")
    )
    recorder = Recorder(tmp_path / f"x{suffix}", 25)
    for n in range(9):
        recorder.add(noise(n))
        while n == 2 and not recorder.failure:
            time.sleep(0.01)
    assert recorder.failure == "the disk is full"
    assert "x" + suffix + ": the recording has ended: the disk is full" in capsys.readouterr().err
    with pytest.raises(DeviceError, match="ends early: the disk is full"):
        recorder.close()
    assert os.listdir(tmp_path) == [f"x{suffix}"]
    with open_source(tmp_path / f"x{suffix}") as source:
        assert len(list(source)) >= 2
    # The third frame comes before the disk is looked at for the second time, or after it.
    assert recorder.dropped in (6, 7)


KILLED = """
import os, signal, sys
from hwr_live.media.recorder import Recorder
from tests.media.test_recorder import noise
recorder = Recorder(sys.argv[1], 25)
for n in range(60):
    recorder.add(noise(n, (320, 240)))
while not recorder._frames.empty():
    pass
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_what_is_recorded_outlives_its_program(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix}"
    root = str(Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-c", KILLED, str(path)],
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )
    assert os.listdir(tmp_path) == [path.name]
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    back = []
    while (got := capture.read())[0]:
        back.append(got[1])
    assert len(back) >= 55
    for n, image in enumerate(back[:55]):
        assert (image == noise(n, (320, 240)).image).all()


STILL = """
import os, signal, sys
import cv2
import numpy as np
from hwr_live.media.frames import Frame
from hwr_live.media.recorder import Recorder
recorder = Recorder(sys.argv[1], 25)
for n in range(100):
    image = np.full((240, 320, 3), 200, np.uint8)
    image[:, : 3 * n] = 50
    recorder.add(Frame(image, n, n / 25))
while not recorder._frames.empty():
    pass
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_a_compressed_one_outlives_its_program_to_its_last_fragment(tmp_path: Path) -> None:
    """Of what hardly changes, so that all of it would fit into a buffer of FFmpeg's."""
    path = tmp_path / "x.mp4"
    root = str(Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-c", STILL, str(path)],
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )
    assert os.listdir(tmp_path) == ["x.mp4"]
    with open_source(path) as source:
        back = list(source)
    assert 100 - 2 * FRAMES < len(back) <= 100
    assert source.count == len(back)
    for n, frame in enumerate(back):
        assert frame.time_s == pytest.approx(n / 25, abs=0.001)
        dark = frame.image[120].mean(axis=1) < 125
        assert int(dark.sum()) == pytest.approx(3 * n, abs=2)


@pytest.mark.parametrize("suffix", [".avi", ".mp4"])
def test_want_of_memory_at_the_end_is_told_and_nobody_waits(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frames that were held until their rate was known are written after the last has come."""

    def none(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(cv2, "VideoWriter", none)
    recorder = Recorder(tmp_path / f"x{suffix}")
    recorder.add(noise(0))
    monkeypatch.setattr("hwr_live.media.recorder.cv2.VideoWriter", none)
    with pytest.raises(DeviceError, match="not enough memory"):
        recorder.close()
    assert os.listdir(tmp_path) == []


def test_without_a_thread_there_is_no_file_and_nothing_to_wait_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    recorder = Recorder(tmp_path / "x.avi", 25)
    with monkeypatch.context() as scarce:
        scarce.setattr(threading.Thread, "start", none)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            recorder.add(noise(0))
    assert os.listdir(tmp_path) == []
    recorder.close()
    recorder.add(noise(0))  # there may be one again
    recorder.close()
    assert os.listdir(tmp_path) == ["x.avi"]


def test_live_frames_are_left_out_rather_than_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hwr_live.media.recorder.WAITING", 2)
    with Recorder(tmp_path / "x.avi", 25) as recorder:
        for n in range(300):
            recorder.add(noise(n % 10, (640, 480)), wait=False)
        assert recorder.dropped > 0
    assert len(list(open_source(tmp_path / "x.avi"))) == 300 - recorder.dropped
