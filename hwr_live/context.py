"""What the line tells that a crop cannot: size, place and kind of word decide between look-alikes.

A 28×28 crop forgets how large a character was and where it stood, so ``c`` and ``C``, ``0``, ``O``
and ``o``, ``1``, ``l`` and ``I`` come out of the network as they were mixed in its training. Here
they are decided by stated rules instead:

- *Zones*: each character reaches from a known height to a known depth, in x-heights. The line's
  x-height and baseline are those under which its glyphs fit best, whatever they are.
- *Kind of word*: words are digits, lower case, capitals, a capital with lower case, or anything.
  The kinds have the prior ``KINDS``; a line's words lend each other theirs.

Zones move probability only within a shape (``chars.SHAPES``), the kind of word a little beyond
(never more than ``1 / _KIND_FLOOR``), so that a clear glyph is not overruled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, LOWER, SHAPES, UPPER

Floats = npt.NDArray[np.float64]

# Top and bottom of each character above the baseline, in x-heights; hand print, not type.
_ZONES: dict[str, tuple[float, float]] = {
    **dict.fromkeys("acemnorsuvwxz", (1.0, 0.0)),
    **dict.fromkeys("bdhkl", (1.75, 0.0)),
    **dict.fromkeys("gpqy", (1.0, -0.7)),
    **dict.fromkeys(UPPER + DIGITS, (1.65, 0.0)),
    "f": (1.75, -0.2),
    "i": (1.6, 0.0),
    "j": (1.6, -0.7),
    "t": (1.45, 0.0),
}
_TOP_SPREAD, _BOTTOM_SPREAD = 0.2, 0.22  # x-heights: how far hands stray from the zones
_ZONE_FLOOR = 0.03  # a glyph quite out of its zone is this likely, not impossible
_X_HEIGHTS = np.geomspace(0.35, 1.15, 18)  # tried, against the line's usual glyph height
_BASELINES = np.linspace(-0.5, 0.5, 11)  # tried, in usual heights from the median bottom

KINDS = {"digits": 0.25, "lower": 0.32, "upper": 0.25, "capital": 0.12, "any": 0.06}
"""The prior of each kind of word."""

_KIND_FLOOR = 0.05
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
    known = [i for i, c in enumerate(chars) if c in _ZONES]
    if not words or len(known) < len(chars) or len(chars) < 2:
        return [np.asarray(w, np.float64) for w in words]
    shapes = np.array([SHAPES[c] for c in chars])
    same = (shapes[:, None] == shapes[None, :]).astype(float)
    flat, places = np.concatenate(words), np.concatenate(boxes)
    fit = _zone_fit(flat, places, chars)
    flat = _within_shapes(flat, fit, same)
    cuts = np.cumsum([len(w) for w in words])[:-1]
    return _by_kind(np.split(flat, cuts), chars, same)


def _within_shapes(p: Floats, factor: Floats, same: Floats) -> Floats:
    """Multiplies by a factor, keeping the probability of each shape."""
    moved = p * factor
    before, after = p @ same, moved @ same
    return np.asarray(moved * before / np.maximum(after, 1e-12), np.float64)


def _zone_fit(p: Floats, places: Floats, chars: Sequence[str]) -> Floats:
    """(n, classes): how well each glyph's top and bottom fit each character, floor to 1.

    Each glyph is a mixture of what it may be; x-height and baseline are the ones under which all
    glyphs of the line together are likeliest.
    """
    zones = sorted({_ZONES[c] for c in chars})
    of_char = np.array([zones.index(_ZONES[c]) for c in chars])
    table = np.array(zones)
    mass = np.zeros((len(p), len(zones)))
    for column, zone in enumerate(of_char):
        mass[:, zone] += p[:, column]
    top, bottom = places[:, 0], places[:, 1]
    usual = float(np.median(bottom - top))
    if usual <= 0:
        return np.ones_like(p)
    x_height = (_X_HEIGHTS * usual)[:, None, None, None]
    base = (np.median(bottom) + _BASELINES * usual)[None, :, None, None]
    off_top = ((base - top[:, None]) / x_height - table[:, 0]) / _TOP_SPREAD
    off_bottom = ((base - bottom[:, None]) / x_height - table[:, 1]) / _BOTTOM_SPREAD
    near = np.exp(-0.5 * (off_top**2 + off_bottom**2)) + _ZONE_FLOOR
    likely = np.log((near * mass).sum(-1) + 1e-9).sum(-1)
    best = np.unravel_index(int(likely.argmax()), likely.shape)
    chosen = near[best[0], best[1]] / (1 + _ZONE_FLOOR)
    return np.asarray(chosen[:, of_char], np.float64)


def _by_kind(words: Sequence[Floats], chars: Sequence[str], same: Floats) -> list[Floats]:
    """Weighs each glyph's characters by the kinds that its word may be of."""
    members = {
        kind: np.array([c in group for c in chars])
        for kind, group in (("digits", DIGITS), ("lower", LOWER), ("upper", UPPER))
    }
    everything = np.ones(len(chars), bool)
    prior = np.array(list(KINDS.values()))
    masks, likelihoods = [], []
    for word in words:
        first = np.arange(len(word)) == 0
        mask = np.stack(
            [
                np.repeat(members["digits"][None], len(word), 0),
                np.repeat(members["lower"][None], len(word), 0),
                np.repeat(members["upper"][None], len(word), 0),
                np.where(first[:, None], members["upper"], members["lower"]),
                np.repeat(everything[None], len(word), 0),
            ]
        )
        counts = np.maximum(mask.sum(2), 1)
        # Each kind spreads its probability evenly over its characters: few characters, more each.
        fits = (mask * word).sum(2) * len(chars) / counts
        likelihood = np.log(np.maximum(fits, 1e-6)).sum(1)
        if len(word) == 1:
            likelihood[3] = -np.inf  # a lone capital is "upper"
        masks.append(mask)
        likelihoods.append(likelihood)
    shares = prior
    posteriors: list[Floats] = []
    for _ in range(3):
        posteriors = []
        for likelihood in likelihoods:
            weight = shares * np.exp(likelihood - likelihood.max())
            posteriors.append(weight / weight.sum())
        shares = (_LENT * prior + np.sum(posteriors, axis=0)) / (_LENT + len(words))
    out = []
    for word, mask, posterior in zip(words, masks, posteriors, strict=True):
        counts = np.maximum(mask.sum(2), 1)
        factor = (posterior[:, None, None] * mask * (len(chars) / counts)[:, :, None]).sum(0)
        factor = factor / np.maximum(factor.max(1, keepdims=True), 1e-12)
        inside = _within_shapes(word, factor + 1e-4, same)
        beyond = inside * np.maximum((factor @ same) / same.sum(0), _KIND_FLOOR) ** 0.5
        out.append(beyond / beyond.sum(1, keepdims=True))
    return out
