"""The letters of a keyboard are no writing; single characters of forms, tables and people are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hwr_live.reading import Glyph, Line, Reading
from hwr_live.recognition.keys import without_keys

_QWERTY = ("1 2 3 4 5 6 7 8 9 0", "Q W E R T Y U I O P", "A S D F G H J K L", "Z X C V B N M")
_STEP = 60


def line(text: str, y: int, printed: bool = True, x: int = 0) -> Line:
    words, glyphs = text.split(" "), []
    for word in words:
        glyphs.append(tuple(Glyph(c, 0.9, (x + 14 * k, y, 20, 30)) for k, c in enumerate(word)))
        x += _STEP + 14 * (len(word) - 1)
    return Line(tuple(glyphs), printed=(printed,) * len(words))


def page(rows: Sequence[str], printed: bool = True) -> Reading:
    lines = (line(row, _STEP * k, printed, 20 * k) for k, row in enumerate(rows))
    return Reading(tuple(lines), (2000, 2000))


def test_nothing_has_no_keys() -> None:
    for empty in (Reading(), Reading((Line(()),)), Reading((Line(((),), printed=(True,)),))):
        assert without_keys(empty) == empty


@pytest.mark.parametrize(
    "rows",
    [
        _QWERTY,
        ("Q W E R T Z U I O P", "A S D F G H J K L", "Y X C V B N M"),
        ("A Z E R T Y U I O P", "Q S D F G H J K L M", "W X C V B N"),
        ("1 2 3 4 5 6 7 8 9", "Q W E R T Y U 1 C", "A S D F G H J K 1", "2 X C V B N M"),
        ("W E R T Y U 1 0", "S D F G H"),
    ],
)
def test_a_keyboard_says_nothing(rows: Sequence[str]) -> None:
    found = without_keys(page(rows))
    assert found.text == ""
    assert found.left_out == {"key": sum(len(row.split()) for row in rows)}
    assert "keyboard" in found.remark


@pytest.mark.parametrize(
    "rows",
    [
        ("1 2 3 4 5 6 7 8 9 0",) * 4,  # the head of a table, a calendar
        ("A B C D E F G H", "I J K L M N O P", "Q R S T U V W X"),
        ("A B C D",) * 12,  # choices
        ("7 8 9", "4 5 6", "1 2 3"),
        ("Q W E R T Y",),  # too few
        ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
        ("I am a man", "a b c") * 8,
    ],
)
def test_other_printed_characters_stay(rows: Sequence[str]) -> None:
    assert without_keys(page(rows)) == page(rows)


def test_a_keyboard_that_was_drawn_by_hand_stays() -> None:
    assert without_keys(page(_QWERTY, printed=False)) == page(_QWERTY, printed=False)


def test_what_is_written_beside_a_keyboard_stays() -> None:
    keys = page(_QWERTY)
    note = line("buy 3 tea", 700, printed=False)
    label = line("Shift", _STEP * 3, x=600)  # beside its row
    over = line("hello", 65, printed=False, x=200)
    found = without_keys(Reading((*keys.lines, label, over, note), keys.size, left_out={"rule": 2}))
    assert found.text == "hello\nbuy 3 tea"
    assert found.left_out == {"rule": 2, "key": 36 + 5}
