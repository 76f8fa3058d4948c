"""Crops of what stands beside writing and is none: arrows, boxes, seals, drawings, halves of
characters, each drawn in many ways."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.crop import crop

Crops = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
Rng = np.random.Generator

_SIZE = 112
_REACH = 42.0  # pixels from the middle that shapes reach


def draw_shapes(count: int, seed: int) -> Crops:
    """Arrows, boxes and seals, of each kind as many: uint8 (count, 28, 28)."""
    rng = np.random.default_rng([seed, 11])
    kinds: tuple[Callable[[Rng], Crops], ...] = (_arrow, _arrow, _box, _seal)
    out = [crop(kinds[i % len(kinds)](rng)) for i in range(count)]
    return np.stack(out) if out else np.zeros((0, 28, 28), np.uint8)


def draw_doodles(doodles: Crops, count: int, seed: int) -> Crops:
    """Drawings of things with pens of all widths.

    Args:
        doodles: uint8 (n, 28, 28), n at least 1.
        count: how many crops.
        seed: the same seed gives the same crops.
    """
    rng = np.random.default_rng([seed, 12])
    out = np.empty((count, 28, 28), np.uint8)
    for i, one in enumerate(doodles[rng.integers(len(doodles), size=count)]):
        large = cv2.resize(one, (_SIZE, _SIZE), interpolation=cv2.INTER_CUBIC)
        out[i] = crop(_with_pen(np.asarray(large, np.uint8), rng))
    return out


def draw_halves(crops: Crops, labels: npt.NDArray[np.str_], count: int, seed: int) -> Crops:
    """Halves of characters that are no character themselves, as false cuts leave them.

    Args:
        crops: uint8 (n, 28, 28) of characters.
        labels: (n,) their characters.
        count: how many, none where there is no character that can be halved.
        seed: the same seed gives the same crops.
    """
    rng = np.random.default_rng([seed, 13])
    usable = np.flatnonzero(np.isin(labels, list(_HALVED)))
    out = np.empty((count if len(usable) else 0, 28, 28), np.uint8)
    for i in range(len(out)):
        one = int(rng.choice(usable))
        sides = _HALVED[str(labels[one])]
        at = 14 + int(rng.integers(-1, 2))
        left = sides[int(rng.integers(len(sides)))] == "l"
        part = np.zeros((28, 28), np.uint8)
        half = np.s_[:, :at] if left else np.s_[:, at:]
        part[half] = crops[one][half]
        out[i] = crop(part)
    return out


_HALVED = {
    **dict.fromkeys("EK", "r"),
    **dict.fromkeys("SsZz25", "lr"),
    **dict.fromkeys("X3g", "l"),
    "G": "r",
}
"""Sides of characters that look like no other one, which most do: of W a V, of B an E or a 3."""


def _with_pen(ink: Crops, rng: Rng) -> Crops:
    """Ink of a middling pen with a thinner or a broader one."""
    size = int(rng.integers(1, 4))
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size - 1, 2 * size - 1))
    if rng.random() < 0.5:
        return np.asarray(cv2.dilate(ink, shape), np.uint8)
    thin = np.asarray(cv2.erode(ink, shape), np.uint8)
    return thin if float(thin.sum()) > 0.3 * float(ink.sum()) else ink


def _room() -> Crops:
    return np.zeros((_SIZE, _SIZE), np.uint8)


def _turned(points: Points, turn: float) -> Points:
    """Points about the origin, turned and moved to the middle of the room."""
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]) + _SIZE / 2)


def _arrow(rng: Rng) -> Crops:
    """A shaft, straight, bent or in steps, with an open, closed or filled head at one end or both,
    at any angle; or the outline of a broad one."""
    room, turn = _room(), float(rng.choice([0, np.pi / 2, np.pi, -np.pi / 2]))
    turn = turn + rng.normal(0, 0.12) if rng.random() < 0.5 else rng.uniform(0, 2 * np.pi)
    pen = float(np.exp(rng.uniform(np.log(2), np.log(11))))
    length, opening = rng.uniform(12, 34), rng.uniform(0.3, 0.95)
    if rng.random() < 0.15:
        return _broad_arrow(rng, room, turn, pen)
    x = np.linspace(-_REACH, _REACH, 9)
    bend = rng.normal(0, 3) if rng.random() < 0.6 else rng.uniform(-26, 26)
    y = bend * (1 - (x / _REACH) ** 2) + rng.normal(0, 0.7, 9)
    shaft = np.stack([x, y], 1)
    if rng.random() < 0.1:
        step = rng.uniform(12, 30) * rng.choice([-1, 1])
        shaft = np.array([[-_REACH, -step], [0, -step], [0, step], [_REACH, step]])
    draw_stroke(room, _turned(shaft, turn), pen, 255)
    ends = [(shaft[-1], shaft[-1] - shaft[-2])]
    if rng.random() < 0.2:
        ends.append((shaft[0], shaft[0] - shaft[1]))
    shape = rng.random()
    for tip, way in ends:
        along = np.arctan2(way[1], way[0])
        barbs = [
            tip
            - length
            * rng.uniform(0.8, 1.2)
            * np.array([np.cos(along + side * opening), np.sin(along + side * opening)])
            for side in (-1, 1)
        ]
        head = np.stack([barbs[0], tip + rng.normal(0, 1, 2), barbs[1]])
        if shape < 0.3:
            head = np.concatenate([head, head[:1]])
        if shape < 0.15:
            cv2.fillPoly(room, [np.round(_turned(head, turn)).astype(np.int32)], 255, cv2.LINE_AA)
        draw_stroke(room, _turned(head, turn), pen, 255)
    return room


def _broad_arrow(rng: Rng, room: Crops, turn: float, pen: float) -> Crops:
    half, wing, neck = rng.uniform(6, 14), rng.uniform(20, 34), rng.uniform(-6, 16)
    side = np.array([[-_REACH, half], [neck, half], [neck, wing]])
    path = np.concatenate([side, [[_REACH, 0]], side[::-1] * (1, -1), side[:1]])
    draw_stroke(room, _turned(path + rng.normal(0, 1, path.shape), turn), min(pen, 6), 255)
    return room


def _box(rng: Rng) -> Crops:
    """A box: empty, doubled, ticked, crossed, parted, or with a scribble in it."""
    room, pen = _room(), float(np.exp(rng.uniform(np.log(1.5), np.log(8))))
    wide = _REACH
    # An upright box is a nought or a D to many hands.
    tall = wide * rng.uniform(0.25, 1.0)

    def framed(w: float, h: float) -> None:
        corners = np.array([[-w, -h], [w, -h], [w, h], [-w, h], [-w, -h]])
        path = corners + rng.normal(0, 1.5, corners.shape)
        draw_stroke(room, path + _SIZE / 2, pen, 255)

    framed(wide, tall)
    kind = int(rng.integers(6))
    if kind == 0:
        framed(wide * 0.75, tall * 0.7)
    elif kind == 1:
        tick = np.array([[-0.5, 0.0], [-0.1, 0.6], [0.8, -1.1]]) * (wide * 0.8, tall)
        draw_stroke(room, tick + rng.normal(0, 2, (3, 2)) + _SIZE / 2, pen, 255)
    elif kind == 2:
        for way in (1, -1):
            line = np.array([[-0.8, -0.8 * way], [0.8, 0.8 * way]]) * (wide, tall)
            draw_stroke(room, line + _SIZE / 2, pen, 255)
    elif kind == 3:
        for at in rng.uniform(-0.7, 0.7, int(rng.integers(1, 4))):
            line = np.array([[at * wide, -tall], [at * wide, tall]])
            draw_stroke(room, line + _SIZE / 2, pen, 255)
    elif kind == 4:
        marks = rng.uniform(-0.75, 0.75, (int(rng.integers(4, 12)), 2)) * (wide, tall)
        draw_stroke(room, marks + _SIZE / 2, pen, 255)
    return room


def _seal(rng: Rng) -> Crops:
    """Rings with something in them or about them."""
    room, pen = _room(), float(np.exp(rng.uniform(np.log(1.5), np.log(7))))
    turn = np.linspace(0, 2 * np.pi, 40)
    wide = rng.uniform(0.75, 1.3)

    def ring(radius: float) -> None:
        path = radius * np.stack([np.cos(turn) * min(1, wide), np.sin(turn) / max(1, wide)], 1)
        draw_stroke(room, path + rng.normal(0, 0.7, path.shape) + _SIZE / 2, pen, 255)

    ring(_REACH)
    if rng.random() < 0.6:
        ring(_REACH * rng.uniform(0.45, 0.85))
    kind = int(rng.integers(3))
    if kind == 0:
        for angle in np.linspace(0, 6.28, int(rng.integers(6, 16)), endpoint=False):
            spoke = np.array([np.cos(angle), np.sin(angle)])
            ends = np.stack([spoke * _REACH * 0.7, spoke * _REACH * rng.uniform(0.85, 1.1)])
            draw_stroke(room, ends + _SIZE / 2, pen, 255)
    elif kind == 1:
        for y in np.linspace(-14, 14, int(rng.integers(2, 4))):
            x = np.linspace(-24, 24, 14)
            line = np.stack([x, y + rng.normal(0, 3, 14)], 1)
            draw_stroke(room, line + _SIZE / 2, pen, 255)
    else:
        star = np.arange(11) * np.pi / 5 - np.pi / 2
        radius = np.where(np.arange(11) % 2, 9, 22)
        path = radius[:, None] * np.stack([np.cos(star), np.sin(star)], 1)
        draw_stroke(room, path + _SIZE / 2, pen, 255)
    return room
