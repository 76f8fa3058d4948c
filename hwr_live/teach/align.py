"""A reading aligned to the text that is known to be there: which glyph is which character.

A pair hidden Markov model (Durbin, Eddy, Krogh and Mitchison 1998, chapter 4): Needleman and
Wunsch's alignment, but summed over all ways to align, so that each pair has a probability. A glyph
stands for a character with what the reader thinks of it; it may also be extra, a character may be
missing, a glyph torn in two, two characters joined. Spaces and line ends are aligned as well, and
hold the rest in place where reader and text agree on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, SHAPES
from hwr_live.errors import InputError
from hwr_live.reading import Glyph, Reading

Floats = npt.NDArray[np.float64]

_MOST_CELLS = 6_000_000  # glyphs times characters: 150 MB, a full page twice over
_SPACE, _BREAK = " ", "\n"

# Probabilities. A misread character must be likelier than one that is missing and one extra.
_MISREAD = 0.01
_ALIKE = 0.6  # of a character that is read as another of its shape
_EXTRA, _EXTRA_UNREADABLE = 0.01, 0.2
_MISSING, _MISSING_MARK = 0.01, 0.3
_TORN = _JOINED = 0.003
_MARK = 0.05  # any glyph may be a mark that the reader does not know
_SPACES, _NO_SPACE = 0.9, 0.2
_BREAKS, _NO_BREAK, _BREAK_FOR_SPACE = 0.95, 0.1, 0.3

_SURE = 0.9  # probability of a pair from which it is kept
_LIKELY = 0.5  # that its neighbours must have
_SEEN = 0.02  # probability in the glyph's candidates from which reader and text agree
_AROUND, _AGREE = 3, 0.75  # to both sides: so many agree around one that was misread
_FIT = 0.5  # share of the text, or of the glyphs, that agree; below this it is another text


@dataclass(frozen=True)
class Alignment:
    """What a reading and a text have to do with each other.

    Attributes:
        pairs: glyphs that surely are these characters, in the order of the text.
        left_out: the letters and digits of the text without such a glyph.
        unknown: what else is in the text, each character once: marks are not learnt.
        extra: the readable glyphs that are no sure character.
        fits: whether this is the text of the page at all.
    """

    pairs: tuple[tuple[str, Glyph], ...]
    left_out: str
    unknown: str
    extra: int
    fits: bool


def align_text(reading: Reading, text: str) -> Alignment:
    """Aligns what was read to what is known to be written there.

    Args:
        reading: of the page.
        text: the page's text; its line ends help, but need not be those of the page.

    Raises:
        InputError: if both are too long to be compared.
    """
    seen = _seen(reading)
    chars = _known(text)
    left = "".join(char for char in chars if char in ALL)
    unknown = "".join(dict.fromkeys(c for c in chars if c not in ALL and c not in _SPACE + _BREAK))
    glyphs = [token for token in seen if isinstance(token, Glyph)]
    readable = sum(glyph.char is not None for glyph in glyphs)
    if not glyphs or not left:
        return Alignment((), left, unknown, readable, False)
    if len(seen) * len(chars) > _MOST_CELLS:
        raise InputError("the text and the page are too long to be aligned; teach it in parts")
    p = _posterior(seen, chars)
    best, sure = p.argmax(1), p.max(1)
    matched = [i for i, token in enumerate(seen) if isinstance(token, Glyph) and sure[i] >= _LIKELY]
    agrees = {i: _agrees(seen[i], chars[best[i]]) for i in matched}
    known = [i for i in matched if chars[best[i]] in ALL]
    pairs, taken = [], set()
    for place, i in enumerate(known):
        near = known[max(0, place - _AROUND) : place] + known[place + 1 : place + 1 + _AROUND]
        around = [agrees[k] for k in near]
        good = agrees[i] or (len(around) >= _AROUND and np.mean(around) >= _AGREE)
        glyph = seen[i]
        assert isinstance(glyph, Glyph)
        if (
            sure[i] >= _SURE
            and good
            and glyph.char is not None
            and glyph.ink is not None
            and _in_place(i, seen, chars, best, sure)
        ):
            pairs.append((chars[best[i]], glyph))
            taken.add(int(best[i]))
    agreed = sum(agrees[i] for i in known)
    fits = agreed >= _FIT * min(len(left), max(1, readable))
    lost = "".join(c for j, c in enumerate(chars) if c in ALL and j not in taken)
    return Alignment(tuple(pairs), lost, unknown, readable - len(pairs), fits)


def _seen(reading: Reading) -> list[Glyph | str]:
    """The reading as glyphs, spaces and line ends."""
    tokens: list[Glyph | str] = []
    for line in reading.lines:
        for number, word in enumerate(line.words):
            tokens += [_SPACE] * (number > 0)
            tokens += word
        tokens.append(_BREAK)
    return tokens[:-1]


def _known(text: str) -> list[str]:
    """The text as characters, spaces and line ends, none of those twice in a row."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return list(_BREAK.join(line for line in lines if line))


def _posterior(seen: Sequence[Glyph | str], chars: Sequence[str]) -> Floats:
    """(seen, chars): the probability that the one is the other."""
    kinds = sorted(set(chars))
    fit = np.log([[_fit(token, kind) for kind in kinds] for token in seen])
    fit = fit[:, [kinds.index(char) for char in chars]]
    extra = np.log([_extra(token) for token in seen])
    missing = np.log([_missing(char) for char in chars])
    glyph = np.array([isinstance(token, Glyph) for token in seen])
    char = np.array([c in ALL for c in chars])
    before = _sums(fit, extra, missing, glyph, char)
    flipped = _sums(fit[::-1, ::-1], extra[::-1], missing[::-1], glyph[::-1], char[::-1])
    after = flipped[::-1, ::-1]
    whole = before[-1, -1]
    return np.asarray(np.exp(np.minimum(0.0, before[:-1, :-1] + fit + after[1:, 1:] - whole)))


def _sums(
    fit: Floats,
    extra: Floats,
    missing: Floats,
    glyph: npt.NDArray[np.bool_],
    char: npt.NDArray[np.bool_],
) -> Floats:
    """(n + 1, m + 1): log probability of all ways to align the first i tokens and j characters.

    Cell by cell this would take a minute for a page: it goes by diagonals, all of whose cells
    depend on earlier diagonals only.
    """
    n, m = fit.shape
    pad = 2  # rows and columns of what is impossible, instead of special cases at the edges
    sums = np.full((n + 1 + pad, m + 1 + pad), -np.inf)
    sums[pad, pad] = 0.0
    match = np.full((n + 1, m + 1), -np.inf)
    match[1:, 1:] = fit
    one = np.concatenate([[-np.inf], extra])
    other = np.concatenate([[-np.inf], missing])
    torn = np.full((n + 1, m + 1), -np.inf)
    torn[2:, 1:][glyph[1:, None] & glyph[:-1, None] & char[None, :]] = np.log(_TORN)
    joined = np.full((n + 1, m + 1), -np.inf)
    joined[1:, 2:][glyph[:, None] & char[None, 1:] & char[None, :-1]] = np.log(_JOINED)
    for diagonal in range(1, n + m + 1):
        i = np.arange(max(0, diagonal - m), min(n, diagonal) + 1)
        j = diagonal - i
        a, b = i + pad, j + pad
        ways = (
            sums[a - 1, b - 1] + match[i, j],
            sums[a - 1, b] + one[i],
            sums[a, b - 1] + other[j],
            sums[a - 2, b - 1] + torn[i, j],
            sums[a - 1, b - 2] + joined[i, j],
        )
        sums[a, b] = np.logaddexp.reduce(ways)
    return sums[pad:, pad:]


def _fit(token: Glyph | str, char: str) -> float:
    """How likely a token of the reading is where a character of the text is."""
    if isinstance(token, str) or char in (_SPACE, _BREAK):
        if token == char:
            return _SPACES if char == _SPACE else _BREAKS
        both = isinstance(token, str) and char in (_SPACE, _BREAK)
        return _BREAK_FOR_SPACE if both else 1e-12
    if char not in ALL:
        return max(_MARK, opinion(token, char))
    return _MISREAD + (1 - _MISREAD) * opinion(token, char)


def opinion(glyph: Glyph, char: str) -> float:
    """The probability that the reader gives a character, or that it gives another of its shape."""
    best = 0.0
    for other, p in glyph.candidates:
        if other == char:
            best = max(best, p)
        elif char in SHAPES and SHAPES.get(other) == SHAPES[char]:
            best = max(best, _ALIKE * p)
    return best


def _agrees(token: Glyph | str, char: str) -> bool:
    return isinstance(token, Glyph) and char in ALL and opinion(token, char) >= _SEEN


def _extra(token: Glyph | str) -> float:
    if isinstance(token, str):
        return _NO_SPACE if token == _SPACE else _NO_BREAK
    return _EXTRA if token.char is not None else _EXTRA_UNREADABLE


def _missing(char: str) -> float:
    if char in (_SPACE, _BREAK):
        return _NO_SPACE if char == _SPACE else _NO_BREAK
    return _MISSING if char in ALL else _MISSING_MARK


def _in_place(
    i: int,
    seen: Sequence[Glyph | str],
    chars: Sequence[str],
    best: npt.NDArray[np.int64],
    sure: Floats,
) -> bool:
    """Whether the neighbours of a glyph are those of its character: where one is missing or extra,
    a character may be torn or joined."""
    for step in (-1, 1):
        k = i + step
        while 0 <= k < len(seen) and not _counts(seen[k], chars[best[k]], float(sure[k])):
            k += step
        j = int(best[i]) + step
        while 0 <= j < len(chars) and chars[j] not in ALL:
            j += step
        inside = 0 <= k < len(seen)
        if inside != (0 <= j < len(chars)):
            return False
        if inside and (best[k] != j or sure[k] < _LIKELY):
            return False
    return True


def _counts(token: Glyph | str, char: str, sure: float) -> bool:
    """Whether a token is a neighbour: no space, no mark, no dirt that belongs to nothing."""
    if isinstance(token, str) or (sure >= _LIKELY and char not in ALL):
        return False
    return token.char is not None or sure >= _LIKELY
