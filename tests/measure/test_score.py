"""Scores: nothing written first, then each kind of error on its own."""

from __future__ import annotations

import pytest

from tests.measure.score import Score


@pytest.mark.parametrize(
    ("truth", "read", "edits"),
    [
        ("", "", (0, 0, 0, 0)),
        ("", "x", (1, 1, 1, 0)),
        ("ab cd", "", (4, 4, 5, 0)),
        ("ab cd", "ab cd", (0, 0, 0, 0)),
        ("ab cd", "Ab cd", (0, 1, 1, 0)),
        ("ab cd", "abcd", (0, 0, 1, 1)),
        ("ab cd", "ab c d", (0, 0, 1, 1)),
        ("ab [ 1 ] cd", "ab[1] cd", (0, 0, 3, 0)),
        ("ab, cd", "ab. cd", (0, 1, 1, 0)),
        ("ab\ncd", "ab cd", (0, 0, 0, 0)),
        ("ab cd", "xb cd", (1, 1, 1, 0)),
    ],
)
def test_each_kind_of_error_is_counted_where_it_belongs(
    truth: str, read: str, edits: tuple[int, int, int, int]
) -> None:
    score = Score.of(truth, read)
    assert (score.letters, score.exact, score.spaced, score.blanks) == edits


def test_scores_add_up() -> None:
    both = Score.of("ab cd", "ab cd") + Score.of("ef", "xf")
    assert both.rates == (1 / 6, 1 / 6, 1 / 7, 0.0)
    assert (both.right, both.items) == (1, 2)
    assert Score.of("ab cd, ef 1", "").all_blanks == 2
