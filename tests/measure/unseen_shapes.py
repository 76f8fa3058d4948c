"""Shapes that are no characters, of families that neither training nor any setting has seen.

Drawings that stand beside writing on real pages. They are kept apart from
``train.images.nonchars`` so that what is measured with them is what a reader does with shapes that
are new to it.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.crop import crop

Picture = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
Family = Callable[[np.random.Generator], Picture]

_SIZE = 96
_MIDDLE = np.array([48.0, 48.0])


def draw(family: str, count: int, seed: int) -> Picture:
    """Crops, uint8 (count, 28, 28), of one of ``FAMILIES``."""
    rng = np.random.default_rng([seed, *family.encode()])
    return np.stack([crop(FAMILIES[family](rng)) for _ in range(count)])


def halves(crops: Picture, labels: npt.NDArray[np.str_], count: int, seed: int) -> Picture:
    """Halves of characters that are no character themselves, as false cuts leave them.

    Args:
        crops: uint8 (n, 28, 28) of characters.
        labels: (n,) their characters.
        count: how many are wanted.
        seed: of the choice.

    Returns:
        uint8 (count, 28, 28).
    """
    usable = np.flatnonzero(np.isin(labels, list(_HALVED)))
    chosen = np.random.default_rng(seed).choice(usable, count)
    out = np.empty((count, 28, 28), np.uint8)
    for i, one in enumerate(chosen):
        piece = np.zeros((28, 28), np.uint8)
        part = _HALVED[str(labels[one])]
        piece[part] = crops[one][part]
        out[i] = crop(piece)
    return out


def _stroke(points: Points, pen: float, room: Picture | None = None) -> Picture:
    room = np.zeros((_SIZE, _SIZE), np.uint8) if room is None else room
    draw_stroke(room, points, pen, 255)
    return room


def _smooth(knots: Points) -> Points:
    """A Catmull-Rom curve through the knots."""
    t = np.linspace(0, len(knots) - 1, 12 * len(knots))
    at = np.minimum(t.astype(int), len(knots) - 2)
    u = (t - at)[:, None]
    a, b, c, d = (knots[np.clip(at + k, 0, len(knots) - 1)] for k in (-1, 0, 1, 2))
    return np.asarray(
        b + u / 2 * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))
    )


def _arc(centre: Points, radius: float, first: float, last: float, tall: float = 1.0) -> Points:
    turn = np.linspace(first, last, 24)
    return centre + radius * np.stack([np.cos(turn), tall * np.sin(turn)], 1)


def _tangle(rng: np.random.Generator) -> Picture:
    return _stroke(_smooth(rng.uniform(10, 86, (int(rng.integers(7, 14)), 2))), rng.uniform(2, 6))


def _table(rng: np.random.Generator) -> Picture:
    room, pen = np.zeros((_SIZE, _SIZE), np.uint8), rng.uniform(1.5, 5)
    columns, rows = rng.integers(3, 6, 2)
    x = np.linspace(12, 84, columns) + rng.normal(0, 1.5, columns)
    y = np.linspace(12, 84, rows) * rng.uniform(0.5, 1) + rng.normal(0, 1.5, rows)
    for one in x:
        _stroke(np.array([[one, y[0]], [one + rng.normal(0, 1.5), y[-1]]]), pen, room)
    for one in y:
        _stroke(np.array([[x[0], one], [x[-1], one + rng.normal(0, 1.5)]]), pen, room)
    return room


def _texture(rng: np.random.Generator) -> Picture:
    """Stipple, hatching or the grain of a cloth."""
    room = np.zeros((_SIZE, _SIZE), np.uint8)
    kind = rng.integers(3)
    if kind == 0:
        for x, y in rng.integers(12, 84, (int(rng.integers(25, 60)), 2)).tolist():
            cv2.circle(room, (x, y), int(rng.integers(1, 5)), 255, -1, cv2.LINE_AA)
    elif kind == 1:
        slope, pen = rng.uniform(0.2, 1.2), rng.uniform(1.5, 4)
        for start in np.arange(-90, 100, rng.uniform(7, 14)):
            x = np.linspace(12, 84, 30)
            path = np.stack([x, 48 + start + slope * (x - 12)], 1)
            path = path[(path[:, 1] > 14) & (path[:, 1] < 82)]
            if len(path) > 1:
                _stroke(path, pen, room)
    else:
        grain = cv2.GaussianBlur(rng.normal(size=(68, 68)), (0, 0), rng.uniform(2, 4))
        room[14:82, 14:82][grain > 0] = 255
    return room


def _arrow(rng: np.random.Generator) -> Picture:
    """To any side but those where an arrow is nearly a T, an L or a 1."""
    turn = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(turn), np.sin(turn)])
    start, end = _MIDDLE - 34 * along, _MIDDLE + 34 * along
    pen = rng.uniform(2, 7)
    room = _stroke(np.stack([start, _MIDDLE + rng.normal(0, 4, 2), end]), pen)
    heads = [(end, turn)] + ([(start, turn + np.pi)] if rng.random() < 0.4 else [])
    for tip, way in heads:
        for side in (2.5, -2.5):
            angle = way + side + rng.normal(0, 0.1)
            reach = rng.uniform(16, 26) * np.array([np.cos(angle), np.sin(angle)])
            _stroke(np.stack([tip, tip + reach]), pen, room)
    return room


def _face(rng: np.random.Generator) -> Picture:
    pen = rng.uniform(2, 5)
    room = _stroke(_arc(_MIDDLE, 34, 0, 2 * np.pi, rng.uniform(0.8, 1.2)), pen)
    for x in (36, 60):
        eye = np.array([x, 38]) + rng.normal(0, 2, 2)
        _stroke(_arc(eye, rng.uniform(2, 5), 0, 2 * np.pi), pen, room)
    if rng.random() < 0.8:
        mouth = _arc(np.array([48.0, 52.0]), rng.uniform(12, 18), 0.4, 2.7)
    else:
        mouth = _arc(np.array([48.0, 70.0]), rng.uniform(10, 16), 3.6, 5.8)
    _stroke(mouth, pen, room)
    if rng.random() < 0.4:
        _stroke(np.array([[48.0, 42], [45, 54], [50, 55]]), pen, room)
    return room


def _star(rng: np.random.Generator) -> Picture:
    points = int(rng.integers(5, 8))
    turn = rng.uniform(0, 6.3) + np.arange(2 * points + 1) * np.pi / points
    radius = np.where(np.arange(2 * points + 1) % 2, rng.uniform(11, 17), 34)
    path = _MIDDLE + radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    return _stroke(path, rng.uniform(2, 6))


def _spiral(rng: np.random.Generator) -> Picture:
    turn = np.linspace(0, rng.uniform(2.5, 4.5) * 2 * np.pi, 150)
    angle = rng.choice([-1, 1]) * turn + rng.uniform(0, 6.3)
    path = _MIDDLE + 34 * (turn / turn[-1])[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return _stroke(path, rng.uniform(2, 5))


def _house(rng: np.random.Generator) -> Picture:
    pen = rng.uniform(2, 5)
    left, right, eaves = np.array([18, 78, 44]) + rng.normal(0, 3, 3)
    wall = [[left, eaves], [left, 84], [right, 84], [right, eaves], [left, eaves]]
    room = _stroke(np.array([*wall, [(left + right) / 2, 14], [right, eaves]]), pen)
    return _stroke(np.array([[40.0, 84], [40, 62], [54, 62], [54, 84]]), pen, room)


FAMILIES: dict[str, Family] = {
    "tangles": _tangle,
    "tables": _table,
    "textures": _texture,
    "arrows": _arrow,
    "faces": _face,
    "stars": _star,
    "spirals": _spiral,
    "houses": _house,
}

# Most halves are characters again: of W a V, of B an E or a 3, of 8 an S. These few are not: two or
# three loose ticks, and angles that point to a side.
_LEFT, _RIGHT = np.s_[:, :14], np.s_[:, 14:]
_HALVED = {"E": _RIGHT, "K": _RIGHT, "S": _LEFT, "X": _LEFT, "Z": _RIGHT, "2": _RIGHT}
