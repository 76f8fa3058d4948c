"""The pad without a window: where things are, what mouse and keys do, what is printed and saved."""

from __future__ import annotations

import io
import json
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hwr_live.chars import ALL, MARKS
from hwr_live.errors import DeviceError, HwrError, InputError
from hwr_live.pad import app as pad_module
from hwr_live.pad.app import Pad
from hwr_live.pad.layout import arrange
from hwr_live.pad.view import PadView, paint_pad
from hwr_live.profiles.corrections import Correction, corrected
from hwr_live.profiles.profile import Profile
from hwr_live.reading import Box, Glyph, Line, Reading
from hwr_live.system import clipboard
from hwr_live.system.files import write_new
from hwr_live.ui.layout import CROP
from hwr_live.ui.pen import PENS
from tests.support.fake_reader import FakeReader

ENTER, ESC, BACKSPACE = 13, 27, 8
SIZES = [(320, 240), (321, 611), (640, 480), (800, 300), (960, 600), (1920, 1080), (2560, 1440)]

Points = list[tuple[int, int]]
A: Points = [(40, 40), (40, 90)]
B: Points = [(90, 40), (120, 90)]
LOW: Points = [(60, 350), (60, 400)]
DOT: Points = [(200, 60)]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes pads, and closes them."""
    pads: list[Pad] = []

    def make(
        reader: FakeReader | None = None,
        size: tuple[int, int] = (640, 480),
        as_json: bool = False,
        folder: Path | None = None,
        profile: Profile | None = None,
    ) -> tuple[Pad, io.StringIO]:
        out = io.StringIO()
        pad = Pad(
            reader or FakeReader(),
            size,
            json=as_json,
            folder=folder or tmp_path / "saved",
            out=out,
            profile=profile,
        )
        pads.append(pad.__enter__())
        return pad, out

    yield make
    for pad in pads:
        pad.__exit__()


def draw(pad: Pad, *strokes: Points, button: str = "L") -> None:
    """Strokes of the mouse, as OpenCV tells of them."""
    down, up, flag = (
        (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_LBUTTONUP, cv2.EVENT_FLAG_LBUTTON)
        if button == "L"
        else (cv2.EVENT_RBUTTONDOWN, cv2.EVENT_RBUTTONUP, cv2.EVENT_FLAG_RBUTTON)
    )
    for points in strokes:
        pad.on_mouse(down, *points[0], flag)
        for point in points[1:]:
            pad.on_mouse(cv2.EVENT_MOUSEMOVE, *point, flag)
        pad.on_mouse(up, *points[-1], 0)


def settle(pad: Pad) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Turns the loop until all is read and done; returns what is shown then."""
    end = time.monotonic() + 10
    while pad.busy:
        pad.picture()
        assert time.monotonic() < end
        time.sleep(0.001)
    pad.state.changed = True
    picture = pad.picture()
    assert picture is not None
    return picture.copy()


def click(pad: Pad, box: Box) -> None:
    """A click on the middle of a box."""
    draw(pad, [(box[0] + box[2] // 2, box[1] + box[3] // 2)])


def keys(pad: Pad, names: str) -> None:
    """Presses the keys of some characters."""
    for name in names:
        pad.on_key(ord(name))


# Where things are


@pytest.mark.parametrize("size", SIZES)
def test_the_drawing_area_is_the_left_of_the_window_at_full_height(size: tuple[int, int]) -> None:
    x, y, w, h = arrange(size).drawing
    assert (x, y, h) == (0, 0, size[1])
    assert 0.6 * size[0] <= w < size[0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [0, 1, 7, 20, 300])
def test_nothing_overlaps_or_leaves_the_window(size: tuple[int, int], count: int) -> None:
    layout = arrange(size)
    cells = [(x, y, w, h + layout.label) for x, y, w, h in layout.crop_cells(count)]
    assert len(cells) <= count
    parts = [layout.reading, layout.bars, layout.note, *layout.keys, *cells]
    for x, y, w, h in parts:
        assert w > 0
        assert h > 0
        assert layout.panel[0] < x
        assert x + w < size[0]
        assert y >= 0
        assert y + h <= size[1]
    for a, b in combinations(parts, 2):
        assert (
            a[0] + a[2] <= b[0]
            or b[0] + b[2] <= a[0]
            or a[1] + a[3] <= b[1]
            or (b[1] + b[3] <= a[1])
        ), (a, b)


@pytest.mark.parametrize("size", [(640, 480), (960, 600), (1920, 1080)])
def test_twenty_crops_are_shown_each_pixel_at_least_once(size: tuple[int, int]) -> None:
    cells = arrange(size).crop_cells(20)
    assert len(cells) == 20
    assert min(w for _, _, w, _ in cells) >= CROP


@pytest.mark.parametrize("size", [(319, 600), (960, 239), (0, 0), (-5, 600), (9000, 600)])
def test_a_size_that_cannot_be_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="320x240"):
        pad_module.run(FakeReader(), size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("where", [(0.0, 0.0), (0.5, 0.5), (0.98, 0.98), (0.1, 0.9)])
def test_the_table_is_inside_the_drawing_area_and_hides_no_glyph(
    size: tuple[int, int], where: tuple[float, float]
) -> None:
    layout = arrange(size)
    _, _, width, height = layout.drawing
    glyph = (int(where[0] * (width - 12)), int(where[1] * (height - 12)), 12, 12)
    table = layout.table(glyph, [("a", 0.5), ("b", 0.2), ("c", 0.1), ("d", 0.1), ("e", 0.1)])
    x, y, w, h = table.box
    assert x >= 0
    assert y >= 0
    assert x + w <= width
    assert y + h <= height
    boxes = [choice.box for choice in table.choices]
    assert len(boxes) == 5 + len(ALL + MARKS) + 1
    for box in boxes:
        middle = (box[0] + box[2] // 2, box[1] + box[3] // 2)
        hit = table.at(*middle)
        assert hit is not None
        assert hit.box == box
        assert x <= box[0]
        assert box[0] + box[2] <= x + w
        assert box[1] + box[3] <= y + h
    hidden = x < glyph[0] + 12 and glyph[0] < x + w and y < glyph[1] + 12 and glyph[1] < y + h
    assert not hidden or (size == (800, 300) and where == (0.5, 0.5)), "there it has no room"


# What is printed


def test_an_empty_drawing_prints_an_empty_line_at_every_enter(made: Any) -> None:
    pad, out = made()
    pad.on_key(ENTER)
    pad.on_key(ENTER)
    settle(pad)
    assert out.getvalue() == "\n\n"


def test_enter_prints_what_was_read_and_leaves_the_drawing(made: Any) -> None:
    pad, out = made()
    draw(pad, A, B)
    settle(pad)
    assert pad.state.reading.text == "ab", "read without Enter"
    assert out.getvalue() == ""
    pad.on_key(ENTER)
    pad.on_key(ENTER)
    assert out.getvalue() == "ab\nab\n"
    assert len(pad.state.canvas.strokes) == 2


def test_lines_of_writing_are_lines_of_text(made: Any) -> None:
    pad, out = made()
    draw(pad, A, B, LOW)
    settle(pad)
    pad.on_key(ENTER)
    assert out.getvalue() == "ac\nb\n"


def test_json_is_an_object_a_line_with_its_source_first(made: Any) -> None:
    pad, out = made(as_json=True)
    pad.on_key(ENTER)
    draw(pad, A)
    settle(pad)
    pad.on_key(ENTER)
    empty, read = (json.loads(line) for line in out.getvalue().splitlines())
    assert next(iter(empty)) == "source"
    assert empty["source"] == read["source"] == "draw"
    assert (empty["text"], empty["lines"]) == ("", [])
    assert read == {"source": "draw", "frame": 0, **pad.state.reading.to_dict()}
    assert read["size"] == [384, 480]


def test_enter_prints_the_drawing_of_its_moment_even_if_reading_is_slow(made: Any) -> None:
    gate = threading.Event()
    pad, out = made(FakeReader(gate=gate))
    draw(pad, A)
    pad.on_key(ENTER)
    draw(pad, B)
    pad.on_key(ENTER)
    keys(pad, "c")
    pad.on_key(ENTER)
    pad.picture()
    assert out.getvalue() == ""
    gate.set()
    settle(pad)
    pad.finish()
    assert out.getvalue() == "a\nab\n\n"


def test_enter_and_esc_at_once_still_print(made: Any) -> None:
    pad, out = made()
    draw(pad, A)
    pad.on_key(ENTER)
    pad.on_key(ESC)
    assert pad.closed
    pad.finish()
    assert out.getvalue() == "a\n"


def test_slow_reading_skips_drawings_that_nobody_asked_for(made: Any) -> None:
    gate = threading.Event()
    reader = FakeReader(gate=gate)
    pad, _ = made(reader)
    for x in range(20, 220, 10):
        draw(pad, [(x, 40), (x, 90)])
        pad.picture()
    gate.set()
    settle(pad)
    assert len(pad.state.reading.glyphs) == 20
    assert len(reader.pictures) <= 3


def test_a_reader_that_fails_is_not_hidden(made: Any) -> None:
    class Broken(FakeReader):
        def read(self, picture: Any) -> Reading:
            raise HwrError("the model broke")

    pad, _ = made(Broken())
    draw(pad, A)
    with pytest.raises(HwrError, match="broke"):
        settle(pad)


# What mouse and keys do


def test_undo_redo_and_clear(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    texts = []
    for key in (ord("z"), BACKSPACE, ord("z"), ord("y"), ord("y"), ord("y"), ord("c"), ord("z")):
        pad.on_key(key)
        settle(pad)
        texts.append(pad.state.reading.text)
    assert texts == ["a", "", "", "a", "ab", "ab", "", "ab"]


def test_the_right_button_erases(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    draw(pad, A, button="R")
    settle(pad)
    assert len(pad.state.reading.glyphs) == 1
    keys(pad, "z")
    settle(pad)
    assert len(pad.state.reading.glyphs) == 2


def test_the_pen_width_goes_from_end_to_end(made: Any) -> None:
    pad, _ = made()
    keys(pad, "[" * 20)
    assert pad.state.canvas.pen == PENS[0]
    keys(pad, "]" * 20)
    assert pad.state.canvas.pen == PENS[-1]
    keys(pad, "[")
    draw(pad, A)
    assert pad.state.canvas.strokes[0].pen == PENS[-2]


def test_strokes_begin_in_the_drawing_area_only(made: Any) -> None:
    pad, _ = made()
    draw(pad, [(400, 100), (100, 100)])
    assert pad.state.canvas.strokes == ()
    draw(pad, [(300, 100), (600, 100)])
    picture = settle(pad)
    assert len(pad.state.canvas.strokes) == 1
    assert (picture[95:105, 390] != 0).all(), "no ink in the panel"


def test_quick_second_presses_come_as_double_clicks_and_draw_too(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    pad.on_mouse(cv2.EVENT_LBUTTONDBLCLK, *B[0], cv2.EVENT_FLAG_LBUTTON)
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, *B[1], cv2.EVENT_FLAG_LBUTTON)
    pad.on_mouse(cv2.EVENT_LBUTTONUP, *B[1], 0)
    assert len(pad.state.canvas.strokes) == 2


def test_a_button_let_go_outside_ends_the_stroke(made: Any) -> None:
    pad, _ = made()
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, *A[0], cv2.EVENT_FLAG_LBUTTON)
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, *A[1], cv2.EVENT_FLAG_LBUTTON)
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 300, 300, 0)
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 10, 300, 0)
    assert len(pad.state.canvas.strokes) == 1
    assert not pad.state.pen.points


def test_clearing_while_the_button_is_down_keeps_the_stroke_in_hand(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, *B[0], cv2.EVENT_FLAG_LBUTTON)
    keys(pad, "c")
    pad.on_mouse(cv2.EVENT_LBUTTONUP, *B[1], 0)
    assert len(pad.state.canvas.strokes) == 1


def test_d_goes_through_the_sets_that_the_model_knows(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    texts = []
    for _ in range(3):
        keys(pad, "d")
        settle(pad)
        texts.append((pad.state.chars, pad.state.reading.text))
    assert texts == [("digits", "0"), ("letters", "A"), ("all", "a")]


def test_d_comes_back_to_the_set_that_was_given(made: Any) -> None:
    pad, _ = made(FakeReader("xyz"))
    seen = []
    for _ in range(4):
        keys(pad, "d")
        seen.append(pad.state.chars)
    assert seen == ["all", "digits", "letters", "xyz"]


def test_d_passes_over_sets_that_the_model_lacks(made: Any) -> None:
    pad, _ = made(FakeReader("digits", knows="0123456789"))
    keys(pad, "d")
    assert pad.state.chars == "digits"
    assert pad.state.note is not None
    assert "no other" in pad.state.note.text


@pytest.mark.parametrize("code", [ESC, ord("h")])
def test_help_opens_and_closes_and_esc_then_quits(made: Any, code: int) -> None:
    pad, _ = made()
    keys(pad, "h")
    assert pad.state.help
    shown = settle(pad)
    pad.on_key(code)
    assert not pad.state.help
    assert not pad.closed
    assert (settle(pad) != shown).any()
    pad.on_key(ESC)
    assert pad.closed


@pytest.mark.parametrize("code", [-1, 0, 1, 65361, 65535, 255, ord("q"), ord("1")])
def test_other_keys_do_nothing(made: Any, code: int) -> None:
    pad, out = made()
    draw(pad, A)
    before = settle(pad)
    pad.on_key(code)
    assert (settle(pad) == before).all()
    assert not pad.closed
    assert out.getvalue() == ""


def test_nothing_is_painted_while_nothing_happens(made: Any) -> None:
    pad, _ = made()
    settle(pad)
    assert pad.picture() is None
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 100, 100, 0)
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 101, 100, 0)
    pad.picture()
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 102, 100, 0)
    assert pad.picture() is None


# Putting right


def choose(pad: Pad, char: str | None, *, among: str = "all") -> None:
    """Clicks a character in the open table."""
    assert pad.state.table is not None
    click(
        pad,
        next(
            choice.box
            for choice in pad.state.table.choices
            if choice.char == char and (choice.probability is not None) == (among == "candidates")
        ),
    )


@pytest.mark.parametrize(
    ("char", "among"), [("c", "candidates"), ("Q", "all"), ("7", "all"), (None, "all")]
)
def test_a_click_on_a_box_and_on_a_character_puts_it_right(
    made: Any, char: str | None, among: str
) -> None:
    pad, out = made(as_json=True)
    draw(pad, A, B)
    settle(pad)
    click(pad, pad.state.reading.glyphs[1].box)
    assert len(pad.state.canvas.strokes) == 2, "the click is no dot"
    choose(pad, char, among=among)
    assert pad.state.table is None
    pad.on_key(ENTER)
    printed = json.loads(out.getvalue())
    assert printed["text"] == "a" + (char or "")
    glyph = printed["lines"][0]["glyphs"][1]
    assert (glyph["char"], glyph["confidence"]) == (char, 1.0)
    assert glyph["candidates"][0][0] == "b", "the network's own opinion stays"


def test_a_click_on_a_crop_opens_the_table_too(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    settle(pad)
    click(pad, pad.state.crop_cells()[1][0])
    assert pad.state.asked is pad.state.reading.glyphs[1]


def test_what_was_put_right_stays_so_while_its_ink_does(made: Any) -> None:
    pad, _ = made()
    draw(pad, B)
    settle(pad)
    click(pad, pad.state.reading.glyphs[0].box)
    choose(pad, "Q")
    draw(pad, A)
    settle(pad)
    assert pad.state.reading.text == "aQ"
    keys(pad, "c")
    settle(pad)
    keys(pad, "z")
    settle(pad)
    assert pad.state.reading.text == "aQ"
    keys(pad, "c")
    draw(pad, [(90, 90), (120, 40)])  # other ink in the same place
    settle(pad)
    assert pad.state.reading.text == "a"


def test_the_newest_correction_of_a_glyph_counts(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    for char in "QR":
        settle(pad)
        click(pad, pad.state.reading.glyphs[0].box)
        choose(pad, char)
    assert pad.state.reading.text == "R"
    assert [c.char for c in pad.state.unsaved] == ["R"]


@pytest.mark.parametrize("way", ["esc", "click", "key"])
def test_the_table_can_be_left_without_a_choice(made: Any, way: str) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    click(pad, pad.state.reading.glyphs[0].box)
    assert pad.state.table is not None
    if way == "esc":
        pad.on_key(ESC)
    elif way == "click":
        x, y, w, h = pad.state.table.box
        draw(pad, [(x + w + 5, y + h + 5) if y + h + 5 < 480 and x + w + 5 < 384 else (5, 5)])
    else:
        keys(pad, "z")
    assert pad.state.table is None
    assert not pad.closed
    assert pad.state.corrections == []
    assert len(pad.state.canvas.strokes) == (0 if way == "key" else 1)


def test_a_dot_beside_ink_is_a_dot(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    draw(pad, DOT, [(40, 20)])
    assert pad.state.table is None
    assert len(pad.state.canvas.strokes) == 3


def test_a_table_closes_when_its_glyph_goes(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    click(pad, pad.state.reading.glyphs[0].box)
    pad.state.canvas.clear()
    pad._ask()
    settle(pad)
    assert pad.state.table is None


def test_corrections_need_the_same_place_and_the_same_crop() -> None:
    crop = np.zeros((28, 28), np.uint8)
    other = crop.copy()
    other[5:20, 5:20] = 255
    was = Glyph("a", 0.5, (10, 10, 20, 20), (), crop)
    correction = Correction(was, "b")
    assert correction.fits(Glyph("x", 0.1, (11, 10, 20, 21), (), crop))
    assert not correction.fits(Glyph("a", 0.5, (10, 10, 20, 20), (), other))
    assert not correction.fits(Glyph("a", 0.5, (40, 10, 20, 20), (), crop))
    reading = Reading((Line(((was,),)),))
    assert corrected(reading, []) is reading
    assert corrected(reading, [correction]).text == "b"


@pytest.mark.parametrize("learns", [True, False])
def test_undo_takes_back_what_was_done_last_be_it_a_correction(
    made: Any, tmp_path: Path, learns: bool
) -> None:
    pad, _ = made(profile=Profile.open(tmp_path / "ann", new=True) if learns else None)
    draw(pad, A, B)
    for char in "QR":
        settle(pad)
        click(pad, pad.state.reading.glyphs[0].box)
        choose(pad, char)
    settle(pad)
    draw(pad, LOW)
    texts = []
    for _ in range(5):
        keys(pad, "z")
        settle(pad)
        texts.append(pad.state.reading.text)
    assert texts == ["Rb", "Qb", "ab", "a", ""]
    assert pad.state.unsaved == []


# Learning


def correct(pad: Pad, number: int, char: str | None) -> None:
    """Puts the glyph with a number right with the mouse."""
    settle(pad)
    click(pad, pad.state.reading.glyphs[number].box)
    choose(pad, char)
    settle(pad)


def test_without_a_profile_nothing_is_kept(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    pad, _ = made()
    draw(pad, A)
    correct(pad, 0, "Q")
    draw(pad, [(200, 40), (200, 90)])
    settle(pad)
    assert pad.state.reading.text == "Qb"
    assert os.listdir(tmp_path) == []


def test_a_correction_is_learnt_at_once_and_kept(made: Any, tmp_path: Path) -> None:
    profile = Profile.open(tmp_path / "ann", new=True)
    pad, _ = made(profile=profile)
    draw(pad, A, B)
    settle(pad)
    assert not profile.exists, "nothing is kept before it is asked for"
    correct(pad, 0, "q")
    assert pad.state.note is not None
    assert pad.state.note.text == "learnt: q"
    keys(pad, "c")
    draw(pad, [(300, 140), (300, 190)], B)
    settle(pad)
    assert pad.state.reading.text == "aq", "the same ink elsewhere"
    keys(pad, "d")
    settle(pad)
    assert "q" in pad.state.reading.text, "another set, the same hand"
    kept = Profile.open(tmp_path / "ann")
    assert [(s.char, s.source) for s in kept.samples] == [("q", "pad")]
    np.testing.assert_array_equal(kept.samples[0].crop, profile.samples[0].crop)
    height, width = kept.samples[0].ink.shape
    assert 50 <= height <= 60, "ink at its natural size"
    assert width < 12
    other, _ = made(profile=kept)
    assert other.state.note is not None
    assert other.state.note.text == "ann has 1 sample of 1 character"
    draw(other, A)
    settle(other)
    assert other.state.reading.text == "q", "known from the start"


def test_what_is_put_right_again_or_taken_back_is_forgotten(made: Any, tmp_path: Path) -> None:
    pad, _ = made(profile=Profile.open(tmp_path / "ann", new=True))
    draw(pad, A)
    correct(pad, 0, "Q")
    correct(pad, 0, "q")
    assert [s.char for s in Profile.open(tmp_path / "ann").samples] == ["q"]
    keys(pad, "z")
    settle(pad)
    assert [s.char for s in Profile.open(tmp_path / "ann").samples] == ["Q"]
    correct(pad, 0, None)
    assert Profile.open(tmp_path / "ann").samples == ()
    keys(pad, "zz")
    settle(pad)
    assert pad.state.note is not None
    assert pad.state.note.text == "forgotten: Q"
    assert Profile.open(tmp_path / "ann").samples == ()
    assert pad.state.reading.text == "a"
    assert len(pad.state.canvas.strokes) == 1


def test_a_profile_that_cannot_be_written_is_said(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    pad, _ = made(profile=Profile(tmp_path / "file" / "ann"))
    draw(pad, A)
    correct(pad, 0, "Q")
    assert pad.state.note is not None
    assert pad.state.note.warning
    assert capsys.readouterr().err.count("\n") == 1
    assert pad.state.reading.text == "Q", "the correction stays"


# Saving and copying


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
    assert len(pad.state.unsaved) == 1
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


# What is shown


@pytest.mark.parametrize("size", SIZES)
def test_every_state_can_be_painted_at_every_size(made: Any, size: tuple[int, int]) -> None:
    pad, _ = made(size=size)
    seen = [settle(pad)]
    _, _, width, height = pad.state.layout.drawing
    strokes = [
        [(x * width // 9, y * height // 6), (x * width // 9, y * height // 6 + height // 9)]
        for x in range(1, 9)
        for y in range(1, 5)
    ]
    draw(pad, *strokes, [(3, 3)])
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, 5, height - 5, cv2.EVENT_FLAG_LBUTTON)
    seen.append(settle(pad))
    pad.on_mouse(cv2.EVENT_LBUTTONUP, 9, height - 5, 0)
    settle(pad)
    pad.on_mouse(cv2.EVENT_RBUTTONDOWN, width - 1, height - 1, cv2.EVENT_FLAG_RBUTTON)
    seen.append(settle(pad))
    pad.on_mouse(cv2.EVENT_RBUTTONUP, width - 1, height - 1, 0)
    keys(pad, "h")
    seen.append(settle(pad))
    keys(pad, "h")
    settle(pad)
    click(pad, pad.state.reading.glyphs[3].box)
    seen.append(settle(pad))
    assert all(frame.shape == (size[1], size[0], 3) for frame in seen)
    for a, b in combinations(seen, 2):
        assert (a != b).any()


def test_what_is_painted_again_in_part_is_what_is_painted_at_once(made: Any) -> None:
    pad, _ = made()
    view = PadView()
    steps: list[Callable[[], None]] = [
        lambda: draw(pad, A),
        lambda: draw(pad, B, LOW),
        lambda: pad.on_mouse(cv2.EVENT_MOUSEMOVE, 40, 60, 0),
        lambda: keys(pad, "h"),
        lambda: keys(pad, "h"),
        lambda: click(pad, pad.state.reading.glyphs[0].box),
        lambda: choose(pad, "Q"),
        lambda: keys(pad, "]"),
        lambda: keys(pad, "d"),
        lambda: keys(pad, "z"),
        lambda: keys(pad, "c"),
    ]
    for step in steps:
        step()
        settle(pad)
        np.testing.assert_array_equal(view.paint(pad.state), paint_pad(pad.state))


def test_a_stroke_in_hand_is_seen_before_it_is_done(made: Any) -> None:
    pad, _ = made()
    settle(pad)
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, 50, 50, cv2.EVENT_FLAG_LBUTTON)
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 350, 50, cv2.EVENT_FLAG_LBUTTON)
    frame = pad.picture()
    assert frame is not None
    assert (frame[50, 50:350].max(axis=1) < 128).all(), "one fast movement leaves no gap"
