"""Words, the direction of lines, titles."""

from __future__ import annotations

import math

import pytest

from hwr_live.documents.model import Page, direction
from hwr_live.reading import Reading
from tests.support.documents import SIZE, page_of, reading_of


def test_a_page_without_text() -> None:
    page = Page("-", Reading(size=(8, 6)))
    assert page.confidence is None
    assert page.title == "standard input"
    assert page.reading.words == ()
    assert direction(page.reading) == 0


def test_words_are_what_stands_between_spaces() -> None:
    reading = reading_of(["ab ~ c~d"])
    assert [word.text for word in reading.words] == ["ab", "cd"]
    assert " ".join(word.text for word in reading.words) == reading.text
    assert reading.words[1].box == (6 * SIZE, SIZE, 3 * SIZE, SIZE)
    assert len(reading.words[1].readable) == 2
    assert reading.words[0].confidence == 0.9


def test_a_page_of_several_is_named_by_its_number() -> None:
    assert page_of(["x"], "scan.pdf", 3, 7).title == "scan.pdf, page 3"


@pytest.mark.parametrize("angle", [0.0, 0.3, -0.2, math.pi / 2, -3.0])
def test_the_direction_of_lines(angle: float) -> None:
    def turned(x: int, y: int, w: int, h: int) -> tuple[int, int, int, int]:
        right = (x * math.cos(angle) - y * math.sin(angle)) * 10
        return round(right), round((x * math.sin(angle) + y * math.cos(angle)) * 10), w, h

    reading = reading_of(["a line of some length", "and one"])
    reading = reading.map(lambda glyph: glyph.at(turned(*glyph.box)))
    assert direction(reading) == pytest.approx(angle, abs=0.01)


def test_a_full_stop_does_not_turn_a_short_line() -> None:
    line = reading_of(["1."])
    low = line.map(lambda g: g if g.char == "1" else g.at((2 * SIZE, 2 * SIZE - 4, 4, 4)))
    assert direction(low) == 0
