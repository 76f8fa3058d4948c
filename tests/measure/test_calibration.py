"""Calibration: nothing read first, then what is right, and what would make it mean what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hwr_live.reading import Decision, Glyph, Line, Reading
from tests.measure.calibration import (
    Floats,
    Numbers,
    Page,
    Read,
    Sure,
    Told,
    choose,
    glyphs_of,
    judged,
    words_of,
)


def reading_of(text: str) -> Reading:
    def glyph(n: int, char: str) -> Glyph:
        decision = Decision(("x", "y"), (("line", np.array([0.9, 0.1])),))
        named = None if char == "?" else char
        return Glyph(named, 0.9, (20 * n, 0, 18, 30), ((char, 0.9),), decision=decision)

    lines = []
    for line in text.split("\n"):
        words = [tuple(glyph(n, char) for n, char in enumerate(word)) for word in line.split(" ")]
        lines.append(Line(tuple(words)))
    return Reading(tuple(lines))


def sure_of(confidence: Floats, right: Floats) -> Sure:
    return Sure(confidence, right, np.ones(len(right)), np.zeros(len(right)))


def test_of_nothing_there_is_no_error() -> None:
    assert sure_of(np.zeros(0), np.zeros(0)).error == 0
    nothing = judged("lines", Reading(), "written")
    assert (nothing.glyphs, nothing.words) == ((), ())
    assert glyphs_of([nothing], Numbers()).error == words_of([nothing], Numbers()).error == 0


@pytest.mark.parametrize(
    ("truth", "read", "words", "glyphs"),
    [
        ("", "ab", [False], [False, False]),
        ("ab cd", "ab cd", [True, True], [True] * 4),
        ("ab cd", "ab\ncd", [True, True], [True] * 4),
        ("ab cd", "abcd", [False], [True] * 4),
        ("abcd", "ab cd", [False, False], [True] * 4),
        ("ab cd", "Ab cd", [False, True], [False, True, True, True]),
        ("abc", "a?bc", [True], [True] * 3),
        ("one two", "one tow", [True, False], [True] * 3 + [True, False, True]),
        ("one three", "three", [True], [True] * 5),
    ],
)
def test_what_is_right(truth: str, read: str, words: list[bool], glyphs: list[bool]) -> None:
    page = judged("lines", reading_of(read), truth)
    assert [one.right for one in page.words] == words
    found = [glyph.right for glyph in page.glyphs]
    assert len(found) == len(glyphs)
    if truth != "one two":  # of two swapped characters either may be the wrong one
        assert found == glyphs
    assert sum(found) >= sum(glyphs) - 1


def test_the_error_is_how_far_confidence_is_from_the_share_of_right_ones() -> None:
    right = np.array([1.0] * 6 + [0.0] * 4)
    assert sure_of(np.full(10, 0.9), right).error == pytest.approx(0.3)
    assert sure_of(np.full(10, 0.6), right).error == pytest.approx(0)
    assert replace(sure_of(np.full(10, 1.0), right), weights=right).error == pytest.approx(0)


def test_few_have_an_error_by_chance_and_many_have_little() -> None:
    rng = np.random.default_rng(3)
    few, many = (
        sure_of(p, (rng.random(len(p)) < p).astype(np.float64))
        for p in (rng.random(20), rng.random(20000))
    )
    assert few.chance > 5 * many.chance
    assert many.error == pytest.approx(many.chance, abs=0.01)


def test_kinds_count_the_same_however_much_was_read_of_each() -> None:
    many = judged("a", reading_of("aaaaaaaaa"), "aaaaaaaaa")
    few = judged("b", reading_of("a"), "b")
    assert glyphs_of([many, few], Numbers()).error == pytest.approx(abs(0.9 - 0.5))


def test_a_glyph_is_as_sure_with_another_power() -> None:
    glyph = judged("a", reading_of("x"), "x").glyphs[0]
    assert glyph.confidence(1.0) == pytest.approx(0.9)
    assert glyph.confidence(0.5) == pytest.approx(0.75)
    assert Told(glyph.p, 0.5, False, True).confidence(0.5) == pytest.approx(0.45)


def test_what_is_chosen_leaves_less_error() -> None:
    rng = np.random.default_rng(2)
    pages = []
    for _ in range(60):
        told, words = [], []
        for n in range(10):
            sure = float(rng.uniform(0.6, 0.999))
            true = sure**0.5 / (sure**0.5 + (1 - sure) ** 0.5)  # surer than it is right
            right = bool(rng.random() < true)
            told.append(Told(np.array([sure, 1 - sure]), 1.0, True, right))
            words.append(Read(n, n + 1, 0.0, right))
        pages.append(Page("a", tuple(told), tuple(words)))
    chosen = choose(pages)
    assert chosen.certainty == pytest.approx(0.5, abs=0.15)
    assert glyphs_of(pages, chosen).error < 0.5 * glyphs_of(pages, Numbers()).error
    assert words_of(pages, chosen).error < 0.5 * words_of(pages, Numbers()).error
    mapped = sure_of(np.linspace(0, 1, 50), np.zeros(50)).calibrated(chosen).confidence
    assert (np.diff(mapped) >= 0).all()


def test_what_is_a_word_may_be_surer_than_what_is_none() -> None:
    rng = np.random.default_rng(5)
    p, known = rng.uniform(0.3, 0.99, 4000), rng.random(4000).round()
    odds = (0.5 + known) * np.log(p / (1 - p)) - 0.7
    right = (rng.random(4000) < 1 / (1 + np.exp(-odds))).astype(np.float64)
    told = replace(sure_of(p, right), known=known)
    found = told.fitted(Numbers(certainty=0.8))
    assert found.certainty == 0.8
    assert (found.slope, found.of_words) == pytest.approx((0.5, 1.0), abs=0.15)
    assert found.offset == pytest.approx(-0.7, abs=0.15)
    assert told.calibrated(found).error == pytest.approx(0, abs=0.03)
    assert told.error > 0.1
