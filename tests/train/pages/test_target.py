"""What a map is to say: cores, directions, and how a network's answers hold them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from train.pages.pictures import parted
from train.pages.target import CHANNELS, HAND, MAPS, Target, interleaved


def test_an_empty_target_tells_nothing_and_knows_all() -> None:
    target = Target.empty(64)
    assert not target.maps.any()
    assert not target.told.any()
    assert target.known.all()


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, 271])
def test_a_core_lies_along_its_line_and_tells_its_direction(degrees: int) -> None:
    way = math.radians(degrees)
    along = np.array((math.cos(way), math.sin(way)))
    path = np.stack([64 - 40 * along, 64 + 40 * along])
    target = Target.empty(128)
    target.draw(HAND, path, 8.0, way)
    area = int(target.maps[HAND].sum())
    assert area == pytest.approx(80 * 8 / 4, rel=0.3)
    assert target.maps[HAND][32, 32]
    assert target.told[16, 16]
    assert target.way[:, 16, 16] == pytest.approx(along, abs=1e-6)


def test_the_smallest_line_has_a_core() -> None:
    target = Target.empty(64)
    target.draw(HAND, np.array([(10.0, 20.0), (50.0, 20.0)]), 0.1, 0.0)
    assert target.maps[HAND].any()


def test_interleaved_maps_come_back_as_they_were() -> None:
    rng = np.random.default_rng(1)
    maps = rng.integers(0, 2, (MAPS, 12, 20)).astype(np.uint8)
    logits = np.zeros((6, 10, CHANNELS), np.float32)
    logits[..., : 4 * MAPS] = interleaved(maps)
    assert np.array_equal(parted(logits), maps)
