"""What the line tells that a crop cannot: size, place and kind of word decide between look-alikes.

A 28×28 crop forgets how large a character was and where it stood, so ``c`` and ``C``, ``0``, ``O``
and ``o``, ``1``, ``l`` and ``I`` come out of the network as they were mixed in its training. Here
they are decided by stated rules instead:

- *Marks*: a comma is a small ``1`` and a hyphen nothing but a line, so size and place on the line
  decide whether ink is a mark or a character.
- *Zones*: each character reaches from a known height to a known depth, in x-heights. The line's
  x-height and baseline are those under which its glyphs fit best, whatever they are.
- *Kind of word*: words are digits, lower case, capitals, a capital with lower case, capitals with
  digits, or anything. The kinds have the prior ``KINDS``; a line's words lend each other theirs.

Zones move probability within a shape (``chars.SHAPES``) in full and between shapes by their root,
the kind of word a little beyond shapes (never more than ``1 / _KIND_FLOOR``), so that a clear glyph
is not overruled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from hwr_live.chars import DIGITS, LOWER, MARKS, SHAPES, UPPER

Floats = npt.NDArray[np.float64]

ZONES: dict[str, tuple[float, float]] = {
    **dict.fromkeys("acemnorsuvwxz", (1.0, 0.0)),
    **dict.fromkeys("bdhkl", (1.75, 0.0)),
    **dict.fromkeys("gpqy", (1.0, -0.7)),
    **dict.fromkeys(UPPER + DIGITS, (1.65, 0.0)),
    "f": (1.75, -0.2),
    "i": (1.6, 0.0),
    "j": (1.6, -0.7),
    "t": (1.45, 0.0),
    ".": (0.25, 0.0),
    ",": (0.25, -0.4),
    "-": (0.65, 0.5),
    ":": (0.9, 0.0),
    "=": (0.85, 0.3),
    "+": (1.2, 0.1),
    "/": (1.75, -0.15),
    **dict.fromkeys("()", (1.8, -0.3)),
    **dict.fromkeys("!?", (1.7, 0.0)),
}
"""Top and bottom of each character above the baseline, in x-heights; hand print, not type."""

_TOP_SPREAD, _BOTTOM_SPREAD = 0.2, 0.22  # x-heights: how far hands stray from the zones
_BETWEEN = 0.5  # the power of zones between shapes: hands stray more from them than composed pages
_ZONE_FLOOR = 0.03  # a glyph quite out of its zone is this likely, not impossible
_X_HEIGHTS = np.geomspace(0.35, 1.15, 18)  # tried, against the line's usual glyph height
_BASELINES = np.linspace(-0.5, 0.5, 11)  # tried, in usual heights from the median bottom
_FRAMES = np.stack([v.ravel() for v in np.meshgrid(_X_HEIGHTS, _BASELINES, indexing="ij")])
_GRID = np.arange(_FRAMES.shape[1]).reshape(len(_X_HEIGHTS), len(_BASELINES))
_COARSE = _GRID[::2, ::2].ravel()  # tried first …
_BEST = 8  # … and around so many of them all the others
_AROUND = sliding_window_view(np.pad(_GRID, 1, "edge"), (3, 3))[::2, ::2].reshape(-1, 9)

KINDS = {
    "digits": 0.25,
    "lower": 0.32,
    "upper": 0.24,
    "capital": 0.12,
    "code": 0.01,  # capitals and digits: rare, or every 0 among capitals would be one
    "any": 0.06,
}
"""The prior of each kind of word."""

_KIND_FLOOR = 0.05
_AMONG_LETTERS = 0.1
_LENT = 2.0  # how many words' worth the prior weighs against the line's other words


def decide(
    words: Sequence[npt.NDArray[np.float64]],
    boxes: Sequence[npt.NDArray[np.float64]],
    chars: Sequence[str],
) -> list[Floats]:
    """Moves probability between look-alikes by what the line tells.

    Args:
        words: for each word (n, classes) probabilities of its glyphs, rows of sum 1.
        boxes: for each word (n, 2): top and bottom of its glyphs in pixels, the line level.
        chars: (classes,) the characters.

    Returns:
        Probabilities in the form of ``words``.
    """
    alphabet = _alphabet(tuple(chars))
    if not words or alphabet is None:
        return [np.asarray(w, np.float64) for w in words]
    flat, places = (np.concatenate(part, dtype=np.float64) for part in (words, boxes))
    sizes = tuple(map(len, words))
    decided = _decided(flat.tobytes(), places.tobytes(), sizes, tuple(chars))
    return np.split(decided.copy(), np.cumsum(sizes)[:-1])


def frame_of(p: Floats, places: Floats, chars: Sequence[str]) -> tuple[float, float] | None:
    """A line's x-height and the place of its baseline, in pixels: those under which its glyphs fit
    best, each a mixture of what it may be.

    Args:
        p: (n, classes) probabilities of the line's glyphs, rows of sum 1.
        places: (n, 2): top and bottom of each glyph in pixels, the line level.
        chars: (classes,) the characters.

    Returns:
        None where nothing tells.
    """
    if _alphabet(tuple(chars)) is None or not len(p):
        return None
    return _frame(p.tobytes(), places.tobytes(), tuple(chars))


def fit_in(frame: tuple[float, float] | Floats, places: Floats, chars: Sequence[str]) -> Floats:
    """(n, classes): how well glyphs with these tops and bottoms fit each character's zone, above 0
    to 1, in a line of this x-height and baseline; or each in its own, (n, 2)."""
    alphabet = _alphabet(tuple(chars))
    assert alphabet is not None
    x_height, base = np.asarray(frame, np.float64).T
    near = _nearness(x_height, base, places.T, alphabet)
    chosen = (near + _ZONE_FLOOR) / (1 + _ZONE_FLOOR)
    return np.asarray(chosen.T[:, alphabet.zone_of], np.float64)


@lru_cache(maxsize=64)
def _decided(p: bytes, places: bytes, sizes: tuple[int, ...], chars: tuple[str, ...]) -> Floats:
    """(n, classes) of a line; on the pad most lines are the same again after a stroke."""
    alphabet = _alphabet(chars)
    assert alphabet is not None
    flat = np.frombuffer(p, np.float64).reshape(-1, len(chars))
    frame = _frame(p, places, chars)
    edges = np.frombuffer(places, np.float64).reshape(-1, 2)
    fit = np.ones_like(flat) if frame is None else fit_in(frame, edges, chars)
    shaped = _within_shapes(flat, fit, alphabet.same, _BETWEEN)
    shaped /= shaped.sum(1, keepdims=True)
    flat = _marks_apart(flat, fit, shaped, alphabet.mark)
    return _by_kind(flat, np.array(sizes), alphabet)


@dataclass(frozen=True)
class _Alphabet:
    """What is known of the characters.

    Attributes:
        tops, bottoms: the edges that zones have, in x-heights above the baseline.
        top_of, bottom_of: (zones,) which of them each zone has.
        zone_of: (classes,) each character's zone.
        zones: (classes, zones), 1 where a character has that zone.
        same: (classes, classes), 1 where two characters have the same shape.
        members: (2, kinds, classes), 1 / count where a word of that kind may have the character:
            at its start, and further on. A mark may stand in any, like one of its characters.
        mark: (classes,) whether it is a mark.
    """

    tops: Floats
    bottoms: Floats
    top_of: npt.NDArray[np.intp]
    bottom_of: npt.NDArray[np.intp]
    zone_of: npt.NDArray[np.intp]
    zones: Floats
    same: Floats
    members: Floats
    mark: npt.NDArray[np.bool_]


@lru_cache(maxsize=16)
def _alphabet(chars: tuple[str, ...]) -> _Alphabet | None:
    """None for characters of which the line tells nothing."""
    if len(chars) < 2 or not all(c in ZONES for c in chars):
        return None
    own = sorted({ZONES[c] for c in chars})
    tops, top_of = np.unique([top for top, _ in own], return_inverse=True)
    bottoms, bottom_of = np.unique([bottom for _, bottom in own], return_inverse=True)
    zone_of = np.array([own.index(ZONES[c]) for c in chars])
    shapes = np.array([SHAPES.get(c, c) for c in chars])
    mark = np.array([c in MARKS for c in chars])
    digits, lower, upper, code = (
        [c in group for c in chars] for group in (DIGITS, LOWER, UPPER, DIGITS + UPPER)
    )
    anything = (~mark).tolist()
    kinds = [[digits, lower, upper, start, code, anything] for start in (upper, lower)]
    members = np.array(kinds, np.float64)
    members /= np.maximum(members.sum(2, keepdims=True), 1)
    members[:, :, mark] = members.max(2, keepdims=True)
    # Sums are of numbers: among letters a plus is rather a t.
    sums = np.array([c in "+=" for c in chars])
    members[:, 1:4, sums] *= _AMONG_LETTERS
    return _Alphabet(
        tops,
        bottoms,
        top_of,
        bottom_of,
        zone_of,
        (zone_of[:, None] == np.arange(len(own))).astype(np.float64),
        (shapes[:, None] == shapes[None, :]).astype(np.float64),
        members,
        mark,
    )


def _within_shapes(p: Floats, factor: Floats, same: Floats, between: float = 0.0) -> Floats:
    """Multiplies by a factor, keeping the probability of each shape; or giving it the power
    ``between`` of what the factor does to the shape: an ``l`` is no ``e`` that large."""
    moved = p * factor
    before, after = p @ same, moved @ same
    kept = before / np.maximum(after, 1e-12)
    return np.asarray(moved * kept ** (1 - between), np.float64)


def _marks_apart(p: Floats, fit: Floats, decided: Floats, mark: npt.NDArray[np.bool_]) -> Floats:
    """Size and place decide between marks and characters, too: a comma is a small 1, and only the
    line knows how small.

    Args:
        p, fit: (n, classes), before anything was decided, and how well each class fits its zone.
        decided: (n, classes), decided among characters.
        mark: (classes,) which of them are marks.
    """
    if not mark.any() or mark.all():
        return decided
    moved = p * fit
    share = moved[:, mark].sum(1) / np.maximum(moved.sum(1), 1e-300)
    out = np.empty_like(p)
    for part, source, mass in ((mark, moved, share), (~mark, decided, 1 - share)):
        own = source[:, part]
        out[:, part] = own * (mass / np.maximum(own.sum(1), 1e-300))[:, None]
    return out


@lru_cache(maxsize=64)
def _frame(p: bytes, places: bytes, chars: tuple[str, ...]) -> tuple[float, float] | None:
    """As ``frame_of``; most lines are read as they were first looked at."""
    alphabet = _alphabet(chars)
    assert alphabet is not None
    flat = np.frombuffer(p, np.float64).reshape(-1, len(chars))
    spots = np.frombuffer(places, np.float64).reshape(-1, 2).T
    top, bottom = spots
    # Marks are smaller than what is usual, and many of them do not stand on the baseline.
    letters = flat[:, alphabet.mark].sum(1) < 0.5
    if not letters.any():
        letters[:] = True
    usual = float(np.median((bottom - top)[letters]))
    if usual <= 0:
        return None
    mass = (flat @ alphabet.zones).T.astype(np.float32)  # (zones, n)
    middle = float(np.median(bottom[letters]))
    # In float32, whose exponential is many times as quick.
    edges = ((spots - middle) / usual).astype(np.float32)
    floor = np.float32(_ZONE_FLOOR) * mass.sum(0) + np.float32(1e-9)

    def likely(tried: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        x_heights, bases = (v[:, None, None].astype(np.float32) for v in _FRAMES[:, tried])
        near = _nearness(x_heights, bases, edges, alphabet)
        near *= mass
        heard = near.sum(1)
        heard += floor
        return np.asarray(np.log(heard, out=heard).sum(1), np.float32)

    # A quarter of all first, then those around the best of them.
    some = np.argsort(-likely(_COARSE))[:_BEST]
    around = np.flatnonzero(np.bincount(_AROUND[some].ravel()))
    x_height, base = _FRAMES[:, around[int(likely(around).argmax())]].tolist()
    return x_height * usual, base * usual + middle


def _nearness(x_height: Any, base: Any, edges: npt.NDArray[Any], alphabet: _Alphabet) -> Any:
    """(..., zones, n): how near each glyph's edges are to those of each zone, 0 to 1.

    Args:
        x_height, base: one or many, (..., 1, 1).
        edges: (2, n), top and bottom of each glyph, in the unit and of the type of both.
        alphabet: of the characters.
    """
    fits = []
    for edge, zones, spread in (
        (edges[0], alphabet.tops, _TOP_SPREAD),
        (edges[1], alphabet.bottoms, _BOTTOM_SPREAD),
    ):
        off = (base - edge) / x_height - zones[:, None].astype(edges.dtype)
        off /= spread
        # Far off is far enough: numbers too small for float32 are slow.
        off *= off
        off *= -0.5
        fits.append(np.exp(np.maximum(off, -40, out=off), out=off))
    # Many zones share an edge.
    top, bottom = fits
    near = top.take(alphabet.top_of, -2)
    near *= bottom.take(alphabet.bottom_of, -2)
    return near


def _by_kind(p: Floats, sizes: npt.NDArray[np.intp], alphabet: _Alphabet) -> Floats:
    """Weighs each glyph's characters by the kinds that its word may be of.

    Args:
        p: (n, classes) of the line's glyphs, word after word.
        sizes: (words,) how many glyphs each word has.
        alphabet: of the classes.
    """
    starts = np.cumsum(sizes) - sizes
    further = np.ones(len(p), np.intp)
    further[starts] = 0
    count = p.shape[1]
    # Each kind spreads its probability evenly over its characters: few characters, more each.
    at_start, later = (p @ members.T * count for members in alphabet.members)
    fits = np.where(further[:, None], later, at_start)
    likelihoods = np.add.reduceat(np.log(np.maximum(fits, 1e-6)), starts)
    likelihoods[sizes == 1, 3] = -np.inf  # a lone capital is "upper"
    chances = np.exp(likelihoods - likelihoods.max(1, keepdims=True))
    prior = np.array(list(KINDS.values()))
    shares = prior
    for _ in range(3):
        posteriors = shares * chances
        posteriors /= posteriors.sum(1, keepdims=True)
        shares = (_LENT * prior + posteriors.sum(0)) / (_LENT + len(sizes))
    first, rest = (posteriors @ members * count for members in alphabet.members)
    word = np.repeat(np.arange(len(sizes)), sizes)
    factor = np.where(further[:, None], rest[word], first[word])
    factor = factor / np.maximum(factor.max(1, keepdims=True), 1e-12)
    same = alphabet.same
    inside = _within_shapes(p, factor + 1e-4, same)
    # A shape has as much as those of its characters that such words have: the 1 alone, of 1, l, I.
    beyond = inside * np.maximum((factor @ same) / same.sum(0), _KIND_FLOOR)
    return np.asarray(beyond / beyond.sum(1, keepdims=True), np.float64)
