"""Character sets, and which characters have the same shape."""

from __future__ import annotations

import re

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
    SIGNS,
    UPPER,
    chars_alone,
    parse_chars,
)
from hwr_live.errors import InputError


@pytest.mark.parametrize("chars", ["", " ", "   ", "é", "0x;é", "a\n", "digits\n", "\0", "Ａ", "٣"])
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
        ("marks", MARKS),
        ("DIGITS", DIGITS),
        ("Digits", DIGITS),
        ("digits+marks", DIGITS + MARKS),
        ("Upper+LOWER+digits", ALL),
        ("digits.,-", DIGITS + ".,-"),
        ("digits+", DIGITS + "+"),
        ("digits+marks%", DIGITS + MARKS + "%"),
        ("digitsX", DIGITS + "X"),
        ("digits x", DIGITS + "x"),
        ("digits marks", DIGITS + MARKS),
        ("kg+digits", DIGITS + "kg"),
        ("x+y", "x+y"),
        ("XYZ", "XYZ"),
        ("I V X L C D M", "IVXLCDM"),
        ("0123456789kgcm", DIGITS + "kgcm"),
        ("0123:", "0123:"),
        ("3", "3"),
        ("zaaz9", "za9"),
        ("0 1 2", "012"),
    ],
)
def test_sets_and_characters_themselves(chars: str, expected: str) -> None:
    assert sorted(parse_chars(chars)) == sorted(expected)


@pytest.mark.parametrize(
    ("chars", "told"),
    [
        ("digit", "do you mean digits?"),
        ("digitsx", "do you mean digits?"),
        ("DIGTS", "do you mean digits?"),
        ("uppercase", "do you mean upper?"),
        ("digits+letter", "do you mean letters?"),
        ("numbers", "none of the sets digits, upper, lower, letters, marks, signs, ascii, all"),
        ("hello", "the letters themselves: h e l"),
        ("allow", "none of the sets"),
        ("+digits", "sets have a . between them"),
        ("digits-upper", "sets have a . between them"),
        ("digits,upper", "sets have a . between them"),
        ("A-Z0-9", "for A-Z give digits, upper or lower"),
    ],
)
def test_a_name_that_is_no_set_is_never_read_as_letters(chars: str, told: str) -> None:
    with pytest.raises(InputError, match="--chars") as error:
        parse_chars(chars)
    assert re.search(told, str(error.value))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("chars", "expected"),
    [("digits", ""), ("digits.,-", ".,-"), ("kg+Digits x", "kgx"), ("0123", "0123"), (" ", "")],
)
def test_characters_that_were_given_themselves(chars: str, expected: str) -> None:
    assert chars_alone(chars) == expected


def test_the_sets_of_signs() -> None:
    printable = "".join(map(chr, range(0x21, 0x7F)))
    assert sorted(SETS["ascii"]) == sorted(printable)
    assert set(SIGNS) == set(printable) - set(ALL) | set("°×÷")
    assert set(SETS["all"]) == (set(printable) | set("°×÷")) - set("\\^_`{|}~")
    for chars in SETS.values():
        assert len(chars) == len(set(chars))


def test_the_sets_are_those_of_emnist() -> None:
    assert len(ALL) == len(set(ALL)) == 62
    assert set(SETS["letters"]) == set(ALL) - set(SETS["digits"])
    assert set(MARKS) < set(SIGNS)
    assert len(set(MERGED.values())) == 47
    assert len(set(SHAPES.values())) == 44


@pytest.mark.parametrize("alike", ["cC", "0Oo", "1lILi", "sS", "zZ"])
def test_look_alikes_have_one_shape(alike: str) -> None:
    assert len({SHAPES[char] for char in alike}) == 1


@pytest.mark.parametrize("apart", ["aA", "2Zz", "5S", "gq9", "bB6", "nN"])
def test_others_have_not(apart: str) -> None:
    assert len({SHAPES[char] for char in apart}) > 1
