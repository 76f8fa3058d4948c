"""Edits are counted as they are defined, without spaces."""

from __future__ import annotations

import pytest

from tests.measure.cer import Errors, error_rate


@pytest.mark.parametrize(
    ("truth", "read", "edits"),
    [
        ("", "", 0),
        ("", "ab", 2),
        ("ab", "", 2),
        ("a b\nc", "abc", 0),
        ("kitten", "sitting", 3),
        ("abc", "bc", 1),
        ("abc", "abxc", 1),
    ],
)
def test_edits(truth: str, read: str, edits: int) -> None:
    assert error_rate(truth, read) == (edits, len("".join(truth.split())))


def test_they_add_up_over_texts_of_any_length() -> None:
    total = Errors.of("Cat", "cat") + Errors.of("dogs", "dug")
    assert total == Errors(exact=3, folded=2, count=7)
    assert total.rates == (3 / 7, 2 / 7)
    assert Errors().rates == (0, 0)
