"""What others build upon: the names that can be imported, the commands, the keys of the JSON.

A change here breaks somebody's program: it belongs under "Changed" in the changelog.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import hwr_live
from hwr_live.cli.main import main
from hwr_live.cli.sample import draw_sample

COMMANDS = ("draw", "camera", "read", "teach", "profile", "sample", "models", "cameras", "train")
READING = {"source", "frame", "size", "text", "lines", "cells", "left_out", "ms"}
FRAME = READING | {"time_s", "settled", "frame_text"}
LINE = {"text", "box", "print", "words", "glyphs"}
WORD = {"text", "confidence", "box", "print"}
GLYPH = {"char", "confidence", "box", "candidates"}
MS = {"ink", "segment", "classify", "total"}


def test_the_names_that_can_be_imported() -> None:
    errors = {"errors", "HwrError", "InputError", "DeviceError"}
    assert set(hwr_live.__all__) == {"Canvas", "Reader", "Reading", "__version__"} | errors
    for name in hwr_live.__all__:
        assert getattr(hwr_live, name)
    with pytest.raises(AttributeError, match="nothing"):
        hwr_live.nothing  # noqa: B018


def test_what_a_reader_and_a_canvas_are_asked_for() -> None:
    reader = hwr_live.Reader.load(model="mnist", chars="digits")
    canvas = hwr_live.Canvas()
    canvas.stroke([(120, 70), (220, 70), (150, 240)])
    reading = reader.read(canvas)
    assert isinstance(reading, hwr_live.Reading)
    assert reading.text == "7"
    assert [glyph.char for line in reading.lines for word in line.words for glyph in word] == ["7"]
    assert reading.to_dict()["text"] == "7"
    canvas.undo()
    assert not canvas.image.min() < canvas.image.max()
    canvas.clear()
    assert reader.read(canvas.image).text == ""


def test_errors_are_caught_by_their_kind() -> None:
    with pytest.raises(hwr_live.HwrError) as told:
        hwr_live.Reader.load("gone")
    assert isinstance(told.value, hwr_live.errors.InputError)
    assert not isinstance(told.value, hwr_live.DeviceError)
    assert len(str(told.value).splitlines()) == 1


def test_help_tells_what_a_reader_does_and_nothing_else() -> None:
    public = {name for name in vars(hwr_live.Reader) if not name.startswith("_")}
    assert public == {
        *("known", "load", "look", "read", "read_many", "read_pages"),
        *("remembering", "with_chars", "with_samples"),
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        raise SystemExit(main([command, "--help"]))
    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("usage: ")
    assert command in shown.splitlines()[0]


def told(capsys: pytest.CaptureFixture[str], *command: str) -> dict[str, Any]:
    """The one JSON object that a command prints."""
    assert main(list(command)) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def check(reading: dict[str, Any], keys: set[str]) -> None:
    """That a reading has these keys, and everything in it its own."""
    assert set(reading) == keys
    assert set(reading["ms"]) == MS
    assert reading["lines"]
    for line in reading["lines"]:
        assert set(line) == LINE
        assert all(set(word) == WORD for word in line["words"])
        assert " ".join(word["text"] for word in line["words"]) == line["text"]
        for glyph in line["glyphs"]:
            assert set(glyph) == GLYPH
            assert len(glyph["box"]) == 4
            assert [len(candidate) for candidate in glyph["candidates"]] == [2] * 5


def test_the_keys_of_one_reading(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "page.png"
    cv2.imwrite(str(page), draw_sample())
    reading = told(capsys, "read", "--json", str(page))
    check(reading, READING)
    assert (reading["source"], reading["frame"]) == (str(page), 0)


def test_the_keys_of_a_frame(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "frame_0000.png"), draw_sample())
    check(told(capsys, "camera", "--no-window", "--json", "--source", str(tmp_path)), FRAME)


@pytest.mark.parametrize(
    ("command", "status"),
    [(["read", "nothing.png"], 2), (["read", "--chars", "½", "page.png"], 2), (["fly"], 2)],
)
def test_what_goes_wrong_is_one_line_and_a_status(
    command: list[str], status: int, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "page.png"), np.full((9, 9), 255, np.uint8))
    root = Path(__file__).parents[1]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); import runpy; sys.argv[1:] = {command}"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; runpy.run_module('hwr_live', run_name='__main__')"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (status, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("hwr-live: ")
