"""Counts the ink of drawings that no reading tells of: the pad loses nothing that is drawn.

    HWR_DATA=DIR python -m tests.measure.lost_ink [--drawings 1000] [--on validation]

Characters of hands that no model was trained on, one to six on a canvas, of all sizes, with thin
pens and broad ones, anywhere, also beyond the canvas's edges; every third drawing has a straight
stroke of any length besides, every third a dot. Ink is lost where no glyph's box holds it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hwr_live.canvas import Canvas
from hwr_live.chars import ALL
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.measure.hands import PARTS, Hand, stroke_hands

_SIZE = (960, 600)  # pixels: of the canvas, as of the pad's
_TALL = (12, 500)  # pixels: of a character
_PEN = (1, 30)  # pixels
_LINE = (1, 900)  # pixels: of a straight stroke


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.lost_ink")
    parser.add_argument("--drawings", type=int, default=1000)
    parser.add_argument("--on", choices=PARTS, default="test", help="whose hands (test)")
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("lost_ink: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    hands = list(stroke_hands(Path(os.environ["HWR_DATA"]), options.on).values())
    reader = Reader.load(options.model)
    lost: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    for seed in range(options.drawings):
        kind, canvas = drawing(hands, seed)
        drawn[kind] += 1
        pixels = lost_pixels(canvas, reader)
        if pixels:
            lost[kind] += 1
            print(f"  drawing {seed}, {kind}: {pixels} pixels")
    for kind, count in sorted(drawn.items()):
        print(f"{kind:12} {count:5} drawings, of {lost[kind]} something is lost")
    return 0


def drawing(hands: Sequence[Hand], seed: int) -> tuple[str, Canvas]:
    """What is drawn, and the drawing."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*_SIZE, pen=float(np.exp(rng.uniform(*np.log(_PEN)))))
    hand = hands[int(rng.integers(len(hands)))]
    for _ in range(int(rng.integers(1, 7))):
        forms = hand[str(rng.choice(list(ALL)))]
        strokes = forms[int(rng.integers(len(forms)))]
        points = np.concatenate(strokes)
        low, high = points.min(0), points.max(0)
        scale = np.exp(rng.uniform(*np.log(_TALL))) / max(1.0, *(high - low))
        place = rng.uniform((-0.1, -0.1), (1.0, 1.0)) * _SIZE
        for stroke in strokes:
            canvas.stroke((stroke - low) * scale + place)
    kind = ("characters", "and a line", "and a dot")[seed % 3]
    place = rng.uniform(0, _SIZE)
    if kind == "and a line":
        length, angle = (
            np.exp(rng.uniform(*np.log(_LINE))),
            rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)]),
        )
        end = place + length * np.array([np.cos(angle), np.sin(angle)])
        canvas.stroke([place.tolist(), end.tolist()])
    elif kind == "and a dot":
        canvas.stroke([place.tolist()])
    return kind, canvas


def lost_pixels(canvas: Canvas, reader: Reader) -> int:
    """How many pixels of ink are in no glyph's box."""
    ink = canvas.image < 128
    for glyph in reader.read(canvas).glyphs:
        x, y, w, h = glyph.box
        ink[y : y + h, x : x + w] = False
    return int(ink.sum())


if __name__ == "__main__":
    sys.exit(main())
