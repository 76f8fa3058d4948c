"""Keyboards: their letters are read right, and are nothing that anybody wrote.

Single printed characters in rows, each in a place of its own, may be the answers of a form, the
head of a table or a row of choices. On a keyboard alone letters stand beside each other as they do
there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from hwr_live.reading import Glyph, Line, Reading

_ROWS = (
    *("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("qwertzuiop", "yxcvbnm"),
    *("azertyuiop", "qsdfghjklm", "wxcvbn"),
)
"""Letters beside each other on the keyboards of most languages with Latin letters."""

_LIKE = str.maketrans("015|", "oisi")  # as which letters these may have been meant
_OF_LINE = 3  # pairs of a line that stand as on a keyboard, from which it may be a row of keys,
_ORDERED = 0.5  # and of its pairs; of any two letters one pair in fourteen does
_KEYS = 9  # such pairs from which a picture shows a keyboard: two rows of it
_AROUND = 1.5  # steps from key to key around the letters that are still the keyboard

_BESIDE = frozenset(pair for row in _ROWS for a, b in pairwise(row) for pair in (a + b, b + a))

Letters = tuple[tuple[Glyph, bool], ...]
"""Single letters beside each other, and whether each is printed."""


def without_keys(reading: Reading) -> Reading:
    """The same without what is printed on a keyboard, which is counted in ``left_out`` as "key".

    Args:
        reading: of a picture.
    """
    rows = [pairs for line in reading.lines for pairs in [_pairs(line)] if _are_keys(pairs)]
    keys = [pair for pairs in rows for pair in pairs]
    printed = [own for pair in keys for _, own in pair]
    if sum(map(_are_beside, keys)) < _KEYS or 2 * sum(printed) < len(printed):
        return reading
    area = _area(keys)
    lines, left_out = [], dict(reading.left_out)
    for line in reading.lines:
        kept = line.chosen(partial(_is_elsewhere, area, line.printed))
        left_out["key"] = left_out.get("key", 0) + len(line.glyphs) - len(kept.glyphs)
        if kept.words:
            lines.append(kept)
    return replace(reading, lines=tuple(lines), left_out=left_out)


def _pairs(line: Line) -> list[Letters]:
    """Pairs of single letters that follow each other in a line, each a word of its own."""
    printed = line.printed or (False,) * len(line.words)
    words = [
        (tuple(glyph for glyph in word if glyph.char), own)
        for word, own in zip(line.words, printed, strict=True)
    ]
    return [
        ((word[0], own), (other[0], other_own))
        for (word, own), (other, other_own) in pairwise(words)
        if len(word) == len(other) == 1 and len(_letters(word[0], other[0])) == 2
    ]


def _letters(*glyphs: Glyph) -> str:
    """The letters that glyphs may be meant as."""
    told = "".join(glyph.char or "" for glyph in glyphs).casefold().translate(_LIKE)
    return "".join(char for char in told if char.isalpha())


def _are_beside(pair: Letters) -> bool:
    """Whether two letters stand beside each other on a keyboard."""
    return _letters(*(glyph for glyph, _ in pair)) in _BESIDE


def _are_keys(pairs: Sequence[Letters]) -> bool:
    """Whether pairs of a line are those of a row of keys."""
    return sum(map(_are_beside, pairs)) >= max(_OF_LINE, _ORDERED * len(pairs))


def _area(keys: Sequence[Letters]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is a keyboard about some pairs of keys."""
    middles = np.array([[_middle(glyph) for glyph, _ in pair] for pair in keys])
    step = float(np.median(np.hypot(*(middles[:, 1] - middles[:, 0]).T)))
    low = middles.min((0, 1)) - _AROUND * step
    high = middles.max((0, 1)) + _AROUND * step
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _middle(glyph: Glyph) -> tuple[float, float]:
    x, y, w, h = glyph.box
    return x + w / 2, y + h / 2


def _is_elsewhere(
    area: tuple[float, float, float, float],
    printed: Sequence[bool],
    number: int,
    word: tuple[Glyph, ...],
) -> tuple[Glyph, ...]:
    """A word's glyphs, of what stands on the keyboard none: single characters and print."""
    if len(word) > 1 and not (printed and printed[number]):
        return word
    left, top, right, bottom = area
    x, y = np.mean([_middle(glyph) for glyph in word], axis=0).tolist()
    return () if left <= x <= right and top <= y <= bottom else word
