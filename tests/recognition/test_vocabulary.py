"""What outputs mean: characters that no model knows first, then what is none, marks and stops."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.chars import ALL, MARKS, SIGNS
from hwr_live.errors import InputError
from hwr_live.recognition.card import Card
from hwr_live.recognition.vocabulary import Vocabulary, candidates


def vocabulary(chars: str = "all", labels: str = ALL) -> Vocabulary:
    shares = (1.0,) * (len(labels) + 1)
    card = Card("fake", (*labels, None), 0, 1, (28, 28, 1), 1, 0.5, shares, "x")
    return Vocabulary(card, chars)


def test_a_model_that_knows_none_of_the_characters() -> None:
    with pytest.raises(InputError, match="fake knows none"):
        vocabulary("abc", "0123456789")
    assert vocabulary("7abc", "0123456789").known == ("7",)


def test_of_no_glyphs_nothing_is_told() -> None:
    ours, nothing = vocabulary(), np.zeros((0, 63))
    none, chars = ours.none_and_chars(nothing)
    assert (none.shape, chars.shape) == ((0,), (0, 62))
    assert ours.likeness(nothing).shape == (0,)
    assert ours.are_chars(none).tolist() == []
    assert candidates(ours.known, chars) == []
    assert ours.decide([], []) == []


@pytest.mark.parametrize(
    ("chars", "expected"),
    [
        ("a7", {"a": 0.6, "7": 0.4}),
        ("7", {"7": 1.0}),
        ("digits", {"7": 1.0}),
        ("lower", {"a": 1.0}),
    ],
)
def test_the_rest_is_made_to_sum_to_one(chars: str, expected: dict[str, float]) -> None:
    ours = vocabulary(chars)
    given = np.zeros((2, 63))
    given[:, [ALL.index("a"), ALL.index("7"), -1]] = 0.36, 0.24, 0.4
    none, p = ours.none_and_chars(given)
    np.testing.assert_allclose(none, 0.4)
    np.testing.assert_allclose(p.sum(1), 1)
    told = dict(candidates(ours.known, p)[0])
    assert {char: told[char] for char in expected} == pytest.approx(expected)


def test_even_the_least_likely_is_made_to_sum_to_one() -> None:
    p = np.zeros((1, 63))
    p[0, ALL.index("a")], p[0, ALL.index("7")] = 1, 1e-20
    np.testing.assert_allclose(vocabulary("7").none_and_chars(p)[1].sum(1), 1)


def test_look_alikes_share_one_likeness_and_a_bar_is_one_aslant() -> None:
    p = np.zeros((2, 62 + len(MARKS) + 1))
    p[0, [ALL.index("c"), ALL.index("C"), -1]] = 0.5, 0.3, 0.2
    p[1, [ALL.index("1"), 62 + MARKS.index("/"), -1]] = 0.5, 0.3, 0.2
    alike, bars = vocabulary(labels=ALL + MARKS).likeness(p)
    assert alike == pytest.approx(0.8)
    assert 0.5 < bars < 0.8, "a mark looks a little less like a glyph"


@pytest.mark.parametrize(("chars", "expected"), [("all", 0.6), ("digits", 0.3)])
def test_what_may_not_be_read_does_not_make_ink_readable(chars: str, expected: float) -> None:
    p = np.zeros((1, 63))
    p[0, [ALL.index("B"), ALL.index("O"), ALL.index("0"), -1]] = 0.6, 0.2, 0.1, 0.1
    ours = vocabulary(chars)
    assert ours.readable(p)[0] == pytest.approx(expected)
    assert ours.likeness(p)[0] == pytest.approx(0.6)
    assert ours.readable(np.zeros((0, 63))).shape == (0,)
    assert ours.unreadable(p)[0] == pytest.approx(0.0 if chars == "all" else 0.6)


# Marks -------------------------------------------------------------------------------------------


def test_marks_that_are_not_wanted_are_no_characters() -> None:
    p = np.zeros((1, 62 + len(MARKS) + 1))
    p[0, [ALL.index("1"), 62 + MARKS.index("-"), -1]] = 0.3, 0.6, 0.1
    none, chars = vocabulary("digits", ALL + MARKS).none_and_chars(p)
    assert none[0] == pytest.approx(0.7)
    np.testing.assert_allclose(chars.sum(1), 1)
    none, _ = vocabulary("0123456789-", ALL + MARKS).none_and_chars(p)
    assert none[0] == pytest.approx(0.1)


EVERY = ALL + SIGNS


@pytest.mark.parametrize(
    ("chars", "sign", "read_as"),
    [
        ("all", "|", "l"),  # not among what most people write
        ("all", "{", "("),
        ("all", "~", "-"),
        ("ascii", "|", "|"),
        ("digits", "|", "1"),
        ("digits", "/", "1"),
        ("lower", "×", "x"),
        ("upper", "°", "O"),
        ("letters", "%", None),
        ("digits", "$", None),
        ("all", "^", None),
    ],
)
def test_a_sign_that_is_not_asked_for_is_what_it_looks_like_or_none(
    chars: str, sign: str, read_as: str | None
) -> None:
    p = np.full((1, len(EVERY) + 1), 1e-9)
    p[0, [EVERY.index(sign), EVERY.index("l")]] = 0.98, 0.02
    ours = vocabulary(chars, EVERY)
    none, told = ours.none_and_chars(p)
    np.testing.assert_allclose(told.sum(1), 1)
    if read_as is None:
        assert none[0] == pytest.approx(0.98)
    else:
        assert none[0] < 1e-6
        assert ours.known[told[0].argmax()] == read_as


def test_only_a_model_that_knows_full_stops_doubts_dirt() -> None:
    p = np.full((2, 63), 1 / 63)
    assert vocabulary().as_stops(p, ".,") is p
    p = np.full((2, 62 + len(MARKS) + 1), 1 / 74)
    told = vocabulary(labels=ALL + MARKS).as_stops(p, ".,")
    np.testing.assert_allclose(told.sum(1), 1)
    assert (told[:, -1] < p[:, -1]).all()
    assert [(ALL + MARKS)[i] for i in told.argmax(1)] == [".", ","]


@pytest.mark.parametrize(
    ("none", "expected"),
    [
        ([], []),
        ([0.6], [False]),
        ([0.1, 0.6], [True, False]),
        ([0.1, 0.1, 0.1, 0.1, 0.6, 0.9], [True, True, True, True, True, False]),
        ([0.1, 0.6, 0.6, 0.9], [True, False, False, False]),
    ],
)
def test_among_characters_doubtful_ink_is_one(none: list[float], expected: list[bool]) -> None:
    assert vocabulary().are_chars(np.array(none)).tolist() == expected
    alone = [p <= 0.5 for p in none]
    assert vocabulary().are_chars(np.array(none), in_line=False).tolist() == alone


def test_a_sign_is_rarer_than_a_mark_and_a_mark_than_a_character() -> None:
    p = np.full((1, len(EVERY) + 1), 1 / (len(EVERY) + 1))
    ours = vocabulary("ascii", EVERY)
    told = dict(zip(ours.known, ours.none_and_chars(p)[1][0].tolist(), strict=True))
    assert told["%"] < told["("] < told["a"]
