"""The photographs of hand-printed pages, and copies as if they had been taken again.

A copy is turned, seen a little from the side, nearer or further away, in other light, less sharp
and with more noise: all a little, each by chance, and the same for the same number.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.media.images import read_picture

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_TILT = 5.0  # degrees to each side
_ASIDE = 0.015  # of the longer side: how far each corner strays
_SCALE = (0.6, 1.2)
_FALL = (0.0, 0.35)  # share of the light that is lost across the picture
_BRIGHT = (0.75, 1.1)
_GAMMA = (0.75, 1.35)
_BLUR = (0.0, 1.1)  # pixels
_NOISE = (1.0, 7.0)  # grey values
_QUALITY = (60, 95)  # JPEG's


def truths(data: Path) -> dict[str, str]:
    """What is written on each photograph, by the file's name."""
    lines = json.loads((data / "pages" / "transcripts.json").read_text(encoding="utf-8"))
    return {name: "\n".join(lines[name]) for name in sorted(lines)}


def photograph(data: Path, name: str, copy: int = 0) -> Picture:
    """A photograph, uint8 (h, w, 3) BGR; copy 0 is the photograph itself."""
    picture = np.asarray(read_picture(str(data / "pages" / name)), np.uint8)
    return again(picture, np.random.default_rng([copy, *name.encode()])) if copy else picture


def again(picture: Picture, rng: np.random.Generator) -> Picture:
    """Another photograph of the same.

    Args:
        picture: uint8 (h, w, 3) BGR.
        rng: of all chances.

    Returns:
        The same with all its corners in view; what is around it continues its edge.
    """
    h, w = picture.shape[:2]
    longer = max(h, w)
    scale = rng.uniform(*_SCALE)
    turn = np.eye(3)
    turn[:2] = cv2.getRotationMatrix2D((w / 2, h / 2), rng.uniform(-_TILT, _TILT), scale)
    corners = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32)
    aside = (corners + rng.uniform(-_ASIDE, _ASIDE, (4, 2)) * longer).astype(np.float32)
    view = turn @ cv2.getPerspectiveTransform(corners, aside)
    placed = cv2.perspectiveTransform(corners[None].astype(np.float64), view)[0]
    low, high = placed.min(0), placed.max(0)
    shift = np.array([(1, 0, -low[0]), (0, 1, -low[1]), (0, 0, 1)])
    size = (math.ceil(high[0] - low[0]), math.ceil(high[1] - low[1]))
    # Shrinking by interpolation alone would leave out pixels.
    soft = cv2.GaussianBlur(picture, (0, 0), 0.45 / scale) if scale < 0.9 else picture
    seen = cv2.warpPerspective(
        soft, shift @ view, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    noise = rng.standard_normal(seen.shape[:2], np.float32) * np.float32(rng.uniform(*_NOISE))
    blur, gamma = rng.uniform(*_BLUR), rng.uniform(*_GAMMA)
    tones = np.asarray(255 * (np.arange(256) / 255) ** gamma + 0.5, np.uint8)
    toned = cv2.LUT(_times(np.asarray(seen, np.uint8), _light(size, rng)), tones)
    if blur > 0.2:
        toned = cv2.GaussianBlur(toned, (0, 0), blur)
    whole = cv2.add(toned, cv2.merge([noise] * 3), dtype=cv2.CV_8U)
    quality = int(rng.integers(*_QUALITY))
    _, coded = cv2.imencode(".jpg", whole, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _light(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Light that falls off towards one side: float32 (h, w), about 1."""
    w, h = size
    angle = rng.uniform(0, 2 * math.pi)
    x = np.linspace(0, w / max(w, h), w, dtype=np.float32) * np.float32(math.cos(angle))
    y = np.linspace(0, h / max(w, h), h, dtype=np.float32) * np.float32(math.sin(angle))
    across = y[:, None] + x[None, :]
    across = (across - across.min()) / max(1e-6, float(np.ptp(across)))
    return np.asarray(rng.uniform(*_BRIGHT) * (1 - rng.uniform(*_FALL) * across), np.float32)


def _times(picture: Picture, light: Floats) -> Picture:
    """uint8 (h, w, 3) times float32 (h, w)."""
    lit = cv2.multiply(picture, cv2.merge([light] * 3), dtype=cv2.CV_8U)
    return np.asarray(lit, np.uint8)
