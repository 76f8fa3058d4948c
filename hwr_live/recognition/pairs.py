"""Digits that touch, where digits alone are read: whether ink is one of them or two, and which.

The line network tells one sign of two that overlap, and the glyph network takes both for one
letter, a B for 13: asked for digits alone, either finds some single digit. All texts of one and of
two digits are therefore compared, by what both networks tell of the ink whole and parted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS
from hwr_live.recognition.ctc import BLANK, NEVER, log_likelihood, weighed
from hwr_live.recognition.joint import Alphabet, Character, Told
from hwr_live.recognition.settings import DEFAULTS, PairSettings

Floats = npt.NDArray[np.float64]

_MOST = 2  # characters: of more the networks' own text stays


@dataclass(frozen=True)
class Component:
    """Ink that hangs together and may be two characters.

    Attributes:
        pieces: numbers of the line's pieces that it is, whole or cut.
        left, right: its edges, in the unit of ``Told.centres``.
        sight: from where to where the line network's frames tell of it.
        columns: (cuts,) where it may be parted, in the same unit.
        whole: (chars,) probability of each character the glyph network knows that the whole is it,
            among all that it knows.
        parts: (cuts, 2, chars) the same of what lies left and right of each cut.
        clear: whether the line network, whatever may be told, tells nothing there but what looks
            like characters that may be read.
    """

    pieces: frozenset[int]
    left: float
    right: float
    sight: tuple[float, float]
    columns: Floats
    whole: Floats
    parts: Floats
    clear: bool


def sights(told: Told, edges: Floats) -> Floats:
    """(n, 2): from where to where along a line the frames tell of each piece of ink: halfway to the
    pieces beside it, and halfway from its signs to those beside them.

    Args:
        told: what the line network tells of the line.
        edges: (n, 2) left and right edge of each piece, sorted by the left one.
    """
    left, right = edges.T
    out = np.array([np.append(-np.inf, (left[1:] + right[:-1]) / 2)] * 2).T
    out[:, 1] = np.append(out[1:, 0], np.inf)
    spelling = told.spelling
    if not len(spelling.signs):
        return out
    places = (told.centres[spelling.first] + told.centres[spelling.last]) / 2
    x = places[:, None]
    away = np.maximum(0, np.maximum(left - x, x - right))
    # Of pieces over each other the one whose middle is nearest.
    home = (away + 1e-3 * np.abs((left + right) / 2 - x)).argmin(1)
    borders = np.concatenate([[-np.inf], (places[1:] + places[:-1]) / 2, [np.inf]])
    for piece in np.unique(home).tolist():
        own = np.flatnonzero(home == piece)
        out[piece, 0] = max(out[piece, 0], borders[own[0]])
        out[piece, 1] = min(out[piece, 1], borders[own[-1] + 1])
    return np.asarray(out, np.float64)


def only_alike(told: Told, left: float, right: float, alphabet: Alphabet) -> bool:
    """Whether signs are told between two places along a line, and all look like characters that may
    be read, by what the line network tells whatever may be told."""
    spelling = told.spelling
    places = (told.centres[spelling.first] + told.centres[spelling.last]) / 2
    signs = spelling.signs[(places >= left) & (places <= right)]
    return bool(len(signs)) and bool(np.isin(signs, alphabet.alike).all())


def with_pairs(
    characters: Sequence[Character],
    components: Sequence[Component],
    told: Told,
    alphabet: Alphabet,
    settings: PairSettings = DEFAULTS.pairs,
) -> list[Character]:
    """The same; ink that both networks together rather find to be two digits is these, and one
    digit what they rather find to be one. Which one or which two stays where there are as many
    already, all of which can be read.

    Args:
        characters: of a line.
        components: of the same line.
        told: what the line network tells of it.
        alphabet: of the characters that may be read.
        settings: how much each network counts.
    """
    digits = [k for k, char in enumerate(alphabet.chars[: alphabet.known]) if char in DIGITS]
    digits = [k for k in digits if alphabet.outputs[k] >= 0]
    out = list(characters)
    for component in components:
        own = [k for k, one in enumerate(out) if component.pieces.intersection(one.pieces)]
        if not own or not _are_digits([out[k] for k in own], component, digits):
            continue
        if component.whole[digits].max(initial=0.0) >= settings.sure:
            continue
        rows = _rows(told, component, alphabet, digits)
        if len(rows):
            new = _decided([out[k] for k in own], component, rows, alphabet, digits, settings)
            out[own[0] : own[-1] + 1] = new
    return out


def _are_digits(own: Sequence[Character], component: Component, digits: Sequence[int]) -> bool:
    """Whether characters are one or two digits, of which one may be hard to read, and of a
    component's ink and no other."""
    pieces = [k for one in own for k in one.pieces]
    return (
        len(own) <= _MOST
        and component.pieces.issuperset(pieces)
        and any(one.readable for one in own)
        and (component.clear or all(one.readable for one in own))
        and all(int(one.p.argmax()) in digits for one in own if one.readable)
    )


def _rows(told: Told, component: Component, alphabet: Alphabet, digits: Sequence[int]) -> Floats:
    """(frames, outputs) of a component's frames, where digits alone can be told."""
    weights = np.full(told.logp.shape[1], NEVER)
    weights[[BLANK, *alphabet.outputs[list(digits)].tolist()]] = 0
    left, right = component.sight
    inside = (told.centres >= left) & (told.centres <= right)
    return weighed(told.logp[inside], weights)


def _decided(
    own: Sequence[Character],
    component: Component,
    rows: Floats,
    alphabet: Alphabet,
    digits: Sequence[int],
    settings: PairSettings,
) -> list[Character]:
    """The characters of a component: as they are, or one or two in their place."""
    outputs = alphabet.outputs[list(digits)].tolist()
    texts = [[a] for a in outputs] + [[a, b] for a, b in product(outputs, outputs)]
    heard = log_likelihood(rows, texts)
    one, (first, second) = (
        np.log(p[..., digits] + settings.floor)
        for p in (component.whole, np.moveaxis(component.parts, 1, 0))
    )
    count = len(digits)
    ways = first[:, :, None] + second[:, None, :]  # (cuts, digits, digits)
    single = heard[:count] + settings.glyph * one
    double = heard[count:].reshape(count, count) + settings.glyph * ways.max(0) + settings.odds
    due = 1 if single.max() >= double.max() else 2
    read = all(one.readable for one in own)
    if (read and due == len(own)) or (due == 1 and not read):
        return list(own)
    if due == 1:
        return [_whole(own, component, single, digits)]
    a, b = np.unravel_index(int(double.argmax()), double.shape)
    column = float(component.columns[int(ways[:, a, b].argmax())])
    return _parted(own, component, column, double, digits)


def _whole(
    own: Sequence[Character], component: Component, single: Floats, digits: Sequence[int]
) -> Character:
    """A component as one digit."""
    pieces, p = tuple(sorted(component.pieces)), _among(single, digits, len(own[0].p))
    none, spaced = min(one.none for one in own), own[0].spaced
    left, right, whole = component.left, component.right, len(pieces) == 1
    return Character(pieces, left, right, whole, p, none, True, spaced, "both")


def _parted(
    own: Sequence[Character],
    component: Component,
    column: float,
    double: Floats,
    digits: Sequence[int],
) -> list[Character]:
    """A component as two digits, parted at a column."""
    pieces, width = tuple(sorted(component.pieces)), len(own[0].p)
    none = min(one.none for one in own)
    edges = ((component.left, column), (column, component.right))
    return [
        Character(
            pieces,
            left,
            right,
            False,
            _among(np.logaddexp.reduce(double, axis=1 - n), digits, width),
            none,
            True,
            own[0].spaced and not n,
            "both",
        )
        for n, (left, right) in enumerate(edges)
    ]


def _among(scores: Floats, digits: Sequence[int], width: int) -> Floats:
    """(width,) probabilities of characters, of the logarithms of digits', (digits,)."""
    p = np.zeros(width)
    p[list(digits)] = np.exp(scores - scores.max())
    return np.asarray(p / p.sum(), np.float64)
