"""What is put right in a picture that stands, without a window: nothing there first, then clicks,
typed words, taking back, and what of it is learnt."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.camera.correcting import following, glyph_at
from hwr_live.camera.layout import arrange
from hwr_live.camera.report import Report
from hwr_live.camera.state import Act, CameraState
from hwr_live.camera.view import paint_camera
from hwr_live.media.frames import Frame
from hwr_live.reading import Box, Glyph, Line, Reading

ENTER, ESC, BACKSPACE = 13, 27, 8
SIZE = (640, 480)


def reading(text: str = "abc de") -> Reading:
    """Words of one line, each glyph 20 x 30 pixels."""
    words: list[list[Glyph]] = [[]]
    for n, char in enumerate(text):
        if char == " ":
            words.append([])
        else:
            words[-1].append(Glyph(char, 0.6, (40 + 40 * n, 60, 20, 30), ((char, 0.6), ("x", 0.3))))
    return Reading((Line(tuple(tuple(word) for word in words)),), SIZE)


def frozen(size: tuple[int, int] = SIZE) -> CameraState:
    state = CameraState(arrange(size, (1920, 1080)), live=True, chars="all")
    state.image = np.full((size[1], size[0], 3), 220, np.uint8)
    read = reading()
    state.report = Report("0", Frame(state.image, 0, 0.0), read, read, "settled before", True)
    state.frozen = True
    return state


def click(state: CameraState, box: Box) -> Act | None:
    """A click on the middle of a box of the window."""
    x, y = box[0] + box[2] // 2, box[1] + box[3] // 2
    state.mouse = (x, y)
    if state.right.table is not None:
        return state.choose(x, y)
    state.press(x, y)
    return state.release(x, y)


def click_glyph(state: CameraState, number: int) -> None:
    assert state.report is not None
    click(state, state.placement.to_window(state.report.steady.glyphs[number].box))


def click_choice(state: CameraState, char: str | None) -> Act | None:
    assert state.right.table is not None
    return click(state, next(c.box for c in state.right.table.choices if c.char == char))


def text(state: CameraState) -> str:
    assert state.shown is not None
    return state.shown.text


def test_where_nothing_is_read_nothing_is_asked_for() -> None:
    state = frozen()
    state.report = None
    state.press(50, 70)
    assert state.release(50, 70) is None
    assert state.right.table is None
    assert state.key(BACKSPACE) is None
    assert glyph_at(Reading(), 5, 5) is None


def test_the_live_picture_is_not_put_right() -> None:
    state = frozen()
    state.frozen = False
    click_glyph(state, 0)
    assert (state.right.table, state.chosen) == (None, None)


@pytest.mark.parametrize("mirror", [False, True])
def test_a_click_asks_and_a_click_answers(mirror: bool) -> None:
    state = frozen()
    state.mirror = mirror
    click_glyph(state, 1)
    assert state.right.asked is not None
    assert state.right.asked.char == "b"
    assert state.right.table is not None
    assert click_choice(state, "Q") is Act.LEARN
    assert text(state) == "aQc de"
    assert state.right.table is None
    (change,) = state.right.changes
    assert [(new.glyph.char, new.char) for new in change.new] == [("b", "Q")]
    assert state.shown is not None
    assert state.shown.to_dict()["lines"][0]["text"] == "aQc de"
    assert state.shown.steady.glyphs[1].confidence == 1.0


def test_no_character_is_an_answer_and_what_was_answered_can_be_answered_anew() -> None:
    state = frozen()
    click_glyph(state, 0)
    click_choice(state, None)
    assert text(state) == "bc de"
    click_glyph(state, 0)
    click_choice(state, "7")
    assert text(state) == "7bc de"
    assert [old.char for old in state.right.changes[-1].gone] == [None]


def test_a_word_is_put_right_by_typing_it() -> None:
    state = frozen()
    click_glyph(state, 0)
    for char, capital in (("x", True), ("y", False), ("7", False)):
        assert state.key(ord(char), capital=capital) is Act.LEARN
    assert text(state) == "Xy7 de"
    assert state.right.table is None, "the word is over"
    assert state.key(ord("s")) is Act.SAVE, "keys are commands again"


@pytest.mark.parametrize("char", "$%&#@*\"';")
def test_signs_that_the_table_has_no_room_for_can_be_typed(char: str) -> None:
    state = frozen()
    click_glyph(state, 0)
    assert state.right.table is not None
    assert char not in {choice.char for choice in state.right.table.choices}
    assert state.key(ord(char)) is Act.LEARN
    assert text(state) == f"{char}bc de"


def test_esc_closes_the_table_and_not_the_program() -> None:
    state = frozen()
    click_glyph(state, 0)
    assert state.key(ESC) is None
    assert state.right.table is None
    assert state.key(ESC) is Act.QUIT


def test_a_click_beside_the_table_closes_it_and_other_keys_do_nothing() -> None:
    state = frozen()
    click_glyph(state, 0)
    assert state.key(300) is None
    assert state.key(ord(" ")) is None
    assert state.right.table is not None
    assert click(state, (600, 10, 2, 2)) is None
    assert state.right.table is None
    assert text(state) == "settled before"


def test_corrections_are_taken_back_one_by_one() -> None:
    state = frozen()
    for number, char in ((0, "X"), (1, "Y")):
        click_glyph(state, number)
        click_choice(state, char)
    assert state.key(ord("z")) is Act.LEARN
    assert text(state) == "Xbc de"
    assert state.key(BACKSPACE) is Act.LEARN
    assert text(state) == "settled before"
    assert state.key(BACKSPACE) is None
    taken_back = state.right.changes[2:]
    assert [[c.char for c in change.gone] for change in taken_back] == [["Y"], ["X"]]
    assert [change.new for change in taken_back] == [(), ()]


def test_corrections_die_with_the_picture() -> None:
    state = frozen()
    click_glyph(state, 0)
    click_choice(state, "X")
    state.key(ord(" "))
    assert text(state) == "settled before"
    state.key(ord(" "))
    assert text(state) == "settled before"


def test_a_region_drawn_anew_has_no_corrections() -> None:
    state = frozen()
    click_glyph(state, 0)
    click_choice(state, "X")
    state.press(300, 200)
    assert state.release(500, 400) is Act.READ_AGAIN
    assert text(state) == "settled before"


def test_small_glyphs_are_easy_to_hit_and_the_smallest_is_meant() -> None:
    dot = Glyph("i", 0.9, (52, 70, 2, 3))
    read = Reading((Line(((Glyph("a", 0.9, (40, 60, 60, 60)), dot),)),), SIZE)
    assert glyph_at(read, 47, 65) is dot
    assert glyph_at(read, 90, 100) is read.glyphs[0]
    assert glyph_at(read, 200, 100) is None


def test_what_follows_is_of_the_word() -> None:
    glyphs = reading().glyphs
    assert following(reading(), glyphs[0]) == glyphs[1]
    assert following(reading(), glyphs[2]) is None
    assert following(reading(), glyphs[4]) is None


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (320, 240)])
def test_the_table_is_painted_over_the_picture(size: tuple[int, int]) -> None:
    state = frozen(size)
    before = paint_camera(state).copy()
    click_glyph(state, 0)
    assert state.right.table is not None
    x, y, w, h = state.right.table.box
    left, top, width, height = state.layout.picture
    assert left <= x < x + w <= left + width
    assert top <= y < y + h <= top + height
    changed = (paint_camera(state) != before).any(2)
    assert changed[y : y + h, x : x + w].mean() > 0.5
