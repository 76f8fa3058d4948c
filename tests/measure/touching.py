"""How many pairs of touching digits are read right, and amounts whose zeros touch.

    python -m tests.measure.touching --data DIR [--part validation|test] [--chars digits|all]
                                     [--writers N] [--amounts N]

Every pair of digits in the hands of eight writers, from barely touching to overlapping by a tenth
of their width; then amounts such as 200, 3500.00 and 20 004 in single writers' hands, right as a
whole but for blanks. Where all characters may be read, what has the shape of the digits counts as
well: nothing tells 00 from OO where they stand alone.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.chars import DIGITS, SHAPES
from hwr_live.recognition.reader import Reader
from tests.measure.hands import PARTS, mnist_hand, pen_hands, stroke_hands
from train.images.strokes import Strokes

Ink = npt.NDArray[np.float32]
"""(h, w), 0 to 1: how much of the paper ink covers."""
Picture = npt.NDArray[np.uint8]
Rng = np.random.Generator
Writes = Callable[[str, float, float, Rng], Ink]
"""A digit, how tall and with which pen, in pixels: its ink, cut to its columns and rows."""

OVERLAPS = (0.0, 0.03, 0.06, 0.1)
"""Of the mean width of both: how far a digit is moved into another from where they touch."""
_TALL = (30.0, 64.0)  # pixels
_PEN = (0.055, 0.11)  # of that
_GAPS = (0.03, 0.3)  # of that, where they do not touch
_TOUCH = 0.3  # share of the neighbours in an amount that touch; zeros always do
_LEAN = 0.08  # of that: how far digits stray from the baseline
_AMOUNTS = (
    "{a}00",
    "{a}000",
    "{a}00.00",
    "{a} 00{b}",
    "{a}00,{b}0",
    "{a}0{b}00",
    "{a}.00",
    "1{a}00",
)


def drawn(strokes: Mapping[str, Sequence[Strokes]]) -> Writes:
    """Writes a hand of strokes."""

    def write(char: str, tall: float, pen: float, rng: Rng) -> Ink:
        own = strokes[char]
        paths = own[int(rng.integers(len(own)))]
        points = np.concatenate(paths)
        low, size = points.min(0), np.maximum(np.ptp(points, axis=0), 1)
        scale = min(max(1.0, tall - pen) / size[1], 2.0 * tall / size[0])
        room = np.ceil(size * scale + 2 * pen + 6).astype(int)
        page = np.zeros((room[1], room[0]), np.uint8)
        for path in paths:
            draw_stroke(page, (path - low) * scale + pen + 2, pen, 255)
        return _cut(np.asarray(page / 255, np.float32))

    return write


def pictured(crops: Mapping[str, Sequence[npt.NDArray[np.uint8]]]) -> Writes:
    """Writes a hand of small pictures, bright ink on black; their pen is as broad as it is."""

    def write(char: str, tall: float, pen: float, rng: Rng) -> Ink:
        own = crops[char]
        ink = _cut(np.asarray(own[int(rng.integers(len(own)))] / 255, np.float32))
        scale = tall / len(ink)
        large = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        return _cut(np.asarray(np.clip((large - 0.5) * 2 + 0.5, 0, 1), np.float32))

    return write


def _cut(ink: Ink) -> Ink:
    """Ink without the empty columns and rows around it."""
    rows, columns = np.flatnonzero((ink > 0.5).any(1)), np.flatnonzero((ink > 0.5).any(0))
    if not len(rows):
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def contact(left: Ink, right: Ink) -> int:
    """How far behind the first column of ink the next must begin so that both touch, if both stand
    on one baseline; where no row has ink of both, they touch with their boxes."""
    tall = max(len(left), len(right))
    a, b = (np.pad(ink > 0.5, ((tall - len(ink), 0), (0, 0))) for ink in (left, right))
    # Strokes touch when they are a pixel apart, above or beside each other.
    a = cv2.dilate(a.astype(np.uint8), np.ones((3, 1), np.uint8)) > 0
    both = a.any(1) & b.any(1)
    if not both.any():
        return int(left.shape[1])
    ends = a.shape[1] - a[both, ::-1].argmax(1)
    return int(np.max(ends - b[both].argmax(1)))


def together(inks: Sequence[Ink], offsets: Sequence[int]) -> Ink:
    """Inks on one baseline, the left edge of each at its offset."""
    least = min(offsets)
    tall = max(map(len, inks))
    wide = max(at + ink.shape[1] for ink, at in zip(inks, offsets, strict=True)) - least
    out = np.zeros((tall, wide), np.float32)
    for ink, at in zip(inks, offsets, strict=True):
        spot = out[tall - len(ink) :, at - least : at - least + ink.shape[1]]
        np.maximum(spot, ink, out=spot)
    return out


def pair(first: Ink, second: Ink, overlap: float) -> Ink:
    """Two digits that touch, the second moved into the first by so much of their mean width."""
    inward = overlap * (first.shape[1] + second.shape[1]) / 2
    return together([first, second], [0, contact(first, second) - round(inward)])


def amount(rng: Rng) -> str:
    """An amount with neighbouring zeros."""
    form = _AMOUNTS[int(rng.integers(len(_AMOUNTS)))]
    a = "".join(map(str, [rng.integers(1, 10), *rng.integers(0, 10, int(rng.integers(0, 2)))]))
    return form.format(a=a, b=int(rng.integers(1, 10)))


def written(text: str, write: Writes, rng: Rng) -> Ink:
    """An amount in one hand: its zeros touch, and some of its other neighbours."""
    tall = float(rng.uniform(*_TALL))
    pen = tall * float(rng.uniform(*_PEN))
    inks: list[Ink] = []
    offsets: list[int] = []
    x, before = 0.0, ""
    for char in text:
        if char == " ":
            x, before = x + 0.5 * tall, ""
            continue
        if char in ".,":
            ink = _mark(char, tall, pen)
        else:
            ink = write(char, tall * float(rng.uniform(0.92, 1.08)), pen, rng)
        ink = np.pad(ink, ((0, int(rng.uniform(0, _LEAN) * tall)), (0, 0)))
        touches = before + char == "00" or (rng.random() < _TOUCH and (before + char).isdigit())
        if before and touches:
            inward = float(rng.choice(OVERLAPS)) * (inks[-1].shape[1] + ink.shape[1]) / 2
            at = offsets[-1] + contact(inks[-1], ink) - round(inward)
        else:
            at = round(x + (float(rng.uniform(*_GAPS)) * tall if inks else 0))
        inks.append(ink)
        offsets.append(at)
        x, before = max(x, at + ink.shape[1]), char
    return together(inks, offsets)


def _mark(char: str, tall: float, pen: float) -> Ink:
    """A full stop, or a comma, whose lower end hangs below the baseline."""
    side = max(4, round(1.5 * pen))
    if char == ".":
        at = np.arange(side) - (side - 1) / 2
        return np.asarray(np.hypot(at, at[:, None]) <= side / 2, np.float32)
    ink = np.zeros((round(0.38 * tall), side), np.uint8)
    cv2.line(ink, (side - 2, 1), (1, len(ink) - 2), 255, max(2, round(pen)))
    return np.asarray(ink / 255, np.float32)


def on_paper(ink: Ink, rng: Rng) -> Picture:
    """Ink on plain paper with some room around it: uint8 (h, w)."""
    paper, dark = float(rng.uniform(215, 250)), float(rng.uniform(20, 90))
    room = max(20, round(0.6 * len(ink)))
    soft = cv2.GaussianBlur(np.pad(ink, room), (0, 0), 0.7)
    grey = paper + (dark - paper) * soft
    return np.asarray(np.clip(grey + rng.normal(0, 2.5, grey.shape), 0, 255), np.uint8)


def writers(data: Path, part: str, most: int) -> dict[str, Writes]:
    """So many hands: MNIST's, those of strokes that hwr62 has, and UNIPEN's people."""
    out = {"mnist": pictured(mnist_hand(data, part))}
    out |= {name: drawn(hand) for name, hand in stroke_hands(data, part).items()}
    out = dict(list(out.items())[: max(1, most // 3)]) | {"crohme": out["crohme"]}
    people = pen_hands(data, part)
    rest = min(max(0, most - len(out)), len(people))
    names = [sorted(people)[i] for i in np.linspace(0, len(people) - 1, rest).astype(int)]
    return out | {name: drawn(people[name]) for name in names}


def pairs(hands: Mapping[str, Writes]) -> Iterator[tuple[str, str, float, Picture]]:
    """Writer, digits, overlap and picture of every pair."""
    for number, (name, write) in enumerate(hands.items()):
        for both in range(100):
            for k, overlap in enumerate(OVERLAPS):
                rng = np.random.default_rng([71, number, both, k])
                text = f"{both:02d}"
                tall = float(rng.uniform(*_TALL))
                pen = tall * float(rng.uniform(*_PEN))
                first, second = (
                    write(char, tall * float(rng.uniform(0.92, 1.08)), pen, rng) for char in text
                )
                yield name, text, overlap, on_paper(pair(first, second, overlap), rng)


def amounts(hands: Mapping[str, Writes], count: int) -> Iterator[tuple[str, str, Picture]]:
    """Writer, amount and picture."""
    names = list(hands)
    for number in range(count):
        rng = np.random.default_rng([73, number])
        name = names[number % len(names)]
        text = amount(rng)
        yield name, text, on_paper(written(text, hands[name], rng), rng)


def wanted(text: str, chars: str) -> str:
    """What is to be read of an amount: without blanks, and without signs that are not asked for."""
    return "".join(char for char in text if char.isdigit() or (chars != "digits" and char != " "))


def shapes(text: str) -> str:
    """Look-alikes as one, capitals and small letters as one, without blanks."""
    return "".join(SHAPES.get(char, char) for char in "".join(text.split()))


def _told(counts: Counter[str], total: Counter[str]) -> str:
    return "  ".join(f"{key} {100 * counts[key] / total[key]:.1f}" for key in total)


def _pairs(reader: Reader, hands: Mapping[str, Writes], chars: str) -> None:
    exact, shaped, total = Counter[str](), Counter[str](), Counter[str]()
    read_as: dict[str, Counter[str]] = {}
    wrong: Counter[str] = Counter()
    for name, text, overlap, picture in pairs(hands):
        read = "".join(reader.read(picture).text.split())
        same = read == text
        alike = shapes(read) == shapes(text)
        for key in ("all", name, f"{overlap:.2f}"):
            total[key] += 1
            exact[key] += same
            shaped[key] += alike
        if not (same if chars == "digits" else alike):
            wrong[text] += 1
            read_as.setdefault(text, Counter())[read] += 1
    print(f"touching pairs, --chars {chars}: right of 100")
    print("  exact  ", _told(exact, total))
    if chars != "digits":
        print("  shapes ", _told(shaped, total))
    each = len(hands) * len(OVERLAPS)
    print("  of each pair, first digit down, second across")
    print("     " + "".join(f"{second:>5}" for second in DIGITS))
    for first in DIGITS:
        row = "".join(f"{100 - 100 * wrong[first + b] / each:5.0f}" for b in DIGITS)
        print(f"  {first}: {row}")
    for text, n in wrong.most_common(12):
        print(f"  {text}: {n} wrong:", dict(read_as[text].most_common(6)))


def _amounts(reader: Reader, hands: Mapping[str, Writes], chars: str, count: int) -> None:
    right = alike = 0
    errors = []
    for name, text, picture in amounts(hands, count):
        read, due = "".join(reader.read(picture).text.split()), wanted(text, chars)
        right += read == due
        alike += shapes(read) == shapes(due)
        if shapes(read) != shapes(due):
            errors.append(f"{name} {text!r} {read!r}")
    print(f"amounts, --chars {chars}: {right} of {count} right, in shapes {alike}")
    for error in errors[:40]:
        print("   ", error)


def main() -> None:
    parser = argparse.ArgumentParser(description="How many pairs of touching digits are read.")
    parser.add_argument("--data", type=Path, default=os.environ.get("HWR_DATA"))
    parser.add_argument("--part", choices=PARTS, default="validation")
    parser.add_argument("--chars", nargs="+", default=["digits", "all"])
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--amounts", type=int, default=200)
    parser.add_argument("--only", choices=("pairs", "amounts"))
    args = parser.parse_args()
    hands = writers(Path(args.data), args.part, args.writers)
    print("hands:", ", ".join(hands))
    for chars in args.chars:
        reader = Reader.load(chars=chars)
        if args.only != "amounts":
            _pairs(reader, hands, chars)
        if args.only != "pairs":
            _amounts(reader, hands, chars, args.amounts)


if __name__ == "__main__":
    main()
