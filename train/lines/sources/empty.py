"""Ink that is no writing: doodles, boxes, arrows, rules, dirt. Its text is empty."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from train.images.doodles import read_doodles
from train.lines.sources import ink as inks

Grey = npt.NDArray[np.uint8]


class Empty:
    """Draws ink that is no writing.

    Raises:
        InputError: if the drawings are missing.
    """

    def __init__(self, data: Path, held: bool) -> None:
        self._doodles = read_doodles(data, held)

    def draw(self, rng: np.random.Generator) -> Grey:
        """uint8 (h, w), bright on black."""
        kind = rng.random()
        if kind < 0.62:
            image = self._some_doodles(rng)
            image = inks.warped(image, rng)
        elif kind < 0.9:
            image = _figures(rng)
        else:
            image = _dirt(rng)
        return inks.seen(inks.thickened(image, rng), rng)

    def _some_doodles(self, rng: np.random.Generator) -> Grey:
        count = 1 if rng.random() < 0.6 else int(rng.integers(2, 5))
        row: list[Grey] = []
        for i in rng.integers(0, len(self._doodles), count):
            side = int(rng.integers(44, 84))
            one = cv2.resize(self._doodles[int(i)], (side, side), interpolation=cv2.INTER_CUBIC)
            if rng.random() < 0.7:  # as sharp as a pen's strokes, and as thin
                limit = float(rng.uniform(90, 170))
                soft = (one.astype(np.float32) - limit) * float(rng.uniform(2, 6)) + 128
                one = np.clip(soft, 0, 255).astype(np.uint8)
            room = np.zeros((90, side + int(rng.integers(2, 30))), np.uint8)
            room[90 - side - 3 : 87, :side] = one
            row.append(room)
        return np.ascontiguousarray(np.hstack(row))


def _figures(rng: np.random.Generator) -> Grey:
    """Boxes, arrows, rules and ellipses, as on forms and diagrams."""
    w = int(np.exp(rng.uniform(np.log(50), np.log(500))))
    image = np.zeros((90, w + 20), np.uint8)
    pen = int(rng.integers(1, 6))
    for _ in range(int(rng.integers(1, 4))):
        kind = int(rng.integers(5))
        x, x2 = np.sort(rng.integers(8, w + 12, 2)).tolist()
        y, y2 = np.sort(rng.integers(8, 82, 2)).tolist()
        if kind == 0 and x2 - x > 40 and y2 - y > 20:
            cv2.rectangle(image, (x, y), (x2, y2), 255, pen, cv2.LINE_AA)
        elif kind == 1:
            tip = (x2 + 30, int(y + rng.integers(-6, 7)))
            cv2.arrowedLine(
                image, (x, y), tip, 255, pen, cv2.LINE_AA, tipLength=float(rng.uniform(0.1, 0.4))
            )
        elif kind == 2 and x2 - x > 60:
            for k in range(int(rng.integers(1, 4))):
                slope = int(rng.integers(-3, 4))
                cv2.line(image, (x, y + 14 * k), (x2, y + 14 * k + slope), 255, pen, cv2.LINE_AA)
        elif kind == 3 and x2 - x > 70:
            cv2.ellipse(
                image, ((x + x2) // 2, 45), ((x2 - x) // 2, 30), 0, 0, 360, 255, pen, cv2.LINE_AA
            )
        else:
            count = int(rng.integers(8, 16))
            xs = np.linspace(10, w + 10, count) + rng.normal(0, 4, count)
            ys = 45 + rng.normal(0, 22, count)
            points = np.stack([xs, ys], 1).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(image, [points], False, 255, pen, cv2.LINE_AA)
    if not image.any():
        cv2.line(image, (8, 45), (w + 10, 45), 255, pen, cv2.LINE_AA)
    return image


def _dirt(rng: np.random.Generator) -> Grey:
    """Blots, grain and shadows' edges."""
    w = int(rng.integers(40, 300))
    noise = rng.standard_normal((60, w)).astype(np.float32)
    image = cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(1.0, 5.0)))
    limit = float(np.quantile(image, rng.uniform(0.9, 0.99)))
    return np.asarray((image > limit) * np.uint8(255), np.uint8)
