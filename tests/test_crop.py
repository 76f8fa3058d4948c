"""The crop: empty and odd ink, EMNIST's geometry, and the crops that hwr62 was made of."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.crop import blur, crop

Image = npt.NDArray[np.uint8]


def letter(size: int) -> Image:
    """An R-like figure, ``size`` pixels wide, with a bit of room around it."""
    ink = np.zeros((1000, 800), np.uint8)
    points = np.array([(0.2, 1.1), (0.2, 0.15), (0.6, 0.2), (0.6, 0.5), (0.2, 0.6), (0.7, 1.1)])
    cv2.polylines(ink, [(points * 800).astype(np.int32)], False, 255, 60)
    way = cv2.INTER_AREA if size < 800 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(ink, (size, size * 5 // 4), interpolation=way), np.uint8)


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (1, 1), (40, 30)])
def test_no_ink_gives_a_black_crop(shape: tuple[int, int]) -> None:
    assert crop(np.zeros(shape, np.uint8)).shape == (28, 28)
    assert not crop(np.zeros(shape, np.uint8)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 3), (5, 2000), (3000, 2500)])
@pytest.mark.parametrize("brightness", [1, 90, 255])
def test_any_ink_fills_a_crop(shape: tuple[int, int], brightness: int) -> None:
    ink = np.full(shape, brightness, np.uint8)
    before = ink.copy()
    out = crop(ink)
    assert out.shape == (28, 28)
    assert out.dtype == np.uint8
    assert out.max() == 255
    inner = out[2:-2, 2:-2]
    assert inner.any(axis=0).all() or inner.any(axis=1).all()  # the longer side fills the box
    assert out.sum() == inner.sum()  # and the border is free
    np.testing.assert_array_equal(ink, before)


@pytest.mark.parametrize(("height", "width"), [(60, 20), (20, 60), (50, 50)])
def test_the_aspect_is_kept_and_the_ink_centred(height: int, width: int) -> None:
    ink = np.zeros((200, 200), np.uint8)
    ink[10 : 10 + height, 120 : 120 + width] = 255
    _, _, w, h = cv2.boundingRect((crop(ink) > 127).astype(np.uint8))
    assert max(w, h) == pytest.approx(24, abs=2)
    assert w / h == pytest.approx(width / height, rel=0.25)
    rows, columns = np.nonzero(crop(ink) > 127)
    assert rows.mean() == pytest.approx(13.5, abs=0.6)
    assert columns.mean() == pytest.approx(13.5, abs=0.6)


def test_neither_place_nor_brightness_matters() -> None:
    ink = np.where(letter(60) > 127, np.uint8(255), np.uint8(0))
    moved = np.zeros((300, 400), np.uint8)
    moved[200 : 200 + ink.shape[0], 30 : 30 + ink.shape[1]] = ink // 4
    np.testing.assert_allclose(crop(ink).astype(int), crop(moved), atol=1)


@pytest.mark.parametrize("size", [40, 90, 600, 2000])
def test_size_hardly_matters(size: int) -> None:
    assert np.abs(crop(letter(size)).astype(int) - crop(letter(200))).mean() < 4


@pytest.mark.parametrize("longer", [*range(1, 90), 120, 239, 240, 333, 480])
def test_the_blur_is_that_of_opencv(longer: int) -> None:
    ink = np.random.default_rng(longer).integers(0, 256, (longer, 2 * longer // 3 + 1), np.uint8)
    room = np.pad(ink, 30)
    np.testing.assert_array_equal(blur(room, longer), cv2.GaussianBlur(room, (0, 0), longer / 60))


def test_ink_is_cropped_as_that_of_the_training_images_was() -> None:
    data = os.environ.get("HWR_DATA")
    if not data:
        pytest.skip("the reference crops need HWR_DATA")
    with np.load(Path(data) / "crop_reference.npz") as archive:
        shapes, crops, inks = archive["shape"], archive["crop"], archive["ink"]
    start, differences = 0, []
    for (h, w), expected in zip(shapes, crops, strict=True):
        ink = inks[start : start + h * w].reshape(h, w)
        differences.append(np.abs(crop(ink).astype(int) - expected).mean())
        start += h * w
    assert start == inks.size
    assert np.mean(differences) < 6
    assert np.mean(np.array(differences) > 6) < 0.02  # nor is any but the odd one far off
