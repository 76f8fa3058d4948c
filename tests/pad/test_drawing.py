"""Drawings that are saved, opened again, replayed, and kept at the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.cli.main import main
from hwr_live.errors import InputError
from hwr_live.pad import app as pad_module
from hwr_live.pad.drawing import read_drawing, read_put_right
from hwr_live.pad.layout import arrange
from hwr_live.system.screen import Screen
from hwr_live.ui.layout import window_for
from tests.support.fake_reader import FakeReader
from tests.support.pads import BACKSPACE, ENTER, ESC, A, B, Clock, choose, click, draw, keys, settle


def saved(made: Any, tmp_path: Path) -> tuple[Path, Any]:
    """A saved drawing, a file and the pad that it is of; written in two seconds."""
    clock = Clock()
    pad, _ = made(folder=tmp_path, clock=clock)
    for stroke in (A, B):
        pad.on_mouse(1, *stroke[0], 1)
        clock.now += 0.5
        pad.on_mouse(0, *stroke[1], 1)
        pad.on_mouse(4, *stroke[1], 0)
        clock.now += 0.5
    draw(pad, [(100, 60), (110, 60)], button="R")
    keys(pad, "s")
    settle(pad)
    (path,) = tmp_path.glob("pad-*.json")
    return path, pad


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "[" * 5000,
        '{"size": [10, 10]}',
        '{"size": [10], "strokes": []}',
        '{"size": [0, 10], "strokes": []}',
        '{"size": [99999, 10], "strokes": []}',
        '{"size": [10, 10], "strokes": [{"pen": 3, "points": []}]}',
        '{"size": [10, 10], "strokes": [{"pen": 0, "points": [[1, 1]]}]}',
        '{"size": [10, 10], "strokes": [{"pen": 3, "points": [[1, NaN]]}]}',
        '{"size": [10, 10], "strokes": [{"pen": 3, "points": [[1, 1e9]]}]}',
        '{"size": [10, 10], "strokes": [{"pen": 3, "points": [[1, 1]], "ms": [1, 2]}]}',
        '{"size": [10, 10], "strokes": [{"pen": "x", "points": [[1, 1]]}]}',
    ],
)
def test_what_is_no_drawing_is_told_in_one_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert main(["draw", str(path), "--model", "mnist"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_drawing_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_drawing(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_drawing(tmp_path)
    with pytest.raises(InputError, match="--replay needs a drawing"):
        pad_module.run(FakeReader(), replay=True)


def test_strokes_are_saved_with_their_times_and_read_back(made: Any, tmp_path: Path) -> None:
    path, pad = saved(made, tmp_path)
    told = json.loads(path.read_text())
    assert told["text"] == pad.state.reading.text
    assert [(s["pen"], s["erases"], s["smooth"]) for s in told["strokes"]] == [
        (5, False, True),
        (5, False, True),
        (20, True, True),
    ]
    assert told["strokes"][0]["points"] == [[40, 40], [40, 90]]
    assert [s["ms"] for s in told["strokes"]] == [[0, 500], [1000, 1500], [2000, 2000]]
    np.testing.assert_array_equal(read_drawing(path).image, pad.state.canvas.image)


def test_a_drawing_of_other_programs_needs_no_more_than_points(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"size": [50, 40], "strokes": [{"pen": 3, "points": [[1, 1], [9, 9]]}]}')
    drawing = read_drawing(path)
    assert (drawing.width, drawing.height) == (50, 40)
    assert (drawing.image < 128).any()


def test_an_opened_drawing_is_gone_on_with(made: Any, tmp_path: Path) -> None:
    path, before = saved(made, tmp_path)
    pad, out = made()
    pad.open(read_drawing(path))
    settle(pad)
    np.testing.assert_array_equal(pad.state.canvas.image, before.state.canvas.image)
    draw(pad, [(200, 40), (200, 90)])
    settle(pad)
    pad.on_key(ENTER)
    assert len(out.getvalue()) == len(before.state.reading.text) + 2
    strokes = pad.state.canvas.strokes
    assert strokes[-1].times[0] >= strokes[-2].times[-1], "what is new comes after what was there"
    keys(pad, "zzz")
    assert len(pad.state.canvas.strokes) == 1


def test_a_replay_writes_at_the_pace_of_the_hand(made: Any, tmp_path: Path) -> None:
    path, before = saved(made, tmp_path)
    clock = Clock()
    pad, _ = made(clock=clock)
    pad.open(read_drawing(path), replay=True)
    seen = []
    for _ in range(9):
        picture = settle(pad)
        seen.append((len(pad.state.canvas.strokes), pad.state.replayed is not None))
        clock.now += 0.31
    assert [strokes for strokes, _ in seen] == [0, 0, 1, 1, 1, 2, 2, 3, 3]
    assert seen[0][1], "the stroke in hand is seen"
    assert pad.state.replayed is None
    np.testing.assert_array_equal(pad.state.canvas.image, before.state.canvas.image)
    assert picture.shape == (480, 640, 3)


@pytest.mark.parametrize("way", ["key", "press"])
def test_whoever_writes_into_a_replay_has_all_of_it_at_once(
    made: Any, tmp_path: Path, way: str
) -> None:
    path, _ = saved(made, tmp_path)
    pad, _ = made(clock=Clock())
    pad.open(read_drawing(path), replay=True)
    settle(pad)
    if way == "key":
        pad.on_key(ENTER)
    else:
        draw(pad, [(200, 40), (200, 90)])
    assert len(pad.state.canvas.strokes) == (3 if way == "key" else 4)


# What is not lost at the end


def end(pad: Any) -> None:
    pad.on_key(ESC)
    assert pad.closed
    pad.finish()


def test_without_a_folder_nothing_is_written_at_the_end(made: Any, tmp_path: Path) -> None:
    pad, _ = made(folder=tmp_path)
    draw(pad, A)
    end(pad)
    assert list(tmp_path.iterdir()) == []


def test_with_a_folder_what_is_not_saved_is_kept(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pad, _ = made(folder=tmp_path, autosave=True)
    draw(pad, A, B)
    end(pad)
    (path,) = tmp_path.glob("pad-*.json")
    assert json.loads(path.read_text())["text"] == "ab", "read to the end"
    assert capsys.readouterr().err.count("saved") == 1


@pytest.mark.parametrize(("more", "files"), [(False, 1), (True, 2)])
def test_after_s_what_came_later_is_kept_too(
    made: Any, tmp_path: Path, more: bool, files: int
) -> None:
    pad, _ = made(folder=tmp_path)
    draw(pad, A)
    keys(pad, "s")
    settle(pad)
    if more:
        draw(pad, B)
    pad.resize((800, 600))
    end(pad)
    assert len(list(tmp_path.glob("pad-*.json"))) == files


def test_an_empty_sheet_and_a_drawing_as_it_was_are_not_kept(made: Any, tmp_path: Path) -> None:
    path, _ = saved(made, tmp_path)
    other = tmp_path / "other"
    for drawing in (None, read_drawing(path)):
        pad, _ = made(folder=other, autosave=True)
        if drawing is not None:
            pad.open(drawing)
        end(pad)
    assert not other.exists()


# The window's size


@pytest.mark.parametrize(
    ("size", "paper", "screen", "expected"),
    [
        (None, None, None, (960, 600)),
        (None, None, Screen((1920, 1080)), (960, 600)),
        (None, None, Screen((3840, 2160), 2.0), (1920, 1200)),
        (None, None, Screen((800, 600)), (800, 536)),
        ((640, 480), None, Screen((1920, 1080)), (640, 480)),
        ((1920, 1080), None, Screen((1920, 1080)), (1920, 1080)),
        ((2560, 1440), None, Screen((1920, 1080)), (1920, 1016)),
        ((2560, 1440), None, None, (2560, 1440)),
        (None, (900, 800), Screen((1920, 1080)), (1288, 800)),
    ],
)
def test_a_window_suits_its_screen_and_drawing(
    size: tuple[int, int] | None,
    paper: tuple[int, int] | None,
    screen: Screen | None,
    expected: tuple[int, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    found, _ = window_for(size, screen, paper=paper)
    assert found == expected
    err = capsys.readouterr().err
    assert ("the screen has" in err) == (size is not None and size != found)
    if paper is not None:
        assert arrange(found).drawing[2] >= paper[0]


@pytest.mark.parametrize(
    "right",
    ["7", "[7]", '[{"box": [1, 2, 3], "char": "a"}]', '[{"box": [1, 2, 3, 4], "char": "abc"}]',
     '[{"box": [1, 2, 3, 4]}]', '[{"box": [1, 2, 3, NaN], "char": "a"}]'],
)  # fmt: skip
def test_what_was_put_right_and_is_damaged_is_told(tmp_path: Path, right: str) -> None:
    path = tmp_path / "pad.json"
    path.write_text(f'{{"size": [9, 9], "strokes": [], "put_right": {right}}}')
    with pytest.raises(InputError, match="what was put right in it is damaged"):
        read_put_right(path)


def test_what_was_put_right_is_right_when_the_drawing_is_opened_again(
    made: Any, tmp_path: Path
) -> None:
    path, _ = saved(made, tmp_path / "none_right")
    assert read_put_right(path) == []
    first, _ = made(folder=tmp_path / "right")
    draw(first, A, B)
    settle(first)
    for glyph, char in zip(first.state.reading.glyphs, ("7", None), strict=True):
        click(first, glyph.box)
        choose(first, char)
    keys(first, "s")
    settle(first)
    assert first.state.reading.text == "7"
    (path,) = (tmp_path / "right").glob("pad-*.json")
    assert [char for _, char in read_put_right(path)] == ["7", None]
    again, out = made(folder=tmp_path / "again")
    again.open(read_drawing(path), right=read_put_right(path))
    settle(again)
    again.on_key(ENTER)
    assert out.getvalue() == "7\n"
    keys(again, "s")
    settle(again)
    assert not list((tmp_path / "again").rglob("samples/*/*")), "they are no new samples"
    (path,) = (tmp_path / "again").glob("pad-*.json")
    assert len(read_put_right(path)) == 2, "and stay right"
    again.on_key(BACKSPACE)
    again.on_key(BACKSPACE)
    draw(again, A)
    settle(again)
    assert again.state.reading.text == "a", "other ink has nothing of it"


def test_what_is_not_read_where_it_was_is_told(made: Any, tmp_path: Path) -> None:
    path, _ = saved(made, tmp_path)
    pad, _ = made()
    pad.open(read_drawing(path), right=[((1, 2, 3, 4), "7")])
    settle(pad)
    assert pad.state.note.text == "1 of 1 corrections are of no glyph any more"
