"""Edits are counted as they are defined; errors of a reading without spaces."""

from __future__ import annotations

import pytest

from tests.measure.cer import Errors, edits, error_rate


@pytest.mark.parametrize(
    ("truth", "read", "count"),
    [
        ("", "", 0),
        ("", "ab", 2),
        ("ab", "", 2),
        ("a b\nc", "abc", 2),
        ("kitten", "sitting", 3),
        ("abc", "bc", 1),
        ("abc", "abxc", 1),
    ],
)
def test_edits(truth: str, read: str, count: int) -> None:
    assert edits(truth, read) == edits(read, truth) == count
    assert error_rate(truth, read) == count / max(1, len(truth))


def test_they_add_up_over_texts_of_any_length() -> None:
    total = Errors.of("Cat", "cat") + Errors.of("dogs", "dug")
    assert total == Errors(exact=3, folded=2, count=7)
    assert total.rates == (3 / 7, 2 / 7)
    assert Errors.of("a b\nc", "abc") == Errors(count=3)
    assert Errors().rates == (0, 0)
