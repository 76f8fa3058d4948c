"""What the line tells that a crop cannot: size, place and kind of word decide between look-alikes.

A 28×28 crop forgets how large a character was and where it stood, so ``c`` and ``C``, ``0``, ``O``
and ``o``, ``1``, ``l`` and ``I`` come out of the network as they were mixed in its training. Here
they are decided by stated rules instead:

- *Marks*: a comma is a small ``1`` and a hyphen nothing but a line, so size and place on the line
  decide whether ink is a mark or a character.
- *Zones*: each character reaches from a known height to a known depth, in x-heights. The line's
  x-height and baseline are those under which its glyphs fit best, whatever they are.
- *Kind of word*: words are digits, lower case, capitals, a capital with lower case, capitals with
  digits, or a mixture. Each kind has a prior; a line's words lend each other theirs.

Zones move probability within a shape (``chars.SHAPES``) in full and between shapes by their root,
the kind of word a little beyond shapes (never more than 1 over ``kind_floor``), so that a clear
glyph is not overruled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from hwr_live.chars import DIGITS, LOWER, SHAPES, SIGNS, UPPER
from hwr_live.middle import median
from hwr_live.recognition.cache import LineCache
from hwr_live.recognition.settings import DEFAULTS, ContextSettings

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
    **dict.fromkeys("()[]{}|", (1.8, -0.3)),
    **dict.fromkeys("!?", (1.7, 0.0)),
    **dict.fromkeys("#%&", (1.65, 0.0)),
    ";": (0.9, -0.4),
    "_": (0.0, -0.15),
    "~": (0.8, 0.45),
    "*": (1.5, 0.75),
    **dict.fromkeys("<>", (1.15, 0.1)),
    **dict.fromkeys("'\"`", (1.75, 1.25)),
    "^": (1.75, 1.2),
    "$": (1.75, -0.15),
    "@": (1.4, -0.2),
    "\\": (1.75, -0.15),
    "°": (1.75, 1.15),
    "×": (0.95, 0.15),
    "÷": (1.05, 0.05),
}
"""Top and bottom of each character above the baseline, in x-heights; hand print, not type."""

# Guide lines are looked for on a grid, as fine as hands are even; its size costs time.
_X_HEIGHTS = np.geomspace(0.35, 1.15, 18)  # tried, against the line's usual glyph height
_BASELINES = np.linspace(-0.5, 0.5, 11)  # tried, in usual heights from the median bottom
_GUIDES = np.stack([v.ravel() for v in np.meshgrid(_X_HEIGHTS, _BASELINES, indexing="ij")])
_GRID = np.arange(_GUIDES.shape[1]).reshape(len(_X_HEIGHTS), len(_BASELINES))
_COARSE = _GRID[::2, ::2].ravel()  # a quarter of the grid, which is tried first
_BEST = 8  # points of that, around which all the others are tried
_AROUND = sliding_window_view(np.pad(_GRID, 1, "edge"), (3, 3))[::2, ::2].reshape(-1, 9)


class Guides(NamedTuple):
    """The height of an x and the place of the baseline, in pixels, the line made level."""

    x_height: float
    baseline: float


class Context:
    """What lines tell of some characters.

    Args:
        chars: (classes,) the characters.
        settings: what size, place and kind of word weigh.
        cache: keeps what was decided, for lines that come again; None for none.
    """

    def __init__(
        self,
        chars: Sequence[str],
        settings: ContextSettings = DEFAULTS.context,
        cache: LineCache | None = None,
    ) -> None:
        self._settings, self._cache = settings, cache
        self._alphabet = _alphabet_of(chars, settings)
        self._priors = np.array([getattr(settings, kind) for kind in _KINDS])

    def guides(self, p: Floats, places: Floats) -> Guides | None:
        """A line's guide lines: those that its glyphs fit best, each a mixture of what it may be.

        Args:
            p: (n, classes) probabilities of the line's glyphs, rows of sum 1.
            places: (n, 2): top and bottom of each glyph in pixels, the line level.

        Returns:
            None where nothing tells.
        """
        alphabet = self._alphabet
        if alphabet is None or not len(p):
            return None
        if self._cache is None:
            return self._fit_guides(p, places, alphabet)
        return self._cache.get((p, places), lambda: self._fit_guides(p, places, alphabet))

    def fit_in(self, guides: Guides | Floats, places: Floats) -> Floats:
        """(n, classes): how well glyphs with these tops and bottoms fit each character's zone,
        above 0 to 1, in a line with these guide lines; or each in its own, (n, 2)."""
        alphabet = self._alphabet
        if alphabet is None:
            raise ValueError("of these characters a line tells nothing")
        x_height, base = np.asarray(guides, np.float64).T
        near = self._nearness(x_height, base, places.T, alphabet)
        floor = self._settings.zone_floor
        chosen = (near + floor) / (1 + floor)
        return np.asarray(chosen.T[:, alphabet.zone_of], np.float64)

    def decide(
        self,
        words: Sequence[npt.NDArray[np.float64]],
        places: Sequence[npt.NDArray[np.float64]],
        known: tuple[Floats, Floats, Guides | None] | None = None,
    ) -> list[Floats]:
        """Moves probability between look-alikes by what the line tells.

        Args:
            words: for each word (n, classes) probabilities of its glyphs, rows of sum 1.
            places: for each word (n, 2): top and bottom of its glyphs in pixels, the line level.
            known: probabilities and places of a line with the guide lines that were found for it,
                which need not be looked for again if this is the same line.

        Returns:
            Probabilities in the form of ``words``.
        """
        alphabet = self._alphabet
        if not words or alphabet is None:
            return [np.asarray(w, np.float64) for w in words]
        p, spots = (np.concatenate(part, dtype=np.float64) for part in (words, places))
        sizes = np.array([len(word) for word in words])

        def decided() -> Floats:
            if known and np.array_equal(known[0], p) and np.array_equal(known[1], spots):
                guides = known[2]
            else:
                guides = self.guides(p, spots)
            return self._decide(p, spots, sizes, guides, alphabet)

        if self._cache is None:
            found = decided()
        else:
            found = self._cache.get((p, spots, sizes), decided).copy()
        return np.split(found, np.cumsum(sizes)[:-1])

    def _decide(
        self,
        p: Floats,
        places: Floats,
        sizes: npt.NDArray[np.intp],
        guides: Guides | None,
        alphabet: _Alphabet,
    ) -> Floats:
        """(n, classes) of a line, word after word."""
        fit = np.ones_like(p) if guides is None else self.fit_in(guides, places)
        shaped = _within_shapes(p, fit, alphabet.same, self._settings.between)
        shaped /= shaped.sum(1, keepdims=True)
        return self._by_kind(_marks_apart(p, fit, shaped, alphabet.mark), sizes, alphabet)

    def _fit_guides(self, p: Floats, places: Floats, alphabet: _Alphabet) -> Guides | None:
        top, bottom = spots = places.T
        # Marks are smaller than what is usual, and many of them do not stand on the baseline.
        letters = p[:, alphabet.mark].sum(1) < 0.5
        if not letters.any():
            letters[:] = True
        usual = median((bottom - top)[letters].tolist())
        if usual <= 0:
            return None
        mass = (p @ alphabet.zones).T.astype(np.float32)  # (zones, n)
        middle = median(bottom[letters].tolist())
        # In float32, whose exponential is many times as quick.
        edges = ((spots - middle) / usual).astype(np.float32)
        floor = np.float32(self._settings.zone_floor) * mass.sum(0) + np.float32(1e-9)

        def likely(tried: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
            x_heights, bases = (v[:, None, None].astype(np.float32) for v in _GUIDES[:, tried])
            near = self._nearness(x_heights, bases, edges, alphabet)
            near *= mass
            heard = near.sum(1)
            heard += floor
            return np.asarray(np.log(heard, out=heard).sum(1), np.float32)

        # A quarter of all first, then those around the best of them.
        some = np.argsort(-likely(_COARSE))[:_BEST]
        around = np.flatnonzero(np.bincount(_AROUND[some].ravel()))
        x_height, base = _GUIDES[:, around[int(likely(around).argmax())]].tolist()
        return Guides(x_height * usual, base * usual + middle)

    def _nearness(
        self, x_height: Any, base: Any, edges: npt.NDArray[Any], alphabet: _Alphabet
    ) -> Any:
        """(..., zones, n): how near each glyph's edges are to those of each zone, 0 to 1.

        Args:
            x_height, base: one or many, (..., 1, 1).
            edges: (2, n), top and bottom of each glyph, in the unit and of the type of both.
            alphabet: of the characters.
        """
        fits = []
        for edge, zones, spread in (
            (edges[0], alphabet.tops, self._settings.top_spread),
            (edges[1], alphabet.bottoms, self._settings.bottom_spread),
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

    def _by_kind(self, p: Floats, sizes: npt.NDArray[np.intp], alphabet: _Alphabet) -> Floats:
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
        prior = self._priors
        lent = self._settings.lent
        shares = prior
        for _ in range(3):
            posteriors = shares * chances
            posteriors /= posteriors.sum(1, keepdims=True)
            shares = (lent * prior + posteriors.sum(0)) / (lent + len(sizes))
        first, rest = (posteriors @ members * count for members in alphabet.members)
        word = np.repeat(np.arange(len(sizes)), sizes)
        factor = np.where(further[:, None], rest[word], first[word])
        factor = factor / np.maximum(factor.max(1, keepdims=True), 1e-12)
        same = alphabet.same
        inside = _within_shapes(p, factor + 1e-4, same)
        # A shape has as much as those of its characters that such words have: of 1, l and I the 1
        # alone in a word of digits.
        beyond = inside * np.maximum((factor @ same) / same.sum(0), self._settings.kind_floor)
        return np.asarray(beyond / beyond.sum(1, keepdims=True), np.float64)


_KINDS = ("digits", "lower", "upper", "capital", "code", "mixed")
"""The kinds of words, as their priors are called in the settings."""


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


def _alphabet_of(chars: Sequence[str], settings: ContextSettings) -> _Alphabet | None:
    """None for characters of which the line tells nothing."""
    if len(chars) < 2 or not all(c in ZONES for c in chars):
        return None
    own = sorted({ZONES[c] for c in chars})
    tops, top_of = np.unique([top for top, _ in own], return_inverse=True)
    bottoms, bottom_of = np.unique([bottom for _, bottom in own], return_inverse=True)
    zone_of = np.array([own.index(ZONES[c]) for c in chars])
    shapes = np.array([SHAPES.get(c, c) for c in chars])
    mark = np.array([c in SIGNS for c in chars])
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
    members[:, 1:4, sums] *= settings.sums_among_letters
    zones = (zone_of[:, None] == np.arange(len(own))).astype(np.float64)
    same = (shapes[:, None] == shapes[None, :]).astype(np.float64)
    return _Alphabet(tops, bottoms, top_of, bottom_of, zone_of, zones, same, members, mark)


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
