"""What typed characters, keys that choose, and clicks do on the pad."""

from __future__ import annotations

from typing import Any

import cv2
import pytest

from hwr_live.pad.layout import KEYS, PEN_KEY
from hwr_live.pad.program import Pad
from hwr_live.ui.keys import BACK_TAB, CTRL, DELETE, DOWN, F1, LEFT, RIGHT, TAB, UNKNOWN, UP
from tests.support.pads import DOT, ENTER, ESC, LOW, A, B, Clock, click, draw, keys, settle


def with_table(pad: Pad, number: int = 0) -> None:
    """Opens the table for a glyph."""
    settle(pad)
    click(pad, pad.state.reading.glyphs[number].box)
    assert pad.state.table is not None


def note(pad: Pad) -> str:
    return "" if pad.state.note is None else pad.state.note.text


def hover(pad: Pad, number: int) -> None:
    """The mouse goes to the middle of a glyph without a button."""
    x, y, w, h = pad.state.reading.glyphs[number].box
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 300, 300, 0)
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, x + w // 2, y + h // 2, 0)


# Typing an answer


def test_keys_that_choose_say_so_where_nothing_is_read(made: Any) -> None:
    pad, _ = made()
    for code in (TAB, LEFT, DOWN, DELETE):
        pad.on_key(code)
    assert pad.state.cursor is None
    pad.on_key(TAB)
    assert "nothing is read" in note(pad)


@pytest.mark.parametrize("char", "csdztyhpwe[]+=-?7")
def test_in_the_table_a_typed_character_is_the_answer(made: Any, char: str) -> None:
    pad, _ = made()
    draw(pad, A, B)
    with_table(pad, 1)
    pad.on_key(ord(char), False)
    assert pad.state.table is None
    assert pad.state.reading.text == "a" + char
    assert len(pad.state.canvas.strokes) == 2, "and no key of the pad"
    assert not pad.state.help


@pytest.mark.parametrize(("capital", "presses", "text"), [(True, 1, "C"), (False, 2, "c")])
def test_capitals_are_typed_with_shift(made: Any, capital: bool, presses: int, text: str) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    pad.on_key(TAB)
    for _ in range(presses):
        pad.on_key(ord("c"), capital)
    assert pad.state.reading.text == text


def test_where_shift_is_hidden_a_second_press_makes_a_capital(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    with_table(pad)
    texts = []
    for _ in range(3):
        pad.on_key(ord("c"), None)
        texts.append(pad.state.reading.text)
    assert texts == ["cb", "Cb", "cb"]
    assert len(pad.state.fixes.corrections) == 1
    keys(pad, "7c")
    assert pad.state.reading.text == "cb", "not the second press of one letter"


def test_delete_says_that_a_glyph_is_no_character(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    with_table(pad)
    pad.on_key(DELETE)
    assert pad.state.reading.text == "b"
    assert len(pad.state.canvas.strokes) == 2


@pytest.mark.parametrize("code", [UNKNOWN, ord("~") + 1])
def test_what_is_no_character_of_the_table_is_no_answer(made: Any, code: int) -> None:
    pad, _ = made()
    draw(pad, A)
    with_table(pad)
    pad.on_key(UNKNOWN)
    assert pad.state.table is not None
    assert "only the characters" in note(pad)
    assert pad.state.reading.text == "a"


def test_a_glyph_under_the_mouse_is_put_right_by_typing(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    settle(pad)
    hover(pad, 0)
    pad.on_key(ord("s"), False)
    assert pad.state.reading.text == "sb"
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 300, 300, 0)
    keys(pad, "c")
    assert pad.state.canvas.strokes == (), "away from glyphs, keys are the pad's"


def test_the_glyph_that_was_drawn_last_is_not_pointed_at(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    x, y = A[-1]
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, x + 1, y, 0)
    assert pad.state.hovered is not None
    keys(pad, "c")
    assert pad.state.canvas.strokes == ()


def test_tab_and_arrows_choose_a_glyph(made: Any) -> None:
    pad, out = made()
    draw(pad, B, LOW, A)
    settle(pad)
    chosen = []
    for code in (TAB, TAB, TAB, BACK_TAB, LEFT, RIGHT, UP, DOWN, DOWN):
        pad.on_key(code)
        assert pad.state.cursor is not None
        chosen.append(pad.state.cursor.char)
    # Read are a and c, in the line below b.
    assert chosen == ["a", "c", "b", "c", "a", "c", "c", "b", "b"]
    pad.on_key(ord("q"), False)
    pad.on_key(ENTER)
    assert out.getvalue() == "ac\nq\n"
    pad.on_key(TAB)
    pad.on_key(ESC)
    assert pad.state.cursor is None
    assert not pad.closed


def test_a_stroke_ends_the_choice(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    pad.on_key(TAB)
    draw(pad, B)
    keys(pad, "c")
    assert pad.state.canvas.strokes == ()


# What is said


def test_a_correction_without_a_profile_says_that_nothing_is_learnt(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    with_table(pad)
    pad.on_key(ord("q"), False)
    assert "nothing is learnt without --profile" in note(pad)


@pytest.mark.parametrize("code", [ord("z"), ord("c"), F1, TAB])
def test_what_was_said_of_an_act_goes_with_the_next(made: Any, code: int) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    pad.on_key(ENTER)
    assert note(pad) == "printed"
    pad.on_key(code)
    assert note(pad) == ""
    settle(pad)
    keys(pad, "h" if code == F1 else "]")
    draw(pad, B)
    assert note(pad) == ""


def test_warnings_stay_for_their_time(made: Any) -> None:
    clock = Clock()
    pad, _ = made(clock=clock)
    pad.state.say("the disk is full", warning=True)
    draw(pad, A)
    settle(pad)
    assert note(pad) == "the disk is full"
    clock.now += 60
    settle(pad)
    assert note(pad) == ""


# Habits


def test_ctrl_with_a_letter_does_what_it_does_elsewhere(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    pad.on_key(CTRL | ord("z"))
    assert len(pad.state.canvas.strokes) == 1
    pad.on_key(CTRL | ord("y"))
    assert len(pad.state.canvas.strokes) == 2
    pad.on_key(CTRL | ord("c"))
    settle(pad)
    assert len(pad.state.canvas.strokes) == 2, "it copies and does not clear"


@pytest.mark.parametrize("code", [F1, ord("?"), ord("h")])
def test_help_has_the_keys_that_it_has_elsewhere(made: Any, code: int) -> None:
    pad, _ = made()
    pad.on_key(code)
    assert pad.state.help
    pad.on_key(code)
    assert not pad.state.help


def test_delete_clears(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    pad.on_key(DELETE)
    assert pad.state.canvas.strokes == ()


def test_a_key_of_another_alphabet_says_what_can_be_done(made: Any) -> None:
    pad, _ = made()
    pad.on_key(UNKNOWN)
    assert "can be clicked" in note(pad)


def press_button(pad: Pad, cap: str, at: float = 0.5) -> None:
    """Clicks a key of the legend."""
    index = [key[0] for key in KEYS].index(cap)
    x, y, w, h = pad.state.layout.keys[index]
    draw(pad, [(round(x + w * at), y + h // 2)])


@pytest.mark.parametrize("size", [(640, 480), (960, 600), (2560, 1440)])
def test_the_keys_that_are_shown_can_be_clicked(made: Any, size: tuple[int, int]) -> None:
    pad, out = made(size=size)
    assert len(pad.state.layout.keys) == len(KEYS), "all are shown"
    draw(pad, A, B)
    settle(pad)
    press_button(pad, "Enter")
    assert out.getvalue() == "ab\n"
    for cap, strokes in (("Z", 1), ("Y", 2), ("C", 0), ("Z", 2)):
        press_button(pad, cap)
        assert len(pad.state.canvas.strokes) == strokes
    pen = pad.state.canvas.pen
    press_button(pad, PEN_KEY)
    assert pad.state.canvas.pen > pen
    press_button(pad, PEN_KEY, at=0.04)
    assert pad.state.canvas.pen == pen
    press_button(pad, "H")
    assert pad.state.help
    click(pad, (5, 5, 1, 1))
    press_button(pad, "D")
    assert pad.state.chars == "digits"
    settle(pad)
    press_button(pad, "Tab")
    assert pad.state.cursor is not None
    press_button(pad, "C")
    assert pad.state.canvas.strokes == (), "a click is a key, no answer"
    press_button(pad, "P")
    assert pad.state.layout.folded


def test_the_left_button_erases_where_there_is_no_other(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    press_button(pad, "E")
    draw(pad, A)
    settle(pad)
    assert len(pad.state.reading.glyphs) == 1
    press_button(pad, "E")
    draw(pad, A)
    settle(pad)
    assert len(pad.state.reading.glyphs) == 2


def test_changing_the_tool_in_a_stroke_changes_the_next_one(made: Any) -> None:
    pad, _ = made()
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, *A[0], cv2.EVENT_FLAG_LBUTTON)
    keys(pad, "e")
    pad.on_mouse(cv2.EVENT_LBUTTONUP, *A[1], 0)
    assert [stroke.erases for stroke in pad.state.canvas.strokes] == [False]


# Esc, and clicks that are no dots


@pytest.mark.parametrize("way", ["h", "table"])
def test_one_esc_too_many_after_a_pop_up_does_not_end_the_program(made: Any, way: str) -> None:
    clock = Clock()
    pad, _ = made(clock=clock)
    draw(pad, A)
    if way == "h":
        keys(pad, "hh")
    else:
        with_table(pad)
        pad.on_key(ord("q"), False)
    pad.on_key(ESC)
    assert not pad.closed
    assert note(pad) == "Esc again ends the program"
    pad.on_key(ESC)
    assert pad.closed


def test_esc_ends_at_once_where_nothing_was_open(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    pad.on_key(ESC)
    assert pad.closed


def test_a_click_on_empty_paper_makes_no_dot_but_one_that_is_held_does(made: Any) -> None:
    clock = Clock()
    pad, _ = made(clock=clock)
    draw(pad, DOT)
    assert pad.state.canvas.strokes == ()
    assert "hold" in note(pad)
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, *DOT[0], cv2.EVENT_FLAG_LBUTTON)
    clock.now += 0.4
    pad.on_mouse(cv2.EVENT_LBUTTONUP, *DOT[0], 0)
    assert len(pad.state.canvas.strokes) == 1


@pytest.mark.parametrize("at", [(40, 20), (60, 90), (110, 60)])
def test_a_dot_beside_ink_is_a_dot(made: Any, at: tuple[int, int]) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    draw(pad, [at])
    assert pad.state.table is None
    assert len(pad.state.canvas.strokes) == 2
