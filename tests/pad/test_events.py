"""Random events on the pad: nothing breaks, and no ink is lost."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hwr_live.canvas import Canvas
from tests.measure.pad_events import LostInk, play


@pytest.mark.parametrize("seed", [1, 2])
def test_random_events_lose_no_ink(made: Any, seed: int) -> None:
    pad, _ = made(size=(400, 300))
    play(pad, 250, random.Random(seed))
    pad.finish()


def test_lost_ink_would_be_noticed(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pad, _ = made(size=(400, 300))

    resize = Canvas.resize

    def forgets(canvas: Canvas, width: int, height: int) -> None:
        if (width, height) != (canvas.width, canvas.height):
            resize(canvas, width, height)
            canvas.clear()

    monkeypatch.setattr(Canvas, "resize", forgets)
    with pytest.raises(LostInk):
        play(pad, 250, random.Random(1))
