"""The pad's window in other sizes, with the panel folded away, and what is out of sight."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hwr_live.pad.layout import arrange
from tests.support.pads import A, B, draw, keys, settle


@pytest.mark.parametrize("size", [(0, 0), (-5, 100), (320, 240), (1900, 1000), (99999, 99999)])
def test_the_picture_has_the_windows_size_or_the_nearest_that_can_be(
    made: Any, size: tuple[int, int]
) -> None:
    pad, _ = made()
    draw(pad, A)
    pad.resize(size)
    width, height = pad.state.layout.size
    if max(size) < 8000:  # a picture of 8192x8192 takes a second
        assert settle(pad).shape == (height, width, 3)
    assert (width, height) == (min(8192, max(320, size[0])), min(8192, max(240, size[1])))
    assert pad.state.canvas.image.shape == (height, pad.state.layout.drawing[2])


def test_paper_grows_with_the_window_and_ink_stays_in_its_place(made: Any) -> None:
    pad, _ = made(size=(640, 480))
    draw(pad, A, B)
    before = settle(pad)
    pad.resize((1200, 900))
    settle(pad)
    assert pad.state.canvas.image.shape == (900, 720 + 96)
    assert pad.state.reading.text == "ab"
    pad.resize((640, 480))
    pad.state.note = None
    np.testing.assert_array_equal(settle(pad)[:, :384], before[:, :384])


def test_what_a_small_window_hides_is_read_and_comes_back(made: Any) -> None:
    pad, _ = made(size=(960, 600))
    draw(pad, A, [(500, 100), (500, 160)], [(300, 540), (300, 580)])
    settle(pad)
    pad.resize((400, 300))
    settle(pad)
    assert pad.state.beyond == (True, True)
    assert len(pad.state.reading.glyphs) == 3
    pad.resize((960, 600))
    settle(pad)
    assert pad.state.beyond == (False, False)
    assert len(pad.state.reading.glyphs) == 3


def test_what_tells_of_ink_out_of_sight_is_not_written_over_ink(made: Any) -> None:
    told = []
    for row in (500, 582):  # well above the words, and under them
        pad, _ = made(size=(960, 600))
        draw(pad, [(100, row), (500, row)], [(540, 60), (570, 60)])
        settle(pad)
        pad.resize((800, 600))
        pad.state.note = None
        assert pad.state.beyond == (True, False)
        told.append(settle(pad)[578:592, 140:440])
    assert len(np.unique(told[0])) > 20, "words stand there"
    np.testing.assert_array_equal(told[0], told[1])


def test_the_panel_folds_away_and_shows_what_is_behind_it(made: Any) -> None:
    pad, _ = made(size=(960, 600))
    draw(pad, A)
    draw(pad, [(500, 300), (800, 300)])
    settle(pad)
    assert pad.state.beyond == (True, False)
    assert len(pad.state.reading.glyphs) == 2
    x, y, w, h = pad.state.layout.handle
    draw(pad, [(x + w // 2, y + h // 2)])
    assert pad.state.layout.folded
    assert pad.state.layout.drawing[2] > 0.95 * 960
    picture = settle(pad)
    assert (picture[298:302, 790] < 128).all()
    assert pad.state.beyond == (False, False)
    x, y, w, h = pad.state.layout.handle
    draw(pad, [(x + w // 2, y + h // 2)])
    assert not pad.state.layout.folded


def test_notes_are_seen_while_the_panel_is_away(made: Any) -> None:
    pad, _ = made()
    keys(pad, "p")
    before = settle(pad)
    keys(pad, "]")
    assert (settle(pad) != before).any()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 3.0])
def test_a_finer_screen_gives_the_same_window_in_more_pixels(scale: float) -> None:
    plain, fine = arrange((960, 600)), arrange((round(960 * scale), round(600 * scale)), scale)
    assert fine.font == pytest.approx(plain.font * scale, abs=1)
    for part in ("drawing", "panel", "reading", "bars", "crops", "note"):
        a, b = getattr(plain, part), getattr(fine, part)
        assert b == pytest.approx([scale * side for side in a], rel=0.1, abs=12), part
