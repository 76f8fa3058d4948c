"""Handwriting, print, no writing: of nothing nothing is told, and short words follow their line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.kinds import (
    HAND,
    KINDS,
    NONE,
    PRINT,
    are_written,
    in_print,
    no_writing,
)
from hwr_live.recognition.settings import KindSettings


def told(kinds: Sequence[int], sure: float = 0.9) -> npt.NDArray[np.float64]:
    """Frames that are each surely of one kind."""
    p = np.full((len(kinds), len(KINDS)), (1 - sure) / (len(KINDS) - 1))
    p[np.arange(len(kinds)), list(kinds)] = sure
    return np.asarray(np.log(p), np.float64)


@pytest.mark.parametrize("kinds", [None, np.zeros((0, 3))])
def test_of_nothing_told_nothing_is_print_and_all_is_writing(
    kinds: npt.NDArray[np.float64] | None,
) -> None:
    assert no_writing(kinds) == 0.0
    assert in_print(kinds, np.zeros(0), [(0, 5), (7, 9)]) == (False, False)


def test_no_words_are_none() -> None:
    assert in_print(told([PRINT] * 4), np.arange(4.0), []) == ()


@pytest.mark.parametrize(
    ("kinds", "p"), [([NONE] * 8, 0.9), ([HAND] * 8, 0.05), ([HAND] * 4 + [NONE] * 4, 0.475)]
)
def test_a_line_is_as_much_no_writing_as_its_frames(kinds: list[int], p: float) -> None:
    assert no_writing(told(kinds)) == pytest.approx(p)


def test_words_of_one_line_may_differ() -> None:
    kinds = told([PRINT] * 20 + [HAND] * 20)
    words = [(0.0, 18.5), (21.0, 40.0)]
    assert in_print(kinds, np.arange(40.0), words) == (True, False)


@pytest.mark.parametrize(("beside", "found"), [(-3.0, False), (-4.0, True)])
def test_a_word_in_doubt_is_print_beside_what_is_surely_not(beside: float, found: bool) -> None:
    kinds = told([HAND] * 40, 0.5)  # log odds of 0.7
    kinds[:20, HAND] += 10
    kinds[20:, HAND] += 3
    words, settings = [(0.0, 18.5), (21.0, 40.0)], KindSettings(beside=beside)
    assert in_print(kinds, np.arange(40.0), words, settings) == (False, found)
    assert in_print(kinds[20:], np.arange(20.0), [(0.0, 20.0)], settings) == (False,)


@pytest.mark.parametrize(("words", "found"), [(4, True), (3, False)])
def test_several_words_that_are_rather_printed_are_so_together(words: int, found: bool) -> None:
    kinds = told([PRINT, HAND] * words, 0.5)  # log odds of 0.7, against as much
    kinds[::2, PRINT] += 1  # every second frame is a word that is surely printed
    spots = [(k - 0.2, k + 0.2) for k in range(2 * words)]
    settings = KindSettings(several=8, together=0.3)
    wanted = (True, found) * words
    assert in_print(kinds, np.arange(2.0 * words), spots, settings) == wanted


def test_a_word_where_no_frame_is_has_its_lines_kind() -> None:
    assert in_print(told([PRINT] * 9), np.arange(9.0), [(20.0, 22.0)]) == (True,)


@pytest.mark.parametrize("around", [None, (0, []), (50, [])])
def test_no_lines_are_no_writing(around: tuple[int, list[int]] | None) -> None:
    assert are_written([], [], [], around) == []


@pytest.mark.parametrize(
    ("none", "signs", "found"), [(0.2, 3, True), (0.2, 0, False), (0.1, 0, True), (0.4, 3, False)]
)
def test_a_line_without_signs_must_look_more_like_writing(
    none: float, signs: int, found: bool
) -> None:
    assert are_written([none], [signs], [0.9]) == [found]


@pytest.mark.parametrize(
    ("signs", "sure", "found"),
    [
        ((9, 9), (0.9, 0.4), True),
        ((9, 9), (0.4, 0.3), False),  # much of which hardly anything is sure
        ((9, 2), (0.4, 0.3), True),  # a word may be as bad as that
    ],
)
def test_much_that_is_hardly_read_is_no_writing(
    signs: tuple[int, int], sure: tuple[float, float], found: bool
) -> None:
    assert are_written([0.0, 0.0], signs, sure) == [found, found]


@pytest.mark.parametrize(
    ("around", "sure", "signs", "found"),
    [
        (4, 0.5, 2, True),
        (4, 0.4, 2, False),
        (4, 0.0, 0, True),
        (80, 0.5, 2, False),
        (80, 0.9, 2, True),
        (80, 0.0, 0, False),
    ],
)
def test_a_few_signs_among_much_else_must_be_sure(
    around: int, sure: float, signs: int, found: bool
) -> None:
    assert are_written([0.0], [signs], [sure], (around, [2])) == [found]
    # Lines that are none are something else, too.
    more = are_written([0.0, 0.9], [signs, 9], [sure, 0.9], (0, [2, around]))
    assert more == [found, False]


@pytest.mark.parametrize(("surely", "found"), [(19, False), (20, True)])
def test_among_much_else_a_page_of_sure_signs_is_one_of_writing(surely: int, found: bool) -> None:
    signs, sure = [surely - 8, 8, 4, 0, 5], [0.9, 0.8, 0.6, 0.0, 0.9]
    nones, pieces = [0.0, 0.0, 0.0, 0.0, 0.9], [5, 4, 2, 1, 3]
    wanted = [True, True, found, found, False]
    assert are_written(nones, signs, sure, (400, pieces)) == wanted
