"""The pad: what is printed, and what mouse and keys do."""

from __future__ import annotations

import json
import threading
from typing import Any

import cv2
import pytest

from hwr_live.errors import HwrError
from hwr_live.reading import Reading
from hwr_live.ui.keys import CTRL
from hwr_live.ui.pen import PENS
from tests.support.fake_reader import FakeReader
from tests.support.pads import (
    BACKSPACE,
    ENTER,
    ESC,
    LOW,
    A,
    B,
    Clock,
    draw,
    keys,
    settle,
)


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
    clock = Clock()
    pad, _ = made(clock=clock)
    keys(pad, "h")
    assert pad.state.help
    shown = settle(pad)
    pad.on_key(code)
    assert not pad.state.help
    assert not pad.closed
    assert (settle(pad) != shown).any()
    clock.now += 5
    pad.on_key(ESC)
    assert pad.closed


@pytest.mark.parametrize("code", [-1, 0, 1, 65361, 0xFF00, 255, ord("q"), ord("1"), CTRL | 113])
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
