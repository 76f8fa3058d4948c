"""Pages are composed of hands that training does not see."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from hwr_live.chars import ALL, DIGITS, MARKS
from tests.measure.hands import PARTS, mnist_hand, paper_hand, pen_hands, stroke_hands
from train.data.datasets import load
from train.images.pool import cut_validation
from train.recipe import HWR62

pytestmark = pytest.mark.skipif(
    not os.environ.get("HWR_DATA"), reason="HWR_DATA does not say where the data is"
)


@pytest.fixture(scope="module")
def data() -> Path:
    return Path(os.environ["HWR_DATA"])


@pytest.fixture(scope="module")
def trained(data: Path) -> set[str]:
    """The groups that a model is trained on."""
    train = load("hwr62", data).train
    assert train.groups is not None
    index, _ = cut_validation(train, HWR62)
    return {str(group) for group in np.unique(train.groups[index])}


@pytest.mark.parametrize("part", PARTS)
def test_hands_have_all_characters_and_are_of_nobody_in_training(
    data: Path, trained: set[str], part: str
) -> None:
    hands = stroke_hands(data, part)
    assert hands
    for name, hand in hands.items():
        assert set(ALL + MARKS) <= {char for char, samples in hand.items() if samples}
        assert name not in trained
    assert set(paper_hand(data, part)) == set(ALL)


def test_no_sample_is_in_both_parts(data: Path) -> None:
    one, other = (
        {crop.tobytes() for crops in paper_hand(data, part).values() for crop in crops}
        for part in PARTS
    )
    assert one
    assert not one & other


@pytest.mark.parametrize("part", PARTS)
def test_pen_hands_and_mnists_have_all_digits(data: Path, part: str) -> None:
    hands = pen_hands(data, part)
    assert len(hands) >= 8
    assert all(hand.keys() >= set(DIGITS) for hand in hands.values())
    assert set(mnist_hand(data, part)) == set(DIGITS)


def test_no_person_and_no_digit_of_mnist_is_in_both_parts(data: Path) -> None:
    assert not pen_hands(data, "test").keys() & pen_hands(data, "validation").keys()
    one, other = (
        {crop.tobytes() for crops in mnist_hand(data, part).values() for crop in crops}
        for part in PARTS
    )
    assert not one & other
