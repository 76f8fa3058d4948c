"""Layers of a window's picture: what is touched, what lies over it, and the theme."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.reading import Box
from hwr_live.ui.layers import Layers, merged, overlap
from hwr_live.ui.paint import Image, Theme, dark


def fill(value: int, box: Box, image: Image) -> None:
    x, y, w, h = box
    image[y : y + h, x : x + w] = value


def test_no_boxes_are_none() -> None:
    assert merged([], (10, 10)) == []
    assert merged([(20, 20, 5, 5), (-9, 0, 5, 5), (3, 3, 0, 4)], (10, 10)) == []
    assert overlap((0, 0, 5, 5), (5, 0, 5, 5)) is None


def test_boxes_are_put_together_where_they_meet_and_cut_off_at_the_edge() -> None:
    assert merged([(-5, -5, 10, 10), (20, 20, 5, 5)], (22, 100)) == [(0, 0, 5, 5), (20, 20, 5, 2)]
    chain = [(0, 0, 4, 4), (8, 8, 4, 4), (3, 3, 6, 6)]
    assert merged(chain, (50, 50)) == [(0, 0, 12, 12)]


@pytest.mark.parametrize("count", [3, 30, 300])
def test_together_they_hold_all_and_share_nothing(count: int) -> None:
    rng = np.random.default_rng(count)
    drawn = rng.integers(0, (90, 90, 9, 9), (count, 4)).tolist()
    boxes: list[Box] = [(x, y, w, h) for x, y, w, h in drawn]
    held, wanted = np.zeros((80, 90), int), np.zeros((80, 90), bool)
    for x, y, w, h in merged(boxes, (80, 90)):
        held[y : y + h, x : x + w] += 1
    for x, y, w, h in boxes:
        wanted[y : y + h, x : x + w] = True
    assert held.max() == 1
    assert (held[wanted] == 1).all()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_only_what_is_told_is_composed_anew(theme: Theme) -> None:
    layers = Layers(theme)
    assert layers.resize((40, 30))
    assert not layers.resize((40, 30))
    before = layers.compose().copy()
    assert before.shape == (30, 40, 3)
    fill(0, (5, 5, 10, 10), layers.ground)
    np.testing.assert_array_equal(layers.compose(), before, "nobody has told of it")
    layers.touch((5, 5, 10, 10))
    after = layers.compose()
    expected = layers.ground if theme == "light" else dark(layers.ground)
    np.testing.assert_array_equal(after, expected)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_lies_over_it_goes_without_a_trace(theme: Theme) -> None:
    layers = Layers(theme)
    layers.resize((40, 30))
    before = layers.compose().copy()
    box = (30, 20, 50, 5)  # over the edge, too
    over = layers.compose([(box, lambda image: fill(90, (30, 20, 10, 5), image))]).copy()
    assert (over != before).any(axis=2).sum() == 50
    np.testing.assert_array_equal(layers.compose(), before)


def test_pictures_keep_their_colours_in_the_dark() -> None:
    layers = Layers("dark")
    layers.resize((40, 30))
    shown = layers.compose(plain=[(0, 0, 10, 10)])
    assert (shown[:10, :10] == 255).all()
    assert shown[10:].max() < 40
    fill(7, (5, 5, 10, 1), layers.ground)
    layers.touch((5, 5, 10, 1))
    shown = layers.compose(plain=[(0, 0, 10, 10)])
    assert (shown[5, 5:10] == 7).all()
    assert shown[5, 10:15].min() > 240
    assert layers.compose()[:5, :10].max() < 40, "it is no picture any more"
