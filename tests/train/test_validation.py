"""The validation part: it shares no writer with what is trained from."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.errors import InputError
from train.data.datasets import Part, split_validation


def part_with(groups: list[str] | None, count: int) -> Part:
    labels = (np.arange(count) % 10).astype(np.uint8)
    told = None if groups is None else np.array(groups, np.str_)
    return Part(np.zeros((count, 28, 28), np.uint8), labels, None, told)


def test_validation_keeps_writers_apart_and_is_the_same_for_the_same_seed() -> None:
    groups = [f"crohme-w{n % 20}" for n in range(400)] + ["mnist"] * 600
    part = part_with(groups, 1000)
    train, valid = split_validation(part, 0.1, seed=3)
    assert sorted([*train, *valid]) == list(range(1000))
    assert not {groups[i] for i in train} & {groups[i] for i in valid} - {"mnist"}
    assert sum(groups[i] == "mnist" for i in valid) == 60
    assert len(valid) == 100
    assert np.array_equal(split_validation(part, 0.1, seed=3)[1], valid)
    assert not np.array_equal(split_validation(part, 0.1, seed=4)[1], valid)


def test_validation_without_writers_is_even_over_the_classes() -> None:
    part = part_with(None, 2000)
    train, valid = split_validation(part, 0.05, seed=0)
    assert np.bincount(part.labels[valid]).tolist() == [10] * 10
    assert len(train) == 1900


def test_a_writer_too_large_for_the_share_does_not_swallow_it() -> None:
    groups = ["paper-big"] * 900 + [f"paper-{n}" for n in range(100)]
    _, valid = split_validation(part_with(groups, 1000), 0.1, seed=0)
    assert len(valid) == 100
    assert all(groups[i] != "paper-big" for i in valid)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, float("nan")])
def test_a_share_that_leaves_a_part_empty_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        split_validation(part_with(None, 10), share, seed=0)


def test_too_few_images_to_cut_from_are_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        split_validation(part_with(None, 3), 0.1, seed=0)
