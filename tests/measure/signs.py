"""How many short texts with signs are read right, in single hands, as a whole but for blanks.

    python -m tests.measure.signs --data DIR [--part validation|test] [--times N] [--only WORDS ...]

With digits alone: what is no digit must not become one, a decimal point between digits is left out
or kept as asked, a 1 that leans is a 1, ones at an even pitch are one number. With the default set:
signs among words and numbers. With the signs that only programmers use asked for: these; and with
the default set the letters and digits that look like them.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.reading import Reading
from hwr_live.recognition.reader import Reader
from tests.measure.compose import write_page
from tests.measure.hands import PARTS, Hand, pen_hands, stroke_hands
from tests.measure.touching import on_paper, shapes
from train.images.strokes import Strokes

Picture = npt.NDArray[np.uint8]
Rng = np.random.Generator

_SIZES = (16.0, 36.0)  # pixels: the x-height
_PENS = (0.09, 0.2)  # of that
_RINGS = 12  # forms of each sign that is drawn


@dataclass(frozen=True)
class Case:
    """Texts to be read with a set of characters.

    Attributes:
        chars: which may be read.
        texts: what is written; each is drawn as often as all others.
        due: what is to be read of a text, without blanks.
    """

    chars: str
    texts: Sequence[str]
    due: Callable[[str], str] = lambda text: "".join(text.split())


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


DIGITS_ALONE = {
    "percent": Case("digits", ("50%", "7%", "100 %", "25%"), _digits),
    "dollars": Case("digits", ("$25", "$7", "$ 340", "$96"), _digits),
    "degrees": Case("digits", ("25°", "7°", "180°", "36°"), _digits),
    "divided": Case("digits", ("8÷2", "96÷3", "45÷9", "7÷6"), _digits),
    "times": Case("digits", ("8×2", "96×3", "45×9", "7×6"), _digits),
    "sums": Case("digits", ("8+2", "96-3", "45+9", "7=7"), _digits),
    "units": Case("digits", ("12 kg", "7 m", "30 km", "45 min"), _digits),
    "arrows": Case("digits", ("12→34", "7→8", "→ 96", "45→"), _digits),
    "boxes": Case("digits", ("☐12", "☐ 34", "7☐8", "☐ 56"), _digits),
    "left out": Case("digits", ("3.50", "12.75", "8.4", "0,96"), _digits),
    "kept": Case("digits.,", ("3.50", "12.75", "8.4", "0,96")),
    "slanted": Case("digits", ("⟋", "7⟋", "⟋4", "⟋⟋"), lambda text: text.replace("⟋", "1")),
    "ones": Case("digits", ("1111", "91171", "11", "1171", "111")),
}
"""With digits alone: signs, and what becomes of them."""

DEFAULT = {
    "50%": Case("all", ("50%", "50 %", "7%", "36%")),
    "$25": Case("all", ("$25", "$ 7", "$340", "$96")),
    "8:30 & more": Case("all", ("8:30 & more", "9:45 & on")),
    "a@b.c": Case("all", ("a@b.c", "me@home.de", "eva@mail.org")),
    '"no"': Case("all", ('"no"', '"yes"', 'he said "no"')),
    "C#": Case("all", ("C#", "F#", "#7", "#1 in town")),
    "x_1": Case("ascii", ("x_1", "a_b", "my_name")),
    "[ok]": Case("all", ("[ok]", "[x]", "[12]", "see [3]")),
    "100 ?": Case("all", ("100 ?", "why?", "ok!", "(yes)")),
    "25°": Case("all", ("25°", "36°", "180°")),
    "8÷2": Case("all", ("8÷2", "96÷3", "45÷9")),
    "8×2": Case("all", ("8×2", "96×3", "45×9")),
    "don't": Case("all", ("don't", "it's", "Tom's")),
    "a; b": Case("all", ("milk; tea", "12; 34", "yes; no")),
    "a < b": Case("all", ("3 < 4", "a > b", "7 > 5")),
}
"""With the default set, or where a sign of programmers is asked for."""

PROGRAMMERS = {
    sign: Case("ascii", texts)
    for sign, texts in {
        "|": ("a | b", "x|y", "12|34"),
        "~": ("~5", "a~b", "~home"),
        "^": ("x^2", "2^8", "a^b"),
        "{}": ("{a}", "{12}", "{x,y}"),
        "\\": ("C:\\dir", "a\\b", "\\n"),
        "`": ("`ls`", "`a`", "`cat`"),
        "_": ("_a", "my_file", "a_1"),
    }.items()
}
LOOK_ALIKES = {
    "l 1 I (": Case("all", ("l1I", "ill", "I will", "lilli", "(1)", "1111", "(Il)", "hill 11")),
}


def with_signs(hand: Mapping[str, Sequence[Strokes]], rng: Rng) -> Hand:
    """A hand with what is in nobody's: the signs for degrees, times and divided by, arrows, boxes
    to tick, ones that lean and back quotes, each in some forms."""
    out: Hand = {char: list(own) for char, own in hand.items()}
    for sign, draw in _DRAWN.items():
        out[sign] = [draw(rng) for _ in range(_RINGS)]
    return out


def _shaken(points: npt.NDArray[np.float64], rng: Rng) -> npt.NDArray[np.float64]:
    """A stroke as a hand draws it: bent and turned a little."""
    turn = rng.normal(0, 0.06)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(points @ matrix.T + rng.normal(0, 8, points.shape), np.float64)


def _line(rng: Rng, *corners: tuple[float, float]) -> npt.NDArray[np.float64]:
    return _shaken(np.array(corners, np.float64), rng)


def _ring(rng: Rng) -> Strokes:
    start, gap = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.2)
    turn = start + np.linspace(0, 2 * np.pi - gap, 20)
    wide = rng.uniform(0.75, 1.1)
    return [500 + 450 * np.stack([wide * np.cos(turn), np.sin(turn)], 1)]


def _cross(rng: Rng) -> Strokes:
    return [_line(rng, (0, 0), (900, 1000)), _line(rng, (900, 0), (0, 1000))]


def _divided(rng: Rng) -> Strokes:
    def dot(y: float) -> npt.NDArray[np.float64]:
        return np.asarray(np.array([500.0, y]) + rng.normal(0, 25, (3, 2)), np.float64)

    return [_line(rng, (0, 500), (1000, 500)), dot(40.0), dot(960.0)]


def _arrow(rng: Rng) -> Strokes:
    return [
        _line(rng, (0, 500), (2400, 500)),
        _line(rng, (1700, 0), (2400, 500), (1700, 1000)),
    ]


def _box(rng: Rng) -> Strokes:
    corners = ((0, 0), (0, 1000), (1000, 1000), (1000, 0), (0, 0))
    out = [_line(rng, *((float(x), float(y)) for x, y in corners))]
    if rng.random() < 0.4:
        out.append(_line(rng, (200, 500), (450, 800), (1100, 0)))
    return out


def _leaning(rng: Rng) -> Strokes:
    return [_line(rng, (float(rng.uniform(250, 700)), 0), (0, 1000))]


def _back_quote(rng: Rng) -> Strokes:
    return [_line(rng, (0, 0), (float(rng.uniform(300, 700)), 1000))]


_DRAWN: dict[str, Callable[[Rng], Strokes]] = {
    "°": _ring,
    "×": _cross,
    "÷": _divided,
    "→": _arrow,
    "☐": _box,
    "⟋": _leaning,
    "`": _back_quote,
}


def hands(data: Path, part: str) -> dict[str, Hand]:
    """UNIPEN's people who wrote letters, with each other's signs where they lack their own."""
    people = {n: hand for n, hand in pen_hands(data, part).items() if len(hand) > 40}
    lent: Hand = defaultdict(list)
    for hand in (*people.values(), *stroke_hands(data, part).values()):
        for char, own in hand.items():
            lent[char] += own[:4]
    out = {}
    for number, (name, hand) in enumerate(people.items()):
        full = {char: hand.get(char) or own for char, own in lent.items()}
        out[name] = with_signs(full, np.random.default_rng([79, number]))
    return out


def pictures(
    case: Case, people: Mapping[str, Hand], times: int, seed: int
) -> Iterator[tuple[str, str, Picture]]:
    """Writer, text and picture, so many times."""
    for number, (name, hand) in zip(range(times), cycle(people.items())):
        rng = np.random.default_rng([83, seed, number])
        text = case.texts[(number + number // len(people)) % len(case.texts)]
        size = float(rng.uniform(*_SIZES))
        page = write_page([text], hand, rng, size, max(2.0, size * float(rng.uniform(*_PENS))))
        yield name, text, on_paper(np.asarray(1 - page / 255, np.float32), rng)


def right(case: Case, text: str, reading: Reading) -> bool:
    """Whether all is read as it is due; where letters may be read, a look-alike will do."""
    due, found = case.due(text), "".join(reading.text.split())
    return found == due or (case.chars != "digits" and shapes(found) == shapes(due))


def main() -> None:
    parser = argparse.ArgumentParser(description="How many texts with signs are read right.")
    parser.add_argument("--data", type=Path, default=os.environ.get("HWR_DATA"))
    parser.add_argument("--part", choices=PARTS, default="validation")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--only", nargs="+", default=["digits", "default", "programmers", "alike"])
    args = parser.parse_args()
    people = hands(Path(args.data), args.part)
    groups = {
        "digits": DIGITS_ALONE,
        "default": DEFAULT,
        "programmers": PROGRAMMERS,
        "alike": LOOK_ALIKES,
    }
    readers: dict[str, Reader] = {}
    for group in args.only:
        print(group)
        for seed, (name, case) in enumerate(groups[group].items()):
            if case.chars not in readers:
                readers[case.chars] = Reader.load(chars=case.chars)
            errors = []
            for writer, text, picture in pictures(case, people, args.times, seed):
                reading = readers[case.chars].read(picture)
                if not right(case, text, reading):
                    errors.append(f"{writer} {text!r} {reading.text!r}")
            share = 100 - 100 * len(errors) / args.times
            print(f"  {name:12} {share:5.1f}", "; ".join(errors[:12]), flush=True)


if __name__ == "__main__":
    main()
