"""Measures how well a profile learns a hand, and what it costs, and prints one table.

    HWR_DATA=DIR python -m tests.measure.profile_accuracy [--writers reserved|others] [--draws 5]

- Writers: the HAMEX forms of CROHME that the model's training left out altogether (``reserve`` in
  its card), about 400 characters each. The method and its constants were chosen on the ``others``,
  which the model was trained on, and on validation writers; but how boldly a new form is learned
  (``_FURTHER`` and ``_HEAVIER`` in ``hwr_live.recognition.adapt``) was lowered, and ``_CAUTION``
  too, after a first look at these.
- Taught are the classes of which a writer has six samples or more; which samples, and which half of
  the classes, is drawn anew ``--draws`` times by fixed seeds. Measured are all the writer's other
  samples. *Untaught* are the other half and the classes of fewer samples.
- A character counts as in ``tests.measure.accuracy``: the likeliest of the 62 classes (exact) or of
  the 47 merged ones, without a line that could tell ``c`` from ``C``.
- One label in ten wrong: exchanged for another of the taught classes.
- Put right as they come: the writer's samples in any order, by lines of eight; after each line what
  was read wrong is taught, and nothing else. Measured is each line before that.
- New forms: the samples of one class in mirror image, where the network then reads under 30 % of
  them right, as a hand may have a form of a character that nobody else has.
- Composed lines (``tests.measure.compose``) of random words of a writer's characters, read whole.
"""

from __future__ import annotations

import argparse
import os
import sys
import timeit
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, LOWER, MERGED, UPPER
from hwr_live.crop import crop
from hwr_live.recognition.adapt import MOST, Adaptation
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.measure import cer
from tests.measure.compose import write_page
from train.data.datasets import load
from train.images.strokes import Strokes, draw, read_crohme
from train.recipe import HWR62
from train.results.metrics import group_probabilities

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_ENOUGH = 6  # samples of a class that make it one to teach
_LINE = 8  # glyphs
_PEN = 9.0  # pixels at the size that strokes are drawn at: the pen of the composed lines


@dataclass(frozen=True)
class Writer:
    """All samples of one writer, as the network sees them."""

    images: npt.NDArray[np.uint8]
    p: Floats
    embeddings: npt.NDArray[np.float32]
    labels: Indices

    @classmethod
    def seen(cls, reader: Reader, images: npt.NDArray[np.uint8], labels: Indices) -> Writer:
        return cls(images, *reader.classifier.look(images), labels)

    def part(self, index: Indices) -> Writer:
        return Writer(self.images[index], self.p[index], self.embeddings[index], self.labels[index])


class Errors:
    """Errors before and after, exact and merged, summed up."""

    def __init__(self, chars: Sequence[str]) -> None:
        self.chars = chars
        self.count = 0
        self.sums = np.zeros((2, 2))

    def add(self, before: Floats, after: Floats, labels: Indices) -> None:
        self.count += len(labels)
        for row, p in enumerate((before, after)):
            self.sums[row] += self._wrong(p[:, : len(self.chars)], labels)

    def _wrong(self, p: Floats, labels: Indices) -> tuple[int, int]:
        merged, names = group_probabilities(p, self.chars, MERGED)
        group = np.array([names.index(MERGED[char]) for char in self.chars])
        exact = int((p.argmax(1) != labels).sum())
        return exact, int((merged.argmax(1) != group[labels]).sum())

    def row(self, name: str) -> str:
        if not self.count:
            return f"{name:46}      0"
        before, after = 100 * self.sums / self.count
        cells = [f"{a:8.2f} → {b:5.2f} ({b - a:+5.2f})" for a, b in zip(before, after, strict=True)]
        return f"{name:46}{self.count:7,}{''.join(cells)}"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.profile_accuracy")
    parser.add_argument("--writers", choices=("reserved", "others"), default="reserved")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("profile_accuracy: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    data = Path(os.environ["HWR_DATA"])
    reader = Reader.load(options.model)
    dataset = load("hwr62", data)
    groups = dataset.train.groups
    assert groups is not None
    names = [str(group) for group in np.unique(groups) if wanted(str(group), options.writers)]
    writers = []
    for name in names:
        own = groups == name
        labels = dataset.train.labels[own].astype(np.int64)
        writers.append(Writer.seen(reader, dataset.train.images[own], labels))
    table = Table(reader, dataset.chars, writers, options.draws)
    print(
        f"{len(writers)} {options.writers} writers, errors in %{'':16}images   exact{'':19}merged"
    )
    for count in (1, 3, 5):
        table.taught(count)
    table.halves(3)
    table.halves(5)
    table.wrong_labels(3)
    table.other_writers(3)
    table.as_they_come()
    table.new_forms(3)
    lines(reader, data, names)
    cost(reader, dataset.train.images)
    return 0


def wanted(group: str, which: str) -> bool:
    if which == "reserved":
        return group in HWR62.reserve
    return group.startswith("crohme-formulaire") and group not in HWR62.reserve


@dataclass(frozen=True)
class Table:
    """The rows of the table, one method each."""

    reader: Reader
    chars: Sequence[str]
    writers: Sequence[Writer]
    draws: int

    def taught(self, count: int) -> None:
        """All classes of enough samples, ``count`` samples of each."""
        every, own, rare = (Errors(self.chars) for _ in range(3))
        for writer, rng in self._draws(count):
            main = enough(writer)
            taught, rest = pick(writer, main, count, rng)
            after = self.learn(taught).apply(rest.p, rest.embeddings)
            known = np.isin(rest.labels, main)
            every.add(rest.p, after, rest.labels)
            own.add(rest.p[known], after[known], rest.labels[known])
            rare.add(rest.p[~known], after[~known], rest.labels[~known])
        print(every.row(f"{count} a class: all other samples"))
        print(own.row("    of taught classes"))
        print(rare.row("    of classes with fewer than six"))

    def halves(self, count: int) -> None:
        """Half of those classes taught."""
        own, others = Errors(self.chars), Errors(self.chars)
        for writer, rng in self._draws(100 + count):
            main = enough(writer)
            main = rng.permutation(main)[: len(main) // 2]
            taught, rest = pick(writer, main, count, rng)
            after = self.learn(taught).apply(rest.p, rest.embeddings)
            known = np.isin(rest.labels, main)
            own.add(rest.p[known], after[known], rest.labels[known])
            others.add(rest.p[~known], after[~known], rest.labels[~known])
        print(own.row(f"half the classes, {count} each: taught"))
        print(others.row("    untaught"))

    def wrong_labels(self, count: int) -> None:
        """As ``taught``, with one label in ten wrong."""
        own = Errors(self.chars)
        for writer, rng in self._draws(count):
            main = enough(writer)
            taught, rest = pick(writer, main, count, rng)
            labels = taught.labels.copy()
            wrong = rng.permutation(len(labels))[: round(len(labels) / 10)]
            for i in wrong:
                labels[i] = rng.choice(main[main != labels[i]])
            learned = self.learn(replace(taught, labels=labels))
            known = np.isin(rest.labels, main)
            after = learned.apply(rest.p, rest.embeddings)
            own.add(rest.p[known], after[known], rest.labels[known])
        print(own.row(f"{count} a class, 1 label in 10 wrong: taught classes"))

    def other_writers(self, count: int) -> None:
        """One writer's profile on all samples of every other; the mean, and the worst pair."""
        every = Errors(self.chars)
        worst = -100.0
        for number, writer in enumerate(self.writers):
            rng = np.random.default_rng([0, count, number])
            learned = self.learn(pick(writer, enough(writer), count, rng)[0])
            for other in self.writers:
                if other is not writer:
                    after = learned.apply(other.p, other.embeddings)
                    one = Errors(self.chars)
                    one.add(other.p, after, other.labels)
                    worst = max(worst, float(100 * (one.sums[1] - one.sums[0])[0] / one.count))
                    every.count += one.count
                    every.sums += one.sums
        print(every.row(f"{count} a class, read for another writer"))
        print(f"    the worst of all pairs, exact{'':36}({worst:+5.2f})")

    def as_they_come(self) -> None:
        """Only what was read wrong is taught, when it was."""
        first, second = Errors(self.chars), Errors(self.chars)
        for writer, rng in self._draws(7):
            order = rng.permutation(len(writer.labels))
            wrong: list[int] = []
            learned = None
            for start in range(0, len(order), _LINE):
                index = order[start : start + _LINE]
                line = writer.part(index)
                p = line.p if learned is None else learned.apply(line.p, line.embeddings)
                (first if start < len(order) / 2 else second).add(line.p, p, line.labels)
                missed = index[p[:, : len(self.chars)].argmax(1) != line.labels]
                if len(missed):
                    wrong += missed.tolist()
                    learned = self.learn(writer.part(np.array(wrong)))
        print(first.row("put right as they come: first half"))
        print(second.row("    second half"))

    def new_forms(self, count: int) -> None:
        """Mirrored digits and letters of six samples or more, one class at a time."""
        own, others = Errors(self.chars), Errors(self.chars)
        for writer in self.writers:
            for label in enough(writer):
                of_class = writer.labels == label
                mirrored = np.ascontiguousarray(writer.images[of_class][:, :, ::-1])
                forms = Writer.seen(self.reader, mirrored, writer.labels[of_class])
                if (forms.p[:, : len(self.chars)].argmax(1) == label).mean() > 0.3:
                    continue  # nothing new: 0 is 0 in a mirror
                learned = self.learn(forms.part(np.arange(count)))
                rest = forms.part(np.arange(count, len(forms.labels)))
                own.add(rest.p, learned.apply(rest.p, rest.embeddings), rest.labels)
                rest = writer.part(np.flatnonzero(~of_class))
                others.add(rest.p, learned.apply(rest.p, rest.embeddings), rest.labels)
        print(own.row(f"{count} of a new form taught"))
        print(others.row("    the writer's other classes"))

    def learn(self, taught: Writer) -> Adaptation:
        labels = [self.chars[i] for i in taught.labels]
        card = self.reader.classifier.card
        return Adaptation.learn(taught.p, taught.embeddings, labels, card.labels)

    def _draws(self, seed: int) -> list[tuple[Writer, np.random.Generator]]:
        return [
            (writer, np.random.default_rng([draw, seed, number]))
            for number, writer in enumerate(self.writers)
            for draw in range(self.draws)
        ]


def enough(writer: Writer) -> Indices:
    """The classes that a writer has enough samples of."""
    return np.flatnonzero(np.bincount(writer.labels) >= _ENOUGH)


def pick(
    writer: Writer, classes: Indices, count: int, rng: np.random.Generator
) -> tuple[Writer, Writer]:
    """``count`` samples of each of these classes, and all other samples."""
    own = [rng.permutation(np.flatnonzero(writer.labels == c))[:count] for c in classes]
    taught = np.concatenate(own)
    return writer.part(taught), writer.part(np.setdiff1d(np.arange(len(writer.labels)), taught))


def lines(reader: Reader, data: Path, names: Sequence[str]) -> None:
    """Error rate of whole lines, three samples a class taught from other strokes."""
    strokes: dict[str, dict[str, list[Strokes]]] = {name: defaultdict(list) for name in names}
    for one in read_crohme(data / "strokes" / "crohme_train.npz"):
        if one.group in strokes and one.strokes:
            strokes[one.group][one.label].append(one.strokes)
    wrong, total = np.zeros(2, int), 0
    for number, name in enumerate(names):
        rng = np.random.default_rng(number)
        taught, rest = [], {}
        for char, ways in sorted(strokes[name].items()):
            order = rng.permutation(len(ways))
            cut = 3 if len(ways) >= _ENOUGH else 0
            taught += [(char, crop(draw(ways[i], rng, pen=_PEN))) for i in order[:cut]]
            rest[char] = [ways[i] for i in order[cut:]]
        hand = reader.with_samples(taught)
        for _ in range(3):
            text = [random_words(sorted(rest), rng) for _ in range(2)]
            page = write_page(text, rest, rng)
            for column, one_reader in enumerate((reader, hand)):
                errors = cer.Errors.of("\n".join(text), one_reader.read(page).text)
                wrong[column] += errors.exact
            total += errors.count
    before, after = 100 * wrong / total
    print(f"composed lines, 3 a class{'':21}{total:7,}{before:8.2f} → {after:5.2f}")


def random_words(chars: Sequence[str], rng: np.random.Generator) -> str:
    """Four words of digits, lower case, capitals, or a capital with lower case."""
    kinds = [[char for char in chars if char in group] for group in (DIGITS, LOWER, UPPER)]
    digits, lower, upper = kinds
    words = []
    for _ in range(4):
        first, others = [(digits, digits), (lower, lower), (upper, upper), (upper, lower)][
            int(rng.choice(4, p=[0.35, 0.35, 0.1, 0.2]))
        ]
        first, others = first or lower, others or lower
        words.append(str(rng.choice(first)) + "".join(rng.choice(others, rng.integers(2, 6))))
    return " ".join(words)


def cost(reader: Reader, images: npt.NDArray[np.uint8]) -> None:
    """Time to learn, and what a profile adds to a line of 40 glyphs."""
    labels = [label for label in reader.classifier.card.labels if label is not None]
    line = images[:40]
    p, embeddings = reader.classifier.look(line)
    for each, chars in ((3, labels[:20]), (MOST, labels)):
        samples = [(char, images[i]) for i in range(each) for char in chars]
        hand = reader.with_samples(samples)
        assert hand.adaptation is not None
        learn = median(partial(reader.with_samples, samples), 5)
        look = median(partial(reader.classifier.look, line), 50)
        apply = median(partial(hand.adaptation.apply, p, embeddings), 50)
        print(
            f"{len(samples)} samples: {learn:.3f} s to learn; 40 glyphs: the network "
            f"{1000 * look:.2f} ms, the profile {1000 * apply:.2f} ms"
        )


def median(do: Callable[[], object], times: int) -> float:
    """Seconds."""
    return float(np.median(timeit.repeat(do, number=1, repeat=times)))


if __name__ == "__main__":
    sys.exit(main())
