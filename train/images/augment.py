"""Random variation of 28×28 training images, a whole batch at a time.

The batch is laid out as one tall picture, so that a single ``cv2.remap`` bends every image and a
single ``cv2.dilate`` thickens every stroke; nothing here loops over images.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from train.recipe import Augmentation

_SIZE = 28
_PAD = 4
"""Black rows and columns around each image, so that no image bleeds into its neighbour."""
_TALL = _SIZE + 2 * _PAD
LIMIT = 32767 // _TALL
"""Images that are varied at once: OpenCV's remap takes pictures of fewer than 32768 rows."""


def augment(
    images: npt.NDArray[np.uint8], how: Augmentation, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Varies each image by itself.

    Args:
        images: uint8 (n, 28, 28), bright ink on black.
        how: the amounts.
        rng: the source of chance; the same state gives the same images.

    Returns:
        float32 (n, 28, 28), 0 to 1.
    """
    if len(images) > LIMIT:
        parts = [images[i : i + LIMIT] for i in range(0, len(images), LIMIT)]
        return np.concatenate([augment(part, how, rng) for part in parts])
    n = len(images)
    if n == 0:
        return np.zeros((0, _SIZE, _SIZE), np.float32)
    tall = np.pad(images, ((0, 0), (_PAD, _PAD), (_PAD, _PAD))).reshape(n * _TALL, _TALL)
    x = _bend(tall.astype(np.float32) / np.float32(255), n, how, rng)
    x = _thicken(x, how.thickness, rng)
    x = _soften(x, how.blur, rng)
    x = _cut(x, how.cut, rng)
    return _roughen(x, how.noise, rng)


def _bend(
    tall: npt.NDArray[np.float32], n: int, how: Augmentation, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Affine and elastic change in one resampling."""
    angle = np.radians(rng.uniform(-how.rotate, how.rotate, n))
    shear = rng.uniform(-how.shear, how.shear, n)
    sx, sy = np.exp(rng.uniform(-how.scale, how.scale, (2, n)))
    cos, sin = np.cos(angle), np.sin(angle)
    centre = (_SIZE - 1) / 2
    grid_y, grid_x = np.mgrid[:_SIZE, :_SIZE].astype(np.float32) - centre
    a, b = (cos / sx)[:, None, None], ((sin + shear * cos) / sx)[:, None, None]
    c, d = (-sin / sy)[:, None, None], ((cos - shear * sin) / sy)[:, None, None]
    dx, dy = rng.uniform(-how.shift, how.shift, (2, n, 1, 1))
    x = a * grid_x + b * grid_y + dx
    y = c * grid_x + d * grid_y + dy
    if how.elastic > 0:
        amount = rng.uniform(0, how.elastic, (n, 1, 1))
        x = x + amount * _waves(n, rng)
        y = y + amount * _waves(n, rng)
    room = _TALL - 1
    x = np.clip(x + centre + _PAD, 0, room)
    y = np.clip(y + centre + _PAD, 0, room) + (np.arange(n) * _TALL)[:, None, None]
    shape = (n * _SIZE, _SIZE)
    bent = cv2.remap(
        tall,
        x.astype(np.float32).reshape(shape),
        y.astype(np.float32).reshape(shape),
        cv2.INTER_LINEAR,
    )
    return np.asarray(bent, np.float32).reshape(n, _SIZE, _SIZE)


def _waves(n: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Smooth random fields (n, 28, 28) of standard deviation near 1, from a coarse 5×5 grid."""
    coarse = rng.standard_normal((5, 5, n)).astype(np.float32)
    fields = np.empty((n, _SIZE, _SIZE), np.float32)
    for first in range(0, n, 4):  # cv2.resize takes up to four channels in one call
        some = cv2.resize(
            np.ascontiguousarray(coarse[:, :, first : first + 4]),
            (_SIZE, _SIZE),
            interpolation=cv2.INTER_CUBIC,
        )
        fields[first : first + 4] = some.reshape(_SIZE, _SIZE, -1).transpose(2, 0, 1)
    return fields


def _some(n: int, share: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """(n, 1, 1): a random amount of 0 to 1 for a ``share`` of the images, 0 for the others."""
    amount = rng.random(n) * (rng.random(n) < share)
    return amount.astype(np.float32)[:, None, None]


def _flat(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n, 28, 28) as one picture with two black rows between images, for 3×3 filters."""
    return np.pad(x, ((0, 0), (1, 1), (0, 0))).reshape(-1, _SIZE)


def _unflat(x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return np.asarray(x.reshape(-1, _SIZE + 2, _SIZE)[:, 1:-1], np.float32)


def _thicken(
    x: npt.NDArray[np.float32], share: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    n = len(x)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    flat = _flat(x)
    amount = _some(n, share, rng)
    thick = rng.random((n, 1, 1)) < 0.5
    thicker = _unflat(cv2.dilate(flat, cross))
    # Thin strokes are never thinned away: less erosion where there is little solid ink.
    thinner = _unflat(cv2.erode(flat, cross))
    solid = thinner.sum((1, 2), keepdims=True) / (x.sum((1, 2), keepdims=True) + 1e-6)
    keep = np.clip(solid / 0.35, 0, 1) * 0.8
    return np.asarray(
        np.where(thick, x + amount * (thicker - x), x + amount * keep * (thinner - x)), np.float32
    )


def _soften(
    x: npt.NDArray[np.float32], share: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    soft = _unflat(cv2.GaussianBlur(_flat(x), (5, 5), 1.2))
    amount = _some(len(x), share, rng)
    return np.asarray(x + amount * (soft - x), np.float32)


def _cut(
    x: npt.NDArray[np.float32], share: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    n = len(x)
    hit = rng.random(n) < share
    across = np.arange(_SIZE)
    left, top = rng.integers(0, _SIZE, (2, n, 1))
    width, height = rng.integers(2, 7, (2, n, 1))
    columns = (across >= left) & (across < left + width)
    rows = (across >= top) & (across < top + height)
    hole = rows[:, :, None] & columns[:, None, :] & hit[:, None, None]
    return np.where(hole, np.float32(0), x)


def _roughen(
    x: npt.NDArray[np.float32], share: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Darker or fainter ink and noise, then the stretch to 0-1 that every crop ends with."""
    n = len(x)
    if share > 0:
        gamma = np.exp(rng.uniform(-0.4, 0.4, (n, 1, 1)).astype(np.float32))
        x = np.power(np.clip(x, 0, 1), gamma)
        noise = rng.standard_normal(x.shape, np.float32) * (0.12 * _some(n, share, rng))
        x = x + noise * (x > 0.02)
    return np.asarray(np.clip(x / (x.max((1, 2), keepdims=True) + 1e-6), 0, 1), np.float32)
