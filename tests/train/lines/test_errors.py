"""Distances and error rates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.lines.errors import distance, folded, rates, told


@pytest.mark.parametrize(
    ("a", "b", "steps"),
    [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("kitten", "sitting", 3)],
)
def test_distance(a: str, b: str, steps: int) -> None:
    assert distance(a, b) == steps


@given(st.text("ab ", max_size=12), st.text("ab ", max_size=12))
def test_distance_is_a_metric_within_its_bounds(a: str, b: str) -> None:
    found = distance(a, b)
    assert found == distance(b, a)
    assert abs(len(a) - len(b)) <= found <= max(len(a), len(b))
    assert (found == 0) == (a == b)


def test_folded_keeps_letters_and_digits_in_lower_case() -> None:
    assert folded("It's 4 o'Clock!") == "its4oclock"


def test_rates_are_of_all_lines_together() -> None:
    found = rates(["ab cd", "x"], ["ab ce", "x"])
    assert found.exact == pytest.approx(1 / 6)
    assert found.folded == pytest.approx(1 / 5)
    assert found.words == pytest.approx(1 / 3)
    assert found.lines == 0.5


def test_of_lines_without_text_what_was_read_counts_a_line() -> None:
    assert rates(["ab", ""], ["", ""]).exact == 1.0


def test_no_lines_have_no_errors() -> None:
    assert rates([], []).exact == 0.0


def test_told_is_a_table_with_a_row_a_part() -> None:
    table = told({"paper": rates(["a"], ["b"]).rounded()})
    assert table.splitlines()[-1] == "| paper | 100.0 | 100.0 | 100.0 | 100.0 |"
