"""Random variation of training images: range, neighbours, and each amount on its own."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import pytest

from train.images import augment as module
from train.images.augment import augment
from train.recipe import Augmentation

NOTHING = Augmentation(**{field.name: 0.0 for field in fields(Augmentation)})


def strokes(count: int) -> npt.NDArray[np.uint8]:
    """Sevens of three pixels' width, each a little elsewhere."""
    images = np.zeros((count, 28, 28), np.uint8)
    for number, image in enumerate(images):
        left = 6 + number % 5
        image[5:8, left : left + 13] = 255
        image[5:23, left + 10 : left + 13] = 200
    return images


def varied(
    images: npt.NDArray[np.uint8], how: Augmentation, seed: int = 0
) -> npt.NDArray[np.float32]:
    return augment(images, how, np.random.default_rng(seed))


def test_no_images_give_none() -> None:
    out = varied(strokes(0), Augmentation())
    assert out.shape == (0, 28, 28)
    assert out.dtype == np.float32


def test_the_same_chance_gives_the_same_images() -> None:
    images = strokes(20)
    before = images.copy()
    first = varied(images, Augmentation())
    assert np.array_equal(first, varied(images, Augmentation()))
    assert not np.array_equal(first, varied(images, Augmentation(), seed=1))
    assert np.array_equal(images, before)


@pytest.mark.parametrize("count", [1, 2, 7, 130])
def test_every_image_is_stretched_to_its_range(count: int) -> None:
    out = varied(strokes(count), Augmentation())
    assert out.shape == (count, 28, 28)
    assert out.dtype == np.float32
    assert out.min() == 0
    assert np.allclose(out.max((1, 2)), 1, atol=1e-4)


@pytest.mark.parametrize("value", [0, 255])
def test_an_image_without_strokes_stays_finite(value: int) -> None:
    out = varied(np.full((9, 28, 28), value, np.uint8), Augmentation())
    assert np.isfinite(out).all()
    assert out.any() == bool(value)


def test_no_image_bleeds_into_its_neighbour() -> None:
    images = np.zeros((60, 28, 28), np.uint8)
    images[1::2] = 255
    wild = Augmentation(30, 0.5, 0.3, 8, 5, 1, 1, 0, 1)
    assert not varied(images, wild)[::2].any()


def test_a_large_batch_is_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT", 4)
    images = strokes(10)
    assert np.allclose(varied(images, NOTHING), images / 255, atol=1e-5)


def test_without_any_amount_images_stay_as_they_are() -> None:
    images = strokes(12)
    assert np.allclose(varied(images, NOTHING), images / 255, atol=1e-5)


@pytest.mark.parametrize("name", [field.name for field in fields(Augmentation)])
def test_each_amount_alone_changes_images_and_leaves_them_readable(name: str) -> None:
    images = strokes(40)
    how = replace(NOTHING, **{name: getattr(Augmentation(), name)})
    change = np.abs(varied(images, how) - images / np.float32(255))
    assert change.max() > 0.05
    assert change.mean() < 0.15
