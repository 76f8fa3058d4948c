"""Measures how well the shipped models read, from real handwriting, and prints one table.

    HWR_DATA=DIR python -m tests.measure.accuracy [--model hwr62] [--language en] [--only PART ...]
                                          [--on validation]

Test parts and photographs only, which neither training nor the choice of a model has seen; with
``--on validation`` the composed pages are of hands that models and settings may be chosen by, and
all else is left out. Character error rates are edits over characters, spaces left out; *folded* has
upper and lower case as one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, DIGITS, MARKS, SHAPES, UPPER
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.measure import paper, photographs
from tests.measure import unseen_shapes as oddities
from tests.measure.cer import Errors
from tests.measure.compose import SENTENCES, random_code, random_line, write_page
from tests.measure.hands import PARTS, Crops, Hand, paper_hand, stroke_hands
from train.data.datasets import load
from train.images.pool import cut_validation
from train.recipe import HWR62
from train.results.metrics import accuracies, by_source, calibration_error, group_probabilities

COPIES = 20  # of each photograph
_LINES = 4  # on a composed page
_SIZES, _PENS = (20, 45), (2.5, 7)  # pixels: x-heights and pens of pages composed of strokes
_PAPER_SIZES = (16, 26)  # and of photographed characters, which are small


class Which(NamedTuple):
    """The reader that is measured: the model's name or folder, and the language, if any."""

    model: str
    language: str | None

    @lru_cache(maxsize=1)  # noqa: B019 -- one of a process, which lives as long
    def load(self) -> Reader:
        return Reader.load(self.model, language=self.language)


@dataclass(frozen=True)
class Bench:
    """What is measured with.

    Attributes:
        which: the reader.
        data: the folder of the data.
        on: "test", or "validation".
        pages: composed pages of each kind.
        pool: the processes that read them.
    """

    which: Which
    data: Path
    on: str
    pages: int
    pool: ProcessPoolExecutor

    def all(self, measure: Callable[..., Any], jobs: Iterable[tuple[Any, ...]]) -> list[Any]:
        """What ``measure(which, data, on, *job)`` gives for each job, in their order."""
        bound = partial(measure, self.which, self.data, self.on)
        return list(self.pool.map(bound, *zip(*jobs, strict=True)))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.accuracy")
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--language", metavar="CODE", help="as of hwr-live read")
    parser.add_argument("--only", nargs="+", choices=PARTS_OF_TABLE, default=[*PARTS_OF_TABLE])
    parser.add_argument("--on", choices=PARTS, default="test", help="whose hands (test)")
    parser.add_argument("--pages", type=int, default=20, help="composed pages of each kind (20)")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("accuracy: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    data = Path(os.environ["HWR_DATA"])
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.processes, spawn, cv2.setNumThreads, (1,)) as pool:
        bench = Bench(Which(options.model, options.language), data, options.on, options.pages, pool)
        for name, measure in PARTS_OF_TABLE.items():
            if name in options.only:
                measure(bench)
                sys.stdout.flush()
    return 0


def characters(bench: Bench) -> None:
    """hwr62's test part by source, over 62, 47 (merged) and 44 (shape) classes; MNIST's."""
    if bench.on != "test":
        return
    dataset, reader = load("hwr62", bench.data), bench.which.load()
    part = dataset.test
    p = reader.classifier.probabilities(part.images)
    none, _ = reader.vocabulary.none_and_chars(p)
    assert part.sources is not None
    rows = by_source(p, part.labels, part.sources, dataset.chars)
    means = {key: float(np.mean([row[key] for row in rows.values()])) for key in _ACCURACIES}
    rows["all"] = {"count": len(p), **accuracies(p, part.labels, dataset.chars)}
    rows["mean of sources"] = {"count": len(rows) - 1, **means}
    print("hwr62 test part   count   62 classes  47 merged  44 shapes  first 3 of 62")
    for name, row in rows.items():
        cells = "".join(f"{row[key]:11.2%}" for key in _ACCURACIES)
        print(f"  {name:16}{row['count']:5.0f}  {cells}")
    chars = p[:, : len(dataset.chars)]
    error = calibration_error(chars / chars.sum(1, keepdims=True), part.labels)
    kept = reader.vocabulary.are_chars(none, in_line=False).mean()
    print(f"  calibration error {error:.4f}; kept as characters {kept:.2%}")
    print(f"  ten worst of 44 shapes {worst_shapes(chars, part.labels, dataset.chars):.2%}")
    part = load("mnist", bench.data).test
    p = Reader.load("mnist").classifier.probabilities(part.images)
    print(f"mnist test part {len(p):7}  {accuracies(p, part.labels, DIGITS)['accuracy']:11.2%}")


_ACCURACIES = ("accuracy", "merged", "shapes", "top3")


def worst_shapes(
    p: npt.NDArray[np.float64], labels: npt.NDArray[np.integer], chars: Sequence[str]
) -> float:
    """Accuracy over the ten shapes that are read worst, their images together."""
    shapes, names = group_probabilities(p, chars, SHAPES)
    group = np.array([names.index(SHAPES[char]) for char in chars])[labels]
    right = np.bincount(group, shapes.argmax(1) == group, len(names))
    count = np.bincount(group, minlength=len(names))
    worst = np.argsort(right / np.maximum(count, 1))[:10]
    return float(right[worst].sum() / count[worst].sum())


def nonchars(bench: Bench) -> None:
    """How many shapes that are no characters are told from characters, by family.

    At the threshold that keeps 98 % of the validation part's characters, and at the model's own.
    """
    dataset, reader = load("hwr62", bench.data), bench.which.load()
    _, index = cut_validation(dataset.train, HWR62)
    chars = np.array(dataset.chars)

    def none(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        return reader.vocabulary.none_and_chars(reader.classifier.probabilities(images))[0]

    images, labels = dataset.train.images[index], chars[dataset.train.labels[index]]
    thresholds = np.quantile(none(images), 0.98), reader.classifier.card.reject_above
    families = {name: oddities.draw(name, _ODD, seed=1) for name in oddities.FAMILIES}
    print("no characters, rejected         at 98 % kept   as shipped")
    rows = {name: none(crops) for name, crops in families.items()}
    means = [np.mean([(row > limit).mean() for row in rows.values()]) for limit in thresholds]
    rows["halves that are none"] = none(oddities.halves(images, labels, _ODD, seed=1))
    for name, row in rows.items():
        cells = "".join(f"{(row > limit).mean():14.1%}" for limit in thresholds)
        print(f"  {name:28} {cells}")
    print(f"  {'mean of drawn families':28} {''.join(f'{mean:14.1%}' for mean in means)}")
    if bench.on == "test":
        kept = none(dataset.test.images)
        cells = "".join(f"{(kept <= limit).mean():14.1%}" for limit in thresholds)
        print(f"  {'characters kept, test part':28} {cells}")


_ODD = 300  # of each family


def pages(bench: Bench) -> None:
    """Each photograph, and copies of it."""
    if bench.on != "test":
        return
    truths = photographs.truths(bench.data)
    jobs = [(name, copy) for name in truths for copy in range(COPIES + 1)]
    done = dict(zip(jobs, bench.all(_photograph, jobs), strict=True))
    print(
        f"photographs                exact  folded   {COPIES} copies each:  exact  folded  CPU ms"
    )
    whole = Errors(), Errors()
    for name in truths:
        once = done[name, 0][0]
        copies = [done[name, copy] for copy in range(1, COPIES + 1)]
        often = sum((errors for errors, _ in copies), Errors())
        ms = median(ms for _, ms in copies)
        print(f"  {name:24} {once}{'':20}{often} {ms:7.0f}")
        whole = whole[0] + once, whole[1] + often
    print(f"  {'all':24} {whole[0]}{'':20}{whole[1]}")


def paper_pages(bench: Bench) -> None:
    """Words of photographed characters on clean paper, and what each disturbance costs."""
    kinds: dict[str, tuple[str, ...]] = {
        "clean": (),
        **{name: (name,) for name in paper.DISTURBANCES},
        "all together": paper.DISTURBANCES,
    }
    jobs = [(kind, seed) for kind in kinds.values() for seed in range(bench.pages)]
    done = iter(bench.all(_paper_page, jobs))
    print("composed of paper photographs  exact  folded   of clean")
    clean, spurious, count = Errors(), 0, 0
    for name in kinds:
        some = [next(done) for _ in range(bench.pages)]
        errors = sum((one for one, _ in some), Errors())
        clean = errors if name == "clean" else clean
        spurious, count = spurious + sum(marks for _, marks in some), count + errors.count
        ratio = errors.rates[0] / max(1e-9, clean.rates[0])
        print(f"  {name:28} {errors} {ratio:9.2f}")
    print(f"  marks read where there are none: {spurious} in {count} characters")


def drawn_lines(bench: Bench) -> None:
    """Sentences of all characters and marks, and codes that no language helps to read."""
    hands = list(_stroke_hands(bench.data, bench.on))
    print("drawn lines                    exact  folded")
    rows: list[tuple[str, list[tuple[Any, ...]]]] = [
        (f"sentences, {hand}", [(hand, "sentences", seed) for seed in range(4)]) for hand in hands
    ]
    every = [job for _, jobs in rows for job in jobs]
    rows.append(("sentences, all hands", every))
    for name, chars in (("capitals and digits", UPPER + DIGITS), ("all 62", ALL)):
        jobs = [(hands[seed % len(hands)], chars, seed) for seed in range(bench.pages)]
        rows.append((f"codes of {name}", jobs))
    wanted = list(dict.fromkeys(job for _, jobs in rows for job in jobs))
    done = dict(zip(wanted, bench.all(_drawn_page, wanted), strict=True))
    for name, jobs in rows:
        print(f"  {name:28} {sum((done[job] for job in jobs), Errors())}")


PARTS_OF_TABLE: dict[str, Callable[[Bench], None]] = {
    "characters": characters,
    "nonchars": nonchars,
    "photographs": pages,
    "paper": paper_pages,
    "drawn": drawn_lines,
}


@lru_cache(maxsize=1)
def _stroke_hands(data: Path, on: str) -> dict[str, Hand]:
    return stroke_hands(data, on)


@lru_cache(maxsize=1)
def _paper_hand(data: Path, on: str) -> Crops:
    return paper_hand(data, on)


def _photograph(which: Which, data: Path, on: str, name: str, copy: int) -> tuple[Errors, float]:
    """Errors, and milliseconds of processor time that reading took."""
    reader, truth = which.load(), photographs.truths(data)[name]
    picture = photographs.photograph(data, name, copy)
    began = time.process_time()
    text = reader.read(picture).text
    return Errors.of(truth, text), 1000 * (time.process_time() - began)


def _paper_page(
    which: Which, data: Path, on: str, what: tuple[str, ...], seed: int
) -> tuple[Errors, int]:
    """Errors, and how many marks were read: none are written."""
    lines, picture = paper_page(_paper_hand(data, on), what, seed)
    text = which.load().read(picture).text
    return Errors.of("\n".join(lines), text), sum(char in MARKS for char in text)


def paper_page(hand: Crops, what: Sequence[str], seed: int) -> tuple[list[str], paper.Picture]:
    """A page's lines and its photograph."""
    touching = paper.TOUCHING if "touching" in what else 0.0
    lines, sheet = _sheet(hand, seed, touching)
    behind = _sheet(hand, 10_000 + seed, 0.0)[1] if "show-through" in what else None
    return lines, paper.photograph(sheet, what, seed, behind)


def _sheet(hand: Crops, seed: int, touching: float) -> tuple[list[str], paper.Sheet]:
    rng = np.random.default_rng(3000 + seed)
    lines = [random_line(rng) for _ in range(_LINES)]
    return lines, paper.write(lines, hand, rng, rng.uniform(*_PAPER_SIZES), touching)


def _drawn_page(which: Which, data: Path, on: str, hand: str, what: str, seed: int) -> Errors:
    lines, page = drawn_page(_stroke_hands(data, on)[hand], what, seed)
    return Errors.of("\n".join(lines), which.load().read(page).text)


def drawn_page(hand: Hand, what: str, seed: int) -> tuple[list[str], paper.Grey]:
    """A page's lines, "sentences" or codes of the characters ``what``, and its picture."""
    rng = np.random.default_rng([seed, *what.encode()])
    if what == "sentences":
        lines = list(SENTENCES[seed % 2 :: 2])
    else:
        lines = [" ".join(random_code(rng, what) for _ in range(3)) for _ in range(_LINES)]
    return lines, write_page(lines, hand, rng, rng.uniform(*_SIZES), rng.uniform(*_PENS))


if __name__ == "__main__":
    sys.exit(main())
