"""How wrong texts are: character and word error rates, exact and folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np


def distance(a: Sequence[object], b: Sequence[object]) -> int:
    """The fewest insertions, deletions and replacements that make ``a`` of ``b`` (Levenshtein)."""
    if not a or not b:
        return len(a) + len(b)
    codes: dict[object, int] = {}
    left, right = (np.array([codes.setdefault(x, len(codes)) for x in s]) for s in (a, b))
    steps = np.arange(len(right) + 1)
    row = steps.copy()
    for i, one in enumerate(left):
        new = np.minimum(row + 1, np.concatenate([[i + 1], row[:-1] + (right != one)]))
        row = np.minimum.accumulate(new - steps) + steps
    return int(row[-1])


def folded(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(c for c in text if c.isalnum()).lower()


_COLUMNS = ("exact", "folded", "words", "lines")


@dataclass(frozen=True)
class Rates:
    """Errors of some lines, as shares of what is right.

    Attributes:
        exact: of the characters with their case, marks and single spaces.
        folded: of letters and digits alone, without case.
        words: of words, exact.
        lines: share of lines with any error.
    """

    exact: float
    folded: float
    words: float
    lines: float

    def rounded(self) -> dict[str, float]:
        """The rates by name, as a card tells them."""
        return {name: round(value, 5) for name, value in asdict(self).items()}


def rates(read: Sequence[str], right: Sequence[str]) -> Rates:
    """Error rates over all lines together; of lines without text, signs and words read a line."""
    pairs = list(zip(read, right, strict=True))
    exact = sum(distance(a, b) for a, b in pairs)
    fold = sum(distance(folded(a), folded(b)) for a, b in pairs)
    words = sum(distance(a.split(), b.split()) for a, b in pairs)
    count = max(1, len(pairs))
    letters = sum(len(b) for b in right) or count
    return Rates(
        exact / letters,
        fold / (sum(len(folded(b)) for b in right) or count),
        words / (sum(len(b.split()) for b in right) or count),
        sum(a != b for a, b in pairs) / count,
    )


def told(results: Mapping[str, Mapping[str, float]]) -> str:
    """Error rates by part as a table in Markdown, in per cent."""
    head = "| | characters | folded | words | lines with an error |\n|---|--:|--:|--:|--:|"
    rows = [
        f"| {name} | " + " | ".join(f"{100 * one[key]:.1f}" for key in _COLUMNS) + " |"
        for name, one in results.items()
    ]
    return "\n".join([head, *rows])
