"""Readings: text and JSON of nothing, of unreadable ink, and of a page."""

from __future__ import annotations

import json

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
    assert Reading((), (4, 3)).to_dict() == {"size": [4, 3], "text": "", "lines": [], "ms": {}}


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
                "words": [{"text": "é", "confidence": 0.9876, "box": [0, 0, 1, 1]}],
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
        "ms": {"total": 1.235},
    }


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
