"""Crops that are no character."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tests.support.datasets import pictures
from train.images.nonchars import draw_nonchars

CROPS = pictures(12, 0)
LABELS = np.array(list("0123456789ab"))


@pytest.mark.parametrize("count", [0, 1, 40])
def test_so_many_are_drawn_and_all_have_ink(count: int) -> None:
    out = draw_nonchars(count, CROPS, LABELS, seed=1)
    assert out.shape == (count, 28, 28)
    assert out.dtype == np.uint8
    assert (out.max((1, 2)) > 250).all()


def test_the_same_seed_draws_the_same() -> None:
    first = draw_nonchars(30, CROPS, LABELS, seed=1)
    assert np.array_equal(first, draw_nonchars(30, CROPS, LABELS, seed=1))
    assert not np.array_equal(first, draw_nonchars(30, CROPS, LABELS, seed=2))


def test_hardly_any_two_are_alike() -> None:
    out = draw_nonchars(60, CROPS, LABELS, seed=3)
    assert len(np.unique(out.reshape(60, -1), axis=0)) > 55


@pytest.mark.parametrize("crops", [np.zeros((3, 28, 28), np.uint8), CROPS[:1]])
def test_blank_or_few_crops_of_another_alphabet_do(crops: npt.NDArray[np.uint8]) -> None:
    labels = np.array(["ж"] * len(crops))
    assert draw_nonchars(20, crops, labels, seed=0).shape == (20, 28, 28)
