"""How well words, lines and pages were read: by letters, by signs, and by the blanks between words.

letters  edits over letters and digits, upper and lower case as one
exact    edits over all that is written but blanks
spaced   the same with a blank between words and between lines
blanks   word boundaries missed or invented, against those that are written, between two letters or
         digits: beside marks many labels have blanks that nobody wrote, and none that were
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from difflib import SequenceMatcher

from tests.measure.cer import edits


@dataclass(frozen=True)
class Score:
    """Edits and what they are counted against; scores add up.

    Attributes:
        letters, exact, spaced: edits, as told above.
        blanks: boundaries missed or invented.
        all_letters, all_exact, all_spaced, all_blanks: what is written of each.
        right: items read without an error in ``letters``.
        items: how many there are.
    """

    letters: int = 0
    exact: int = 0
    spaced: int = 0
    blanks: int = 0
    all_letters: int = 0
    all_exact: int = 0
    all_spaced: int = 0
    all_blanks: int = 0
    right: int = 0
    items: int = 0

    @classmethod
    def of(cls, truth: str, read: str) -> Score:
        """Of one text."""
        a, b = _letters(truth), _letters(read)
        one, other = "".join(truth.split()), "".join(read.split())
        wide, broad = " ".join(truth.split()), " ".join(read.split())
        letters = edits(a, b)
        return cls(
            letters=letters,
            exact=edits(one, other),
            spaced=edits(wide, broad),
            blanks=_blanks(truth, read),
            all_letters=len(a),
            all_exact=len(one),
            all_spaced=len(wide),
            all_blanks=sum(bool(boundary) for boundary in _parted(truth)[1]),
            right=int(not letters),
            items=1,
        )

    def __add__(self, other: Score) -> Score:
        return Score(*(x + y for x, y in zip(astuple(self), astuple(other), strict=True)))

    @property
    def rates(self) -> tuple[float, float, float, float]:
        """Shares wrong: letters, exact, spaced, blanks; of nothing written they are the edits."""
        return (
            self.letters / max(1, self.all_letters),
            self.exact / max(1, self.all_exact),
            self.spaced / max(1, self.all_spaced),
            self.blanks / max(1, self.all_blanks),
        )

    def __str__(self) -> str:
        return "".join(f"{rate:8.1%}" for rate in self.rates)


HEAD = f"{'letters':>8}{'exact':>8}{'spaced':>8}{'blanks':>8}"
"""The columns of a printed score."""


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _blanks(truth: str, read: str) -> int:
    """Boundaries that only one of the two texts has, where their characters agree."""
    (a, before), (b, also) = _parted(truth), _parted(read)
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    pairs = [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
    known = [(before[i], also[j]) for i, j in pairs]
    return sum(x != y for x, y in known if x is not None and y is not None)


def _parted(text: str) -> tuple[str, list[bool | None]]:
    """The characters in lower case, and whether a boundary stands before each; None for the first,
    and beside marks."""
    words = text.casefold().split()
    chars = "".join(words)
    begins = [not i for word in words for i in range(len(word))]
    plain = [char.isalnum() for char in chars]
    between = [i > 0 and plain[i - 1] and plain[i] for i in range(len(chars))]
    return chars, [begin if ok else None for begin, ok in zip(begins, between, strict=True)]
