"""What the pad saves and copies, and what it says where it cannot."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hwr_live.errors import DeviceError, InputError
from hwr_live.pad import app as pad_module
from hwr_live.system import clipboard
from hwr_live.system.files import write_new
from tests.support.fake_reader import FakeReader
from tests.support.pads import (
    A,
    B,
    choose,
    click,
    draw,
    keys,
    settle,
)


def test_saving_writes_picture_reading_and_samples_and_never_over_a_file(
    made: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "saved"
    pad, _ = made(folder=folder)
    draw(pad, A, B)
    settle(pad)
    click(pad, pad.state.reading.glyphs[1].box)
    choose(pad, "a")
    crop = pad.state.read.glyphs[1].crop
    for _ in range(3):
        keys(pad, "s")
        settle(pad)
    pictures = sorted(folder.glob("*.png"))
    assert len(pictures) == 3
    assert [p.stem for p in pictures] == [p.stem for p in sorted(folder.glob("*.json"))]
    picture = cv2.imread(str(pictures[0]), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(picture, pad.state.canvas.image)
    told = json.loads(pictures[0].with_suffix(".json").read_text())
    assert told["source"] == "draw"
    assert told["text"] == "aa"
    samples = [p for p in folder.rglob("*.png") if p not in pictures]
    assert [p.parent.name for p in samples] == ["lower_a"], "once, in the folder of its label"
    np.testing.assert_array_equal(cv2.imread(str(samples[0]), cv2.IMREAD_UNCHANGED), crop)
    assert not list(folder.rglob("*.part"))


def test_an_empty_drawing_can_be_saved(made: Any, tmp_path: Path) -> None:
    pad, _ = made(folder=tmp_path)
    keys(pad, "s")
    settle(pad)
    assert len(list(tmp_path.glob("pad-*.png"))) == 1


def test_a_folder_that_cannot_be_written_is_said_and_the_corrections_stay(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("mine")
    pad, _ = made(folder=blocked / "below")
    draw(pad, A)
    settle(pad)
    click(pad, pad.state.reading.glyphs[0].box)
    choose(pad, "Q")
    keys(pad, "s")
    settle(pad)
    assert pad.state.note is not None
    assert pad.state.note.warning
    assert "cannot be written" in capsys.readouterr().err
    assert len(pad.state.fixes.unsaved) == 1
    assert not pad.closed
    assert blocked.read_text() == "mine"


def test_save_dir_must_be_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(InputError, match="no folder"):
        pad_module.run(FakeReader(), save_dir=file)


@pytest.mark.parametrize("links", [True, False])
def test_new_files_never_replace(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:

        def none(*_: object) -> None:
            raise PermissionError("no links here")

        monkeypatch.setattr(os, "link", none)
    (tmp_path / "x.json").write_text("mine")
    first = write_new(tmp_path, "x", {".png": b"1", ".json": b"2"})
    second = write_new(tmp_path, "x", {".png": b"3", ".json": b"4"})
    assert [p.name for p in first] == ["x-2.png", "x-2.json"]
    assert [p.name for p in second] == ["x-3.png", "x-3.json"]
    assert [p.read_bytes() for p in first + second] == [b"1", b"2", b"3", b"4"]
    assert (tmp_path / "x.json").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 5


def _program(folder: Path, name: str, lines: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)


@pytest.mark.skipif(os.name == "nt", reason="the programs here are shell scripts")
def test_copying_uses_the_first_program_that_works(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    _program(tmp_path, "xclip", "exit 1")
    _program(tmp_path, "xsel", f"cat > {tmp_path}/copied")
    pad, _ = made()
    keys(pad, "t")
    settle(pad)
    assert pad.state.note is not None
    assert pad.state.note.text == "nothing to copy"
    draw(pad, A, B)
    keys(pad, "t")
    settle(pad)
    assert (tmp_path / "copied").read_text() == "ab"
    assert pad.state.note.text == "copied"


def test_without_a_clipboard_one_line_says_so(
    made: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceError, match="xclip"):
        clipboard.copy("x")
    pad, _ = made()
    draw(pad, A)
    keys(pad, "t")
    settle(pad)
    assert pad.state.note is not None
    assert pad.state.note.warning
    assert capsys.readouterr().err.count("\n") == 1
