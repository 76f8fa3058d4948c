"""Counts which letters follow which, smooths the counts, and keeps what tells most.

Smoothing is Witten and Bell's (1991): what a context has shown is mixed with what the context of
one letter less says, the more the more different letters have followed it. Contexts are kept by how
much likelier they make the words that they were counted in (Stolcke 1998).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.letters import BEGIN, BITS, MOST_LETTERS, SYMBOLS

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

ORDER = 7
"""Symbols of the longest sequences that are counted: a context has one less."""

_COUNTS = 3e6  # words that are counted as if so many had been seen


@dataclass(frozen=True)
class _Order:
    """Contexts of one length: numbers (n,), what follows (n, symbols), and what that is worth."""

    contexts: Codes
    p: Floats
    worth: Floats


def count(words: Mapping[str, float], contexts: int) -> tuple[npt.NDArray[np.uint32], Floats]:
    """The contexts that tell most of what follows, ascending, and what follows: (n, symbols).

    Args:
        words: of lower case letters and apostrophes, with shares that sum to 1.
        contexts: how many are kept at least; what any needs is kept besides.

    Raises:
        ValueError: if there are no words.
    """
    if not words:
        raise ValueError("there are no words")
    assert ORDER <= MOST_LETTERS + 1
    orders = _orders(words)
    worth = np.concatenate([one.worth for one in orders[1:]])
    least = np.sort(worth)[::-1][min(contexts, len(worth)) - 1]
    kept = {0, BEGIN}
    for length, one in enumerate(orders):
        for code in one.contexts[one.worth >= least].tolist():
            # And all shorter ones, which are asked where this one does not fit.
            kept.update(code & ((1 << BITS * n) - 1) for n in range(1, length + 1))
    numbers = np.array(sorted(kept), np.int64)
    p = np.empty((len(numbers), len(SYMBOLS)))
    for length, one in enumerate(orders):
        own = (numbers >= (1 << BITS * length >> BITS)) & (numbers < 1 << BITS * length)
        p[own] = one.p[np.searchsorted(one.contexts, numbers[own])]
    return numbers.astype(np.uint32), p


def levels(p: Floats, step: float) -> npt.NDArray[np.uint8]:
    """Minus the logarithms of probabilities, in steps: 0 to 255."""
    return np.clip(np.round(-np.log(p) / step), 0, 255).astype(np.uint8)


def _orders(words: Mapping[str, float]) -> list[_Order]:
    """What follows contexts of no symbol, of one, and so on."""
    rows = [np.array([BEGIN, *map(SYMBOLS.index, word), 0], np.int64) for word in sorted(words)]
    sizes = [len(row) for row in rows]
    symbols = np.concatenate(rows)
    weights = np.repeat([words[word] * _COUNTS for word in sorted(words)], sizes)
    places = np.concatenate([np.arange(size) for size in sizes])
    at = np.flatnonzero(places > 0)
    codes = np.zeros(len(at), np.int64)
    out: list[_Order] = []
    for length in range(ORDER):
        if length:
            codes |= symbols[at - length] << BITS * (length - 1)
        numbers, of = np.unique(codes, return_inverse=True)
        counts = np.zeros((len(numbers), len(SYMBOLS)))
        np.add.at(counts, (of, symbols[at]), weights[at])
        shorter = np.full(counts.shape, 1 / len(SYMBOLS))
        if out:
            cut = numbers & ((1 << BITS * (length - 1)) - 1)
            shorter = out[-1].p[np.searchsorted(out[-1].contexts, cut)]
        kinds = (counts > 0).sum(1)[:, None]
        p = (counts + kinds * shorter) / (counts.sum(1)[:, None] + kinds)
        worth = (counts * (np.log(p) - np.log(shorter))).sum(1)
        out.append(_Order(numbers, p, worth))
        # A word's first letters have no longer contexts than what stands before them.
        longer = places[at] > length
        at, codes = at[longer], codes[longer]
    return out
