"""What is written on, and what lies around it: paper, boards, wood, cloth, keyboards, shadows."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rng = np.random.Generator

_NOISE_SIDE = 768


class Grounds:
    """Draws grounds of a square picture.

    Args:
        side: pixels.
        seed: of the grain that all pictures take parts of: making it anew for each costs more than
            all else.
    """

    def __init__(self, side: int, seed: int = 5) -> None:
        self.side = side
        rng = np.random.default_rng(seed)
        self._noise = rng.standard_normal((_NOISE_SIDE, _NOISE_SIDE)).astype(np.float32)

    def noise(self, rng: Rng, sigma: float = 0.0) -> Floats:
        """Grain of standard deviation 1: float32 (side, side)."""
        most = _NOISE_SIDE - self.side
        y, x = (int(v) for v in rng.integers(0, most + 1, 2))
        part = self._noise[y : y + self.side, x : x + self.side]
        if rng.random() < 0.5:
            part = part[::-1]
        if sigma <= 0:
            return part
        soft = np.asarray(cv2.GaussianBlur(part, (0, 0), sigma), np.float32)
        return np.asarray(soft / max(1e-6, float(soft.std())), np.float32)

    def paper(self, rng: Rng) -> Floats:
        """Paper or a board under uneven light, light or dark: float32 (side, side), greys."""
        side = self.side
        kind = rng.random()
        if kind < 0.72:
            grey = rng.uniform(120, 252)
        elif kind < 0.9:
            grey = rng.uniform(15, 90)
        else:
            grey = rng.uniform(60, 200)
        angle = rng.uniform(0, 2 * math.pi)
        along = np.linspace(-1, 1, side, dtype=np.float32)
        fall = along[None] * np.float32(math.cos(angle)) + along[:, None] * np.float32(
            math.sin(angle)
        )
        out = np.float32(grey) * (1 - np.float32(rng.uniform(0, 0.25)) * (fall + 1) / 2)
        if rng.random() < 0.3:
            coarse = rng.random((4, 4), np.float32)
            cloud = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
            out *= 1 - np.float32(rng.uniform(0, 0.2)) * cloud
        if rng.random() < 0.3:
            out += self.noise(rng, rng.uniform(0.8, 4)) * np.float32(rng.uniform(0.5, 4))
        return np.asarray(out, np.float32)

    def around(self, rng: Rng) -> Floats:
        """A surface that nobody writes on: wood, cloth, stone, a keyboard, an even table."""
        kind = int(rng.integers(6))
        if kind < 2:
            return self._wood(rng)
        if kind == 2:
            return self._cloth(rng)
        if kind == 3:
            return self._stone(rng)
        if kind == 4:
            return self._keys(rng)
        return self.paper(rng)

    def _wood(self, rng: Rng) -> Floats:
        """Grain that runs one way, boards with gaps between them, knots."""
        side = self.side
        long, fine = rng.uniform(15, 60), rng.uniform(0.6, 3)
        part = cv2.GaussianBlur(self.noise(rng), (0, 0), sigmaX=long, sigmaY=fine)
        grain = np.asarray(part / max(1e-6, float(part.std())), np.float32)
        y = np.arange(side, dtype=np.float32)[:, None]
        wave = self.noise(rng, 40) * np.float32(rng.uniform(2, 12))
        rings = np.sin((y + wave) * np.float32(2 * math.pi / rng.uniform(6, 50)))
        dark = np.float32(rng.uniform(3, 26))
        out = np.float32(rng.uniform(50, 210)) + dark * (
            grain * np.float32(rng.uniform(0.2, 1)) + rings * np.float32(rng.uniform(0, 0.9))
        )
        for _ in range(int(rng.integers(0, 4))):
            row = int(rng.integers(side))
            out[row : row + int(rng.integers(1, 5))] *= np.float32(rng.uniform(0.3, 0.8))
        return self._turned(np.asarray(out, np.float32), rng)

    def _cloth(self, rng: Rng) -> Floats:
        """A weave, chequered or plain, with folds."""
        side = self.side
        at = np.arange(side, dtype=np.float32)
        pitch = rng.uniform(3, 12)
        warp = np.sin(at * np.float32(2 * math.pi / pitch))
        weft = np.sin(at * np.float32(2 * math.pi / (pitch * rng.uniform(0.8, 1.25))))
        out = np.float32(rng.uniform(50, 210)) + np.float32(rng.uniform(2, 18)) * (
            warp[None] * weft[:, None]
        )
        if rng.random() < 0.5:
            check = rng.uniform(14, 90)
            bars = (at % check < check * rng.uniform(0.3, 0.6)).astype(np.float32)
            out *= 1 - np.float32(rng.uniform(0.1, 0.5)) * (bars[None] + bars[:, None]) / 2
        out += self.noise(rng, 30) * np.float32(rng.uniform(0, 18))
        return self._turned(out, rng)

    def _stone(self, rng: Rng) -> Floats:
        """Specks and blots of several sizes."""
        out = np.full((self.side, self.side), rng.uniform(60, 210), np.float32)
        for _ in range(int(rng.integers(1, 4))):
            blots = self.noise(rng, float(np.exp(rng.uniform(np.log(0.7), np.log(14)))))
            if rng.random() < 0.5:
                blots = (blots > np.float32(rng.uniform(0.8, 2))).astype(np.float32) * 2
            out -= blots * np.float32(rng.uniform(3, 35))
        return out

    def _keys(self, rng: Rng) -> Floats:
        """Keys in rows, each with its sign, as print."""
        side = self.side
        dark = rng.random() < 0.6
        body = rng.uniform(20, 90) if dark else rng.uniform(130, 220)
        key = body + rng.uniform(-25, 25)
        sign = rng.uniform(150, 240) if dark else rng.uniform(20, 100)
        out = np.full((side, side), body, np.uint8)
        pitch = int(rng.uniform(24, 90))
        gap = max(2, int(pitch * rng.uniform(0.06, 0.2)))
        edge = float(np.clip(key + rng.uniform(-30, 30), 0, 255))
        for row, y in enumerate(range(-pitch, side, pitch)):
            for x in range(-pitch + (row * pitch) // 3 % pitch, side, pitch):
                cv2.rectangle(out, (x, y), (x + pitch - gap, y + pitch - gap), key, -1)
                cv2.rectangle(out, (x, y), (x + pitch - gap, y + pitch - gap), edge, 1)
                char = chr(int(rng.integers(ord("0"), ord("Z") + 1)))
                scale = pitch / 80 * rng.uniform(0.8, 1.3)
                spot = (x + pitch // 4, y + pitch // 2)
                cv2.putText(out, char, spot, cv2.FONT_HERSHEY_SIMPLEX, scale, sign, 1, cv2.LINE_AA)
        return self._turned(out.astype(np.float32), rng)

    def _turned(self, image: Floats, rng: Rng) -> Floats:
        """The same turned by any angle and a little nearer, so that no corner is empty."""
        middle = self.side / 2
        way = cv2.getRotationMatrix2D((middle, middle), rng.uniform(0, 360), rng.uniform(1.0, 1.8))
        size = (self.side, self.side)
        mode = cv2.BORDER_REFLECT_101
        turned = cv2.warpAffine(image, way, size, flags=cv2.INTER_LINEAR, borderMode=mode)
        return np.asarray(turned, np.float32)

    def lit(self, image: Floats, rng: Rng) -> Floats:
        """As a camera sees it: shadows with hard or soft edges, blur, grain."""
        side = self.side
        if rng.random() < 0.2:
            corners = rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * side
            shadow = np.zeros((side, side), np.float32)
            hull = cv2.convexHull(corners.astype(np.float32)).astype(np.int32)
            cv2.fillConvexPoly(shadow, hull, 1.0)
            shadow = np.asarray(
                cv2.GaussianBlur(shadow, (0, 0), float(np.exp(rng.uniform(0, 3.2)))), np.float32
            )
            image = image * (1 - np.float32(rng.uniform(0.1, 0.55)) * shadow)
        if rng.random() < 0.6:
            blur = float(rng.uniform(0.3, 1.3))
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), blur), np.float32)
        if rng.random() < 0.75:
            grain = float(np.exp(rng.uniform(np.log(0.5), np.log(9))))
            fine = 0.0 if rng.random() < 0.6 else rng.uniform(0.5, 1.0)
            image = image + self.noise(rng, fine) * np.float32(grain)
        return image
