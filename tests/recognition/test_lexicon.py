"""Words by their beginnings: none first."""

from __future__ import annotations

import pytest

from hwr_live.recognition.lexicon import Lexicon

WORDS = Lexicon({"the": 6.0, "then": 2.0, "to": 1.0, "a": 1.0})


def test_no_words_begin_with_nothing() -> None:
    none = Lexicon({})
    assert none.share(none.every) == 0
    assert none.whole("a", none.beginning("a", none.every)) == 0


@pytest.mark.parametrize(
    ("word", "begins", "whole"),
    [("t", 0.9, 0.0), ("the", 0.8, 0.6), ("then", 0.2, 0.2), ("a", 0.1, 0.1), ("x", 0.0, 0.0)],
)
def test_shares_are_of_all_that_begins_so(word: str, begins: float, whole: float) -> None:
    among = WORDS.every
    for k in range(len(word)):
        among = WORDS.beginning(word[: k + 1], among)
    assert WORDS.share(among) == pytest.approx(begins)
    assert WORDS.whole(word, among) == pytest.approx(whole)
