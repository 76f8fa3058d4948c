"""What is no number where digits alone are read, small rings that stand high, and codes.

Who reads digits alone writes units beside them, ticks boxes and sets a ring for degrees. A letter
that looks like a digit may be one that was written so; where both networks are sure of another
letter, or a whole word is rather one of letters, it is none. Nobody's hand tells 0 from O; who
makes up codes of capitals and digits avoids O and I, as they would be mistaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, LOWER, SHAPES
from hwr_live.middle import median
from hwr_live.recognition.joint import Alphabet, Character, word_spans
from hwr_live.recognition.settings import DEFAULTS, OtherSettings

Floats = npt.NDArray[np.float64]

_RINGS = frozenset("0OoQD")
_AVOIDED = {"O": "0", "o": "0", "I": "1", "l": "1"}
"""What hardly stands in codes of capitals and digits, and what does instead."""
_CHANGES = 2  # from capitals to digits or back, of a code: names and numbers have one
_DEGREE = "°"


def for_digits(own: Floats, others: Floats, settings: OtherSettings = DEFAULTS.others) -> Floats:
    """(n,) natural logarithm of how much rather each is a character that may be read than another,
    by the probabilities (n,) of either."""
    floor = settings.floor
    return np.asarray(np.log((own + floor) / (others + floor)), np.float64)


def heard_beyond(
    characters: Sequence[Character],
    logp: Floats,
    centres: Floats,
    alphabet: Alphabet,
    reach: float,
) -> tuple[Floats, Floats]:
    """The line network's probabilities (n,) that each is a character that may be read, or looks
    like one, and that it is another, where all might be told.

    Args:
        characters: of a line.
        logp: (frames, outputs) logarithms of probabilities.
        centres: (frames,) where each frame's middle is.
        alphabet: of the characters that may be read.
        reach: how far beside a character its sign may be told, in the unit of the centres.
    """
    sides = (alphabet.alike, alphabet.foreign)
    own, others = (heard_at(characters, logp[:, side], centres, reach) for side in sides)
    return own, others


def heard_at(
    characters: Sequence[Character], logp: Floats, centres: Floats, reach: float
) -> Floats:
    """(n,) the most that the line network finds any of some outputs likely at each character.

    Args:
        characters: of a line.
        logp: (frames, outputs) logarithms of these outputs' probabilities.
        centres, reach: as of :func:`heard_beyond`.
    """
    p = np.exp(logp).max(1, initial=0.0)
    edges = ((one.left - reach, one.right + reach) for one in characters)
    inside = [(centres >= left) & (centres <= right) for left, right in edges]
    return np.array([p[own].max(initial=0.0) for own in inside], np.float64)


def numbers_only(
    characters: Sequence[Character], odds: Floats, settings: OtherSettings = DEFAULTS.others
) -> list[Character]:
    """The same; what is no number is not read.

    Args:
        characters: of a line.
        odds: (n,) of both networks together, as of :func:`for_digits`.
        settings: how much is needed.
    """
    out = list(characters)
    for a, b in word_spans(out):
        word = odds[a:b]
        none = word < -settings.surely
        if b - a > 1 and word.sum() < -settings.word:
            none[:] = True
        for k in np.flatnonzero(none).tolist():
            out[a + k] = replace(out[a + k], none=max(0.5, out[a + k].none), readable=False)
    return out


def with_degrees(
    characters: Sequence[Character],
    places: Floats,
    known: Sequence[str],
    settings: OtherSettings = DEFAULTS.others,
) -> list[Character]:
    """The same; a small ring that stands high behind a digit is the sign for degrees, and none
    where that may not be read.

    Args:
        characters: of a line.
        places: (pieces, 2) top and bottom of the line's pieces in pixels, the line level.
        known: the characters in the order of their probabilities.
        settings: how small and high.
    """
    sizes = _sizes(characters, places, settings)
    if sizes is None:
        return list(characters)
    raised = ~sizes.tall & (sizes.heights < settings.ring * sizes.usual)
    raised &= sizes.feet < sizes.top + settings.foot * sizes.usual
    out = list(characters)
    # Small figures stand high side by side, as cents do.
    alone = raised & ~np.append(raised[1:], False) & ~np.append(False, raised[:-1])
    for k in np.flatnonzero(alone).tolist():
        one = out[k]
        if not k or known[int(out[k - 1].p.argmax())] not in DIGITS:
            continue  # the o of `of`, whose f hangs low
        if one.whole and known[int(one.p.argmax())] in _RINGS:
            out[k] = _as_degree(one, known)
    return out


def in_codes(
    characters: Sequence[Character],
    known: Sequence[str],
    settings: OtherSettings = DEFAULTS.others,
) -> list[Character]:
    """The same; in codes, words that go from capitals to digits and back, 0 and 1 are likelier than
    O and I. ISO9001 and B12 are none.

    Args:
        characters: of a line.
        known: the characters in the order of their probabilities.
        settings: how much likelier.
    """
    rare = [known.index(a) for a, b in _AVOIDED.items() if a in known and b in known]
    if not rare or settings.code >= 1:
        return list(characters)
    factor = np.ones(len(known))
    factor[rare] = settings.code
    out = list(characters)
    for a, b in word_spans(out):
        own = [k for k in range(a, b) if out[k].readable]
        read = {k: known[int(out[k].p.argmax())] for k in own}
        told = [char for char in read.values() if SHAPES.get(char, char) not in ("0", "1")]
        changes = sum((one in DIGITS) != (other in DIGITS) for one, other in pairwise(told))
        if changes < _CHANGES or any(char in LOWER for char in told):
            continue
        for k, char in read.items():
            if char in _AVOIDED:
                p = out[k].p * factor
                out[k] = replace(out[k], p=p / p.sum())
    return out


def with_percents(
    characters: Sequence[Character],
    places: Floats,
    known: Sequence[str],
    told: Floats,
    settings: OtherSettings = DEFAULTS.others,
) -> list[Character]:
    """The same; the ring before the bar of a percent sign, the bar and the ring behind it are one
    sign where the line network tells it at one of them.

    Args:
        characters: of a line.
        places: (pieces, 2) top and bottom of the line's pieces in pixels, the line level.
        known: the characters in the order of their probabilities.
        told: (n,) the line network's probability that each is a percent sign.
        settings: how near and small its parts are.
    """
    sizes = _sizes(characters, places, settings)
    if sizes is None or not (told > settings.percent).any():
        return list(characters)
    out: list[Character] = []
    taken = 0  # so many characters are in ``out`` or in a sign
    for k in np.flatnonzero(told > settings.percent).tolist():
        if k < taken:
            continue
        first, last = _parts(characters, k, sizes, settings)
        out += characters[taken : max(taken, first)]
        whole = characters[max(taken, first) : last + 1]
        out.append(whole[0] if len(whole) == 1 else _percent(whole, characters[k], known))
        taken = last + 1
    return [*out, *characters[taken:]]


def _parts(
    characters: Sequence[Character], k: int, sizes: _Sizes, settings: OtherSettings
) -> tuple[int, int]:
    """The first and the last part of a percent sign that is told at a character: rings, and at the
    most one that is tall, the bar."""
    near, least = settings.beside * sizes.usual, settings.part * sizes.usual
    ends = [k, k]
    tall = bool(sizes.tall[k])
    for way, step in enumerate((-1, 1)):
        for _ in range(2):
            own, other = ends[way], ends[way] + step
            if not 0 <= other < len(characters):
                break
            left, right = characters[min(own, other)], characters[max(own, other)]
            bar = bool(sizes.tall[other])
            hangs = sizes.feet[other] > sizes.feet[k] + least / 2
            apart = right.left - left.right > near
            if apart or hangs or sizes.heights[other] < least or (bar and tall):
                break
            ends[way], tall = other, tall or bar
    return ends[0], ends[1]


def _percent(parts: Sequence[Character], told: Character, known: Sequence[str]) -> Character:
    """The parts of a percent sign as one character."""
    right = max(one.right for one in parts)
    pieces = tuple(dict.fromkeys(k for one in parts for k in one.pieces))
    p, none, readable = told.p, max(0.5, told.none), False
    if "%" in known:
        p = np.full(len(known), 0.1 / max(1, len(known) - 1))
        p[known.index("%")] = 0.9
        none, readable = min(0.1, told.none), True
    spaced, left = parts[0].spaced, parts[0].left
    return Character(pieces, left, right, False, p, none, readable, spaced, "line")


class _Sizes(NamedTuple):
    """How tall a line's characters are, and which are tall; how tall these usually are, and where
    they begin."""

    heights: Floats
    feet: Floats
    tall: npt.NDArray[np.bool_]
    usual: float
    top: float


def _sizes(
    characters: Sequence[Character], places: Floats, settings: OtherSettings
) -> _Sizes | None:
    """None of fewer than two characters, of which nobody can tell."""
    if len(characters) < 2:
        return None
    tops = np.array([min(places[k, 0] for k in one.pieces) for one in characters])
    feet = np.array([max(places[k, 1] for k in one.pieces) for one in characters])
    heights = feet - tops
    tall = heights > settings.tall * heights.max()
    usual, top = median(heights[tall].tolist()), median(tops[tall].tolist())
    return _Sizes(heights, feet, tall, usual, top)


def _as_degree(one: Character, known: Sequence[str]) -> Character:
    if _DEGREE not in known:
        return replace(one, none=max(0.5, one.none), readable=False)
    p = one.p.copy()
    rings = [i for i, char in enumerate(known) if char in _RINGS]
    p[known.index(_DEGREE)] += p[rings].sum()
    p[rings] = 0
    return replace(one, p=p)
