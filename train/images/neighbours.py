"""Characters beside their neighbours: those of a word that touch, and what a cut makes of them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, DIGITS, LOWER, UPPER
from hwr_live.crop import crop
from hwr_live.recognition.context import ZONES

Crops = npt.NDArray[np.uint8]

# Which characters may touch and make no other one. A stroke beside a stroke makes a u, an n or an
# H, and beside a round form a d, a b or an m; an i beside an s makes nothing.
_NARROW = frozenset("iIl1jJtrfLT7Fcv")
_BROAD = frozenset("szSZ2358BEMWmwG456agAQR")
_AMBIGUOUS = frozenset("nn nu un uu nv nh hn nm mn NN UU VV WV".split())
_KINDS = (LOWER, UPPER, DIGITS)
_X_HEIGHT = 13.0
"""Pixels: the height of an x, with which a capital is about as tall as in a crop."""
_BASELINE = 44
"""Row of the baseline in the room that two neighbours are drawn in."""
_ROOM = (72, 128)
"""Rows and columns of that room: two of the widest and tallest characters fit."""
_STRAY = 1.2
"""Pixels, a standard deviation: how far a cut misses the column where two characters meet."""
_KEPT = 0.85
"""Share of a character's ink that a cut must leave it to count as this character."""
_LEFT_OVER = 0.2
"""Share of the neighbour's ink that may come with it, for the same reason."""


class Words:
    """Characters by name, to set neighbours of a word beside each other.

    Attributes:
        pairs: of each kind of word, the two characters that make no third when they touch.
    """

    def __init__(self, crops: npt.NDArray[np.uint8], labels: npt.NDArray[np.str_]) -> None:
        self._crops = crops
        self._of = {c: np.flatnonzero(labels == c) for c in np.unique(labels).tolist()}
        # Lower case twice: most words are.
        kinds = (LOWER, *_KINDS, "".join(_KINDS))
        pairs = [
            [a + b for a in kind for b in kind if {a, b} <= self._of.keys() and _no_third(a, b)]
            for kind in kinds
        ]
        self.pairs = [kind for kind in pairs if kind]

    def touching(self, rng: np.random.Generator) -> Crops:
        """Two neighbours, each as tall as its kind is, on one baseline, that run together."""
        kind = self.pairs[rng.integers(len(self.pairs))]
        pair = kind[rng.integers(len(kind))]
        some = [(self._crops[rng.choice(self._of[char])], char) for char in pair]
        left, right, _ = _side_by_side(some, rng)
        return np.maximum(left, right)

    def parted(self, crop_of: Crops, char: str, rng: np.random.Generator) -> Crops | None:
        """A character that touched another one and was cut off from it, about where they met, so
        that it lacks a little or has a little of the other; None if it has too much of either.

        Args:
            crop_of: uint8 (28, 28), the character.
            char: which it is.
            rng: the source of chance.
        """
        kind = [c for c in next(k for k in _KINDS if char in k) if c in self._of]
        other = str(rng.choice(kind))
        first = bool(rng.random() < 0.5)
        pair = [(crop_of, char), (self._crops[rng.choice(self._of[other])], other)]
        left, right, meet = _side_by_side(pair if first else pair[::-1], rng)
        own, stranger = (left, right) if first else (right, left)
        at = round(meet + rng.normal(0, _STRAY))
        side = np.s_[:, :at] if first else np.s_[:, at:]
        total = float(own.sum())
        kept, left_over = float(own[side].sum()), float(stranger[side].sum())
        if total == 0 or kept < _KEPT * total or left_over > _LEFT_OVER * total:
            return None
        return np.maximum(left, right)[side]


def _side_by_side(
    pair: list[tuple[Crops, str]], rng: np.random.Generator
) -> tuple[Crops, Crops, float]:
    """Two characters that touch, each in a picture of its own, and the column where they meet."""
    rooms = np.zeros((2, *_ROOM), np.uint8)
    x, edges = 8, []
    for room, (one, char) in zip(rooms, pair, strict=True):
        part = trim(one)
        top, bottom = (_X_HEIGHT * zone * rng.uniform(0.9, 1.1) for zone in ZONES[char])
        size = (top - bottom) / part.shape[0]
        width = min(40, max(2, round(part.shape[1] * size * rng.uniform(0.9, 1.1))))
        height = max(2, round(top - bottom))
        y = _BASELINE - round(top)
        room[y : y + height, x : x + width] = cv2.resize(
            part, (width, height), interpolation=cv2.INTER_AREA
        )
        edges += [x, x + width]
        x += max(2, width - int(rng.integers(1, 4)))
    if rng.random() < 0.5:  # a broad pen runs letters together
        for room in rooms:
            cv2.dilate(room, np.ones((3, 3), np.uint8), room)
    return rooms[0], rooms[1], sum(edges[1:3]) / 2


def draw_parted(
    crops: Crops,
    labels: npt.NDArray[np.str_],
    weights: npt.NDArray[np.float64] | None,
    count: int,
    seed: int,
) -> tuple[Crops, npt.NDArray[np.int64]]:
    """Characters that were cut off from a neighbour.

    Args:
        crops: uint8 (n, 28, 28) of characters.
        labels: (n,) their characters.
        weights: (n,) how likely each is taken, of sum 1; None for all alike.
        count: how many are tried.
        seed: the same seed gives the same.

    Returns:
        uint8 (m, 28, 28), m at most ``count``, and which of ``crops`` each is of.
    """
    rng = np.random.default_rng([seed, 5])
    words = Words(crops, labels)
    known = np.flatnonzero(np.isin(labels, list(ALL)))
    if not len(known):
        return np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64)
    p = None if weights is None else weights[known] / weights[known].sum()
    out, of = [], []
    for one in rng.choice(known, count, p=p).tolist():
        part = words.parted(crops[one], str(labels[one]), rng)
        if part is not None:
            out.append(crop(part))
            of.append(one)
    return np.array(out, np.uint8).reshape(-1, 28, 28), np.array(of, np.int64)


def _no_third(a: str, b: str) -> bool:
    """Whether two characters that touch look like no other one."""
    if a in _NARROW or b in _NARROW:
        return a in _BROAD or b in _BROAD
    return a + b not in _AMBIGUOUS


def trim(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A crop without what is empty around its ink; a blank one as it is."""
    x, y, w, h = cv2.boundingRect((image > 64).astype(np.uint8))
    return image[y : y + h, x : x + w] if w else image
