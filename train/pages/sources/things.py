"""All ink that is no writing: rules, boxes, arrows, doodles, scribbles, hands, punch holes."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from train.images.doodles import read_doodles

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

_BITS = 4


class Doodles:
    """Drawings of things (Quick, Draw!), those held back or the others.

    Raises:
        InputError: if the drawings are missing.
    """

    def __init__(self, data: Path, held: bool) -> None:
        self._images = read_doodles(data, held)

    def draw(self, rng: Rng, size: int) -> Grey:
        """One of so many pixels, bright on black, its lines as thin as a pen's: uint8 (n, n)."""
        image = self._images[int(rng.integers(len(self._images)))]
        big = np.asarray(cv2.resize(image, (size, size), interpolation=cv2.INTER_CUBIC), np.uint8)
        if size > 56:  # the drawing's lines have grown with it
            thin = max(1, round(size / 28 * rng.uniform(0.2, 0.6)))
            big = np.asarray(cv2.erode(big, np.ones((thin, thin), np.uint8)), np.uint8)
        return np.asarray(cv2.convertScaleAbs(big, alpha=1.6), np.uint8)


def box(image: Grey, corners: Floats, pen: float, rng: Rng) -> None:
    """Draws a frame around corners (4, 2), maybe with round ones, or a rhombus, or an ellipse."""
    kind = rng.random()
    middle = corners.mean(0)
    thick = max(1, round(pen))
    if kind < 0.6:
        wobble = rng.normal(0, 0.01 * float(np.ptp(corners)), (4, 2))
        outline = corners + (wobble if rng.random() < 0.6 else 0)
        cv2.polylines(image, [_fixed(outline)], True, 255, thick, cv2.LINE_AA, _BITS)
    elif kind < 0.75:
        sides = (np.roll(corners, -1, 0) + corners) / 2
        outline = middle + (sides - middle) * rng.uniform(1.6, 2.2)
        cv2.polylines(image, [_fixed(outline)], True, 255, thick, cv2.LINE_AA, _BITS)
    else:
        turns = np.linspace(0, 2 * math.pi, 40, endpoint=False)
        power = 1.0 if kind < 0.88 else 0.4
        u = np.sign(np.cos(turns)) * np.abs(np.cos(turns)) ** power
        v = np.sign(np.sin(turns)) * np.abs(np.sin(turns)) ** power
        grow = 1.3 if power == 1.0 else 1.05
        right, down = (corners[1] - corners[0]) / 2, (corners[3] - corners[0]) / 2
        outline = middle + grow * (u[:, None] * right + v[:, None] * down)
        cv2.polylines(image, [_fixed(outline)], True, 255, thick, cv2.LINE_AA, _BITS)


def figure(image: Grey, rng: Rng, pen: float) -> None:
    """Draws one thing somewhere: a box, a line, an arrow, a bow, a scribble, a grid, a curve."""
    side = image.shape[0]
    thick = max(1, round(pen))
    kind = int(rng.integers(9))
    spot = rng.uniform(-0.1, 1.1, 2) * side
    length = float(np.exp(rng.uniform(np.log(15), np.log(1.3 * side))))
    angle = rng.choice([0, math.pi / 2, rng.uniform(0, 2 * math.pi)]) + rng.normal(0, 0.03)
    way = np.array((math.cos(angle), math.sin(angle)))
    across = np.array((-way[1], way[0]))
    if kind <= 1:
        wide = length * rng.uniform(0.2, 1)
        corners = spot + np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64) @ np.stack(
            [way * length, across * wide]
        )
        box(image, corners, pen, rng)
        if rng.random() < 0.3:  # a table
            for share in np.linspace(0, 1, int(rng.integers(3, 9)))[1:-1]:
                a, b = spot + way * length * share, spot + way * length * share + across * wide
                cv2.polylines(
                    image, [_fixed(np.stack([a, b]))], False, 255, thick, cv2.LINE_AA, _BITS
                )
    elif kind <= 3:
        a, b = spot, spot + way * length
        if rng.random() < 0.25:  # dashed
            steps = max(2, int(length / rng.uniform(6, 20)))
            for k in range(0, steps, 2):
                dash = np.stack([a + (b - a) * k / steps, a + (b - a) * (k + 1) / steps])
                cv2.polylines(image, [_fixed(dash)], False, 255, thick, cv2.LINE_AA, _BITS)
        else:
            cv2.polylines(image, [_fixed(np.stack([a, b]))], False, 255, thick, cv2.LINE_AA, _BITS)
        if kind == 3 or rng.random() < 0.3:
            head = min(length, rng.uniform(5, 22))
            wings = [b - way * head + across * head * s * 0.5 for s in (-1, 1)]
            tip = np.stack([wings[0], b, wings[1]])
            if rng.random() < 0.5:
                cv2.fillPoly(image, [_fixed(tip)], 255, cv2.LINE_AA, _BITS)
            else:
                cv2.polylines(image, [_fixed(tip)], False, 255, thick, cv2.LINE_AA, _BITS)
    elif kind == 4:
        radius = max(3.0, length / 4)
        turns = np.linspace(0, rng.uniform(1.5, 2) * math.pi, 30)
        bow = spot + radius * np.stack([np.cos(turns), rng.uniform(0.4, 1) * np.sin(turns)], 1)
        if rng.random() < 0.2 and radius < 25:
            cv2.fillPoly(image, [_fixed(bow)], 255, cv2.LINE_AA, _BITS)
        else:
            cv2.polylines(image, [_fixed(bow)], False, 255, thick, cv2.LINE_AA, _BITS)
    elif kind == 5:  # struck through to and fro
        count = int(rng.integers(6, 24))
        to = (
            np.where(np.arange(count) % 2, 1, -1)[:, None] * across * length * rng.uniform(0.1, 0.4)
        )
        points = spot + np.linspace(0, 1, count)[:, None] * way * length + to
        points += rng.normal(0, 0.04 * length, points.shape)
        cv2.polylines(image, [_fixed(points)], False, 255, thick, cv2.LINE_AA, _BITS)
    elif kind == 6:  # hatching
        for k in range(int(rng.integers(3, 14))):
            a = spot + across * k * rng.uniform(4, 9)
            b = a + way * length * rng.uniform(0.3, 0.5)
            cv2.polylines(image, [_fixed(np.stack([a, b]))], False, 255, thick, cv2.LINE_AA, _BITS)
    else:  # a curve, or strokes here and there
        count = int(rng.integers(4, 14))
        points = spot + np.cumsum(rng.normal(0, length / count, (count, 2)), 0)
        smooth = np.asarray(
            cv2.resize(points.astype(np.float32), (2, 6 * count), interpolation=cv2.INTER_CUBIC)
        )
        cv2.polylines(image, [_fixed(smooth)], False, 255, thick, cv2.LINE_AA, _BITS)


def rules(side: int, rng: Rng, angle: float) -> Grey:
    """Printed rules or squares over the whole picture, turned: uint8 (side, side), 255 on them."""
    out = np.zeros((side, side), np.uint8)
    pitch = float(np.exp(rng.uniform(np.log(7), np.log(90))))
    thick = max(1, round(pitch * rng.uniform(0.02, 0.08)))
    squared, dotted = rng.random() < 0.55, rng.random() < 0.08
    reach = 0.75 * side
    middle = np.array((side / 2, side / 2))
    for turn in (angle, angle + math.pi / 2) if squared else (angle,):
        way = np.array((math.cos(turn), math.sin(turn)))
        across = np.array((-way[1], way[0]))
        offset = rng.uniform(0, pitch)
        for k in range(int(-reach / pitch) - 1, int(reach / pitch) + 2):
            at = middle + across * (k * pitch + offset)
            ends = np.stack([at - way * reach, at + way * reach])
            cv2.polylines(out, [_fixed(ends)], False, 255, thick, cv2.LINE_AA, _BITS)
    if dotted:
        out[(np.arange(side) % max(3, round(pitch / 5))) > 1] = 0
    return out


def blob(side: int, rng: Rng) -> Grey:
    """A hand, a bin, a mug at the picture's edge: a large soft shape, uint8 (side, side)."""
    out = np.zeros((side, side), np.uint8)
    edge = rng.uniform(0, 2 * math.pi)
    middle = side / 2 + 0.62 * side * np.array((math.cos(edge), math.sin(edge)))
    for _ in range(int(rng.integers(1, 6))):
        axes = rng.uniform(0.05, 0.3, 2) * side
        spot = middle + rng.normal(0, 0.12 * side, 2)
        centre = (int(spot[0]), int(spot[1]))
        size = (int(axes[0]), int(axes[1]))
        cv2.ellipse(out, centre, size, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    return out


def _fixed(points: npt.NDArray[np.floating]) -> npt.NDArray[np.int32]:
    scaled = np.clip(points, -4000, 8000) * (1 << _BITS)
    return np.asarray(np.round(scaled).astype(np.int32).reshape(-1, 1, 2), np.int32)
