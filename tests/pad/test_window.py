"""The pad in a real window, driven by a real mouse and keyboard under Xvfb."""

from __future__ import annotations

import json
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from hwr_live.ui.window import CAN_RESIZE
from tests.support.display import AGAIN, Display

pytestmark = AGAIN

TITLE = "hwr-live draw"
SCRIPT = """
import sys
from hwr_live.pad import app as pad
from tests.support.fake_reader import FakeReader
drawings = [arg for arg in sys.argv[2:] if arg.endswith(".json")]
sys.exit(
    pad.run(
        FakeReader(),
        size=(640, 480),
        json="--json" in sys.argv,
        save_dir=sys.argv[1],
        drawing=drawings[0] if drawings else None,
    )
)
"""
A = [(40, 60), (40, 160)]
B = [(90, 60), (150, 160)]

Act = Callable[[Display, subprocess.Popen[str], str], None]


@pytest.fixture
def drive(display: Display, tmp_path: Path) -> Iterator[Callable[..., tuple[int, list[str], str]]]:
    """Opens a pad, lets it be used, and returns status, printed lines and stderr at its end."""
    started: list[subprocess.Popen[str]] = []

    def run(act: Act, *options: str) -> tuple[int, list[str], str]:
        process = display.start("-c", SCRIPT, str(tmp_path), *options, cwd=tmp_path)
        started.append(process)
        act(display, process, display.window(TITLE, process))
        out, err = process.communicate(timeout=20)
        return process.returncode, out.splitlines(), err

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def printer(
    display: Display, process: subprocess.Popen[str], printed: list[str]
) -> Callable[[], None]:
    """Presses Enter and takes what is printed; more than once, as under load a key may be lost in
    the turn of a stroke's last move."""
    out = process.stdout
    assert out is not None

    def enter() -> None:
        for _ in range(3):
            display.key("Return")
            if select.select([out], [], [], 5)[0]:
                printed.append(out.readline().removesuffix("\n"))
                return

    return enter


def shifted(display: Display, key: str) -> None:
    """A key with Shift held for a while, as fingers do."""
    display.tool("xdotool", "keydown", "shift", "sleep", 0.2, "key", key, "sleep", 0.2)
    display.tool("xdotool", "keyup", "shift")


def test_a_session(drive: Callable[..., tuple[int, list[str], str]], tmp_path: Path) -> None:
    """Drawing, reading, undo, redo, clearing, erasing, sets, correction and saving, then Esc."""
    printed: list[str] = []

    def act(display: Display, process: subprocess.Popen[str], window: str) -> None:
        out = process.stdout
        assert out is not None

        def enter(key: str = "Return") -> None:
            display.key(key)
            if select.select([out], [], [], 5)[0]:
                printed.append(out.readline().removesuffix("\n"))

        assert "640x480" in display.tool("xdotool", "getwindowgeometry", window)
        enter()
        display.draw(window, A)
        display.draw(window, B)
        enter()
        enter("KP_Enter")
        for key in ("BackSpace", "y", "c", "z"):
            display.key(key)
            enter()
        display.draw(window, A, button=3)
        enter()
        display.key("z", "d")
        enter()
        display.key("d", "d")
        display.draw(window, [(120, 110)])  # a click on the second glyph's box: its table
        time.sleep(0.3)
        display.tool("import", "-window", window, tmp_path / "table.png")
        display.key("Escape", "bracketright", "Up", "s")
        enter()
        display.key("h", "h")
        display.escape(process)

    status, rest, err = drive(act)
    assert printed == ["", "ab", "ab", "a", "ab", "", "ab", "a", "01", "ab"]
    assert (status, rest) == (0, [])
    saved = sorted(tmp_path.glob("pad-*"))
    assert [path.suffix for path in saved] == [".json", ".png"]
    assert json.loads(saved[0].read_text())["text"] == "ab"
    picture = cv2.imread(str(saved[1]), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (480, 384)
    assert (picture[62:158, 40] < 128).all(), "the mouse's pixels are the picture's"
    assert re.fullmatch(r"saved .*\.png\n", err)
    table = cv2.imread(str(tmp_path / "table.png"))
    assert table is not None
    assert table.shape[:2] == (480, 640)


def test_putting_right_with_the_mouse(
    drive: Callable[..., tuple[int, list[str], str]], tmp_path: Path
) -> None:
    from hwr_live.pad.layout import arrange

    table = arrange((640, 480)).table((40, 60, 8, 100), [])
    x, y, w, h = next(choice.box for choice in table.choices if choice.char == "Q")

    def act(display: Display, process: subprocess.Popen[str], window: str) -> None:
        display.draw(window, [(40, 60), (40, 100), (40, 160)])
        time.sleep(0.3)
        display.draw(window, [(40, 110)])
        time.sleep(0.2)
        display.draw(window, [(x + w // 2, y + h // 2)])
        display.key("Return", "s")
        time.sleep(0.3)
        display.escape(process)

    status, lines, _ = drive(act, "--json")
    assert status == 0
    assert [json.loads(line)["text"] for line in lines] == ["Q"]
    samples = list((tmp_path / "samples" / "upper_Q").glob("*.png"))
    assert len(samples) == 1
    sample = cv2.imread(str(samples[0]), cv2.IMREAD_UNCHANGED)
    assert sample is not None
    assert sample.shape == (28, 28)


def test_a_fast_stroke_has_no_gaps(
    drive: Callable[..., tuple[int, list[str], str]], tmp_path: Path
) -> None:
    def act(display: Display, process: subprocess.Popen[str], window: str) -> None:
        assert process.stdout is not None
        display.key("Return")
        process.stdout.readline()  # from here on the mouse is heard, too
        moves = [
            arg
            for x, y in [(340, 60), (340, 400), (60, 400), (60, 100)]
            for arg in ("mousemove", "--window", window, x, y, "sleep", "0.012")
        ]
        display.tool("xdotool", "mousemove", "--window", window, 60, 60, "mousedown", 1, *moves)
        display.tool("xdotool", "mouseup", 1)
        display.key("s")
        time.sleep(0.3)
        display.escape(process)

    drive(act)
    (path,) = tmp_path.glob("pad-*.png")
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    pieces, _ = cv2.connectedComponents((picture < 128).astype(np.uint8))
    assert pieces == 2, "paper and one stroke"
    ys, xs = np.nonzero(picture < 128)
    assert xs.max() > 330
    assert ys.max() > 390


@pytest.mark.parametrize("way", ["close", "SIGINT", "SIGTERM"])
def test_ways_to_end(drive: Callable[..., tuple[int, list[str], str]], way: str) -> None:
    def act(display: Display, process: subprocess.Popen[str], window: str) -> None:
        display.draw(window, A)
        assert process.stdout is not None
        for _ in range(3):  # under load a key may be lost in the turn of the stroke's last move
            display.key("Return")
            if select.select([process.stdout], [], [], 5)[0]:
                break
        else:
            raise AssertionError("Enter printed nothing")
        assert process.stdout.readline() == "a\n"
        if way == "close":
            display.close(TITLE)
        else:
            process.send_signal(getattr(signal, way))

    status, lines, err = drive(act)
    assert (status, lines) == (0, [])
    assert re.fullmatch(r"saved .*\.png\n", err), "writing that was not saved"


def test_typing_puts_right_and_corrections_die_with_their_ink(
    drive: Callable[..., tuple[int, list[str], str]],
) -> None:
    """With a real keyboard: c in the table is an answer, Shift makes capitals, Tab chooses."""
    printed: list[str] = []

    def act(display: Display, process: subprocess.Popen[str], window: str) -> None:
        enter = printer(display, process, printed)
        display.draw(window, A)
        display.draw(window, B)
        enter()
        display.draw(window, [(40, 110)])
        display.key("c")
        enter()
        display.key("Tab")
        shifted(display, "q")
        enter()
        display.key("Escape", "c")
        display.draw(window, A)
        display.draw(window, B)
        enter()
        display.escape(process)

    status, rest, _ = drive(act)
    assert printed == ["ab", "cb", "Qb", "ab"]
    assert (status, rest) == (0, [])


@pytest.mark.skipif(not CAN_RESIZE, reason="this OpenCV's windows keep their size")
def test_another_size_a_folded_panel_and_keys_that_are_clicked(
    drive: Callable[..., tuple[int, list[str], str]], tmp_path: Path
) -> None:
    from hwr_live.pad.layout import KEYS, arrange

    printed: list[str] = []

    def act(display: Display, process: subprocess.Popen[str], window: str) -> None:
        enter = printer(display, process, printed)
        display.draw(window, A)
        enter()
        display.tool("xdotool", "windowsize", window, 1000, 700)
        time.sleep(0.5)
        boxes = dict(zip([cap for cap, _, _ in KEYS], arrange((1000, 700)).keys, strict=True))
        x, y, w, h = boxes["P"]
        display.draw(window, [(x + w // 2, y + h // 2)])
        time.sleep(0.3)
        display.draw(window, [(900, 60), (950, 160)])  # where the panel was
        enter()
        display.key("p", "s")
        time.sleep(0.5)
        display.escape(process)

    drive(act)
    assert printed == ["a", "ab"]
    (path,) = tmp_path.glob("pad-*.json")
    assert json.loads(path.read_text())["size"][0] > 900, "what the panel hides is there"


def test_writing_that_is_not_saved_is_kept_and_opened_again(
    drive: Callable[..., tuple[int, list[str], str]], tmp_path: Path
) -> None:
    printed: list[str] = []

    def write(display: Display, process: subprocess.Popen[str], window: str) -> None:
        enter = printer(display, process, printed)
        display.draw(window, A)
        display.draw(window, [(200, 300)])  # a click on empty paper
        enter()
        display.key("h", "h", "Escape")
        assert process.poll() is None, "one Esc too many"
        time.sleep(1.6)
        display.close(TITLE)

    _, _, err = drive(write)
    assert err.count("saved /") == 1
    (path,) = tmp_path.glob("pad-*.json")

    def read(display: Display, process: subprocess.Popen[str], window: str) -> None:
        printer(display, process, printed)()
        display.escape(process)

    drive(read, str(path))
    assert printed == ["a", "a"]
    assert len(list(tmp_path.glob("pad-*.json"))) == 1, "nothing new was written"


@pytest.mark.skipif(shutil.which("setxkbmap") is None, reason="needs setxkbmap")
def test_keys_work_with_another_alphabet(
    drive: Callable[..., tuple[int, list[str], str]], display: Display
) -> None:
    printed: list[str] = []

    def act(display: Display, process: subprocess.Popen[str], window: str) -> None:
        enter = printer(display, process, printed)
        display.draw(window, A)
        enter()
        display.tool("setxkbmap", "ru")
        time.sleep(0.5)
        display.key("54")  # the key of a c, whatever it types
        enter()
        display.escape(process)

    try:
        drive(act)
    finally:
        display.tool("setxkbmap", "us")
    assert printed == ["a", ""]
