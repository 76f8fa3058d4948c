"""Random movements, clicks, keys and resizes on the pad without its window: is any ink lost?

    python -m tests.measure.pad_events [--events 10000] [--seed 0]

After every event the strokes are compared with those before it: only undo, redo and clearing may
take any away or bring any back. Prints how the memory went, too.
The real window is tried by ``tests.measure.monkey pad``.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.pad.program import Pad
from hwr_live.stroke import Stroke
from hwr_live.ui.keys import BACK_TAB, BACKSPACE, CTRL, DELETE, DOWN, ENTER, F1, TAB, UNKNOWN, UP
from tests.measure.soak import Held, tell_curve
from tests.support.fake_reader import FakeReader

_TAKING = {ord("z"), ord("y"), ord("c"), BACKSPACE, DELETE, CTRL | ord("z"), CTRL | ord("y")}
_CODES = (
    *map(ord, "abcdefghijklmnopqrstuvwxyz0123456789[]+-=?"),
    *(ENTER, BACKSPACE, TAB, BACK_TAB, UP, DOWN, F1, DELETE, UNKNOWN),
    *(CTRL | ord("z"), CTRL | ord("y"), CTRL | ord("s")),
)
_STROKES = 40  # on a sheet, from which on it is cleared: people write no more on one


class LostInk(AssertionError):
    """Ink went without having been taken away."""


def play(pad: Pad, events: int, rng: random.Random) -> None:
    """Makes events on a pad.

    Raises:
        LostInk: see there.
    """
    for number in range(events):
        before = pad.state.canvas.strokes
        if len(before) >= _STROKES:
            pad.state.canvas.clear()
            before = ()
        taken = event(pad, rng)
        now = pad.state.canvas.strokes
        if not taken and not _begins(now, before):
            raise LostInk(f"event {number} took {len(before) - len(now)} strokes away")
        pad.picture()


def event(pad: Pad, rng: random.Random) -> bool:
    """One event; returns whether it may take strokes away."""
    kind = rng.random()
    width, height = pad.state.layout.size
    x, y = rng.randint(-9, width + 9), rng.randint(-9, height + 9)
    if kind < 0.35:
        code = rng.choice(_CODES)
        pad.on_key(code, rng.choice((None, True, False)))
        return code in _TAKING
    if kind < 0.37:
        pad.resize((rng.randint(100, 700), rng.randint(100, 500)))
    elif kind < 0.5:
        pad.on_mouse(cv2.EVENT_MOUSEMOVE, x, y, 0)
    else:
        right = rng.random() < 0.1
        on_a_key = x >= pad.state.layout.drawing[2]
        down = cv2.EVENT_RBUTTONDOWN if right else cv2.EVENT_LBUTTONDOWN
        up = cv2.EVENT_RBUTTONUP if right else cv2.EVENT_LBUTTONUP
        flag = cv2.EVENT_FLAG_RBUTTON if right else cv2.EVENT_FLAG_LBUTTON
        pad.on_mouse(down, x, y, flag)
        for _ in range(rng.choice((0, 0, 1, 4))):
            x, y = x + rng.randint(-60, 60), y + rng.randint(-60, 60)
            pad.on_mouse(cv2.EVENT_MOUSEMOVE, x, y, flag)
        pad.on_mouse(up, x, y, 0)
        return on_a_key
    return False


def _begins(now: Sequence[Stroke], before: Sequence[Stroke]) -> bool:
    return len(now) >= len(before) and all(a is b for a, b in zip(now, before, strict=False))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.pad_events")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        reader = FakeReader()
        reader.pictures = _Nothing()
        curve: list[Held] = []
        with Pad(reader, (640, 480), json=True, folder=Path(folder), out=io.StringIO()) as pad:
            for _ in range(10):
                play(pad, options.events // 10, rng)
                while pad.busy:
                    pad.picture()
                    time.sleep(0.001)
                curve.append(Held.by(os.getpid(), len(curve) * options.events / 10))
            pad.finish()
    tell_curve(curve, "events")
    print(f"{options.events} events, no ink lost")
    return 0


class _Nothing(list[npt.NDArray[np.uint8]]):
    """A list that keeps nothing: the stand-in remembers all that it has read."""

    def append(self, _: npt.NDArray[np.uint8]) -> None:
        return


if __name__ == "__main__":
    sys.exit(main())
