"""Readings: text and JSON of nothing, of unreadable ink, and of a page."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from hwr_live.reading import Box, Glyph, Line, Reading, union_box


def glyph(char: str | None, box: Box = (0, 0, 1, 1)) -> Glyph:
    return Glyph(char, np.float64(0.98761), box, (("a", np.float64(0.98761)),))


def line(*words: str) -> Line:
    """Words of glyphs; ``?`` is ink that is no character."""
    return Line(tuple(tuple(glyph(None if c == "?" else c) for c in word) for word in words))


def test_an_empty_reading() -> None:
    assert Reading().text == ""
    assert Reading().glyphs == ()
    empty = {"size": [4, 3], "text": "", "lines": [], "cells": [], "left_out": {}, "ms": {}}
    assert Reading((), (4, 3)).to_dict() == empty
    assert Reading((), (4, 3)).remark == ""


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), ""),
        (("",), ""),
        (("?",), ""),
        (("?", "??"), ""),
        (("ab",), "ab"),
        (("a?b",), "ab"),
        (("?", "ab", "?", "c?"), "ab c"),
    ],
)
def test_unreadable_ink_is_in_no_text(words: tuple[str, ...], text: str) -> None:
    assert line(*words).text == text


def test_lines_without_text_make_no_empty_lines() -> None:
    reading = Reading((line("?"), line("ab", "c"), line("??"), line("d")))
    assert reading.text == "ab c\nd"
    assert len(reading.to_dict()["lines"]) == 4
    assert len(reading.glyphs) == 7


def test_each_glyph_is_changed_once_in_reading_order() -> None:
    assert Reading().map(lambda glyph: glyph) == Reading()
    reading = Reading((line("ab", "c"), line("?"), line("d")), (40, 30), {"total": 1.0})
    seen: list[str | None] = []

    def moved(glyph: Glyph) -> Glyph:
        seen.append(glyph.char)
        return glyph.at((len(seen), 0, 1, 1))

    changed = reading.map(moved)
    assert seen == ["a", "b", "c", None, "d"]
    assert [glyph.box[0] for glyph in changed.glyphs] == [1, 2, 3, 4, 5]
    assert (changed.text, changed.size, changed.ms) == ("ab c\nd", (40, 30), {"total": 1.0})
    assert [len(line.words) for line in changed.lines] == [2, 1, 1]
    assert reading.map(lambda glyph: glyph, size=(4, 3)).size == (4, 3)
    assert reading.glyphs[0].box == (0, 0, 1, 1)


def test_json_holds_plain_numbers_only() -> None:
    spot = glyph(None, (1, 2, 3, 4))
    reading = Reading((Line(((spot,), (glyph("é"),))),), (40, 30), {"total": np.float64(1.23456)})
    told = json.loads(json.dumps(reading.to_dict(), allow_nan=False))
    assert told == {
        "size": [40, 30],
        "text": "é",
        "lines": [
            {
                "text": "é",
                "box": [0, 0, 4, 6],
                "print": False,
                "words": [{"text": "é", "confidence": 0.9876, "box": [0, 0, 1, 1], "print": False}],
                "glyphs": [
                    {
                        "char": char,
                        "confidence": 0.9876,
                        "box": box,
                        "candidates": [["a", 0.9876]],
                    }
                    for char, box in ((None, [1, 2, 3, 4]), ("é", [0, 0, 1, 1]))
                ],
            }
        ],
        "cells": [],
        "left_out": {},
        "ms": {"total": 1.235},
    }


@pytest.mark.parametrize(
    ("words", "printed", "whole"),
    [
        ((), (), False),
        (("ab",), (), False),
        (("ab",), (True,), True),
        (("ab", "cd"), (True, False), False),
        (("abc", "de"), (True, False), True),
        (("??????", "de"), (False, True), True),
    ],
)
def test_a_line_is_print_where_most_of_its_characters_are(
    words: tuple[str, ...], printed: tuple[bool, ...], whole: bool
) -> None:
    made = replace(line(*words), printed=printed)
    assert made.print is whole
    assert made.to_dict()["print"] is whole
    assert [word.print for word in made.read_words] == list(printed or [False] * len(words))[
        -len(made.read_words) or None :
    ]


def test_print_is_left_out_and_counted_where_handwriting_alone_is_wanted() -> None:
    assert Reading().handwriting() == Reading()
    form = replace(line("Name", "ann", "?"), printed=(True, False, False))
    lines = (form, replace(line("Age"), printed=(True,)), line("7"))
    reading = Reading(lines, (40, 30), left_out={"rule": 2})
    found = reading.handwriting()
    assert found.text == "ann\n7"
    assert [len(one.words) for one in found.lines] == [2, 1]
    assert found.lines[0].printed == (False, False)
    assert found.left_out == {"rule": 2, "print": 7}
    assert (found.remark, reading.left_out) == ("", {"rule": 2})
    assert found.handwriting() == found


def test_that_nothing_but_print_was_found_is_told() -> None:
    label = replace(line("Age"), printed=(True,))
    assert "print" in Reading((label,)).handwriting().remark


def test_crops_are_neither_compared_nor_told() -> None:
    one = Glyph("a", 1, (0, 0, 1, 1), crop=np.zeros((28, 28), np.uint8))
    assert one == Glyph("a", 1, (0, 0, 1, 1), crop=np.ones((28, 28), np.uint8))
    assert "crop" not in one.to_dict()


@pytest.mark.parametrize(
    ("boxes", "union"),
    [
        ([], (0, 0, 0, 0)),
        ([(3, 4, 5, 6)], (3, 4, 5, 6)),
        ([(0, 0, 2, 2), (10, 20, 1, 1)], (0, 0, 11, 21)),
        ([(5, 5, 10, 10), (7, 7, 1, 1)], (5, 5, 10, 10)),
        ([(-3, 0, 2, 2), (0, -4, 1, 1)], (-3, -4, 4, 6)),
    ],
)
def test_the_box_around_boxes(boxes: list[Box], union: Box) -> None:
    assert union_box(boxes) == union


def test_chances_are_of_all_that_the_ink_may_be() -> None:
    candidates = (("o", 0.8), ("0", 0.15))
    sure = Glyph("o", 0.8, (0, 0, 9, 9), candidates)
    assert sure.chances == (("o", 0.8), ("0", 0.15), (None, 0.0))
    doubtful = Glyph("o", 0.6, (0, 0, 9, 9), candidates)
    assert [char for char, _ in doubtful.chances] == ["o", None, "0"]
    assert [p for _, p in doubtful.chances] == pytest.approx([0.6, 0.25, 0.1125])
    none = Glyph(None, 0.9, (0, 0, 9, 9), candidates)
    assert [char for char, _ in none.chances] == [None, "o", "0"]
    assert [p for _, p in none.chances] == pytest.approx([0.9, 0.08, 0.015])
    assert Glyph("x", 1.0, (0, 0, 9, 9), ()).chances == ((None, 0.0),)


def test_cells_have_what_stands_in_them() -> None:
    glyphs = [glyph(char, (10 * i, 5, 8, 10)) for i, char in enumerate("abcd")]
    words = ((glyphs[0], glyphs[1]), (glyphs[2], glyphs[3]))
    layout = ((0, 0, (0, 0, 9, 20)), (0, 1, (9, 0, 91, 20)), (1, 0, (0, 20, 100, 20)))
    reading = Reading((Line(words), Line(((glyph("e", (50, 12, 8, 4)),),))), (100, 50), {}, layout)
    assert [cell.text for cell in reading.cells] == ["a", "b cd\ne", ""]
    assert reading.to_dict()["cells"][0] == {
        "row": 0,
        "column": 0,
        "box": [0, 0, 9, 20],
        "text": "a",
    }
    assert reading.map(lambda g: glyph("x", g.box)).cells[0].text == "x"
    assert reading.map(lambda g: g, size=(200, 100)).cells == ()


@pytest.mark.parametrize(
    ("words", "left_out", "lost", "remark"),
    [
        ((), {}, 0.0, ""),
        ((), {"small": 9, "border": 3}, 1.0, ""),
        (("?",), {}, 0.0, "looks like no characters"),
        (("a",), {"texture": 99}, 0.2, ""),
        (("a",), {"rule": 4}, 0.8, "most of the ink was left out, as long lines"),
        ((), {"frame": 1, "texture": 9}, 1.0, "nothing was read.*a frame and a texture"),
    ],
)
def test_what_is_left_out_is_told_and_blank_paper_is_not(
    words: tuple[str, ...], left_out: dict[str, int], lost: float, remark: str
) -> None:
    told = Reading((line(*words),), left_out=left_out, lost=lost).remark
    assert re.search(remark, told) if remark else not told
    assert "\n" not in told


def cell_of(*lines: list[tuple[str, int, int]]) -> str:
    """The text of a cell with lines of glyphs of 20x30 pixels, each a character and its place."""
    made = tuple(
        Line(tuple((Glyph(char, 0.9, (x, y, 20, 30)),) for char, x, y in line)) for line in lines
    )
    reading = Reading(made, (400, 300), layout=((0, 0, (0, 0, 400, 300)),))
    return reading.cells[0].text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], ""),
        ([[("a", 10, 10)], [("b", 10, 60)]], "a\nb"),
        ([[("d", 10, 10)], [("a", 35, 18), ("y", 100, 18)]], "da y"),
        ([[("a", 60, 10)], [("d", 35, 20)]], "da"),
        ([[("d", 10, 10)], [("x", 60, 12)]], "d x"),
        ([[("a", 10, 10)], [("b", 60, 30)]], "a\nb"),
        ([[("a", 10, 10)], [("b", 15, 18)]], "a\nb"),
        ([[("a", 10, 10), ("b", 300, 50)], [("c", 12, 45), ("d", 290, 90)]], "a b\nc d"),
    ],
)
def test_a_line_that_neighbours_parted_is_whole_in_its_cell(
    lines: list[list[tuple[str, int, int]]], text: str
) -> None:
    assert cell_of(*lines) == text


@pytest.mark.parametrize("sure", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_a_word_without_a_calibration_is_as_sure_as_its_least_sure_character(sure: float) -> None:
    glyphs = tuple(Glyph("a", p, (0, 0, 1, 1)) for p in (1.0, sure, 1.0))
    assert Line((glyphs,)).read_words[0].confidence == sure


def test_a_calibrated_word_is_the_surer_the_surer_its_least_sure_character_is() -> None:
    def word(sure: float) -> float:
        glyphs = tuple(Glyph("a", p, (0, 0, 1, 1)) for p in (1.0, sure))
        line = Line((glyphs, (Glyph(None, 0.1, (0, 0, 1, 1)),)), ((0.5, -1.0),) * 2)
        reading = Reading((line,)).map(lambda glyph: glyph)  # stays calibrated
        assert reading.words[0].least_sure == sure
        return reading.words[0].confidence

    told = [word(sure) for sure in (0.0, 1e-300, 0.2, 0.5, 0.9, 0.999, 1.0)]
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert told[3] == pytest.approx(1 / (1 + np.e))


def test_each_word_has_its_own_calibration_also_where_others_are_left_out() -> None:
    word = (Glyph("a", 0.5, (0, 0, 1, 1)),)
    line = Line((word, word, word), ((1.0, 0.0), (1.0, -1.0), (1.0, 2.0)))
    rest = line.chosen(lambda number, glyphs: () if number == 1 else glyphs)
    for given, offsets in ((line, (0.0, -1.0, 2.0)), (rest, (0.0, 2.0))):
        told = [one.confidence for one in given.read_words]
        assert told == pytest.approx([1 / (1 + np.exp(-offset)) for offset in offsets])
