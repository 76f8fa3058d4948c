"""Counting: no words, then what follows what, and what is kept of it."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.recognition.letters import BEGIN, BITS, SYMBOLS
from train.letters.ngram import count, levels

WORDS = {"that": 0.5, "than": 0.3, "at": 0.1, "don't": 0.1}


def code(context: str) -> int:
    """The number of a context; ``^`` is what stands before a word."""
    out = 0
    for char in context:
        out = out << BITS | (BEGIN if char == "^" else SYMBOLS.index(char))
    return out


def test_no_words_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="no words"):
        count({}, 10)


def test_every_row_is_of_probabilities() -> None:
    contexts, p = count(WORDS, 1000)
    assert (np.diff(contexts.astype(np.int64)) > 0).all()
    assert p.sum(1) == pytest.approx(1)
    assert (p > 0).all()


@pytest.mark.parametrize(
    ("context", "likely"), [("^", "t"), ("t", "h"), ("^tha", "t"), ("^don", "'"), ("don't", None)]
)
def test_what_follows_is_what_was_seen(context: str, likely: str | None) -> None:
    contexts, p = count(WORDS, 1000)
    row = p[contexts.tolist().index(code(context))]
    assert SYMBOLS[int(row.argmax())] == likely


def test_of_few_contexts_the_longer_have_their_shorter_ones() -> None:
    contexts, _ = count(WORDS, 6)
    kept = set(contexts.tolist())
    assert {0, BEGIN} <= kept
    for one in kept:
        length = -(-one.bit_length() // BITS)
        assert all(one & ((1 << BITS * n) - 1) in kept for n in range(1, length))
    assert len(kept) < len(count(WORDS, 1000)[0])


def test_levels_are_bytes() -> None:
    found = levels(np.array([1.0, np.exp(-1.0), 1e-30]), 0.05)
    assert found.dtype == np.uint8
    assert found.tolist() == [0, 20, 255]
