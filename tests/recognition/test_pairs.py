"""Whether ink is one digit or two that touch: nothing first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from hwr_live.recognition.ctc import spell
from hwr_live.recognition.joint import SPACE, Alphabet, Character, Told
from hwr_live.recognition.pairs import Component, only_alike, sights, with_pairs

DIGITS = "0123456789"
LABELS = (None, SPACE, *DIGITS, "B")
ALPHABET = Alphabet.of(LABELS, tuple(DIGITS), DIGITS)


def told(*frames: Mapping[str, float]) -> Told:
    """Frames ten pixels apart, each with the probabilities of some signs; the rest is blank."""
    p = np.full((len(frames), len(LABELS)), 1e-4)
    for row, frame in zip(p, frames, strict=True):
        for sign, share in frame.items():
            row[LABELS.index(sign)] = share
        row[0] = 1 - row[1:].sum()
    logp = np.asarray(np.log(p), np.float64)
    centres = np.asarray(10.0 * np.arange(len(frames)) + 5, np.float64)
    return Told(logp, spell(logp), centres)


def component(whole: Mapping[str, float], first: str, second: str) -> Component:
    """Forty pixels of ink that may be parted in the middle into these two digits."""
    p = np.full((3, len(DIGITS)), 1e-4)
    for char, share in whole.items():
        p[0, int(char)] = share
    p[1, int(first)] = p[2, int(second)] = 0.9
    sight = (-np.inf, np.inf)
    return Component(frozenset({0}), 0.0, 40.0, sight, np.array([20.0]), p[0], p[None, 1:], True)


def digit(char: str, pieces: tuple[int, ...] = (0,), left: float = 0.0) -> Character:
    p = np.full(len(DIGITS), 0.01)
    p[int(char)] = 0.91
    return Character(pieces, left, left + 40, True, p, 0.1, True, left > 0, "both")


def text(characters: list[Character]) -> str:
    return "".join(DIGITS[int(one.p.argmax())] for one in characters)


ONE_OF_TWO = told({}, {"1": 0.2}, {}, {"3": 0.9}, {})  # hardly hears the 1 of 13
TWO = told({}, {"1": 0.9}, {}, {"3": 0.9}, {})
ONE = told({}, {}, {"8": 0.95}, {}, {})


def test_nothing_and_what_has_no_parts_stay() -> None:
    assert with_pairs([], [], ONE, ALPHABET) == []
    one = digit("8")
    (same,) = with_pairs([one], [], ONE, ALPHABET)
    assert same is one


def test_what_looks_like_no_digit_is_two_that_touch() -> None:
    found = with_pairs([digit("3")], [component({}, "1", "3")], ONE_OF_TWO, ALPHABET)
    assert text(found) == "13"
    assert [(one.left, one.right, one.whole) for one in found] == [(0, 20, False), (20, 40, False)]
    assert [one.spaced for one in found] == [False, False]
    assert all(abs(one.p.sum() - 1) < 1e-9 for one in found)


def test_a_digit_that_both_are_sure_of_stays_as_it_is() -> None:
    one = digit("8")
    (found,) = with_pairs([one], [component({"8": 0.8}, "1", "3")], ONE, ALPHABET)
    assert found is one


def test_what_is_surely_a_digit_to_one_network_is_no_two() -> None:
    one = digit("3")
    (found,) = with_pairs([one], [component({"3": 0.95}, "1", "3")], TWO, ALPHABET)
    assert found is one
    doubted = component({"3": 0.5}, "1", "3")
    assert text(with_pairs([one], [doubted], TWO, ALPHABET)) == "13"


def test_two_parts_of_one_digit_are_one() -> None:
    halves = [replace(digit("1"), whole=False, right=20), replace(digit("3"), whole=False)]
    whole = component({"8": 0.8}, "1", "3")
    (found,) = with_pairs(halves, [whole], ONE, ALPHABET)
    assert text([found]) == "8"
    assert (found.left, found.right, found.whole, found.pieces) == (0, 40, True, (0,))


def test_of_two_digits_one_that_was_not_read_is_read() -> None:
    halves = [
        replace(digit("1"), whole=False, right=20, readable=False),
        replace(digit("3", left=20), whole=False, spaced=False),
    ]
    found = with_pairs(halves, [component({}, "1", "3")], ONE_OF_TWO, ALPHABET)
    assert text(found) == "13"
    assert all(one.readable for one in found)


def test_what_is_not_read_as_it_is_a_letter_is_not_read() -> None:
    halves = [
        replace(digit("1"), whole=False, right=20, readable=False),
        replace(digit("3", left=20), whole=False, spaced=False),
    ]
    whole = replace(component({}, "1", "3"), clear=False)
    found = with_pairs(halves, [whole], ONE_OF_TWO, ALPHABET)
    assert [id(one) for one in found] == [id(one) for one in halves]


def test_letters_are_not_only_alike() -> None:
    line = told({"1": 0.9}, {}, {"B": 0.9}, {}, {"3": 0.9})
    assert only_alike(line, 0, 20, ALPHABET)
    assert not only_alike(line, 20, 30, ALPHABET)
    assert not only_alike(line, 7, 18, ALPHABET)  # nothing is told


def test_two_digits_that_are_read_stay_the_two() -> None:
    halves = [
        replace(digit("7"), whole=False, right=20),
        replace(digit("3", left=20), whole=False),
    ]
    found = with_pairs(halves, [component({}, "1", "3")], TWO, ALPHABET)
    assert [id(one) for one in found] == [id(one) for one in halves]


def test_the_first_of_two_keeps_the_space_before_it() -> None:
    before, one = digit("7", (1,)), replace(digit("3", left=60), pieces=(0,))
    found = with_pairs([before, one], [component({}, "1", "3")], TWO, ALPHABET)
    assert text(found) == "713"
    assert [one.spaced for one in found] == [False, True, False]


def test_a_piece_is_seen_from_its_neighbours_signs_on() -> None:
    line = told({"4": 0.9}, {}, {}, {"1": 0.9}, {}, {"7": 0.9})  # at 5, 35 and 55
    edges = np.array([(0.0, 38.0), (34.0, 44.0), (50.0, 70.0)])
    assert sights(line, edges).tolist() == [[-np.inf, 20], [36, 45], [47, np.inf]]


def test_of_a_piece_without_a_sign_its_place_tells() -> None:
    line = told({"4": 0.9}, {}, {}, {}, {}, {})
    edges = np.array([(0.0, 20.0), (30.0, 44.0), (50.0, 70.0)])
    assert sights(line, edges)[1:].tolist() == [[25, 47], [47, np.inf]]
    assert sights(told({}), edges)[0].tolist() == [-np.inf, 25]


def test_frames_of_neighbours_are_not_heard() -> None:
    line = told({"9": 0.9}, {}, {"8": 0.95}, {}, {"9": 0.9})
    own = replace(component({"8": 0.8}, "9", "9"), sight=(12.0, 38.0))
    assert text(with_pairs([digit("8")], [own], line, ALPHABET)) == "8"


@pytest.mark.parametrize(
    "own",
    [
        [replace(digit("3"), readable=False)],
        [digit("3", (0, 1))],  # a digit of this ink and other
        [digit("1"), digit("1"), digit("3")],
    ],
)
def test_no_digits_and_what_is_more_are_left_alone(own: list[Character]) -> None:
    found = with_pairs(own, [component({}, "1", "3")], ONE_OF_TWO, ALPHABET)
    assert [id(one) for one in found] == [id(one) for one in own]
