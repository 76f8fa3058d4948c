"""How soon the pad shows what it read: from the end of a stroke to the updated screen.

    python -m tests.measure.bench_pad [--size WxH] [--rounds N] [--model M]

Twenty digits stand on the pad; the last one is drawn again and again, never quite the same (the pad
remembers what it has read before), and the time is taken from
the release of the mouse button until a picture with the new reading is on the screen. Uses the
display that is there, or an Xvfb of its own.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import cv2
import numpy as np

from hwr_live.errors import HwrError
from hwr_live.pad.program import Pad
from hwr_live.readers import AnyReader
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from hwr_live.system.memory import spare_what_is_loaded
from hwr_live.ui.window import Window
from tests.support.display import Display, start_display
from tests.support.fake_reader import FakeReader

CHARACTERS = 20

# The ten digits, each in one stroke; x and y in percent of a box.
DIGITS = (
    "50,0 10,25 5,60 30,98 70,95 95,60 85,20 52,2",
    "50,0 52,50 50,100",
    "10,25 40,0 80,15 80,40 10,98 95,97",
    "10,8 60,0 85,22 50,45 90,70 60,98 8,92",
    "60,0 5,65 95,62 70,62 68,20 66,100",
    "85,0 20,2 15,45 60,38 92,68 60,98 10,92",
    "75,0 25,35 10,75 45,99 85,75 60,50 18,68",
    "5,2 92,0 60,45 35,100",
    "80,18 50,0 20,20 80,70 50,99 18,75 78,20",
    "82,25 45,2 15,28 45,50 80,28 78,60 62,100",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the median and how the slower ones do."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.bench_pad")
    parser.add_argument("--size", default="960x600")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args(argv)
    width, height = (int(part) for part in options.size.split("x"))
    own: Generator[Display, None, None] | None = None
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        own = start_display()
        os.environ["DISPLAY"] = next(own).name
    reader: AnyReader
    try:
        reader = Reader.load(options.model).remembering()
    except HwrError as error:
        print(f"{error}: a fake reader instead, the network's time is missing", file=sys.stderr)
        reader = FakeReader()
    spare_what_is_loaded()  # as the program does
    try:
        taken, glyphs = measure(reader, (width, height), options.rounds)
    finally:
        if own is not None:
            own.close()
    ordered = sorted(taken)
    print(
        f"stroke end to updated screen, {glyphs} characters, {width}x{height}, "
        f"OpenCV {cv2.__version__}: median {statistics.median(ordered):.1f} ms, "
        f"90 % within {ordered[int(0.9 * len(ordered))]:.1f} ms"
    )
    return 0


def measure(reader: AnyReader, size: tuple[int, int], rounds: int) -> tuple[list[float], int]:
    """Milliseconds of each round, and the number of glyphs that were read."""
    taken = []
    with (
        Pad(reader, size, json=False, folder=Path(), out=io.StringIO()) as pad,
        Window("hwr-live bench") as window,
    ):
        window.on_mouse(pad.on_mouse)
        for place in range(CHARACTERS):
            draw_digit(pad, place)
        _until_shown(pad, window)
        for number in range(1, rounds + 1):
            pad.on_key(ord("z"))
            _until_shown(pad, window)
            released = draw_digit(pad, CHARACTERS - 1, number)
            taken.append(1000 * _until_shown(pad, window, released))
        glyphs = len(pad.state.reading.glyphs)
    return taken, glyphs


def draw_digit(pad: Pad, place: int, seed: int = 0) -> float:
    """Draws the digit of one of 21 places, as shakily as the seed has it; returns when the button
    was let go."""
    shake = np.random.default_rng(seed).uniform(-4, 4, (20, 2))
    _, _, width, height = pad.state.layout.drawing
    columns, rows = 7, 3
    cell_w, cell_h = width / columns, height / rows
    left = (place % columns + 0.25) * cell_w
    top = (place // columns + 0.2) * cell_h
    points = [
        (
            round(left + int(x) / 100 * cell_w * 0.5 + dx),
            round(top + int(y) / 100 * min(cell_h * 0.6, cell_w) + dy),
        )
        for (x, y), (dx, dy) in zip(
            (point.split(",") for point in DIGITS[place % 10].split()), shake, strict=False
        )
    ]
    pad.on_mouse(cv2.EVENT_LBUTTONDOWN, *points[0], cv2.EVENT_FLAG_LBUTTON)
    for point in points[1:]:
        pad.on_mouse(cv2.EVENT_MOUSEMOVE, *point, cv2.EVENT_FLAG_LBUTTON)
    released = time.perf_counter()
    pad.on_mouse(cv2.EVENT_LBUTTONUP, *points[-1], 0)
    return released


def _until_shown(pad: Pad, window: Window, since: float = 0.0) -> float:
    """Turns the pad's loop until the reading is on the screen; returns the seconds since then."""
    while True:
        picture = pad.picture()
        if not pad.busy:
            window.show(picture)
            return time.perf_counter() - since
        window.show(picture, pad.wait_ms)


if __name__ == "__main__":
    sys.exit(main())
