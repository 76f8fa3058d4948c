"""Words, lines and pages of real people to measure with: each a picture and what is written on it.

Words and lines of pen strokes (UNIPEN) are drawn on plain paper; words on real paper (hdBPMN) are
the cut-outs as they come; characters of one hand are composed to lines. Each kind has items of test
people, for the final figures only, and of validation people, whom training leaves out and by whom
settings are chosen.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.chars import ALL, DIGITS, UPPER
from hwr_live.media.images import read_picture
from tests.measure import photographs
from tests.measure.compose import (
    APART,
    NEARLY_TOUCHING,
    SENTENCES,
    random_code,
    random_line,
    write_page,
)
from tests.measure.hands import Hand, stroke_hands
from train.data.writers import is_held
from train.lines.sources.held import PAPER_WRITERS
from train.lines.sources.strokes import Pen
from train.lines.sources.words import sized, tidy

Picture = npt.NDArray[np.uint8]
Strokes = list[npt.NDArray[np.float64]]

_PAPER = (225, 250)  # grey values of plain paper, not quite white
_INK = (20, 90)
_NOISE = 2.5  # grey values
_TALL = (60.0, 110.0)  # pixels: an item of strokes from the top of its highest to its lowest point
_PENS = (2.5, 5.0)  # pixels
# Pixels, and a pen's part of that: from a ball pen in large letters to a felt pen in small ones.
# With a pen of 0.3 closed letters have no inside, and nobody can read them.
_X_HEIGHTS, _SHARES = (14.0, 34.0), (0.08, 0.22)
_A_LINE = 3.0  # times as wide as tall: a line that may rise or fall
_UNIT = 500.0  # how tall each item of UNIPEN is told
_COPIES = 20  # of each photographed page
_LINES = 4  # on a composed page
_SIZES, _BROAD = (20.0, 45.0), (2.5, 7.0)  # pixels: its x-height and pen


@dataclass(frozen=True)
class Item:
    """One picture to read.

    Attributes:
        name: what it is called in lists of errors.
        truth: what is written on it, a line each.
        picture: makes it: uint8 (h, w) or (h, w, 3).
    """

    name: str
    truth: str
    picture: Callable[[], Picture]


def kinds(data: Path, part: str) -> dict[str, Callable[[int], Sequence[Item]]]:
    """The kinds of writing by name, each a function of how many items are wanted at most.

    Args:
        data: the folder of the data.
        part: "test" or "validation".
    """
    out: dict[str, Callable[[int], Sequence[Item]]] = {
        "words on paper": lambda most: _some(_paper_words(data, part), most),
        "pen words": lambda most: _some(_pen(data, part, "words"), most),
        "pen lines": lambda most: _some(_pen(data, part, "texts"), most),
        "pen lines by x-height": lambda most: _some(_by_x_height(data, part), most),
        "composed, nearly touching": lambda most: _composed(data, part, NEARLY_TOUCHING, most),
        "composed, apart": lambda most: _composed(data, part, APART, most),
        "codes, capitals and digits": lambda most: _codes(data, part, UPPER + DIGITS, most),
        "codes, all 62": lambda most: _codes(data, part, ALL, most),
    }
    if part == "test":
        out["photographs"] = lambda most: _photos(data)[:most]
        out["pages"] = lambda most: _pages(data, range(1))[:most]
        out["copies of pages"] = lambda most: _some(_pages(data, range(1, _COPIES + 1)), most)
    return out


def _some(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many, evenly over all, so that every writer is heard."""
    if len(items) <= most:
        return list(items)
    return [items[i] for i in np.linspace(0, len(items) - 1, most).astype(int)]


@lru_cache(maxsize=4)
def _paper_words(data: Path, part: str) -> list[Item]:
    path = data / "words" / f"hdbpmn_{'test' if part == 'test' else 'train'}.zip"
    with zipfile.ZipFile(path) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode("utf-8"))))
    return [
        Item(row["file"], row["text"], partial(_archived, path, row["file"]))
        for row in rows
        if part == "test" or row["writer"] in PAPER_WRITERS
    ]


def _archived(path: Path, name: str) -> Picture:
    with zipfile.ZipFile(path) as archive:
        coded = np.frombuffer(archive.read(name), np.uint8)
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


@lru_cache(maxsize=8)
def _pen(data: Path, part: str, what: str) -> list[Item]:
    return [
        Item(f"{what} {number}, {writer}", truth, partial(on_paper, strokes, number))
        for number, truth, writer, strokes in written(data, part, what)
    ]


def _by_x_height(data: Path, part: str) -> list[Item]:
    return [
        Item(f"lines {number}, {writer}", truth, partial(by_x_height, strokes, truth, number))
        for number, truth, writer, strokes in written(data, part, "texts")
    ]


def written(data: Path, part: str, what: str) -> Iterator[tuple[int, str, str, Strokes]]:
    """Number, label, writer and strokes of the "words" or "texts" of a part's people.

    Points are (n, 2), y downwards, each item at most 500 tall.
    """
    path = data / "unipen" / f"unipen_{what}_{'test' if part == 'test' else 'train'}.npz"
    for number, (truth, writer, strokes) in enumerate(_stroke_items(path)):
        if part == "test" or is_held(writer):
            # Some contributors' labels have a blank before every mark, which nobody writes, or
            # between all characters of a number.
            yield number, tidy(truth, writer) or _closed(truth), writer, strokes


def _closed(text: str) -> str:
    """A text whose single characters are set together."""
    return re.sub(r"(?<!\S)(\S) (?=\S(?!\S))", r"\1", text)


def _stroke_items(path: Path) -> Iterator[tuple[str, str, Strokes]]:
    """The label, writer and strokes of each item of one of UNIPEN's files."""
    with np.load(path, allow_pickle=False) as archive:
        data = {key: archive[key] for key in archive.files}
    firsts = np.append(data["stroke"], len(data["points"]))
    items = np.append(data["symbol"], len(firsts) - 1)
    for i, label in enumerate(data["label"]):
        own = range(items[i], items[i + 1])
        strokes = [data["points"][firsts[s] : firsts[s + 1]].astype(np.float64) for s in own]
        yield str(label), str(data["writers"][data["writer"][i]]), strokes


def on_paper(strokes: Strokes, seed: int) -> Picture:
    """Strokes drawn with a pen on plain paper: uint8 (h, w). However a line falls it is as tall as
    any, so that letters of long or falling ones are as small as the pen is broad."""
    rng = np.random.default_rng([41, seed])
    scale = rng.uniform(*_TALL) / _UNIT
    return _drawn([stroke * scale for stroke in strokes], rng.uniform(*_PENS), rng)


def by_x_height(strokes: Strokes, truth: str, seed: int) -> Picture:
    """The same with letters of the size that people write, and a pen that suits them."""
    rng = np.random.default_rng([43, seed])
    points = np.concatenate(strokes)
    points -= points.min(0)
    firsts = np.cumsum([0, *map(len, strokes)])[:-1]
    # What a line that rises or falls is tall beyond its letters tells nothing of these.
    level = points.astype(np.float32)
    level[:, 1] -= _slope(points) * points[:, 0]
    own = sized(Pen(level - level.min(0), firsts), truth)
    scale = float(own.points[:, 0].max() - own.points[:, 0].min()) / max(1.0, points[:, 0].max())
    tall = rng.uniform(*_X_HEIGHTS)
    scaled = np.split(points * scale * tall, firsts[1:])
    return _drawn(scaled, tall * rng.uniform(*_SHARES), rng)


def _slope(points: npt.NDArray[np.float64]) -> float:
    """How much a line falls for each pixel to the right: of points (n, 2) that are far wider than
    tall the straight line through them; else 0."""
    wide, tall = np.ptp(points, axis=0)
    if wide < _A_LINE * tall:
        return 0.0
    x = points[:, 0] - points[:, 0].mean()
    return float((x * points[:, 1]).sum() / (x * x).sum())


def _drawn(strokes: Strokes, pen: float, rng: np.random.Generator) -> Picture:
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    margin = 40
    width, height = (np.ceil(high - low) + 2 * margin).astype(int)
    page = np.full((height, width), 255, np.uint8)
    for stroke in strokes:
        draw_stroke(page, stroke - low + margin, pen, 0)
    paper, ink = rng.uniform(*_PAPER), rng.uniform(*_INK)
    grey = ink + (paper - ink) * cv2.GaussianBlur(page, (0, 0), 0.7).astype(np.float32) / 255
    return np.asarray(np.clip(grey + rng.normal(0, _NOISE, grey.shape), 0, 255), np.uint8)


def _composed(data: Path, part: str, gaps: tuple[float, float], most: int) -> list[Item]:
    """Pages of sentences and of words, names and numbers, in the hands of several people."""
    out = []
    for number, (name, hand) in zip(range(most), cycle(stroke_hands(data, part).items())):
        rng = np.random.default_rng([43, number])
        if number % 2:
            lines = [str(line) for line in rng.choice(SENTENCES, _LINES, replace=False)]
        else:
            lines = [random_line(rng) for _ in range(_LINES)]
        out.append(_page(f"page {number}, {name}", lines, hand, gaps, number))
    return out


def _codes(data: Path, part: str, chars: str, most: int) -> list[Item]:
    """Pages of random codes: no language helps to read them."""
    out = []
    for number, (name, hand) in zip(range(most), cycle(stroke_hands(data, part).items())):
        rng = np.random.default_rng([47, number, len(chars)])
        lines = [" ".join(random_code(rng, chars) for _ in range(3)) for _ in range(_LINES)]
        out.append(_page(f"codes {number}, {name}", lines, hand, APART, number))
    return out


def _page(
    name: str, lines: Sequence[str], hand: Hand, gaps: tuple[float, float], seed: int
) -> Item:
    """A page of lines in one hand, of a size and a pen that chance chooses."""

    def picture() -> Picture:
        rng = np.random.default_rng([53, seed])
        return write_page(lines, hand, rng, rng.uniform(*_SIZES), rng.uniform(*_BROAD), gaps=gaps)

    return Item(name, "\n".join(lines), picture)


def _photos(data: Path) -> list[Item]:
    """Public pictures of handwriting."""
    folder = data / "photos"
    truths = json.loads((folder / "transcripts.json").read_text(encoding="utf-8"))
    return [
        Item(name, "\n".join(truths[name]["lines"]), partial(_picture, folder / name))
        for name in sorted(truths)
    ]


def _picture(path: Path) -> Picture:
    return np.asarray(read_picture(str(path)), np.uint8)


def _pages(data: Path, copies: range) -> list[Item]:
    """The photographs of hand-printed pages, or copies of them."""
    return [
        Item(f"{name} {copy}", truth, partial(photographs.photograph, data, name, copy))
        for name, truth in photographs.truths(data).items()
        for copy in copies
    ]
