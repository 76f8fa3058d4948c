"""Characters beside their neighbours, and what a cut makes of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from train.images.neighbours import Words, draw_parted

SQUARES = np.zeros((4, 28, 28), np.uint8)
SQUARES[:, 4:24, 8:20] = 255
NAMES = np.array(list("abAB"))


@pytest.mark.parametrize("pair", ["cl", "in", "rn", "vv", "LI", "1l", "nn"])
def test_characters_that_may_make_another_one_never_touch(pair: str) -> None:
    kinds = Words(SQUARES[: len(pair)], np.array(list(pair))).pairs
    assert not any(pair in kind for kind in kinds)


@pytest.mark.parametrize("pair", ["no", "is", "ee", "AB", "36"])
def test_touching_characters_are_as_wide_as_both(pair: str) -> None:
    square = np.full((2, 28, 28), 255, np.uint8)
    room = Words(square, np.array(list(pair))).touching(np.random.default_rng(0))
    assert np.ptp(np.flatnonzero(room.any(0))) > 1.2 * np.ptp(np.flatnonzero(room.any(1)))


@pytest.mark.parametrize(
    ("crops", "names"),
    [
        (SQUARES[:0], NAMES[:0]),
        (SQUARES, np.array(["ж"] * 4)),
        (np.zeros_like(SQUARES), NAMES),
    ],
)
def test_of_nothing_nothing_is_parted(
    crops: npt.NDArray[np.uint8], names: npt.NDArray[np.str_]
) -> None:
    parted, of = draw_parted(crops, names, None, 10, seed=0)
    assert parted.shape == (0, 28, 28)
    assert len(of) == 0


def test_most_of_a_character_is_left_when_it_is_parted() -> None:
    parted, of = draw_parted(SQUARES, NAMES, np.array([0.5, 0.5, 0, 0]), 60, seed=1)
    assert 10 < len(parted) == len(of) <= 60
    assert set(of.tolist()) == {0, 1}, "those of no weight are not taken"
    ink = (parted > 100).sum((1, 2))
    assert (ink > 100).all()
    assert len(np.unique(parted, axis=0)) > 10
    again, _ = draw_parted(SQUARES, NAMES, np.array([0.5, 0.5, 0, 0]), 60, seed=1)
    assert np.array_equal(parted, again)
