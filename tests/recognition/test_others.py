"""What is no number, rings for degrees and the parts of percent signs: no characters first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.joint import SPACE, Alphabet, Character
from hwr_live.recognition.others import (
    for_digits,
    heard_at,
    heard_beyond,
    in_codes,
    numbers_only,
    with_degrees,
    with_percents,
)

DIGITS = "0123456789"
SIGNS = (*DIGITS, "°", "%")
TALL, RAISED, LOW = (10.0, 50.0), (10.0, 26.0), (32.0, 50.0)
STOP, COMMA = (45.0, 50.0), (45.0, 58.0)
Place = tuple[float, float]


def line(text: str, known: str | tuple[str, ...], gap: float = 3.0) -> list[Character]:
    """Characters twenty pixels wide, each of one piece; a space begins a word."""
    out: list[Character] = []
    spaced = False
    for char in text:
        if char == " ":
            spaced = True
            continue
        k = len(out)
        p = np.full(len(known), 0.1 / len(known))
        p[known.index(char)] += 0.9
        left = k * (20 + gap)
        out.append(Character((k,), left, left + 20, True, p, 0.01, True, spaced, "both"))
        spaced = False
    return out


def text(found: list[Character], known: str | tuple[str, ...]) -> str:
    return "".join(known[int(one.p.argmax())] if one.readable else "?" for one in found)


def places(*of: Place) -> npt.NDArray[np.float64]:
    return np.array(of, np.float64).reshape(-1, 2)


def test_of_nothing_nothing_is_told() -> None:
    none = np.empty(0)
    assert numbers_only([], none) == []
    assert with_degrees([], places(), SIGNS) == []
    assert with_percents([], places(), SIGNS, none) == []
    assert in_codes([], SIGNS) == []
    assert heard_at([], np.empty((0, 3)), none, 1.0).shape == (0,)
    assert for_digits(none, none).shape == (0,)


def test_one_character_alone_has_no_size() -> None:
    alone = line("0", SIGNS)
    assert with_degrees(alone, places(RAISED), SIGNS) == alone
    assert with_percents(alone, places(LOW), SIGNS, np.ones(1)) == alone


@pytest.mark.parametrize(
    ("written", "of", "found"),
    [
        ("250", (TALL, TALL, RAISED), "25°"),
        ("250", (TALL, TALL, TALL), "250"),
        ("250", (TALL, TALL, LOW), "250"),  # a small zero on the line
        ("251", (TALL, TALL, RAISED), "251"),  # no ring
        ("300", (TALL, RAISED, RAISED), "300"),  # figures that stand high, as cents do
    ],
)
def test_a_small_ring_that_stands_high_is_for_degrees(
    written: str, of: tuple[Place, ...], found: str
) -> None:
    assert text(with_degrees(line(written, SIGNS), places(*of), SIGNS), SIGNS) == found
    # Where the sign may not be read, it is nothing.
    alone = with_degrees(line(written, DIGITS), places(*of), DIGITS)
    assert text(alone, DIGITS) == found.replace("°", "?")


@pytest.mark.parametrize("written", ["0%", "%0%", "0"])
def test_a_ring_behind_no_digit_is_none_for_degrees(written: str) -> None:
    """The o of `of`, whose f hangs low, stands high beside it."""
    own = line(written, SIGNS)
    of = places(*(RAISED if char == "0" else TALL for char in written))
    assert with_degrees(own, of, SIGNS) == own


@pytest.mark.parametrize(
    ("written", "told", "of", "parts"),
    [
        ("7910", (0, 0, 1, 0), (TALL, RAISED, TALL, LOW), 3),  # ring, bar, ring
        ("790", (0, 0, 1), (TALL, TALL, LOW), 2),  # the first ring and the bar are joined
        ("790", (0, 1, 0), (TALL, TALL, STOP), 0),  # in one piece, a stop behind it
        ("790", (0, 1, 0), (TALL, TALL, COMMA), 0),
        ("79", (0, 1), (TALL, TALL), 0),
        ("79", (0, 0), (TALL, TALL), 0),
    ],
)
def test_the_parts_of_a_percent_sign_are_one(
    written: str, told: tuple[int, ...], of: tuple[Place, ...], parts: int
) -> None:
    for known, sign in ((SIGNS, "%"), (DIGITS, "?")):
        plain = line(written, known)
        found = with_percents(plain, places(*of), known, np.array(told, np.float64))
        if parts:
            assert text(found, known) == "7" + sign
            assert found[-1].pieces == tuple(range(1, 1 + parts))
            assert found[-1].right == plain[-1].right
        else:
            assert found == plain


def test_what_stands_apart_is_no_part_of_a_percent_sign() -> None:
    apart = line("790", SIGNS, gap=30)
    found = with_percents(apart, places(TALL, TALL, LOW), SIGNS, np.array([0.0, 0.0, 1.0]))
    assert text(found, SIGNS) == "790"


@pytest.mark.parametrize(
    ("odds", "found"),
    [
        ((4, 4, -7), "12?"),  # surely a letter
        ((4, 4, -5), "125"),  # one network alone is not enough
        ((-4, -3, 0), "???"),  # a word of letters, one of which looks like a digit
        ((-4, 4, -4), "125"),
    ],
)
def test_what_is_no_number_is_not_read(odds: tuple[float, ...], found: str) -> None:
    decided = numbers_only(line("125", DIGITS), np.array(odds, np.float64))
    assert text(decided, DIGITS) == found
    assert all(one.none >= 0.5 for one in decided if not one.readable)


def test_each_word_is_judged_by_itself() -> None:
    odds = np.array([5.0, 5, -4, -3])
    assert text(numbers_only(line("12 19", DIGITS), odds), DIGITS) == "12??"


def test_what_is_heard_at_a_character_is_what_is_told_there() -> None:
    alphabet = Alphabet.of([None, SPACE, *DIGITS, "l", "k", "%"], DIGITS, DIGITS)
    p = np.full((4, 15), 1e-6)
    p[range(4), [3, 0, 13, 0]] = 1.0  # 1 and then k
    centres = np.array([10.0, 20, 35, 60])
    sides = heard_beyond(line("12", DIGITS), np.log(p), centres, alphabet, 2.0)
    assert np.round(np.stack(sides), 3).tolist() == [[1, 0], [0, 1]]
    odds = for_digits(*sides)
    assert odds[0] > 4
    assert odds[1] < -4


def test_letters_are_foreign_where_digits_alone_are_read() -> None:
    labels = [None, SPACE, *DIGITS, "l", "k", "%", "|"]
    alphabet = Alphabet.of(labels, DIGITS, DIGITS)
    assert [labels[n] for n in alphabet.foreign] == ["k", "%"]
    assert [labels[n] for n in alphabet.alike] == [*DIGITS, "l", "|"]
    assert [labels[n] for n in alphabet.percent] == ["%"]
    assert not len(Alphabet.of(labels, DIGITS + "k", DIGITS + "k").foreign)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("A7KO2", "A7K02"),
        ("I4BC6", "14BC6"),
        ("ISO99", "ISO99"),  # a name and a number
        ("B7", "B7"),
        ("A7b02O", "A7b02O"),  # with a small letter it is no code of capitals
        ("A7 O2", "A7 O2"),  # each word by itself
        ("OI", "OI"),
    ],
)
def test_in_codes_0_and_1_are_likelier_than_what_looks_like_them(written: str, found: str) -> None:
    known = DIGITS + "ABCIKOS" + "b"
    doubtful = [
        replace(one, p=_between(one.p, known, "O0" if one.p[known.index("O")] > 0.5 else "I1"))
        if known[int(one.p.argmax())] in "OI"
        else one
        for one in line(written, known)
    ]
    assert text(in_codes(doubtful, known), known) == found.replace(" ", "")
    # Where the digit may not be read, nothing else is meant.
    letters = known.replace("0", "").replace("1", "")
    if not set(written) & set("01"):
        alone = line(written, letters)
        assert in_codes(alone, letters) == alone


def _between(p: npt.NDArray[np.float64], known: str, both: str) -> npt.NDArray[np.float64]:
    """A row that finds the first of both characters twice as likely as the second."""
    out = np.full_like(p, 0.01)
    out[[known.index(char) for char in both]] = 0.6, 0.3
    return np.asarray(out / out.sum(), np.float64)


def test_what_is_surely_an_o_stays_one_in_codes() -> None:
    sure = line("A7KO2", DIGITS + "AKO")
    assert text(in_codes(sure, DIGITS + "AKO"), DIGITS + "AKO") == "A7KO2"
