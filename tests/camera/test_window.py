"""The camera in a real window, driven by a real mouse and keyboard under Xvfb."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hwr_live.camera.layout import fill, place
from hwr_live.media.sources import open_source
from hwr_live.profiles.profile import Profile
from hwr_live.ui.window import CAN_RESIZE
from tests.support.display import AGAIN, Display
from tests.support.grey_reader import level
from tests.support.mjpeg import MjpegServer
from tests.support.videos import write_video

pytestmark = AGAIN

TITLE = "hwr-live camera"
SCRIPT = """
import sys
from hwr_live.cli import main as cli
from hwr_live.recognition.reader import Reader
from tests.support.grey_reader import LevelReader
Reader.load = lambda *_, **__: LevelReader([["first page"], ["other", "lines"]])
sys.exit(cli.main(["camera", *sys.argv[1:]]))
"""
SIZE = (640, 480)


class Program:
    """The camera program in its window; all it prints is read at once, or it would wait for us."""

    def __init__(self, display: Display, folder: Path, *args: object, script: str = SCRIPT) -> None:
        self.display = display
        options = ["--source", *map(str, args), "--save-dir", "saved"]
        self.process = display.start("-c", script, *options, cwd=folder)
        self.lines: list[str] = []
        self.times: list[float] = []
        self._next = 0
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.window = display.window(TITLE, self.process)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            self.times.append(time.monotonic())

    def until(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 15) -> Any:
        """The first report from here on that is wanted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while self._next < len(self.lines):
                report = json.loads(self.lines[self._next])
                self._next += 1
                if wanted(report):
                    return report
            assert self.process.poll() is None, self.finish()
            time.sleep(0.01)
        raise AssertionError(self.lines[-1:])

    def until_printed(self, text: str, seconds: float = 15) -> None:
        """Waits until this, and nothing else, has been printed."""
        end = time.monotonic() + seconds
        while (printed := "".join(self.lines)) != text:
            assert time.monotonic() < end, printed
            assert text.startswith(printed), printed
            time.sleep(0.02)

    def skip(self) -> None:
        """The reports that have come by now are not looked at."""
        self._next = len(self.lines)

    def finish(self) -> tuple[int, str, str]:
        """Waits for the end: exit status and what was printed."""
        status = self.process.wait(timeout=20)
        self._reading.join()
        assert self.process.stderr is not None
        return status, "".join(self.lines), self.process.stderr.read()


Start = Callable[..., Program]


@pytest.fixture
def start(display: Display, tmp_path: Path) -> Iterator[Start]:
    """Starts the camera on a source and waits for its window."""
    started: list[Program] = []

    def run(*args: object, script: str = SCRIPT) -> Program:
        started.append(Program(display, tmp_path, *args, script=script))
        return started[-1]

    yield run
    for program in started:
        if program.process.poll() is None:
            program.process.kill()
            program.process.wait()


@pytest.fixture
def camera() -> Iterator[MjpegServer]:
    """An IP camera that shows the first page."""
    with MjpegServer(lambda n: level(0, SIZE), fps=25) as server:
        yield server


def first_box(report: dict[str, Any]) -> list[int]:
    return list(report["lines"][0]["glyphs"][0]["box"])


@pytest.fixture
def clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the program puts on the clipboard, by a program that stands for xclip."""
    programs, copied = tmp_path / "programs", tmp_path / "copied"
    programs.mkdir()
    (programs / "xclip").write_text(f"#!/bin/sh\ncat > '{copied}'\n")
    (programs / "xclip").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return copied


def test_a_session(
    start: Start, camera: MjpegServer, display: Display, clipboard: Path, tmp_path: Path
) -> None:
    """Every key and the mouse, then Esc; what they did is seen in the readings and the files."""
    program = start(camera.url, "--json")
    until, window = program.until, program.window
    assert "640x" in display.tool("xdotool", "getwindowgeometry", window)
    whole = until(lambda r: bool(r["settled"]))
    assert (whole["text"], whole["size"]) == ("first page", [640, 480])

    display.draw(window, [(100, 80), (300, 200), (400, 300)])
    part = until(lambda r: first_box(r) != first_box(whole))
    assert part["size"] == [640, 480]
    assert first_box(part) == [first_box(whole)[0] + 100, first_box(whole)[1] + 80, 9, 12]
    display.draw(window, [(500, 400)])
    until(lambda r: first_box(r) == first_box(whole))

    display.key("d")
    until(lambda r: r["text"] == "digits" and r["settled"])
    display.key("d")  # to letters, which this reader has not, and so to all
    until(lambda r: r["text"] == "all" and r["settled"])

    display.key("v", "v", "v", "m", "m", "h", "Escape", "n", "t")
    display.key("r")
    time.sleep(1.5)
    display.key("r", "s")
    time.sleep(0.5)
    display.key("space")
    time.sleep(0.3)
    display.key("s")
    time.sleep(0.5)
    display.key("space")
    display.escape(program.process)
    status, out, err = program.finish()
    assert status == 0
    assert all(json.loads(line) for line in out.splitlines())
    assert {line.split()[0] for line in err.splitlines()} == {"saved", "recorded"}
    assert clipboard.read_text() == "all"

    files = sorted((tmp_path / "saved").iterdir())
    recording, *saved = sorted(files, key=lambda path: path.suffix)
    assert recording.suffix == ".avi"
    with open_source(recording) as source:
        assert 15 <= len(list(source)) <= 70
    assert sorted(path.suffix for path in saved) == [".json", ".json", ".png", ".png"]
    told = json.loads(next(path for path in saved if path.suffix == ".json").read_text())
    assert told["text"] == "all"
    picture = cv2.imread(str(next(path for path in saved if path.suffix == ".png")))
    assert picture is not None
    assert picture.shape == (480, 640, 3)


def test_frozen_reads_no_more_frames(start: Start, camera: MjpegServer, display: Display) -> None:
    program = start(camera.url, "--json")
    program.until(lambda r: bool(r["settled"]))
    display.key("space")
    time.sleep(1.7)
    display.key("space")
    time.sleep(0.5)
    display.escape(program.process)
    status, out, _ = program.finish()
    numbers = [json.loads(line)["frame"] for line in out.splitlines()]
    assert max(b - a for a, b in itertools.pairwise(numbers)) > 20
    assert status == 0


@pytest.mark.skipif(not CAN_RESIZE, reason="this OpenCV's windows keep their size")
def test_the_window_has_any_size_and_a_drag_in_it_finds_its_region(
    start: Start, camera: MjpegServer, display: Display, tmp_path: Path
) -> None:
    program = start(camera.url, "--json", "--theme", "dark")
    whole = program.until(lambda r: bool(r["settled"]))
    display.tool("xdotool", "windowsize", program.window, 1000, 900)
    shot = tmp_path / "window.png"
    end, seen = time.monotonic() + 20, None
    while seen is None or seen.shape[:2] != (900, 1000) or np.median(seen[-90:]) > 60:
        assert time.monotonic() < end, "the window is not filled, or below not dark"
        time.sleep(0.3)
        display.tool("import", "-window", program.window, shot)
        seen = cv2.imread(str(shot))
    placement = place(SIZE, fill((1000, 900)).picture)
    left, top, w, h = placement.to_window((160, 120, 300, 200))
    display.draw(program.window, [(left, top), (left + w, top + h)])
    x, y, *_ = first_box(whole)
    moved = pytest.approx([x + 160, y + 120], abs=2)
    program.until(lambda r: first_box(r)[:2] == moved)
    display.escape(program.process)
    assert program.finish()[0] == 0


def _close(program: Program) -> None:
    program.display.close(TITLE)


def _interrupt(program: Program) -> None:
    program.process.send_signal(signal.SIGINT)


def _terminate(program: Program) -> None:
    program.process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("end", [_close, _interrupt, _terminate])
def test_ends_cleanly_and_finishes_the_recording(
    end: Callable[[Program], None], start: Start, camera: MjpegServer, tmp_path: Path
) -> None:
    program = start(camera.url, "--record", "r.mkv")
    program.until_printed("first page\n\n")
    time.sleep(1.5)
    end(program)
    status, out, err = program.finish()
    assert (status, out) == (0, "first page\n\n")
    assert re.fullmatch(r"recorded r\.mkv: \d+ frames, [\d.]+ MB\n", err)
    assert os.listdir(tmp_path) == ["r.mkv"]
    with open_source(tmp_path / "r.mkv") as source:
        assert len(list(source)) > 15


def test_a_video_is_read_whole_at_its_pace_and_ends(start: Start, tmp_path: Path) -> None:
    frames = [level(0, SIZE)] * 30 + [level(1, SIZE)] * 30
    path = write_video(tmp_path / "v.avi", frames, fps=20)
    program = start(path, "--json", "--exit-at-end")
    status, out, err = program.finish()
    assert (status, err) == (0, "")
    assert [json.loads(line)["frame"] for line in out.splitlines()] == list(range(60))
    assert program.times[-1] - program.times[5] > 54 / 20 - 0.6, "no quicker than it was taken"


def test_a_paused_video_waits(start: Start, display: Display, tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.avi", [level(0, SIZE)] * 60, fps=20)
    program = start(path, "--json", "--exit-at-end")
    program.until(lambda r: r["frame"] == 5)
    display.key("space")
    time.sleep(4.0)
    assert program.process.poll() is None
    assert len(program.lines) < 50
    display.key("space")
    status, out, _ = program.finish()
    assert (status, len(out.splitlines())) == (0, 60)


def test_a_video_cut_short_says_so_after_its_frames(start: Start, tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.avi", [level(0, SIZE)] * 60, fps=30)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    status, out, err = start(path, "--exit-at-end").finish()
    assert (status, out) == (2, "first page\n\n")
    assert len(err.splitlines()) == 1
    assert "cut short" in err


def test_a_video_s_last_picture_stays_until_a_key(
    start: Start, display: Display, tmp_path: Path
) -> None:
    path = write_video(tmp_path / "v.avi", [level(0, SIZE)] * 20, fps=20)
    program = start(path)
    program.until_printed("first page\n\n")
    time.sleep(1.0)
    assert program.process.poll() is None
    display.key("d", "s")  # it can be read anew, saved and so on
    time.sleep(0.5)
    display.escape(program.process)
    assert program.finish()[:2] == (0, "first page\n\n")
    (told,) = (tmp_path / "saved").glob("*.json")
    assert json.loads(told.read_text())["text"] == "digits"


def test_a_mirror_changes_nothing_that_is_read(
    start: Start, camera: MjpegServer, display: Display
) -> None:
    program = start(camera.url, "--json")
    before = program.until(lambda r: bool(r["settled"]))
    display.key("m")
    time.sleep(0.5)
    program.skip()
    after = program.until(lambda r: True)
    assert (first_box(after), after["settled"]) == (first_box(before), True)
    display.escape(program.process)
    assert program.finish()[0] == 0


def test_the_pictures_of_a_folder_are_turned_over_and_each_is_printed_once(
    start: Start, display: Display, tmp_path: Path
) -> None:
    (tmp_path / "pages").mkdir()
    for name, page in (("1.png", 0), ("3.png", 0), ("4.png", 1)):
        cv2.imwrite(str(tmp_path / "pages" / name), level(page, SIZE))
    (tmp_path / "pages" / "2.png").write_text("broken")
    program = start(tmp_path / "pages")
    program.until_printed("first page\n\n")
    time.sleep(1.0)
    assert len(program.lines) == 2, "nothing is turned over by itself"
    display.key("Right")
    program.until_printed("first page\n\nfirst page\n\n")
    display.key("Right", "Right")
    program.until_printed("first page\n\nfirst page\n\nother\nlines\n\n")
    display.key("Left", "Left", "s")
    time.sleep(0.5)
    display.escape(program.process)
    status, out, err = program.finish()
    assert (status, out) == (2, "first page\n\nfirst page\n\nother\nlines\n\n")
    assert "2.png" in err.splitlines()[-1]
    (told,) = (tmp_path / "saved").glob("*.json")
    assert json.loads(told.read_text())["frame"] == 0


CORRECT = """
import sys
from hwr_live.cli import main as cli
from hwr_live.recognition.reader import Reader
from tests.support.fake_reader import FakeReader
FakeReader.remembering = lambda self, _: self
Reader.load = lambda *_, **__: FakeReader()
sys.exit(cli.main(["camera", *sys.argv[1:]]))
"""


def test_a_click_puts_right_and_the_profile_learns(
    start: Start, display: Display, tmp_path: Path
) -> None:
    page = np.full((480, 640, 3), 255, np.uint8)
    for x, height in ((100, 60), (160, 90), (220, 40)):
        page[100 : 100 + height, x : x + 20] = 0
    cv2.imwrite(str(tmp_path / "page.png"), page)
    options = ("--profile", tmp_path / "ann")
    program = start(tmp_path / "page.png", *options, script=CORRECT)
    program.until_printed("abc\n\n")
    display.draw(program.window, [(110, 130)])
    time.sleep(0.3)
    for key in ("q", "7", "Escape", "Return"):  # 7: what follows in the word
        display.key(key)
        time.sleep(0.4)
    program.until_printed("abc\n\nq7c\n\n")
    for key in ("BackSpace", "Return"):
        display.key(key)
        time.sleep(0.4)
    program.until_printed("abc\n\nq7c\n\nqbc\n\n")
    display.escape(program.process)
    assert program.finish()[0] == 0
    (sample,) = Profile.open(tmp_path / "ann").samples
    assert (sample.char, sample.source, sample.ink.shape) == ("q", "camera", (60, 20))


def test_a_picture_stays_until_it_is_closed(start: Start, display: Display, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "page.png"), level(1, SIZE))
    program = start(tmp_path / "page.png")
    time.sleep(1.5)
    assert program.process.poll() is None
    display.key("v", "d", "s")
    time.sleep(0.7)
    display.close(TITLE)
    assert program.finish()[:2] == (0, "other\nlines\n\n")
    (told,) = (tmp_path / "saved").glob("*.json")
    assert json.loads(told.read_text())["text"] == "digits"


def test_a_stall_is_shown_and_overcome(
    start: Start, camera: MjpegServer, display: Display, tmp_path: Path
) -> None:
    program = start(camera.url, "--json")
    program.until(lambda r: bool(r["settled"]))
    camera.stall()
    time.sleep(3.0)
    display.tool("import", "-window", program.window, tmp_path / "stalled.png")
    assert _has_warning(tmp_path / "stalled.png")
    camera.stall(False)
    program.until(lambda r: r["time_s"] > 3.0)
    display.escape(program.process)
    assert program.finish()[0] == 0


def _has_warning(path: Path) -> bool:
    """Whether the status line has the red of a warning."""
    picture = cv2.imread(str(path))
    assert picture is not None
    blue, green, red = (picture[480:515].astype(int)[:, :, i] for i in range(3))
    return bool(((red - green > 90) & (red - blue > 90)).sum() > 50)


def test_no_display_is_one_line(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "page.png"), level(1))
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")}
    root = Path(__file__).resolve().parents[2]
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT, "--source", str(tmp_path / "page.png")],
        capture_output=True,
        text=True,
        cwd=root,
        env=env,
        timeout=20,
    )
    assert (process.returncode, process.stdout) == (1, "")
    assert len(process.stderr.splitlines()) == 1
    assert "display" in process.stderr
