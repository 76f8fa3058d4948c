"""Words of a language with how common each is: what share of all begins with some letters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate

Range = tuple[int, int]
"""Words with a common beginning: the first, and the one behind the last."""


class Lexicon:
    """Words in the order of the alphabet, so that those of one beginning stand together.

    Args:
        words: words of lower case letters with how often each occurs, in any unit.

    Attributes:
        every: the range of all words.
    """

    def __init__(self, words: Mapping[str, float]) -> None:
        self._words = sorted(words)
        self._sums = [0.0, *accumulate(words[word] for word in self._words)]
        self._total = self._sums[-1] or 1.0
        self.every: Range = (0, len(self._words))

    def beginning(self, prefix: str, among: Range) -> Range:
        """The words that begin so, among others with as much of it as but its last letter."""
        low = bisect_left(self._words, prefix, *among)
        return low, bisect_left(self._words, prefix + "~", low, among[1])

    def share(self, among: Range) -> float:
        """The share of all that is of these words: 0 to 1."""
        return (self._sums[among[1]] - self._sums[among[0]]) / self._total

    def whole(self, word: str, among: Range) -> float:
        """The share of one word among those that begin so; 0 if there is no such word."""
        low, high = among
        if low >= high or self._words[low] != word:
            return 0.0
        return (self._sums[low + 1] - self._sums[low]) / self._total
