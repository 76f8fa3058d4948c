"""How many characters were read wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Errors:
    """Edits between what is written and what was read; they add up.

    Attributes:
        exact: substitutions, insertions and deletions.
        folded: the same with upper and lower case as one.
        count: characters written.
    """

    exact: int = 0
    folded: int = 0
    count: int = 0

    @classmethod
    def of(cls, truth: str, read: str) -> Errors:
        """Of one text, spaces and line ends left out."""
        truth, read = "".join(truth.split()), "".join(read.split())
        return cls(edits(truth, read), edits(truth.lower(), read.lower()), len(truth))

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.exact + other.exact, self.folded + other.folded, self.count + other.count
        )

    @property
    def rates(self) -> tuple[float, float]:
        """Character error rate, exact and case-folded; of nothing written it is 0."""
        return self.exact / max(1, self.count), self.folded / max(1, self.count)

    def __str__(self) -> str:
        return "{:6.1%} {:7.1%}".format(*self.rates)


def edits(truth: str, read: str) -> int:
    """Edit distance (Levenshtein): substitutions, insertions and deletions."""
    row = list(range(len(read) + 1))
    for i, x in enumerate(truth, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(read, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def error_rate(truth: str, read: str) -> float:
    """Character error rate, spaces and line ends counted; of nothing written each edit is 1."""
    return edits(truth, read) / max(1, len(truth))
