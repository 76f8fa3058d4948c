"""A pad whose reader or disk is slow: what waits is bounded, what is refused is said, and no ink
is lost."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from hwr_live.pad.drawing import read_drawing
from hwr_live.pad.keeping import Keeping, left_in
from hwr_live.pad.program import Pad
from hwr_live.pad.saving import save
from tests.support.fake_reader import FakeReader
from tests.support.pads import ENTER, A, Clock, draw, keys, settle

MANY = 60


class Disk:
    """Saving that waits for a gate.

    Attributes:
        gate: opens it.
        began: files that were begun.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate, self.began = threading.Event(), 0

        def slow(*args: Any) -> str:
            self.began += 1
            assert self.gate.wait(20)
            return save(*args)

        monkeypatch.setattr("hwr_live.pad.program.save", slow)


def stroke(pad: Pad, number: int) -> None:
    """Another stroke each time, apart from all others."""
    x, y = 20 + 18 * (number % 20), 40 + 80 * (number // 20)
    draw(pad, [(x, y), (x, y + 50)])


def note(pad: Pad) -> tuple[str, bool]:
    told = pad.state.note
    return ("", False) if told is None else (told.text, told.warning)


def test_prints_that_cannot_be_kept_are_refused_and_all_others_come(made: Any) -> None:
    gate = threading.Event()
    pad, out = made(FakeReader(gate=gate))
    refused = 0
    for number in range(MANY):
        stroke(pad, number)
        pad.state.note = None
        pad.on_key(ENTER)
        refused += note(pad) == ("too much is still to be read: once more in a moment", True)
    assert 0 < MANY - refused < 20
    gate.set()
    settle(pad)
    printed = out.getvalue().splitlines()
    assert len(printed) == MANY - refused, "what was not refused is printed"
    assert len(pad.state.canvas.strokes) == MANY
    assert len(pad.state.reading.glyphs) == MANY, "the newest drawing is read"


def test_enter_pressed_often_on_one_drawing_is_never_refused(made: Any) -> None:
    gate = threading.Event()
    pad, out = made(FakeReader(gate=gate))
    draw(pad, A)
    for _ in range(MANY):
        pad.on_key(ENTER)
    assert not note(pad)[1]
    gate.set()
    settle(pad)
    assert out.getvalue() == "a\n" * MANY


def test_saves_that_cannot_be_kept_are_refused_and_the_last_writing_is_saved_at_the_end(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, folder = Disk(monkeypatch), tmp_path / "saved"
    pad, _ = made(folder=folder)
    refused = 0
    for number in range(MANY):
        stroke(pad, number)
        while not pad.state.fresh:
            pad.picture()
            time.sleep(0.001)
        pad.state.note = None
        keys(pad, "s")
        refused += note(pad) == ("saving takes long: S once more in a moment", True)
    assert 0 < MANY - refused < 20
    assert disk.began == 1
    disk.gate.set()
    pad.finish()
    saved = [read_drawing(path) for path in sorted(folder.glob("*.json"))]
    assert len(saved) == MANY - refused + 1
    assert max(len(drawing.strokes) for drawing in saved) == MANY, "all of it, though S was refused"


def test_unsaved_writing_is_kept_once_however_slow_that_is(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, clock, folder = Disk(monkeypatch), Clock(), tmp_path / "unsaved"
    keeping = Keeping(folder)
    written: list[int] = []
    write = keeping.write

    def counted(drawing: Any, strokes: Any) -> str:
        written.append(len(strokes))
        return write(drawing, strokes)

    monkeypatch.setattr(keeping, "write", counted)
    pad, _ = made(clock=clock, keeping=keeping, folder=tmp_path / "saved")
    keys(pad, "s")
    while not disk.began:
        pad.picture()
        time.sleep(0.001)
    for number in range(MANY):
        stroke(pad, number)
        clock.now += 10
        pad.picture()
    disk.gate.set()
    settle(pad)
    assert written[-1] == MANY, "the newest"
    assert len(written) < 5, "those that waited were let go"
    assert left_in(folder) == [], "it is this pad's"


def test_a_drawing_that_was_not_read_yet_is_saved_at_the_end_with_its_reading(
    made: Any, tmp_path: Path
) -> None:
    gate, folder = threading.Event(), tmp_path / "saved"
    pad, _ = made(FakeReader(gate=gate), folder=folder, autosave=True)
    draw(pad, A)
    threading.Timer(0.05, gate.set).start()
    pad.finish()
    (path,) = folder.glob("*.json")
    assert '"text": "a"' in path.read_text()
    assert len(read_drawing(path).strokes) == 1
