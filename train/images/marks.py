"""Crops of punctuation, drawn from pen strokes through the live program's own crop.

CROHME's strokes have most marks, each scaled to one size. What a crop shows of a dot, a comma or a
hyphen is mostly how thick the pen is against it, so these are drawn with a pen of their own size.
A colon is two dots; ``!`` is rare in the strokes and ``?`` is not there, so both are also drawn
from a curve that is bent at random.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.chars import MARKS
from hwr_live.crop import crop
from hwr_live.errors import InputError
from train.images.strokes import Strokes, draw, read_crohme

FILE = "crohme_punctuation_train.npz"

_HELD = 0.06
"""Share of a mark's strokes, from the end of the file, that validation draws from."""
_TALL = 112
"""Pixels of the longer side that marks are drawn at, as characters are."""
_MARGIN = 12
"""Pixels left empty on each side."""
_LENGTHS = {".": (0.1, 1.5), ",": (1.8, 6.0), "-": (2.5, 14.0)}
"""How many times as long as the pen is broad the smallest marks are, from and to."""


def read_marks(path: Path) -> dict[str, list[Strokes]]:
    """The strokes of each mark, in the file's order, of those that the file must have.

    Raises:
        InputError: if the file is missing, not of CROHME's form, or lacks a mark.
    """
    found: dict[str, list[Strokes]] = {}
    for one in read_crohme(path):
        if one.label in MARKS and one.strokes:
            found.setdefault(one.label, []).append(one.strokes)
    if missing := [mark for mark in MARKS if mark not in found and mark not in ":?"]:
        raise InputError(f"{path.name} has no strokes of {' '.join(missing)}")
    return found


def draw_marks(
    strokes: dict[str, list[Strokes]], count: int, seed: int, *, held: bool = False
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Draws ``count`` crops of marks, as many of each.

    Args:
        strokes: of ``read_marks``.
        count: how many.
        seed: the same seed gives the same crops.
        held: whether from the strokes that are held back for validation, or from the others.

    Returns:
        uint8 (count, 28, 28), bright ink on black, and int32 (count,), the index into ``MARKS``.
    """
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % len(MARKS)).astype(np.int32)
    parts = {}
    for mark, whole in strokes.items():
        kept = max(1, min(len(whole) - 1, round((1 - _HELD) * len(whole))))
        parts[mark] = (whole[kept:] or whole) if held else whole[:kept]
    crops = [_draw(MARKS[label], parts, rng) for label in labels]
    return np.stack(crops) if crops else np.zeros((0, 28, 28), np.uint8), labels


def _draw(
    mark: str, parts: dict[str, list[Strokes]], rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    if mark == ":":
        return crop(_colon(parts["."], rng))
    if mark in _LENGTHS:
        return crop(_small(mark, parts[mark], rng))
    if mark == "?" or (mark == "!" and rng.random() < 0.5):
        return crop(_with_dot(_stem(rng) if mark == "!" else _hook(rng), rng))
    if mark == "/" and rng.random() < 0.3:
        lean = np.tan(np.radians(rng.uniform(18, 50)))
        return crop(draw([1000 * _bent(np.array([[lean, 0.0], [0.0, 1.0]]), rng)], rng))
    own = parts[mark]
    return crop(draw(own[rng.integers(len(own))], rng))


def question_marks(count: int, seed: int) -> list[Strokes]:
    """Strokes of question marks: a bow with its foot, and a dot."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        hook = 750 * _bent(_hook(rng), rng)
        dot = hook[-1] + [rng.normal(0, 40), rng.uniform(160, 300)]
        out.append([hook, np.stack([dot, dot + np.array([15, 10])])])
    return out


def _small(mark: str, own: list[Strokes], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A mark of which the pen's width is a good part."""
    low, high = _LENGTHS[mark]
    pens = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    chosen = own[rng.integers(len(own))]
    points = np.concatenate(chosen)
    first, extent = points.min(0), max(1.0, float((points.max(0) - points.min(0)).max()))
    pen = min(64.0, _TALL / pens)
    length = pens * pen
    room = np.zeros((int(length + 2 * pen) + 8, int(length + 2 * pen) + 8), np.uint8)
    for path in chosen:
        draw_stroke(room, (path - first) * (length / extent) + pen + 4, pen, 255)
    return room


def _colon(dots: list[Strokes], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Two dots, one over the other."""
    upper, lower = (crop(_small(".", dots, rng)) for _ in range(2))
    apart = int(rng.uniform(8, 110))
    aside = int(rng.normal(0, 0.08) * apart)
    room = np.zeros((2 * 28 + apart, 28 + 2 * 20), np.uint8)
    room[:28, 20:48] = upper
    left = int(np.clip(20 + aside, 0, 40))
    room[28 + apart :, left : left + 28] = lower
    return room


def _with_dot(path: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A stem in the unit square with a dot below it."""
    pen = float(np.exp(rng.uniform(np.log(2.5), np.log(15))))
    height = _TALL * 0.75
    room = np.zeros((_TALL + 4 * _MARGIN, _TALL + 4 * _MARGIN), np.uint8)
    corner = np.array([3.0 * _MARGIN, 2.0 * _MARGIN])
    draw_stroke(room, _bent(path, rng) * height + corner, pen, 255)
    gap = max(1.3 * pen, rng.uniform(0.1, 0.35) * height)
    dot = path[-1] * height + corner + [rng.normal(0, 0.06) * height, gap]
    dash = np.array([[0.0, 0.0], rng.normal(0, 0.5, 2) * pen])
    draw_stroke(room, dot + dash, pen, 255)
    return room


def _stem(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    lean = rng.normal(0.03, 0.08)
    return np.linspace([0.4 + lean, 0.0], [0.4 - lean, 0.9], 12)


def _hook(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """The upper part of a question mark: a bow that comes back to its middle, and a foot."""
    start, width = np.radians(rng.uniform(160, 215)), rng.uniform(0.22, 0.42)
    turn = np.linspace(start, np.radians(rng.uniform(370, 450)), 16)
    bow = np.stack([0.4 + width * np.cos(turn), 0.3 + 0.28 * np.sin(turn)], axis=1)
    foot = np.array([[0.4 + rng.normal(0, 0.03), rng.uniform(0.62, 0.72)], [0.4, 0.92]])
    return np.concatenate([bow, foot])


def _bent(path: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """A path of few points, made smooth and a little uneven."""
    steps = np.linspace(0, len(path) - 1, 40)
    x, y = (np.interp(steps, np.arange(len(path)), path[:, k]) for k in (0, 1))
    wave = np.linspace(0, 2 * np.pi, 40)
    for k in (1, 2):
        x = x + rng.normal(0, 0.02 / k) * np.sin(k * wave + rng.uniform(0, 6.3))
        y = y + rng.normal(0, 0.02 / k) * np.sin(k * wave + rng.uniform(0, 6.3))
    return np.stack([x, y], axis=1)
