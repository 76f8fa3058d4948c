"""UNIPEN's writers: who is held back, how often each is shown."""

from __future__ import annotations

import numpy as np
import pytest

from train.data.writers import is_held, likelihoods


def test_whole_contributors_and_single_people_are_held_back() -> None:
    assert is_held("pcl003")
    assert is_held("apa016") == is_held("apd016")
    some = [f"sta{n:03d}" for n in range(200)]
    share = np.mean([is_held(writer) for writer in some])
    assert 0.01 < share < 0.15


def test_a_large_contributor_does_not_drown_the_others() -> None:
    p = likelihoods(["aaa1", "bbb1"], np.array([10_000.0, 100.0]))
    assert p.sum() == pytest.approx(1)
    assert p[0] < 4 * p[1]
