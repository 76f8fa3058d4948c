"""Reads writing where it is hard to find, and beside it the same writing on clean paper.

    HWR_DATA=DIR python -m tests.measure.finding [--on validation] [--only KIND ...] [--each 40]

Each kind is a family of pictures in other hands, sizes, colours, widths and margins: a row tells
how many are right as a whole, how many of those on clean paper, and how many of those that are
right there stay so.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, UPPER
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.measure.compose import write_page
from tests.measure.hands import PARTS, Hand, stroke_hands

Image = npt.NDArray[np.uint8]
Rng = np.random.Generator
_TEXT = UPPER.translate({ord(c): None for c in "IOQ"}) + "23456789"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.finding")
    parser.add_argument("--on", choices=PARTS, default="test", help="whose hands (test)")
    parser.add_argument("--only", nargs="+", choices=[*KINDS], default=[*KINDS])
    parser.add_argument("--each", type=int, default=40, help="pictures of each kind (40)")
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("finding: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    hands = list(stroke_hands(Path(os.environ["HWR_DATA"]), options.on).values())
    digits = Reader.load(options.model, chars="digits")
    readers = {True: digits, False: digits.with_chars("all")}
    print("kind                    right  on clean paper  of these kept")
    for name in options.only:
        right = clean = both = 0
        for seed in range(options.each):
            rng = np.random.default_rng([seed, *name.encode()])
            text, page, picture, numeric = KINDS[name](hands[seed % len(hands)], rng)
            reader = readers[numeric]
            found = "".join(reader.read(picture).text.split()) == text
            there = "".join(reader.read(page).text.split()) == text
            right, clean, both = right + found, clean + there, both + (found and there)
        n = options.each
        print(
            f"{name:20} {right / n:8.1%} {clean / n:12.1%} {both / max(1, clean):14.1%}", flush=True
        )
    return 0


Family = Callable[[Hand, Rng], tuple[str, Image, Image, bool]]
"""From a hand: the text, it on clean paper, it where it is hard to find, and whether it is read as
digits alone."""


def _written(hand: Hand, rng: Rng, chars: str, count: tuple[int, int]) -> tuple[str, Image]:
    text = "".join(rng.choice(list(chars), int(rng.integers(*count))))
    page = write_page([text], hand, rng, rng.uniform(20, 45), rng.uniform(3, 6))
    return text, page


def _foot(page: Image) -> tuple[int, int, int, int]:
    """The ink's left, top, right and bottom in pixels."""
    rows, columns = np.nonzero(page < 128)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def _paper(page: Image, rng: Rng) -> Image:
    """As a camera sees it: a lamp to one side, blur and grain."""
    height, width = page.shape
    light = rng.uniform(150, 215) + rng.uniform(-35, 35) * np.linspace(-1, 1, width)[None]
    soft = cv2.GaussianBlur(page, (3, 3), 0) / 255
    grain = rng.normal(0, rng.uniform(1, 3), (height, width))
    return np.asarray(np.clip(light * (0.1 + 0.9 * soft) + grain, 0, 255), np.uint8)


def _on_rule(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    text, page = _written(hand, rng, _TEXT, (4, 8))
    _, top, _, foot = _foot(page)
    ruled, pitch = page.copy(), 2 * (foot - top)
    grey, thick = int(rng.uniform(60, 170)), int(rng.integers(1, 5))
    fall = int(rng.integers(-6, 7))
    for y in range(foot - 1 + int(rng.integers(-2, 3)) - 3 * pitch, page.shape[0], pitch):
        cv2.line(ruled, (0, y), (page.shape[1], y + fall), grey, thick, cv2.LINE_AA)
    return text, page, _paper(np.minimum(ruled, page), rng), False


def _underlined(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    text, page = _written(hand, rng, _TEXT, (4, 8))
    left, _, right, foot = _foot(page)
    y = foot + int(rng.integers(-2, 8))
    lined = page.copy()
    cv2.line(lined, (left - 8, y), (right + 8, y + 3), 0, int(rng.integers(3, 7)), cv2.LINE_AA)
    return text, page, lined, False


def _squared(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    text, page = _written(hand, rng, DIGITS, (4, 8))
    squared, pitch = page.copy(), int(rng.integers(25, 70))
    grey, thick = int(rng.uniform(90, 190)), int(rng.integers(1, 3))
    for x in range(int(rng.integers(pitch)), page.shape[1], pitch):
        cv2.line(squared, (x, 0), (x, page.shape[0]), grey, thick)
    for y in range(int(rng.integers(pitch)), page.shape[0], pitch):
        cv2.line(squared, (0, y), (page.shape[1], y), grey, thick)
    return text, page, _paper(np.minimum(squared, page), rng), True


def _boxed(hand: Hand, rng: Rng, gap: int = 0) -> tuple[str, Image, Image, bool]:
    """A digit a box; the boxes share their sides, or stand apart."""
    text = "".join(rng.choice(list(DIGITS), int(rng.integers(4, 9))))
    tall, pen = rng.uniform(25, 60), rng.uniform(3, 6)
    side, thick = int(tall * rng.uniform(1.3, 1.9)), int(rng.integers(1, 5))
    clean = np.full((side + 160, len(text) * (side + gap) + 160), 255, np.uint8)
    boxed = clean.copy()
    for number, char in enumerate(text):
        glyph = write_page([char], hand, rng, tall / 1.6, pen)
        left, top, right, foot = _foot(glyph)
        cut = glyph[top:foot, left:right]
        cut = cut[:, : side - 2 * thick - 4]
        x = 80 + number * (side + gap)
        y0 = 80 + max(thick + 2, (side - cut.shape[0]) // 2)
        x0 = x + max(thick + 2, (side - cut.shape[1]) // 2)
        for page in (clean, boxed):
            part = page[y0 : y0 + cut.shape[0], x0 : x0 + cut.shape[1]]
            np.minimum(part, cut, out=part)
        cv2.rectangle(boxed, (x, 80), (x + side, 80 + side), 0, thick)
    return text, clean, boxed, True


def _boxes_apart(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    return _boxed(hand, rng, gap=int(rng.integers(12, 40)))


def _framed(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    text, page = _written(hand, rng, _TEXT, (3, 8))
    left, top, right, foot = _foot(page)
    room = int(rng.integers(6, 25))
    framed = page.copy()
    corners = (left - room, top - room), (right + room, foot + room)
    cv2.rectangle(framed, *corners, 0, int(rng.integers(1, 5)))
    return text, page, framed, False


def _cut_close(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    char = str(rng.choice(list("23456789")))
    page = write_page([char], hand, rng, rng.uniform(30, 120), rng.uniform(4, 20))
    left, top, right, foot = _foot(page)
    margin = int(rng.integers(0, 4))
    cut = page[top - margin : foot + margin, left - margin : right + margin]
    return char, page, (255 - cut if rng.random() < 0.5 else cut), True


def _broad_brush(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    char = str(rng.choice(list(DIGITS)))
    page = write_page([char], hand, rng, 110, rng.uniform(18, 36))
    ground = int(rng.uniform(0, 60))
    light = ground + (255 - page) / 255 * (255 - ground)
    return char, page, np.asarray(light, np.uint8), True


def _light_on_light(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    text, page = _written(hand, rng, DIGITS, (4, 7))
    share = (255 - page)[..., None] / 255
    ground = rng.uniform(40, 235, 3)
    if ground.mean() > 205:
        ground *= 205 / ground.mean()
    colour = ground + (255 - ground) * share + rng.normal(0, 1.5, (*page.shape, 3))
    return text, page, np.asarray(np.clip(colour, 0, 255), np.uint8), True


def _tall_ones(hand: Hand, rng: Rng) -> tuple[str, Image, Image, bool]:
    """Ones of a stick, alone and beside a seven as tall."""
    text = str(rng.choice(["1", "17", "71", "11"]))
    picture = np.full((480, 640), 255, np.uint8)
    top, tall, pen = (
        int(rng.integers(20, 80)),
        int(rng.integers(200, 360)),
        int(rng.integers(3, 12)),
    )
    for number, char in enumerate(text):
        x, lean = 160 + 170 * number, int(rng.integers(-15, 30))
        if char == "1":
            cv2.line(picture, (x + lean, top), (x, top + tall), 0, pen, cv2.LINE_AA)
        else:
            corners = np.array([(x - 40, top), (x + 90, top), (x + 10, top + tall)])
            cv2.polylines(picture, [corners], False, 0, pen, cv2.LINE_AA)
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return text, np.asarray(small, np.uint8), picture, True


KINDS: dict[str, Family] = {
    "on a rule": _on_rule,
    "underlined": _underlined,
    "squared paper": _squared,
    "joined boxes": _boxed,
    "boxes apart": _boxes_apart,
    "framed": _framed,
    "cut close": _cut_close,
    "broad white brush": _broad_brush,
    "light on any ground": _light_on_light,
    "tall ones": _tall_ones,
}


if __name__ == "__main__":
    sys.exit(main())
