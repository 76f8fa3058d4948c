"""Median strings: nothing first, then what all agree on, and what no single text has."""

from __future__ import annotations

import random

import pytest

from hwr_live.tracking.medians import alignment, columns, cost, distance, improved, median
from tests.measure.cer import edits


def test_no_texts_have_no_median_and_cost_nothing() -> None:
    assert median([], {}) == ""
    assert median([], {"a": 1.0}) == ""
    assert cost("abc", {}) == 0.0
    assert cost("abc", {"x": 0.0}) == 0.0
    assert improved("", {}) == ""
    assert columns("", "") == ()


@pytest.mark.parametrize(("a", "b", "expected"), [("", "", 0), ("", "ab", 2), ("ab", "", 2)])
def test_distance_from_nothing(a: str, b: str, expected: int) -> None:
    assert distance(a, b) == expected


def test_distance_and_alignment_are_those_of_the_table() -> None:
    chance = random.Random(3)
    for longest in [12] * 400 + [150] * 5:
        a, b = ("".join(chance.choices("abc ", k=chance.randrange(longest))) for _ in range(2))
        assert distance(a, b) == edits(a, b)
        places = alignment(a, b)
        assert [place for place, _, before in places if not before] == list(range(len(a)))
        used = [at for _, at, _ in places if at is not None]
        assert used == sorted(set(used))
        same = sum(at is not None and not before and a[p] == b[at] for p, at, before in places)
        assert len(a) - same <= edits(a, b)


def test_the_median_is_the_text_that_most_are_near() -> None:
    votes = {"hello": 1.0, "hallo": 1.0, "hullo": 1.0, "xyz": 1.0}
    assert median(list(votes), votes) in ("hello", "hallo", "hullo")
    assert median(["hello", "xyz"], {**votes, "xyz": 9.0}) == "xyz"
    assert median(["same", "same"], {"other": 1.0}) == "same"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["hallo world", "hello wold", "hello worlb"], "hello world"),
        (["ab cd", "abcd", "ab cd"], "ab cd"),
        (["abcd", "abcd", "xabcd"], "abcd"),
        (["bcd", "abcd", "abc"], "abcd"),
        (["one", "two"], "one"),
    ],
)
def test_what_most_have_at_each_place_is_better_than_any_text(
    texts: list[str], expected: str
) -> None:
    votes: dict[str, float] = {}
    for text in texts:
        votes[text] = votes.get(text, 0.0) + 1.0
    assert improved(texts[0], votes) == expected


def test_an_improvement_never_costs_more() -> None:
    chance = random.Random(5)
    for _ in range(100):
        texts = ["".join(chance.choices("ab ", k=chance.randrange(9))) for _ in range(5)]
        votes = {text: chance.random() for text in texts}
        assert cost(improved(texts[0], votes), votes) <= cost(texts[0], votes)
