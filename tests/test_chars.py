"""Character sets, and which characters have the same shape."""

from __future__ import annotations

import pytest

from hwr_live.chars import (
    ALL,
    DIGITS,
    LETTERS,
    LOWER,
    MARKS,
    MERGED,
    SETS,
    SHAPES,
    UPPER,
    parse_chars,
)
from hwr_live.errors import InputError


@pytest.mark.parametrize("chars", ["", " ", "   ", "é", "0x;", "a\n", "_", "\0", "Ａ", "٣"])
def test_characters_that_no_model_knows_are_told(chars: str) -> None:
    with pytest.raises(InputError, match="--chars") as told:
        parse_chars(chars)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("chars", "expected"),
    [
        ("digits", DIGITS),
        ("upper", UPPER),
        ("lower", LOWER),
        ("letters", LETTERS),
        ("all", ALL + MARKS),
        ("marks", MARKS),
        ("0123:", "0123:"),
        ("3", "3"),
        ("zaaz9", "za9"),
        ("0 1 2", "012"),
        ("digit", "digt"),
    ],
)
def test_sets_and_characters_themselves(chars: str, expected: str) -> None:
    assert sorted(parse_chars(chars)) == sorted(expected)


def test_the_sets_are_those_of_emnist() -> None:
    assert len(ALL) == len(set(ALL)) == 62
    assert set(SETS["letters"]) == set(ALL) - set(SETS["digits"])
    assert set(SETS["all"]) == set(ALL) | set(MARKS)
    assert len(set(MERGED.values())) == 47
    assert len(set(SHAPES.values())) == 44


@pytest.mark.parametrize("alike", ["cC", "0Oo", "1lILi", "sS", "zZ"])
def test_look_alikes_have_one_shape(alike: str) -> None:
    assert len({SHAPES[char] for char in alike}) == 1


@pytest.mark.parametrize("apart", ["aA", "2Zz", "5S", "gq9", "bB6", "nN"])
def test_others_have_not(apart: str) -> None:
    assert len({SHAPES[char] for char in apart}) > 1
