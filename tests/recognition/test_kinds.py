"""Handwriting, print, no writing: of nothing nothing is told, and short words follow their line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.kinds import HAND, KINDS, NONE, PRINT, in_print, no_writing
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


def test_a_word_of_few_frames_is_judged_by_its_line() -> None:
    kinds = told([HAND] * 30 + [PRINT] * 2)
    words, alone = [(0.0, 29.0), (30.0, 31.0)], KindSettings(line_frames=0)
    assert in_print(kinds, np.arange(32.0), words) == (False, False)
    assert in_print(kinds, np.arange(32.0), words, alone) == (False, True)


def test_a_word_where_no_frame_is_has_its_lines_kind() -> None:
    assert in_print(told([PRINT] * 9), np.arange(9.0), [(20.0, 22.0)]) == (True,)
