"""Draws test writers' characters on the real pad with the mouse and counts what is read right.

    HWR_DATA=DIR python -m tests.measure.pad_accuracy [--screenshot FILE.png]

Each of the 62 characters twice, by different writers of Chars74K's 35 to 39 (the test part of
hwr62), one at a time, in a window under Xvfb moved by xdotool.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hwr_live.chars import ALL, SHAPES
from hwr_live.pad.app import TITLE
from hwr_live.recognition.models import DEFAULT
from tests.support.display import Display, start_display
from train.images.strokes import Strokes, read_chars74k

WRITERS = range(35, 40)
_TALL, _LEFT, _TOP = 260, 150, 140  # pixels: of a character, and where it is drawn


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.pad_accuracy")
    parser.add_argument("--screenshot", type=Path)
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("pad_accuracy: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    written: dict[tuple[str, int], Strokes] = {}
    for character in read_chars74k(Path(os.environ["HWR_DATA"]) / "strokes" / "chars74k.json"):
        written[character.label, int(character.group.split("-")[1])] = character.strokes
    tries = [
        (char, WRITERS[(i + 2 * turn) % len(WRITERS)])
        for turn in range(2)
        for i, char in enumerate(ALL)
    ]
    answers: list[str] = []
    for display in start_display():
        answers = read_all(display, [written[t] for t in tries], options.model, options.screenshot)
    truths = [char for char, _ in tries]
    exact = sum(a == t for a, t in zip(answers, truths, strict=True))
    folded = sum(a.lower() == t.lower() for a, t in zip(answers, truths, strict=True))
    shapes = sum(SHAPES.get(a) == SHAPES[t] for a, t in zip(answers, truths, strict=True))
    n = len(tries)
    print(f"{n} characters: exact {exact / n:.1%}, folded {folded / n:.1%}, shape {shapes / n:.1%}")
    wrong = [f"{t}:{a or '-'}" for a, t in zip(answers, truths, strict=True) if a != t]
    print("not exact:", " ".join(wrong))
    return 0


def read_all(
    display: Display, characters: Sequence[Strokes], model: str, screenshot: Path | None
) -> list[str]:
    """What the pad prints for each character."""
    pad = display.start("-u", "-m", "hwr_live", "draw", "--model", model)
    assert pad.stdout is not None
    answers: list[str] = []
    try:
        window = display.window(TITLE, pad)
        for strokes in characters:
            points = np.concatenate(strokes)
            low, high = points.min(0), points.max(0)
            scale = _TALL / max(1.0, float((high - low).max()))
            for path in strokes:
                some = path[:: max(1, len(path) // 40)]
                some = np.concatenate([some, path[-1:]]) if len(path) > 1 else some
                at = np.round((some - low) * scale + [_LEFT, _TOP]).astype(int)
                display.draw(window, [(int(x), int(y)) for x, y in at])
            if screenshot is not None and len(answers) == 10:
                display.screenshot(screenshot)
            display.key("Return")
            answers.append(pad.stdout.readline().strip())
            display.key("c")
    finally:
        pad.terminate()
        pad.wait(10)
    return answers


if __name__ == "__main__":
    sys.exit(main())
