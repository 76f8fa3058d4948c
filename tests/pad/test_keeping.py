"""Writing that is not saved survives a crash: kept now and then, found, offered, opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.canvas import Canvas
from hwr_live.pad.drawing import read_drawing
from hwr_live.pad.keeping import EVERY_S, Keeping, left_in
from tests.support.pads import A, B, Clock, draw, keys, settle

DELETE = 0xFFFF

# A pad on which two strokes are written, and which is killed.
CRASH = """
import io, os, sys, time
from pathlib import Path
from hwr_live.pad.keeping import Keeping
from hwr_live.pad.program import Pad
from tests.support.fake_reader import FakeReader
from tests.support.pads import A, B, draw
pad = Pad(FakeReader(), (640, 480), json=False, folder=Path(), out=io.StringIO(),
          keeping=Keeping(Path(sys.argv[1]))).__enter__()
draw(pad, A, B)
while not any(Path(sys.argv[1]).glob("*.json")):
    pad.picture()
    time.sleep(0.01)
os.kill(os.getpid(), 9)
"""


def crashed(folder: Path) -> Path:
    """What a pad leaves in a folder that was killed."""
    done = subprocess.run([sys.executable, "-c", CRASH, str(folder)], timeout=60, check=False)
    assert done.returncode == -9
    (left,) = folder.glob("*.json")
    return left


def test_where_nothing_was_kept_nothing_is_offered(made: Any, tmp_path: Path) -> None:
    assert left_in(tmp_path / "nowhere") == []
    pad, _ = made(keeping=Keeping(tmp_path / "nowhere"))
    settle(pad)
    assert pad.state.offer == ""
    keys(pad, "o")
    assert pad.state.note is not None
    assert "no unsaved writing" in pad.state.note.text
    pad.__exit__(None)
    assert not (tmp_path / "nowhere").exists(), "no folder is made for nothing"


def test_it_is_kept_now_and_then_told_once_and_gone_at_the_end(made: Any, tmp_path: Path) -> None:
    clock = Clock()
    pad, _ = made(keeping=Keeping(tmp_path), clock=clock)
    draw(pad, A)
    settle(pad)
    (kept,) = tmp_path.glob("*.json")
    assert pad.state.note is not None
    assert "kept every few seconds" in pad.state.note.text
    draw(pad, B)
    settle(pad)
    assert len(read_drawing(kept).strokes) == 1, "not at every stroke"
    clock.now += 60 * EVERY_S
    pad.state.note = None
    settle(pad)
    settle(pad)
    assert len(read_drawing(kept).strokes) == 2
    assert pad.state.note is None
    np.testing.assert_array_equal(read_drawing(kept).image, pad.state.canvas.image)
    pad.finish()
    pad.__exit__(None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("saved", [False, True])
def test_what_breaks_off_the_end_takes_no_writing_along(
    made: Any, tmp_path: Path, saved: bool
) -> None:
    pad, _ = made(keeping=Keeping(tmp_path / "kept"), clock=Clock())
    draw(pad, A)
    settle(pad)
    draw(pad, B)  # not kept yet: it is kept every few seconds only
    if saved:
        keys(pad, "s")
        settle(pad)
    pad.__exit__(KeyboardInterrupt)
    kept = [read_drawing(path) for path in (tmp_path / "kept").glob("*.json")]
    assert [len(one.strokes) for one in kept] == ([] if saved else [2])


def test_it_is_told_where_the_end_is_broken_off_and_nothing_can_be_kept(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").write_text("no folder")
    keeping = Keeping(tmp_path / "kept")
    pad, _ = made(keeping=keeping, clock=Clock())
    draw(pad, A)
    pad.__exit__(KeyboardInterrupt)
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be kept against a crash" in line


@pytest.mark.parametrize("way", ["s", "c"])
def test_what_is_saved_or_cleared_is_not_kept(made: Any, tmp_path: Path, way: str) -> None:
    clock = Clock()
    pad, _ = made(keeping=Keeping(tmp_path / "kept"), clock=clock)
    draw(pad, A)
    settle(pad)
    assert list((tmp_path / "kept").glob("*.json"))
    keys(pad, way)
    settle(pad)
    clock.now += 60 * EVERY_S
    settle(pad)
    settle(pad)
    assert not list((tmp_path / "kept").glob("*.json"))


def test_a_pad_that_is_open_is_not_taken_for_one_that_crashed(made: Any, tmp_path: Path) -> None:
    pad, _ = made(keeping=Keeping(tmp_path))
    draw(pad, A)
    settle(pad)
    assert list(tmp_path.glob("*.json"))
    assert left_in(tmp_path) == []


def test_after_a_crash_it_is_offered_and_opened(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = crashed(tmp_path)
    plain, _ = made()
    before = settle(plain)
    pad, _ = made(keeping=Keeping(tmp_path))
    assert str(left) in capsys.readouterr().err
    assert pad.state.offer
    assert (settle(pad) != before).any(), "it is offered on the paper"
    keys(pad, "o")
    settle(pad)
    assert pad.state.reading.text == "ab"
    assert pad.state.offer == ""
    assert not left.exists()
    (kept,) = tmp_path.glob("*.json")
    assert len(read_drawing(kept).strokes) == 2, "kept as this pad's own before the other went"
    keys(pad, "z")
    settle(pad)
    assert len(pad.state.canvas.strokes) == 1


def test_it_is_not_opened_over_other_writing(made: Any, tmp_path: Path) -> None:
    left = crashed(tmp_path)
    pad, _ = made(keeping=Keeping(tmp_path))
    draw(pad, A)
    keys(pad, "o")
    settle(pad)
    assert len(pad.state.canvas.strokes) == 1
    assert left.exists()
    keys(pad, "co")
    settle(pad)
    assert len(pad.state.canvas.strokes) == 2


def test_delete_throws_it_away_and_clears_nothing_else(made: Any, tmp_path: Path) -> None:
    left = crashed(tmp_path)
    pad, _ = made(keeping=Keeping(tmp_path))
    pad.on_key(DELETE)
    settle(pad)
    assert not left.exists()
    assert pad.state.offer == ""


def test_a_damaged_file_is_told_and_goes(made: Any, tmp_path: Path) -> None:
    (tmp_path / "20260101-000000-1.json").write_text('{"size": [3')
    pad, _ = made(keeping=Keeping(tmp_path))
    keys(pad, "o")
    assert pad.state.note is not None
    assert "damaged" in pad.state.note.text
    settle(pad)
    assert not list(tmp_path.glob("*.json"))


def test_the_oldest_go(tmp_path: Path) -> None:
    for day in range(1, 9):
        (tmp_path / f"2026010{day}-000000-1.json").write_text("{}")
    assert [path.name[7] for path in left_in(tmp_path)] == ["8", "7", "6", "5", "4"]
    assert len(list(tmp_path.glob("*.json"))) == 5


def test_where_it_cannot_be_kept_that_is_said_once(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    clock = Clock()
    pad, _ = made(keeping=Keeping(tmp_path / "file" / "below"), clock=clock)
    for _ in range(3):
        draw(pad, A)
        settle(pad)
        clock.now += 60 * EVERY_S
    assert capsys.readouterr().err.count("cannot be kept") == 1


def test_a_long_drawing_is_written_more_rarely(tmp_path: Path) -> None:
    keeping, canvas = Keeping(tmp_path), Canvas(100, 100)
    for x in range(3000):
        canvas.stroke([(x % 90, y) for y in range(0, 90, 3)])
    assert keeping.due(canvas.strokes, 0.0)
    keeping.write(canvas, canvas.strokes)
    canvas.stroke([(5, 5), (50, 50)])
    assert not keeping.due(canvas.strokes, EVERY_S)
    assert keeping.due(canvas.strokes, 1000.0)
    keeping.end()
    assert list(tmp_path.iterdir()) == []
