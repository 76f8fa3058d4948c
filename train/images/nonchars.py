"""Crops of ink that is no character, so that the network learns to say so.

What a live program meets that is not writing: characters that touch, lie over each other or are
struck out, stray polylines, little drawings, twigs, blots, and marks such as hyphens and dots.
Other families of shapes are kept for measuring and are not drawn here
(tests/measure/unseen_shapes.py).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.crop import crop
from train.images.neighbours import Words, trim

# A narrow or round character beside another one may well make a third: c and l a d, r and n an m.
_JOINABLE = "2345678ABDEFGHKMNPQRSTUWXYZabdefghkmnpqstwxyz"
_SIZE = 96


def draw_nonchars(
    count: int,
    crops: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.str_],
    seed: int,
    *,
    marks: bool = True,
) -> npt.NDArray[np.uint8]:
    """Makes ``count`` crops of non-characters.

    Args:
        count: how many.
        crops: uint8 (n, 28, 28), n at least 1: crops of characters to make them from.
        labels: (n,) their characters.
        seed: the same seed gives the same crops.
        marks: whether hyphens and equals signs are among them; not where they are classes.

    Returns:
        uint8 (count, 28, 28), bright ink on black.
    """
    rng = np.random.default_rng(seed)
    joinable = np.flatnonzero(np.isin(labels, list(_JOINABLE)))
    if not len(joinable):  # another alphabet
        joinable = np.arange(len(labels))
    families = [_joined, _joined, _joined, _overlaid, _overlaid, _struck, _polylines, _blot]
    families += [_drawing, _drawing, _twigs]
    if marks:
        families.append(_mark)
    words = Words(crops, labels)
    touching = 4 if words.pairs else 0
    out = np.empty((count, 28, 28), np.uint8)
    for i in range(count):
        which = int(rng.integers(len(families) + touching))
        if which < len(families):
            out[i] = crop(families[which](crops[rng.choice(joinable, 3)], rng))
        else:
            out[i] = crop(words.touching(rng))
    return out


def _joined(some: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Two or three characters of a word that touch."""
    parts = [trim(c) for c in some[: 2 if rng.random() < 0.8 else 3]]
    room = np.zeros((64, 120), np.uint8)
    x = 4
    for part in parts:
        size = rng.uniform(0.7, 1.1)
        sized = cv2.resize(part, None, fx=size, fy=size, interpolation=cv2.INTER_LINEAR)
        h, w = sized.shape
        y = 16 + int(rng.integers(-4, 5))
        spot = room[y : y + h, x : x + w]
        np.maximum(spot, sized[: spot.shape[0], : spot.shape[1]], out=spot)
        x += max(6, w - int(rng.integers(0, 4)))
    return room


def _overlaid(some: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Two characters written over each other."""
    room = np.zeros((52, 52), np.uint8)
    for part in some[:2]:
        x, y = rng.integers(4, 20, 2)
        np.maximum(room[y : y + 28, x : x + 28], part, out=room[y : y + 28, x : x + 28])
    return room


def _struck(some: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A character crossed out with two to four strokes."""
    room = np.zeros((_SIZE, _SIZE), np.uint8)
    room[20:76, 20:76] = cv2.resize(some[0], (56, 56), interpolation=cv2.INTER_LINEAR)
    tilt = rng.uniform(-0.8, 0.8)
    for _ in range(rng.integers(2, 5)):
        y = rng.uniform(25, 70)
        ends = np.array([[rng.uniform(6, 18), y - 30 * tilt], [rng.uniform(78, 90), y + 30 * tilt]])
        draw_stroke(room, ends, rng.uniform(2, 7), 255)
    return room


def _polylines(some: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Stray straight strokes: more, and less ordered, than any character has."""
    room = np.zeros((_SIZE, _SIZE), np.uint8)
    pen = rng.uniform(2, 9)
    for _ in range(rng.integers(3, 7)):
        draw_stroke(room, rng.uniform(8, 88, (int(rng.integers(2, 5)), 2)), pen, 255)
    return room


def _drawing(some: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A doodle: an outline of any form with smaller forms in it and about it."""
    room = np.zeros((_SIZE, _SIZE), np.uint8)
    pen = rng.uniform(2, 5)
    draw_stroke(room, _outline(rng, np.array([48.0, 48.0]), rng.uniform(24, 36)), pen, 255)
    # One small form in an outline may make a character (Q, 8, a crossed 0); three do not.
    for _ in range(rng.integers(3, 7)):
        centre, size = rng.uniform(28, 68, 2), rng.uniform(3, 13)
        if rng.random() < 0.3:
            turn = rng.uniform(0, np.pi)
            reach = size * np.array([np.cos(turn), np.sin(turn)])
            part = np.stack([centre - reach, centre + rng.normal(0, 3, 2), centre + reach])
        else:
            part = _outline(rng, centre, size)
            part = part[: int(len(part) * rng.choice([0.4, 0.6, 1.0]))]
        draw_stroke(room, part, pen, 255)
    return room


def _outline(
    rng: np.random.Generator, centre: npt.NDArray[np.float64], size: float
) -> npt.NDArray[np.float64]:
    """The path of a closed form: round, or with three to six corners; (n, 2)."""
    corners = int(rng.choice([3, 4, 4, 5, 6, 24, 24, 24]))
    turn = rng.uniform(0, 6.3) + np.linspace(0, 2 * np.pi, corners + 1)
    rough = 0.03 if corners == 24 else 0.15
    radius = size * rng.uniform(1 - rough, 1 + rough, corners + 1)
    radius[-1] = radius[0]
    wide = np.exp(rng.uniform(-0.35, 0.35))
    path = np.stack([np.cos(turn) * wide, np.sin(turn) / wide], 1) * radius[:, None]
    return centre + path


def _twigs(some: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A stem at any angle with four to seven short strokes that leave it on both sides."""
    room = np.zeros((_SIZE, _SIZE), np.uint8)
    pen, turn = rng.uniform(2, 5), rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(turn), np.sin(turn)])
    start, end = 48 - 36 * along, 48 + 36 * along
    bend = (start + end) / 2 + rng.normal(0, 4, 2)
    draw_stroke(room, np.stack([start, bend, end]), pen, 255)
    count = int(rng.integers(4, 8))
    for k in range(count):
        root = start + (end - start) * (k + rng.uniform(0, 1)) / count
        angle = turn + (-1) ** k * rng.uniform(0.6, 2.5)
        tip = root + rng.uniform(12, 24) * np.array([np.cos(angle), np.sin(angle)])
        draw_stroke(room, np.stack([root, tip]), pen, 255)
    return room


def _blot(some: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A filled shape with a wavy edge: a blot, a smear, a finger at the page's edge."""
    room = np.zeros((_SIZE, _SIZE), np.uint8)
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius = np.ones(40)
    for k in range(1, 6):
        radius += rng.normal(0, 0.3 / k) * np.cos(k * turn + rng.uniform(0, 6.3))
    radius = np.clip(radius, 0.15, 2)
    x = 48 + 22 * radius * np.cos(turn)
    y = 48 + 22 * radius * np.sin(turn) * rng.uniform(0.2, 1)
    cv2.fillPoly(room, [np.stack([x, y], 1).astype(np.int32)], 255, cv2.LINE_AA)
    return room


def _mark(some: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A hyphen or an equals sign: level strokes, far wider than high."""
    room = np.zeros((_SIZE, _SIZE), np.uint8)
    pen, tilt = rng.uniform(2, 8), rng.uniform(-8, 8)
    for y in (48.0,) if rng.random() < 0.6 else (40.0 - pen / 2, 58.0 + pen / 2):
        bend = rng.uniform(-3, 3)
        path = np.array([[12, y - tilt], [48, y + bend], [84, y + tilt]])
        draw_stroke(room, path, pen, 255)
    return room
