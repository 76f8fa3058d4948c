"""The camera program without its window: missing and broken sources first, then what is printed."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hwr_live.camera import app as camera
from hwr_live.cli.sample import draw_sample
from hwr_live.errors import DeviceError, InputError
from hwr_live.media import cameras
from hwr_live.media.demo import open_demo
from tests.support.grey_reader import LevelReader, level
from tests.support.mjpeg import MjpegServer
from tests.support.videos import write_video

ROOT = Path(__file__).resolve().parents[2]
PAGES = [["first page"], ["other", "lines"]]


def read(source: object, **options: Any) -> tuple[int, str]:
    out = io.StringIO()
    reader = options.pop("reader", None) or LevelReader(PAGES)
    status = camera.run(reader, str(source), window=False, out=out, **options)
    return status, out.getvalue()


def reports(source: object, **options: Any) -> list[dict[str, Any]]:
    status, out = read(source, json=True, **options)
    assert status == 0
    assert out.endswith("\n") or not out
    return [json.loads(line) for line in out.splitlines()]


def video(path: Path, pages: Sequence[int], seconds: float = 1.0, fps: float = 25.0) -> Path:
    """Each page for so many seconds."""
    frames = (level(page) for page in pages for _ in range(round(seconds * fps)))
    return write_video(path, frames, fps)


@pytest.mark.parametrize("source", ["", "-1", "nothing.avi", "nothing_%03d.png"])
def test_bad_sources(source: str) -> None:
    with pytest.raises(InputError):
        read(source)


@pytest.mark.parametrize("options", [{"frames": 0}, {"record": "x.mov"}, {"record": "no/x.avi"}])
def test_bad_options(
    options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("page.png", level(0))
    with pytest.raises(InputError):
        read("page.png", **options)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="no folder"):
        read("page.png", save_dir="file")
    assert sorted(os.listdir()) == ["file", "page.png"]


def test_no_camera() -> None:
    with pytest.raises(DeviceError, match="no camera 63"):
        read("63")


def test_cameras_are_listed_without_noise(capfd: pytest.CaptureFixture[str]) -> None:
    found = cameras.list_cameras()
    if found:
        assert cameras.run() == 0
    else:
        with pytest.raises(DeviceError, match="no camera"):
            cameras.run()
    captured = capfd.readouterr()
    assert len(captured.out.splitlines()) == len(found)
    assert captured.err == ""


class FakeCamera:
    """Stands for a camera; those with odd numbers give no picture."""

    def __init__(self, number: int) -> None:
        if number % 2:
            raise DeviceError("no picture")
        self.number, self.closed = number, False

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("numbers", "here", "after"),
    [([0], 0, None), ([0, 1, 2, 4], 0, 2), ([0, 1, 2, 4], 4, 0), ([0, 1], 0, -1), ([], 0, None)],
)
def test_the_next_camera_is_the_next_that_gives_a_picture(
    numbers: list[int], here: int, after: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "camera_numbers", lambda: numbers)
    monkeypatch.setattr(cameras, "open_camera", FakeCamera)
    following = cameras.NextCamera()
    assert following.take() is None
    assert following.look(here) == (after is not None)
    if after is None:
        return
    if after < 0:
        with pytest.raises(DeviceError, match="no other camera"):
            _taken(following)
    else:
        assert _taken(following).number == after
    following.close()


def test_a_next_camera_that_comes_too_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, opened = threading.Event(), []

    def slow(number: int) -> FakeCamera:
        gate.wait(5)
        opened.append(FakeCamera(number))
        return opened[0]

    monkeypatch.setattr(cameras, "camera_numbers", lambda: [0, 2])
    monkeypatch.setattr(cameras, "open_camera", slow)
    following = cameras.NextCamera()
    following.look(0)
    following.close()
    gate.set()
    end = time.monotonic() + 5
    while not (opened and opened[0].closed) and time.monotonic() < end:
        time.sleep(0.01)
    assert opened[0].closed


def _taken(following: cameras.NextCamera) -> Any:
    end = time.monotonic() + 5
    while (camera := following.take()) is None and time.monotonic() < end:
        time.sleep(0.01)
    return camera


def test_blank_video_prints_nothing(tmp_path: Path) -> None:
    assert read(video(tmp_path / "v.avi", [-1])) == (0, "")


def test_text_is_printed_when_it_has_settled_and_changed(tmp_path: Path) -> None:
    path = video(tmp_path / "v.avi", [-1, 0, 1, -1, 1])
    status, out = read(path)
    assert status == 0
    assert out == "first page\n\nother\nlines\n\nother\nlines\n\n"


def test_a_page_shown_too_shortly_is_not_printed(tmp_path: Path) -> None:
    frames = [0] * 30 + [1] * 5 + [0] * 30
    path = write_video(tmp_path / "v.avi", (level(page) for page in frames))
    assert read(path)[1] == "first page\n\n"


@pytest.mark.parametrize("count", [1, 2, 4, 12])
def test_a_short_video_gives_its_reading_once(count: int, tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.avi", (level(0) for _ in range(count)))
    assert read(path)[1] == "first page\n\n"
    told = reports(path)
    assert len(told) == count
    assert (told[-1]["text"], told[-1]["settled"]) == ("first page", True)


def test_a_picture_is_settled_at_once(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "page.png"), level(1))
    assert read(tmp_path / "page.png")[1] == "other\nlines\n\n"
    (told,) = reports(tmp_path / "page.png")
    assert told["text"] == told["frame_text"] == "other\nlines"
    assert told["settled"] is True


def test_json_has_one_object_for_every_frame(tmp_path: Path) -> None:
    path = video(tmp_path / "v.mkv", [0, 1])
    told = reports(path)
    assert [t["frame"] for t in told] == list(range(50))
    assert [t["time_s"] for t in told] == pytest.approx([n / 25 for n in range(50)], abs=0.002)
    assert {t["frame_text"] for t in told[:25]} == {"first page"}
    assert told[0]["text"] == ""
    assert told[0]["settled"] is False
    assert told[20]["text"] == "first page"
    assert told[37]["text"] == "other\nlines"
    assert set(told[0]) == {
        *("source", "frame", "time_s", "size", "text", "frame_text", "settled"),
        *("lines", "cells", "left_out", "ms"),
    }
    assert told[0]["source"] == str(path)
    assert told[0]["size"] == [64, 48]
    assert told[0]["lines"][0]["text"] == "first page"


def test_frames_stops_early_and_settles(tmp_path: Path) -> None:
    told = reports(video(tmp_path / "v.avi", [0]), frames=3)
    assert [t["text"] for t in told] == ["", "", "first page"]


def test_folder_of_frames_of_any_size_and_depth(tmp_path: Path) -> None:
    pictures: list[np.ndarray] = [
        level(0),
        level(0, (80, 60))[:, :, 0],
        np.full((9, 8), 20 * 257, np.uint16),
    ]
    for n, picture in enumerate(pictures):
        cv2.imwrite(str(tmp_path / f"{n}.png"), picture)
    told = reports(tmp_path)
    assert [t["size"] for t in told] == [[64, 48], [80, 60], [8, 9]]
    assert {t["frame_text"] for t in told} == {"first page"}


def test_each_picture_of_a_folder_is_read_by_itself(tmp_path: Path) -> None:
    for n, page in enumerate([0, 0, 1]):
        cv2.imwrite(str(tmp_path / f"{n}.png"), level(page))
    assert read(tmp_path) == (0, "first page\n\nfirst page\n\nother\nlines\n\n")
    assert [(t["text"], t["settled"]) for t in reports(tmp_path / "*.png")] == [
        *[("first page", True)] * 2,
        ("other\nlines", True),
    ]
    numbered = reports(tmp_path / "%d.png")
    assert not numbered[0]["settled"], "they are the frames of a video"


def test_a_compressed_recording_is_told_to_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = video(tmp_path / "v.avi", [0, 1])
    assert reports(path, record=tmp_path / "people.mp4")
    first, last = capsys.readouterr().err.splitlines()
    assert "is compressed, for people" in first
    assert re.fullmatch(rf"recorded {tmp_path / 'people.mp4'}: 50 frames, [\d.]+ MB", last)
    assert read(tmp_path / "people.mp4")[1] == "first page\n\nother\nlines\n\n"


def test_the_demo_is_a_camera() -> None:
    source = open_demo([draw_sample()])
    out = io.StringIO()
    assert camera.run(LevelReader(PAGES), source, window=False, json=True, frames=3, out=out) == 0
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {t["source"] for t in told} == {"demo"}
    assert [t["size"] for t in told] == [[1280, 720]] * 3


def test_what_is_broken_is_told_after_what_could_be_read(tmp_path: Path) -> None:
    path = video(tmp_path / "v.avi", [0, 0, 0, 0])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    out = io.StringIO()
    with pytest.raises(InputError, match="cut short"):
        camera.run(LevelReader(PAGES), str(path), window=False, out=out)
    assert out.getvalue() == "first page\n\n"


def test_recording_reads_as_the_source(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = [
        np.clip(level(n // 20) + rng.normal(0, 5, (48, 64, 3)), 0, 255).astype(np.uint8)
        for n in range(40)
    ]
    path = write_video(tmp_path / "v.avi", noise, 20)
    first = reports(path, record=tmp_path / "copy.mkv")
    again = reports(tmp_path / "copy.mkv")
    for a, b in zip(first, again, strict=True):
        assert a["time_s"] == pytest.approx(b["time_s"], abs=0.002)
        assert {**a, "source": "", "time_s": 0} == {**b, "source": "", "time_s": 0}
    with pytest.raises(InputError, match="already"):
        read(path, record=tmp_path / "copy.mkv")
    assert sorted(os.listdir(tmp_path)) == ["copy.mkv", "v.avi"]


def test_live_stream_drops_what_it_cannot_read(capfd: pytest.CaptureFixture[str]) -> None:
    reader = LevelReader(PAGES, seconds=0.1)
    with MjpegServer(lambda n: level(0), fps=60) as server:
        told = reports(server.url, frames=12, reader=reader)
    steps = np.diff([t["frame"] for t in told])
    assert len(told) == 12
    assert steps.min() >= 1
    assert steps.mean() > 3
    assert np.diff([t["time_s"] for t in told]).mean() > 0.05  # as its reader takes 0.1 s a frame
    assert told[-1]["text"] == "first page"
    assert capfd.readouterr().err == ""


def test_stream_that_ends_is_lost_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hwr_live.media.live.GIVE_UP_S", 1.2)
    monkeypatch.setattr("hwr_live.camera.app.NOTICE_S", 0.5)
    out = io.StringIO()
    with MjpegServer(lambda n: level(0), fps=50) as server:
        threading.Timer(1.0, server.stop).start()
        with pytest.raises(DeviceError, match="lost"):
            camera.run(LevelReader(PAGES), server.url, window=False, out=out)
    assert out.getvalue() == "first page\n\n"
    assert len(capsys.readouterr().err.splitlines()) == 1


PROGRAM = """
import sys
from hwr_live.cli import main as cli
from hwr_live.recognition.reader import Reader
from tests.support.grey_reader import LevelReader
Reader.load = lambda *_, **__: LevelReader([["first page"], ["other", "lines"]])
sys.exit(cli.main(sys.argv[1:]))
"""


def program(*args: object, **options: Any) -> subprocess.Popen[str]:
    """The command line in a process of its own, with the reader of these tests."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "camera", *map(str, args)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.parametrize(
    ("source", "status"),
    [("63", 1), ("-1", 2), ("nothing.avi", 2), ("http://127.0.0.1:9/x", 1), ("silent", 1)],
)
def test_failures_are_one_line(source: str, status: int) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(1)
        if source == "silent":
            source = f"http://127.0.0.1:{mute.getsockname()[1]}/x"
        process = program(f"--source={source}", "--no-window")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (status, "")
    assert len(err.splitlines()) == 1, err


def test_the_demo_needs_no_camera_and_stands_for_one() -> None:
    process = program("--demo", "--no-window", "--frames", 2, "--json")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["demo"] * 2
    process = program("--demo", "--source", "1")
    assert process.wait(timeout=60) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_cleanly_and_finish_the_recording(
    number: signal.Signals, tmp_path: Path
) -> None:
    path = tmp_path / "r.avi"
    with MjpegServer(lambda n: level(0, (640, 480)), fps=30) as server:
        process = program("--source", server.url, "--no-window", "--json", "--record", path)
        assert process.stdout is not None
        for _ in range(30):
            assert json.loads(process.stdout.readline())["frame_text"] == "first page"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert re.fullmatch(rf"recorded {path}: \d+ frames, [\d.]+ MB\n", err), "what it costs"
    assert all(json.loads(line) for line in out.splitlines())
    assert os.listdir(tmp_path) == ["r.avi"]
    told = reports(path)
    assert len(told) >= 20
    assert told[-1]["text"] == "first page"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
def test_a_reader_that_goes_away_ends_it_cleanly(tmp_path: Path) -> None:
    path = video(tmp_path / "v.avi", [0], seconds=20)
    process = program("--source", path, "--no-window", "--json")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=20) == 0
