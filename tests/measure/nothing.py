"""Pictures of which nothing is to be read: surfaces, keyboards, shadows, drawings.

They are drawn in other ways than those that a map of writing is trained on, and their doodles are
of things that training leaves out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from train.pages.sources.things import Doodles

Picture = npt.NDArray[np.uint8]
Rng = np.random.Generator

KINDS = ("wood", "cloth", "keyboard", "shadow", "doodles", "shapes", "leaves", "gravel")
_SIZE = (720, 960)


def pictures(data: Path, count: int) -> Iterator[tuple[str, Picture]]:
    """So many pictures, each with its kind: uint8 (h, w, 3) BGR."""
    doodles = Doodles(data, held=True)
    for number in range(count):
        rng = np.random.default_rng([67, number])
        kind = KINDS[number % len(KINDS)]
        grey = _DRAWN[kind](rng) if kind != "doodles" else _doodles(doodles, rng)
        tint = rng.uniform(0.75, 1.05, 3)
        noisy = grey[..., None] * tint + rng.normal(0, rng.uniform(1, 5), (*grey.shape, 1))
        soft = cv2.GaussianBlur(np.clip(noisy, 0, 255), (0, 0), rng.uniform(0.3, 1.0))
        coded = cv2.imencode(".jpg", soft.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
        yield kind, np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _grid() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    y, x = np.mgrid[: _SIZE[0], : _SIZE[1]].astype(np.float64)
    return x, y


def _smooth(rng: Rng, cell: float) -> npt.NDArray[np.float64]:
    """Values from 0 to 1 that change over so many pixels."""
    shape = [max(2, math.ceil(side / cell) + 1) for side in _SIZE]
    coarse = rng.random(shape)
    fine = cv2.resize(coarse, _SIZE[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(fine, 0, 1), np.float64)


def _wood(rng: Rng) -> npt.NDArray[np.float64]:
    """Year rings as a cut through cones shows them, pores along the grain."""
    x, y = _grid()
    angle = rng.uniform(0, math.pi)
    u = x * math.cos(angle) + y * math.sin(angle)
    v = y * math.cos(angle) - x * math.sin(angle)
    rings = np.hypot(v + 90 * _smooth(rng, 300), 0.05 * u + 400) / rng.uniform(6, 30)
    grey = rng.uniform(90, 190) + rng.uniform(8, 35) * np.abs(np.sin(rings)) ** 0.5
    pores = _smooth(rng, 3) * _smooth(rng, 40)
    return np.asarray(grey - 60 * (pores > 0.62), np.float64)


def _cloth(rng: Rng) -> npt.NDArray[np.float64]:
    """Herringbone, tartan or twill."""
    x, y = _grid()
    x = x + 30 * _smooth(rng, 260)
    period = rng.uniform(6, 26)
    kind = int(rng.integers(3))
    if kind == 0:
        way = np.where(np.floor(x / (4 * period)) % 2, 1, -1)
        wave = np.sin((x + way * y) * 2 * math.pi / period)
    elif kind == 1:
        bands = [np.floor(z / rng.uniform(20, 80)) % 2 for z in (x, y, x + 11, y + 7)]
        wave = np.sum(bands, axis=0) - 2
    else:
        wave = np.sign(np.sin((x + 0.5 * y) * 2 * math.pi / period))
    return np.asarray(rng.uniform(80, 180) + rng.uniform(8, 40) * wave, np.float64)


def _keyboard(rng: Rng) -> npt.NDArray[np.float64]:
    """Rounded keys with the letters of a keyboard, seen from above at an angle."""
    dark = rng.random() < 0.5
    body, key, sign = (30, 55, 225) if dark else (190, 235, 60)
    image = np.full(_SIZE, body, np.uint8)
    pitch = int(rng.integers(45, 110))
    face = int(rng.integers(0, 2))
    for row, letters in enumerate(("1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")):
        for column, letter in enumerate(letters):
            x, y = 30 + column * pitch + row * pitch // 3, 60 + row * pitch
            inner = pitch - pitch // 8
            cv2.rectangle(image, (x, y), (x + inner, y + inner), key, -1)
            scale = pitch / 90
            spot = (x + pitch // 6, y + pitch // 2)
            cv2.putText(image, letter, spot, face, scale, sign, max(1, pitch // 40), cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((480, 360), float(rng.uniform(-40, 40)), rng.uniform(0.8, 1.4))
    seen = cv2.warpAffine(image, turn, _SIZE[::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float64)


def _shadow(rng: Rng) -> npt.NDArray[np.float64]:
    """An empty sheet or wall with edges of shadows and folds."""
    x, y = _grid()
    grey = np.full(_SIZE, rng.uniform(150, 230))
    for _ in range(int(rng.integers(2, 6))):
        angle = rng.uniform(0, 2 * math.pi)
        off = (x - rng.uniform(0, 960)) * math.cos(angle) + (y - rng.uniform(0, 720)) * math.sin(
            angle
        )
        off = off + 60 * _smooth(rng, 150) * rng.random()
        grey *= 1 - rng.uniform(0.1, 0.4) / (1 + np.exp(np.clip(off / rng.uniform(1, 25), -40, 40)))
    for _ in range(int(rng.integers(0, 3))):
        k, c = rng.uniform(-1, 1), rng.uniform(0, 720)
        grey *= 1 - 0.3 * np.exp(-(((y - c - k * x) / rng.uniform(1, 3)) ** 2))
    return np.asarray(grey, np.float64)


def _doodles(doodles: Doodles, rng: Rng) -> npt.NDArray[np.float64]:
    """A page of drawings of things."""
    page = np.zeros(_SIZE, np.uint8)
    for _ in range(int(rng.integers(3, 12))):
        size = int(rng.integers(60, 300))
        one = doodles.draw(rng, size)
        x, y = int(rng.integers(0, 960 - size)), int(rng.integers(0, 720 - size))
        spot = page[y : y + size, x : x + size]
        np.maximum(spot, one, out=spot)
    return np.asarray(rng.uniform(170, 240) * (1 - 0.75 * page / 255.0), np.float64)


def _shapes(rng: Rng) -> npt.NDArray[np.float64]:
    """A diagram without words: boxes, arrows, circles, a chart."""
    page = np.full(_SIZE, int(rng.integers(180, 245)), np.uint8)
    pen, thick = int(rng.integers(20, 110)), int(rng.integers(2, 6))
    spots = rng.integers(60, 640, (int(rng.integers(4, 10)), 2))
    for i, (x, y) in enumerate(spots.tolist()):
        w, h = int(rng.integers(40, 160)), int(rng.integers(30, 110))
        if i % 3 == 0:
            cv2.ellipse(page, (x, y), (w // 2, h // 2), 0, 0, 360, pen, thick, cv2.LINE_AA)
        else:
            cv2.rectangle(page, (x, y), (x + w, y + h), pen, thick, cv2.LINE_AA)
        if i:
            end = (int(spots[i - 1][0]), int(spots[i - 1][1]))
            cv2.arrowedLine(page, (x, y), end, pen, thick, cv2.LINE_AA, tipLength=0.08)
    heights = np.cumsum(rng.normal(0, 20, 40)) + 300
    curve = np.stack([np.linspace(660, 930, 40), heights], 1).astype(np.int32)
    cv2.polylines(page, [curve], False, pen, thick, cv2.LINE_AA)
    return page.astype(np.float64)


def _leaves(rng: Rng) -> npt.NDArray[np.float64]:
    """Overlapping leaves with veins."""
    page = np.full(_SIZE, 90, np.uint8)
    for _ in range(140):
        x, y = int(rng.integers(0, 960)), int(rng.integers(0, 720))
        turn, tone = float(rng.uniform(0, 360)), int(rng.integers(60, 190))
        size = (int(rng.integers(20, 70)), int(rng.integers(8, 26)))
        cv2.ellipse(page, (x, y), size, turn, 0, 360, tone, -1, cv2.LINE_AA)
        along = np.radians(turn)
        end = (int(x + size[0] * math.cos(along)), int(y + size[0] * math.sin(along)))
        cv2.line(page, (2 * x - end[0], 2 * y - end[1]), end, tone - 35, 1, cv2.LINE_AA)
    return page.astype(np.float64)


def _gravel(rng: Rng) -> npt.NDArray[np.float64]:
    """Stones of all sizes with their shadows."""
    page = np.full(_SIZE, 110, np.uint8)
    for size in np.sort(rng.exponential(9, 900))[::-1]:
        x, y = int(rng.integers(0, 960)), int(rng.integers(0, 720))
        axes = (int(size + 2), int(size * rng.uniform(0.5, 1) + 2))
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(page, (x + 3, y + 3), axes, turn, 0, 360, 45, -1, cv2.LINE_AA)
        cv2.ellipse(page, (x, y), axes, turn, 0, 360, int(rng.integers(100, 200)), -1, cv2.LINE_AA)
    return page.astype(np.float64)


_DRAWN = {
    "wood": _wood,
    "cloth": _cloth,
    "keyboard": _keyboard,
    "shadow": _shadow,
    "shapes": _shapes,
    "leaves": _leaves,
    "gravel": _gravel,
}
