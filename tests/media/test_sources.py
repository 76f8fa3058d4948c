"""Sources: what is missing or broken first, then that no frame is lost, mixed up or old."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from hwr_live.errors import DeviceError, HwrError, InputError
from hwr_live.media import live
from hwr_live.media.images import to_bgr8
from hwr_live.media.opening import in_time
from hwr_live.media.sources import LiveSource, open_source
from tests.support.mjpeg import MjpegServer
from tests.support.videos import write_video


def numbered(n: int, size: tuple[int, int] = (64, 48)) -> np.ndarray:
    """A frame whose grey value is its number."""
    return np.full((size[1], size[0], 3), n, np.uint8)


def levels(frames: object) -> list[int]:
    return [round(float(frame.image.mean())) for frame in frames]  # type: ignore[attr-defined]


def drain(source: object) -> tuple[list[int], str]:
    """The grey values of all frames, and the complaint at the end."""
    seen = []
    try:
        for frame in source:  # type: ignore[attr-defined]
            seen.append(round(float(frame.image.mean())))
    except InputError as error:
        return seen, str(error)
    return seen, ""


@pytest.mark.parametrize(
    "name", ["", "nothing.png", "nothing/", "frame_%04d.png", "*.png", "-1", "file:///x.avi"]
)
def test_what_is_not_there_is_bad_input(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        open_source(name)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "name",
    [
        *("9" * 5000, "-" + "9" * 5000, "/dev/video" + "9" * 5000, "99999999999", "٣" * 30),
        *("x%099999999999d.png", "x%0999d.png", "%d" * 3000, "[" * 3000, "a\0*", "*" * 5000),
        *("http://[::1", "rtsp://[::1", "rtsp://h:99999999/", "rtsp://h:x/", "http://h:x/"),
        *("rtsp://" + "x" * 70 + ".invalid/", "rtsp://a..b/", "x" * 5000, "é" * 200, "a\0b"),
    ],
    ids=lambda name: name[:20].encode("unicode_escape").decode(),
)
def test_hostile_names_are_told_in_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HwrError) as error:
        open_source(name).close()
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 1000


def test_a_playlist_that_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,"]
        lines += [f"http://127.0.0.1:{deaf.getsockname()[1]}/1.ts"]
        (tmp_path / "a.m3u8").write_text("\n".join(lines))
        with pytest.raises(HwrError):
            open_source(tmp_path / "a.m3u8")


def hang(seconds: float = 600) -> int:
    time.sleep(seconds)
    return 7


def test_what_opens_in_time() -> None:
    assert in_time(lambda: hang(0.1), "it") == 7
    with pytest.raises(KeyError):
        in_time(lambda: os.environ["GONE"], "it")


def test_what_hangs_is_given_up() -> None:
    with pytest.raises(DeviceError, match="it: could not be opened"):
        in_time(hang, "it", 0.2)


HANGING = """
import sys
from hwr_live.media.opening import in_time
from hwr_live.system.signals import STATUS
from tests.media.test_sources import hang
def main():
    print("here", flush=True)
    try:
        in_time(hang, "it")
    except KeyboardInterrupt:
        return STATUS
"""


@pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals")
def test_ctrl_c_is_heard_while_something_hangs(tmp_path: Path) -> None:
    (tmp_path / "hanging.py").write_text(HANGING)
    start = "from hwr_live.system.signals import start; import sys; sys.exit(start('hanging'))"
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    with subprocess.Popen(
        [sys.executable, "-c", start],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "here\n"
        program.send_signal(signal.SIGINT)
        assert program.communicate(timeout=60) == ("", "")
        assert program.returncode == 130


def test_no_password_is_told() -> None:
    with MjpegServer(numbered, fps=50) as server:
        url = server.url.replace("://", "://ann:secret@")
        with open_source(url) as source:
            assert source.name == server.url.replace("://", "://ann:***@")
    for dead in (url, "rtsp://ann:secret@127.0.0.1:9/x", "rtsp://ann:secret@h:x/"):
        with pytest.raises(HwrError) as error:
            open_source(dead)
        assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "name", ["empty.avi", "empty.png", "text.avi", "text.png", "noise.mp4", "folder"]
)
def test_what_is_broken_is_bad_input(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
        (path / "notes.txt").write_text("no picture")
    else:
        noise = np.random.default_rng(0).integers(0, 256, 5000, np.uint8).tobytes()
        path.write_bytes({"empty": b"", "text": b"hello " * 500}.get(path.stem, noise))
    with pytest.raises(InputError, match=name):
        open_source(path)


@pytest.mark.parametrize("suffix", ["avi", "mkv"])
@pytest.mark.parametrize("codec", ["HFYU", "FFV1"])
def test_video_gives_every_frame_in_media_time(suffix: str, codec: str, tmp_path: Path) -> None:
    frames = (numbered(n) for n in range(40))
    path = write_video(tmp_path / f"v.{suffix}", frames, fps=20, codec=codec)
    with open_source(path) as video:
        seen = list(video)
    assert not video.live
    assert levels(seen) == list(range(40))
    assert [f.index for f in seen] == list(range(40))
    assert [f.time_s for f in seen] == pytest.approx([n / 20 for n in range(40)], abs=0.002)
    assert [f.last for f in seen] == [False] * 39 + [True]


@pytest.mark.parametrize("suffix", ["avi", "mkv"])
def test_video_cut_short_gives_its_frames_then_says_so(suffix: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = [rng.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(100)]
    path = write_video(tmp_path / f"v.{suffix}", noise)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    seen, complaint = drain(open_source(path))
    assert 20 <= len(seen) <= 40
    assert "cut short" in complaint


def test_folder_and_patterns_are_in_natural_order(tmp_path: Path) -> None:
    for n in (1, 2, 9, 10, 11, 100):
        cv2.imwrite(str(tmp_path / f"f_{n}.png"), numbered(n))
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("")
    for name in (tmp_path, tmp_path / "*.png", tmp_path / "f_%d.png"):
        frames = list(open_source(name))
        assert levels(frames) == [1, 2, 9, 10, 11, 100], name
        assert [f.time_s for f in frames] == pytest.approx([n / 25 for n in range(6)])
    assert levels(open_source(tmp_path / "f_%02d.png")) == [10, 11, 100]


def test_broken_pictures_are_passed_over_and_told_at_the_end(tmp_path: Path) -> None:
    for n in (1, 2, 3, 4):
        cv2.imwrite(str(tmp_path / f"{n}.png"), numbered(n))
    (tmp_path / "2.png").write_bytes(b"broken")
    seen, complaint = drain(open_source(tmp_path))
    assert seen == [1, 3, 4]
    assert "2.png" in complaint
    (tmp_path / "4.png").write_bytes(b"")
    seen, complaint = drain(open_source(tmp_path))
    assert seen == [1, 3]
    assert "2 of 4" in complaint


def test_one_picture_is_one_still_frame(tmp_path: Path) -> None:
    path = tmp_path / "ünïcode page.png"
    path.write_bytes(cv2.imencode(".png", numbered(7))[1].tobytes())
    with open_source(path) as picture:
        (frame,) = picture
    assert picture.still
    assert frame.last
    assert (frame.index, frame.time_s) == (0, 0.0)


def test_frames_may_change_size_and_depth(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), np.full((20, 30), 100, np.uint8))
    cv2.imwrite(str(tmp_path / "2.png"), np.full((50, 40), 100 * 257, np.uint16))
    see_through = np.zeros((8, 9, 4), np.uint8)
    cv2.imwrite(str(tmp_path / "3.png"), see_through)
    shapes, grey = zip(
        *((f.image.shape, int(f.image[0, 0, 0])) for f in open_source(tmp_path)), strict=True
    )
    assert shapes == ((20, 30, 3), (50, 40, 3), (8, 9, 3))
    assert grey == (100, 100, 255)


@pytest.mark.parametrize(
    ("image", "level"),
    [
        (np.full((2, 3), 9, np.uint8), 9),
        (np.full((2, 3, 1), 9, np.uint8), 9),
        (np.full((2, 3), 90 * 256, np.uint16), 90),
        (np.full((2, 3), 9 * 16, np.uint16), 36),  # of ten bits
        (np.full((2, 3), 90 * 16, np.uint16), 90),  # of twelve
        (np.full((2, 3, 3), 0.5, np.float32), 127),
        (np.full((2, 3), 1.4), 255),  # as of resampling
        (np.full((2, 3), -0.4), 0),
        (np.ones((2, 3), bool), 255),
        (np.full((2, 3, 4), (10, 10, 10, 255), np.uint8), 10),
    ],
)
def test_any_frame_becomes_bgr(image: np.ndarray, level: int) -> None:
    frame = to_bgr8(image)
    assert frame.shape == (2, 3, 3)
    assert frame.dtype == np.uint8
    assert (frame == level).all()


def test_no_camera_is_told_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    if os.path.exists("/dev/video63"):
        pytest.skip("there is a camera 63")
    with pytest.raises(DeviceError, match="no camera 63"):
        open_source(63)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
@pytest.mark.parametrize("listening", [False, True])
def test_a_dead_address_is_told(
    scheme: str, listening: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PATIENCE_CAMERA_S", 0.3)  # for rtsp that answers
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        if listening:
            mute.listen(5)
        with pytest.raises(DeviceError) as error:
            open_source(f"{scheme}://127.0.0.1:{mute.getsockname()[1]}/x")
    assert "\n" not in str(error.value)


def test_stream_gives_the_newest_frame_and_drops_the_rest() -> None:
    with (
        MjpegServer(lambda n: numbered(min(n, 250)), fps=50) as server,
        open_source(server.url) as stream,
    ):
        assert isinstance(stream, LiveSource)
        first = stream.newest(2.0)
        time.sleep(1.0)
        behind = server.sent
        second = stream.newest(2.0)
        assert first is not None
        assert second is not None
        assert float(second.image.mean()) > behind - 8  # and not frame 1
        assert second.index > first.index + 20
        assert stream.dropped >= second.index - first.index - 1 > 20
        assert second.time_s - first.time_s > 0.9
        assert stream.newest(0.0) is None or server.sent > behind


def test_stream_survives_a_stall_a_restart_and_a_new_size() -> None:
    sizes = {0: (64, 48), 1: (96, 64)}
    big = 0
    with MjpegServer(lambda n: numbered(9, sizes[big]), fps=50) as server:
        stream = _fast(server.url)
        assert _shapes(stream, 0.3) == {(48, 64, 3)}
        server.stall()
        time.sleep(0.1)
        _shapes(stream, 0.1)
        assert _shapes(stream, 0.6) == set()
        assert stream.silence_s > 0.5
        server.stall(False)
        assert _shapes(stream, 1.0)
        server.stop()
        _shapes(stream, 0.4)
        big = 1
        server.start()
        assert (64, 96, 3) in _shapes(stream, 1.5)
        stream.close()


def test_stream_that_stays_away_is_lost() -> None:
    with MjpegServer(lambda n: numbered(9), fps=50) as server:
        stream = _fast(server.url)
    with pytest.raises(DeviceError, match="lost"):
        for _ in stream:
            pass


def test_what_stopped_the_program_is_no_silence_of_the_stream() -> None:
    """As Ctrl-Z does, or a lid that is closed."""
    with MjpegServer(lambda n: numbered(9), fps=50) as server:
        stream = _fast(server.url)
        assert stream.newest(1.0) is not None
        server.stall()
        time.sleep(2.5)  # longer than a loss takes
        assert _shapes(stream, 0.3) <= {(48, 64, 3)}
        server.stall(False)
        assert _shapes(stream, 1.5) == {(48, 64, 3)}
        stream.close()


def test_stream_of_garbage_is_no_picture() -> None:
    with (
        MjpegServer(lambda n: b"not a picture", fps=50) as server,
        pytest.raises(DeviceError, match="no picture"),
    ):
        open_source(server.url)


def test_source_on_the_callers_thread_reads_as_well() -> None:
    """As on macOS, where a camera may only be used on the main thread."""
    with MjpegServer(lambda n: numbered(9), fps=50) as server:
        stream = _fast(server.url, threaded=False)
        frames = [stream.newest(1.0) for _ in range(5)]
        assert [f.index for f in frames if f is not None] == [0, 1, 2, 3, 4]
        stream.close()


def _fast(url: str, *, threaded: bool = True) -> LiveSource:
    options = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 500, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 500]
    return LiveSource(
        url,
        lambda: cv2.VideoCapture(url, cv2.CAP_FFMPEG, options),
        patience_s=2.0,
        missing="no picture",
        stall_s=0.7,
        give_up_s=2.0,
        threaded=threaded,
    )


def _shapes(stream: LiveSource, seconds: float) -> set[tuple[int, ...]]:
    until, seen = time.monotonic() + seconds, set()
    while (left := until - time.monotonic()) > 0:
        if (frame := stream.newest(left)) is not None:
            seen.add(frame.image.shape)
    return seen


@pytest.mark.skipif(sys.platform == "win32", reason="no /dev")
def test_device_path_is_a_camera() -> None:
    with pytest.raises(HwrError, match=r"camera 63"):
        open_source("/dev/video63")
