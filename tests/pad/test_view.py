"""What the pad shows: every state at every size, and in part as at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations
from typing import Any

import cv2
import numpy as np
import pytest

from hwr_live.pad.view import PadView, paint_pad
from hwr_live.ui import layers
from hwr_live.ui.paint import Image, Theme, dark
from tests.measure.pad_events import event
from tests.support.pads import (
    LOW,
    SIZES,
    A,
    B,
    choose,
    click,
    draw,
    keys,
    settle,
)


@pytest.mark.parametrize("size", SIZES)
def test_every_state_can_be_painted_at_every_size(made: Any, size: tuple[int, int]) -> None:
    pad, _ = made(size=size)
    seen = [settle(pad)]
    _, _, width, height = pad.state.layout.drawing
    strokes = [
        [(x * width // 9, y * height // 6), (x * width // 9, y * height // 6 + height // 9)]
        for x in range(1, 9)
        for y in range(1, 5)
    ]
    draw(pad, *strokes, [(3, 3)])
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, 5, height - 5, cv2.EVENT_FLAG_LBUTTON)
    seen.append(settle(pad))
    pad.on_mouse(cv2.EVENT_LBUTTONUP, 9, height - 5, 0)
    settle(pad)
    pad.on_mouse(cv2.EVENT_RBUTTONDOWN, width - 1, height - 1, cv2.EVENT_FLAG_RBUTTON)
    seen.append(settle(pad))
    pad.on_mouse(cv2.EVENT_RBUTTONUP, width - 1, height - 1, 0)
    keys(pad, "h")
    seen.append(settle(pad))
    keys(pad, "h")
    settle(pad)
    click(pad, pad.state.reading.glyphs[3].box)
    seen.append(settle(pad))
    assert all(frame.shape == (size[1], size[0], 3) for frame in seen)
    for a, b in combinations(seen, 2):
        assert (a != b).any()


def test_what_is_painted_again_in_part_is_what_is_painted_at_once(made: Any) -> None:
    pad, _ = made()
    view = PadView()
    steps: list[Callable[[], None]] = [
        lambda: draw(pad, A),
        lambda: draw(pad, B, LOW),
        lambda: pad.on_mouse(cv2.EVENT_MOUSEMOVE, 40, 60, 0),
        lambda: keys(pad, "h"),
        lambda: keys(pad, "h"),
        lambda: click(pad, pad.state.reading.glyphs[0].box),
        lambda: choose(pad, "Q"),
        lambda: keys(pad, "]"),
        lambda: keys(pad, "d"),
        lambda: keys(pad, "z"),
        lambda: keys(pad, "c"),
    ]
    for step in steps:
        step()
        settle(pad)
        np.testing.assert_array_equal(view.paint(pad.state), paint_pad(pad.state))


def test_a_stroke_in_hand_is_seen_before_it_is_done(made: Any) -> None:
    pad, _ = made()
    settle(pad)
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, 50, 50, cv2.EVENT_FLAG_LBUTTON)
    pad.on_mouse(cv2.EVENT_MOUSEMOVE, 350, 50, cv2.EVENT_FLAG_LBUTTON)
    frame = pad.picture()
    assert frame is not None
    assert (frame[50, 50:350].max(axis=1) < 128).all(), "one fast movement leaves no gap"


def test_the_dark_theme_is_dark_and_shows_crops_as_the_network_sees_them(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    settle(pad)
    light, night = paint_pad(pad.state), paint_pad(pad.state, "dark")
    assert night[300, 200].max() < 40, "paper"
    assert night[60, 40].min() > 150, "ink"
    assert light[300, 200].min() == 255
    for (x, y, w, h), _ in pad.state.crop_cells():
        np.testing.assert_array_equal(night[y : y + h, x : x + w], light[y : y + h, x : x + w])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_picture_in_parts_is_that_painted_at_once(
    made: Any, seed: int, theme: Theme
) -> None:
    pad, _ = made(size=(500, 360))
    rng, view = random.Random(seed), PadView(theme)
    for _ in range(60):
        event(pad, rng)
        if rng.random() < 0.5:
            settle(pad)
        in_parts = view.paint(pad.state)
        np.testing.assert_array_equal(in_parts, paint_pad(pad.state, theme))


def test_a_stroke_costs_what_it_changes(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pad, _ = made(size=(1200, 900))
    view, turned = PadView("dark"), list[int]()
    draw(pad, [(700, 100), (700, 150)])
    settle(pad)
    view.paint(pad.state)

    def counted(part: Image) -> Image:
        turned.append(part.size)
        return dark(part)

    monkeypatch.setattr(layers, "dark", counted)
    draw(pad, A)
    settle(pad)
    view.paint(pad.state)
    _, _, width, height = pad.state.layout.panel
    paper = sum(turned) / 3 - width * height
    assert paper < 100 * 150, "the panel, and what is around the stroke"
