"""Crops of signs, drawn from pen strokes through the live program's own crop.

What a crop shows of a small sign is mostly how thick the pen is against it, so all are drawn with a
pen that suits the writer's capitals. Signs that nobody was asked for are made of others: a degree
of an o, a times of an x, a division of a hyphen and two dots; and mirrored ones of each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.chars import SIGNS
from hwr_live.crop import crop
from train.images.people import writer_weights
from train.images.strokes import Character, Strokes

_PENS = (0.022, 0.24)
"""Heights of a capital: how broad pens are."""
_TALL = 112
"""Pixels of the longer side that signs are drawn at, as characters are."""
_BROADEST = 64.0
"""Pixels of the broadest pen: what is smaller than its pen is drawn smaller."""
_EXTENTS = {
    **dict.fromkeys(".", 0.08),
    **dict.fromkeys("-,'`\"=~^*", 0.4),
    **dict.fromkeys("°", 0.38),
    **dict.fromkeys("×÷+<>_:", 0.7),
}
"""Heights of a capital: the longer side of a sign whose size nobody told; others are as tall as a
capital and a fifth."""
_MIRRORED = {
    "\\": "/",
    "`": "'",
    "{": "}",
    "}": "{",
    "[": "]",
    "]": "[",
    "(": ")",
    ")": "(",
    "<": ">",
    ">": "<",
}
_SCARCE = 400  # strokes of a sign below which mirrored ones of its like are taken as well
_MADE_OF = {"°": "oO0", "×": "xX"}

Own = dict[str, tuple[list[Character], npt.NDArray[np.float64]]]


def signs_by_label(signs: Sequence[Character], chars: Sequence[Character]) -> Own:
    """Of each sign, and of joining strokes, its characters and how likely each is drawn.

    Args:
        signs: that were written.
        chars: letters and digits, of which others are made.
    """
    found: dict[str, list[Character]] = defaultdict(list)
    for one in signs:
        found[one.label].append(one)
    counts = {label: len(own) for label, own in found.items()}
    for label, like in _MIRRORED.items():
        if counts.get(label, 0) < _SCARCE:
            found[label] += [_mirrored(one) for one in found[like][: counts.get(like, 0)]]
    for label, alike in _MADE_OF.items():
        found[label] = [Character(label, c.group, c.strokes) for c in chars if c.label in alike]
    found["÷"] = [Character("÷", c.group, c.strokes) for c in found["-"]]
    out: Own = {}
    for label, own in found.items():
        if own:
            weights = writer_weights(own)
            out[label] = own, weights / weights.sum()
    return out


def draw_signs(
    own: Own, labels: Sequence[str], each: int, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Draws crops: ``each`` of every label in turn, uint8 (n, 28, 28).

    Raises:
        KeyError: for a label that there are no strokes of.
    """
    out = []
    for label in labels:
        characters, p = own[label]
        out += [draw_sign(characters[i], rng) for i in rng.choice(len(p), each, p=p)]
    return np.stack(out) if out else np.zeros((0, 28, 28), np.uint8)


def drawable(own: Own) -> str:
    """The signs that there are strokes of."""
    return "".join(sign for sign in SIGNS if sign in own)


def draw_sign(one: Character, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A sign's crop, drawn with a random pen."""
    extent = one.extent or 0.0
    if not 0.01 < extent < 3:  # nobody told it, or what it was told against was no capital
        extent = _EXTENTS.get(one.label, 1.2) * float(np.exp(rng.normal(0, 0.3)))
    if one.label == "|" and rng.random() < 0.3:  # ruled rather than written
        strokes = [np.array([[0.0, 0.0], [rng.normal(0, 25), 1000.0]])]
    else:
        strokes = one.strokes
    if one.label == "÷":
        strokes = _divided(strokes, rng)
    low, high = np.log(_PENS)
    pens = extent / float(np.exp(rng.uniform(low, high)))
    pen = min(_BROADEST, _TALL / pens)
    return crop(_sized(strokes, pens * pen, pen))


def _sized(strokes: Strokes, length: float, pen: float) -> npt.NDArray[np.uint8]:
    """The ink of strokes whose longer side is so many pixels."""
    points = np.concatenate(strokes)
    first, extent = points.min(0), points.max(0) - points.min(0)
    scale = length / max(1.0, float(extent.max()))
    width, height = (int(v) for v in np.ceil(extent * scale + 2 * pen + 8))
    room = np.zeros((height, width), np.uint8)
    for path in strokes:
        draw_stroke(room, (path - first) * scale + pen + 4, pen, 255)
    return room


def _divided(hyphen: Strokes, rng: np.random.Generator) -> Strokes:
    """A hyphen with a dot above and one below."""
    points = np.concatenate(hyphen)
    middle, wide = points.mean(0), max(1.0, float(np.ptp(points[:, 0])))
    out = list(hyphen)
    for side in (-1, 1):
        dot = middle + wide * np.array([rng.normal(0, 0.06), side * rng.uniform(0.25, 0.5)])
        out.append(np.stack([dot, dot + rng.normal(0, 0.02, 2) * wide]))
    return out


def _mirrored(one: Character) -> Character:
    label = next(label for label, like in _MIRRORED.items() if like == one.label)
    strokes = [path * (-1.0, 1.0) for path in one.strokes]
    return Character(label, one.group, strokes, one.extent)
