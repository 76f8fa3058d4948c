"""Measures how well the shipped models read, from real handwriting, and prints one table.

    HWR_DATA=DIR python -m tests.accuracy [--model hwr62] [--lines 40]

Test parts and photographs only: nothing here was seen by training or by the choice of a model.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.chars import MARKS
from hwr_live.pictures import read_picture
from hwr_live.reader import Reader
from tests.compose import DISTURBANCES, error_rate, marked_line, random_line, write_page
from train.datasets import load
from train.marks import question_marks, read_marks
from train.measure import accuracies, by_source, calibration_error
from train.strokes import Strokes, read_chars74k

Writers = dict[str, dict[str, list[Strokes]]]
TEST_WRITERS = range(35, 40)  # of Chars74K: the test part of hwr62


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy")
    parser.add_argument("--model", default="hwr62")
    parser.add_argument("--lines", type=int, default=40, help="composed lines a disturbance")
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("accuracy: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    data = Path(os.environ["HWR_DATA"])
    reader = Reader.load(options.model)
    test_part(reader, data)
    mnist_part(data)
    pages(reader, data)
    writers = test_writers(data)
    composed(reader, writers, options.lines)
    punctuated(reader, writers, data, options.lines)
    return 0


def test_part(reader: Reader, data: Path) -> None:
    """hwr62's test part by source, over 62, 47 (merged) and 44 (shape) classes."""
    dataset = load("hwr62", data)
    part = dataset.test
    p = reader.classifier.probabilities(part.images)
    none, _ = reader.none_and_chars(p)
    assert part.sources is not None
    rows = by_source(p, part.labels, part.sources, dataset.chars)
    rows["all"] = {"count": len(p), **accuracies(p, part.labels, dataset.chars)}
    print("hwr62 test part  count   62 classes  47 merged  44 shapes   top 3 of 62")
    for name, row in rows.items():
        print(
            f"  {name:12} {row['count']:7.0f}   {row['accuracy']:9.2%} {row['merged']:10.2%} "
            f"{row['shapes']:10.2%} {row['top3']:10.2%}"
        )
    chars = p[:, : len(dataset.chars)]
    error = calibration_error(chars / chars.sum(1, keepdims=True), part.labels)
    print(f"  calibration error {error:.4f}; kept as characters {reader.is_char(none).mean():.2%}")


def mnist_part(data: Path) -> None:
    """The MNIST model on MNIST's test part."""
    reader = Reader.load("mnist")
    part = load("mnist", data).test
    p = reader.classifier.probabilities(part.images)
    print(f"mnist test part  {accuracies(p, part.labels, '0123456789')['accuracy']:.2%}")


def pages(reader: Reader, data: Path) -> None:
    """Character error rate of each photograph, exact and case-folded, without spaces."""
    truths = json.loads((data / "pages" / "transcripts.json").read_text(encoding="utf-8"))
    print("photograph                  exact  folded     ms")
    total = np.zeros(3)
    for name, lines in sorted(truths.items()):
        picture = read_picture(str(data / "pages" / name))
        started = time.perf_counter()
        text = reader.read(picture).text
        ms = 1000 * (time.perf_counter() - started)
        errors = rates("\n".join(lines), text)
        total += errors
        print(f"  {name:25} {errors[0] / errors[2]:6.1%} {errors[1] / errors[2]:7.1%} {ms:6.0f}")
    print(f"  {'all':25} {total[0] / total[2]:6.1%} {total[1] / total[2]:7.1%}")


def test_writers(data: Path) -> Writers:
    """The strokes of the test part's writers, by writer and character."""
    writers: Writers = defaultdict(lambda: defaultdict(list))
    for character in read_chars74k(data / "strokes" / "chars74k.json"):
        if int(character.group.split("-")[1]) in TEST_WRITERS:
            writers[character.group][character.label].append(character.strokes)
    return writers


def punctuated(reader: Reader, writers: Writers, data: Path, count: int) -> None:
    """Lines with punctuation: characters of test writers, marks of CROHME's test part.

    A colon is two of its dots; question marks, which it does not have, are drawn from the curve
    that training uses, bent anew, and so tell less.
    """
    marks = read_marks(data / "strokes" / "crohme_punctuation_test.npz")
    dots = [np.concatenate(dot) * 0.15 for dot in marks["."]]
    marks[":"] = [[one, two + np.array([0, 800])] for one, two in pairwise(dots)]
    marks["?"] = question_marks(20, seed=1)
    total, wrong = np.zeros(3), 0
    names = sorted(writers)
    lines_with_none = 0
    for seed in range(max(1, count // 2)):
        rng = np.random.default_rng(2000 + seed)
        lines = [marked_line(rng) for _ in range(3)]
        strokes = {**writers[names[seed % len(names)]], **marks}
        page = write_page(lines, strokes, rng, rng.uniform(20, 45), rng.uniform(2.5, 7))
        total += rates("\n".join(lines), reader.read(page).text)
        plain = [random_line(rng) for _ in range(3)]
        page = write_page(plain, strokes, rng, rng.uniform(20, 45), rng.uniform(2.5, 7))
        text = reader.read(page).text
        wrong += sum(char in MARKS for char in text)
        lines_with_none += sum(map(len, plain))
    print(
        f"punctuated lines of test writers  {total[0] / total[2]:6.1%} {total[1] / total[2]:7.1%}"
    )
    print(f"  marks read where there are none: {wrong} in {lines_with_none} characters")


def composed(reader: Reader, writers: Writers, count: int) -> None:
    """Lines written with test writers' strokes, clean and under each disturbance."""
    names = sorted(writers)
    print("composed lines of test writers  exact  folded")
    for name, disturb in DISTURBANCES.items():
        total = np.zeros(3)
        for seed in range(max(1, count // 4)):
            rng = np.random.default_rng(1000 + seed)
            lines = [random_line(rng) for _ in range(4)]
            size, pen = rng.uniform(20, 45), rng.uniform(2.5, 7)
            page = write_page(lines, writers[names[seed % len(names)]], rng, size, pen)
            total += rates("\n".join(lines), reader.read(disturb(page, rng)).text)
        print(f"  {name:28} {total[0] / total[2]:6.1%} {total[1] / total[2]:7.1%}")


def rates(truth: str, text: str) -> npt.NDArray[np.float64]:
    """Errors exact, errors case-folded, characters."""
    exact, length = error_rate(truth, text)
    folded, _ = error_rate(truth.lower(), text.lower())
    return np.array([exact, folded, length], np.float64)


if __name__ == "__main__":
    sys.exit(main())
