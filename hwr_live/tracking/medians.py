"""Median strings: the text that agrees best with many readings of one line.

A set median is the one of some texts with the least weighted sum of edit distances to all (Kohonen,
1985). What most texts have at a place of it, once they are aligned, can make it better still
(Fiscus's ROVER, 1997).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

_KEPT = 8192  # pairs of texts that are remembered: those of a page come again with every frame


@lru_cache(_KEPT)
def distance(a: str, b: str) -> int:
    """Edit distance: substitutions, insertions and deletions of characters.

    All of a column of the table is worked out at once, as the bits of whole numbers (Myers, 1999;
    Hyyrö, 2003).
    """
    if not a or not b:
        return len(a) + len(b)
    places: dict[str, int] = {}
    for i, char in enumerate(a):
        places[char] = places.get(char, 0) | 1 << i
    mask, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    more, less, out = mask, 0, len(a)  # where the column grows, and where it falls, going down
    for char in b:
        same = places.get(char, 0)
        diagonal = (((same & more) + more) ^ more) | same | less
        grows = less | ~(diagonal | more) & mask
        falls = diagonal & more
        out += bool(grows & last) - bool(falls & last)
        grows = (grows << 1 | 1) & mask
        more = (falls << 1) & mask | ~(diagonal | grows) & mask
        less = grows & diagonal
    return out


def cost(text: str, votes: Mapping[str, float]) -> float:
    """Mean edits from a text to those that were voted for, by their weights; 0 for no votes."""
    total = sum(votes.values())
    if total <= 0:
        return 0.0
    return sum(weight * distance(text, other) for other, weight in votes.items()) / total


def median(candidates: Sequence[str], votes: Mapping[str, float]) -> str:
    """The candidate with the least cost; of several the first. No candidates: no text."""
    return min(candidates, key=lambda text: cost(text, votes), default="")


def improved(text: str, votes: Mapping[str, float]) -> str:
    """A median with what most have at each of its places: another character, none, or one more
    between two. Where that is no better it is the median as it was."""
    half = sum(votes.values()) / 2
    here: list[dict[str, float]] = [{} for _ in text]
    between: list[dict[str, float]] = [{} for _ in range(len(text) + 1)]
    for other, weight in votes.items():
        for place, char, at in columns(text, other):
            chars = between[place] if at else here[place]
            chars[char] = chars.get(char, 0.0) + weight
    out = []
    for place, more in enumerate(between):
        char = max(more, key=lambda one: more[one], default="")
        if char and more[char] > half:
            out.append(char)
        if place < len(text):
            chars = here[place]
            own = text[place]
            best = max(chars, key=lambda one: (chars[one], one == own), default=own)
            out.append(best)
    better = " ".join("".join(out).split())
    return better if cost(better, votes) < cost(text, votes) else text


@lru_cache(_KEPT)
def columns(text: str, other: str) -> tuple[tuple[int, str, bool], ...]:
    """What ``other`` has at the places of ``text``, aligned with the fewest edits.

    Returns:
        (place, character, whether it stands before that place and not at it); "" at a place for
        none. Of several characters before a place only the last is told.
    """
    return tuple(
        (place, "" if at is None else other[at], before)
        for place, at, before in alignment(text, other)
    )


@lru_cache(_KEPT)
def alignment(text: str, other: str) -> tuple[tuple[int, int | None, bool], ...]:
    """The same with the places in ``other`` in place of its characters."""
    n, m = len(text), len(other)
    rows = [list(range(m + 1))]
    for i, char in enumerate(text, 1):
        above, row = rows[-1], [i]
        for j, theirs in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (char != theirs)))
        rows.append(row)
    out: list[tuple[int, int | None, bool]] = []
    i, j, inserted = n, m, False
    while i or j:
        now = rows[i][j]
        if i and j and now == rows[i - 1][j - 1] + (text[i - 1] != other[j - 1]):
            i, j, inserted = i - 1, j - 1, False
            out.append((i, j, False))
        elif i and now == rows[i - 1][j] + 1:
            i, inserted = i - 1, False
            out.append((i, None, False))
        else:
            j -= 1
            if not inserted:
                out.append((i, j, True))
            inserted = True
    return tuple(reversed(out))
