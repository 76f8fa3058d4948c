"""Whether confidences mean what they say: of glyphs that are told with 0.9, nine in ten are right.

    HWR_DATA=DIR python -m tests.measure.calibration [--items N] [--pages N] [--model M] [--choose]

Pictures of validation people (``tests.measure.writing``) are read; printed is the expected
calibration error of glyphs and of words for each kind of writing, and of all kinds, where each kind
counts the same; in brackets what they would be if all confidences were true, as of few a share is
never what is expected. A glyph is right if it is the character that stands there, case and all; a
word, if it is one of those that are written, from blank to blank.

With ``--choose`` the numbers follow with which what came true was likeliest, for the model's card
or ``hwr_live.recognition.settings``: ``joint.certainty``, ``words.slope``, ``words.of_words`` and
``words.offset``; and the errors that they leave, also of each half of the pictures with the numbers
that were chosen on the other half.
"""

from __future__ import annotations

import argparse
import copy
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.reading import Glyph, Reading
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from hwr_live.tracking.medians import alignment
from tests.measure.writing import kinds

Floats = npt.NDArray[np.float64]

_BINS = 15  # equally wide ones of confidence
_DRAWS = 100
_ODDS = 30.0  # logarithm, beyond which a confidence is 0 or 1
_SURE = 1e-6  # confidence is kept so far from 0 and from 1
_POWERS = np.geomspace(0.3, 2.0, 39)
_STEPS, _HALVED = 50, 12  # of Newton's method, which needs ten; how often a step is halved


@dataclass(frozen=True)
class Told:
    """A readable glyph as the reader told it.

    Attributes:
        p: (chars,) its probabilities among characters.
        char: probability that it is a character.
        heard: whether the line network had a say.
        right: whether it is what stands there.
    """

    p: Floats
    char: float
    heard: bool
    right: bool

    @classmethod
    def of(cls, glyph: Glyph, right: bool) -> Told:
        """Of a glyph that was read with its decision."""
        assert glyph.decision is not None
        steps = glyph.decision.steps
        p = np.asarray(steps[-1][1], np.float64)
        heard = any(step == "line" for step, _ in steps)
        return cls(p / p.sum(), min(1.0, glyph.confidence * p.sum() / p.max()), heard, right)

    def confidence(self, power: float) -> float:
        """How sure it would be told with another power."""
        if not self.heard:
            return float(self.p.max() * self.char)
        p = self.p**power
        return float(p.max() / p.sum() * self.char)


@dataclass(frozen=True)
class Read:
    """A word as the reader told it.

    Attributes:
        first, end: numbers of its first glyph and of the one behind its last.
        known: how likely it is a word, and not characters in any order.
        right: whether it is one that stands there.
    """

    first: int
    end: int
    known: float
    right: bool


@dataclass(frozen=True)
class Page:
    """A picture that was read.

    Attributes:
        kind: of writing.
        glyphs: that were read, in order.
        words: that were read.
    """

    kind: str
    glyphs: tuple[Told, ...]
    words: tuple[Read, ...]


@dataclass(frozen=True)
class Sure:
    """Confidences of n glyphs or words, 1 where each is right, what each counts, and how likely
    each is a word: (n,) each."""

    confidence: Floats
    right: Floats
    weights: Floats
    known: Floats

    @property
    def error(self) -> float:
        """Expected calibration error: the mean distance of confidence and share of right ones, over
        equally wide bins of confidence; 0 of nothing."""
        which = np.minimum((self.confidence * _BINS).astype(int), _BINS - 1)
        gaps = np.bincount(which, self.weights * (self.right - self.confidence), _BINS)
        return float(np.abs(gaps).sum() / max(1e-12, float(self.weights.sum())))

    @property
    def chance(self) -> float:
        """The error that so few would have on average if all confidences were true."""
        rng = np.random.default_rng(67)
        draws = rng.random((_DRAWS, len(self.right))) < self.confidence
        return float(np.mean([replace(self, right=row.astype(np.float64)).error for row in draws]))

    @property
    def surprise(self) -> float:
        """Mean negative logarithm of the probability of what came true; 0 of nothing."""
        p = np.clip(np.where(self.right > 0, self.confidence, 1 - self.confidence), _SURE, 1)
        return float(-(self.weights * np.log(p)).sum() / max(1e-12, float(self.weights.sum())))

    def calibrated(self, numbers: Numbers) -> Sure:
        """The same with log odds by slopes and an offset."""
        odds = self._features @ (numbers.slope, numbers.of_words, numbers.offset)
        return replace(self, confidence=1 / (1 + np.exp(-np.clip(odds, -_ODDS, _ODDS))))

    def fitted(self, numbers: Numbers) -> Numbers:
        """The same numbers with the slopes and the offset with which what came true was likeliest
        (Platt, 1999), by Newton's method."""
        x = self._features
        found = numbers
        for _ in range(_STEPS):
            p = self.calibrated(found).confidence
            bent = (x * (self.weights * p * (1 - p))[:, None]).T @ x + _SURE * np.eye(3)
            gradient = x.T @ (self.weights * (self.right - p))
            step = np.asarray(np.linalg.solve(bent, gradient), np.float64)
            # A whole step can lead far beyond what is best; a short one in its direction does not.
            tried = (found.moved(step * 0.5**halved) for halved in range(_HALVED))
            before = self.calibrated(found).surprise
            better = (one for one in tried if self.calibrated(one).surprise < before)
            if (nearer := next(better, None)) is None:
                break
            found = nearer
        return found

    @property
    def _features(self) -> Floats:
        p = np.clip(self.confidence, _SURE, 1 - _SURE)
        odds = np.log(p / (1 - p))
        return np.stack([odds, odds * self.known, np.ones(len(odds))], axis=1)


@dataclass(frozen=True)
class Numbers:
    """What is chosen: ``joint.certainty`` and the ``words`` of the settings."""

    certainty: float = 1.0
    slope: float = 1.0
    of_words: float = 0.0
    offset: float = 0.0

    def moved(self, step: Floats) -> Numbers:
        """The same with other numbers of words."""
        slope, of_words, offset = (
            np.array([self.slope, self.of_words, self.offset]) + step
        ).tolist()
        return replace(self, slope=slope, of_words=of_words, offset=offset)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.calibration")
    parser.add_argument("--items", type=int, default=60, help="words and lines of each kind (60)")
    parser.add_argument("--pages", type=int, default=6, help="pages of each kind (6)")
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--choose", action="store_true", help="the numbers that are best")
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("calibration: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    reader = Reader.load(options.model)
    own = reader.classifier.card.decoder
    words = own.words
    numbers = Numbers(own.joint.certainty, words.slope, words.of_words, words.offset)
    pages: list[Page] = []
    for kind, make in kinds(Path(os.environ["HWR_DATA"]), "validation").items():
        most = options.pages if kind.startswith(("composed", "codes")) else options.items
        plain = as_told(reader)
        pages += [judged(kind, plain.read(one.picture()), one.truth) for one in make(most)]
        show(kind, [page for page in pages if page.kind == kind], numbers)
    show("all kinds", pages, numbers)
    if options.choose:
        chosen = choose(pages)
        show("with the best", pages, chosen)
        halves = pages[::2], pages[1::2]
        swapped = [(half, choose(other)) for half, other in (halves, halves[::-1])]
        half_glyphs, half_words = (
            np.mean([one(half, of).error for half, of in swapped]) for one in (glyphs_of, words_of)
        )
        print(f"{'of the other half':28}{half_glyphs:8.3f} {half_words:7.3f}")
        print(f"joint.certainty {chosen.certainty:.2f}", end=", ")
        print(f"words.slope {chosen.slope:.2f}, words.of_words {chosen.of_words:.2f}", end=", ")
        print(f"words.offset {chosen.offset:.2f}")
    return 0


def show(name: str, pages: Sequence[Page], numbers: Numbers) -> None:
    """Prints a row."""
    if name == "words on paper" or not pages:
        print(f"{'calibration error of':28}  glyphs   words   (by chance)      right     sure")
    glyphs, words = glyphs_of(pages, numbers), words_of(pages, numbers)
    cells = "".join(
        f"  {np.average(one, weights=words.weights) if len(one) else 0:7.1%}"
        for one in (words.right, words.confidence)
    )
    errors = f"{glyphs.error:8.3f} {words.error:7.3f}   ({glyphs.chance:.3f}, {words.chance:.3f})"
    print(f"{name:28}{errors}{cells} of words", flush=True)


def as_told(reader: Reader) -> Reader:
    """The reader without its calibration, so that any other can be reckoned: a word's slope says
    by how much it is a word."""
    classifier = copy.copy(reader.classifier)
    decoder = classifier.card.decoder
    words = replace(decoder.words, slope=1.0, of_words=1.0, offset=0.0)
    plain = replace(decoder, joint=replace(decoder.joint, certainty=1.0), words=words)
    classifier.card = replace(classifier.card, decoder=plain)
    return Reader(
        classifier, reader.chars, lines=reader.lines, pages=reader.pages, letters=reader.letters
    )


def judged(kind: str, reading: Reading, truth: str) -> Page:
    """Which glyphs and words of a reading are right."""
    wanted = " ".join(truth.split())
    read = " ".join(word.text for word in reading.words)
    here: list[int | None] = [None] * len(read)  # the place in the truth of each that is right
    for place, at, before in alignment(wanted, read):
        if at is not None and not before and wanted[place] == read[at]:
            here[at] = place
    glyphs: list[Told] = []
    words: list[Read] = []
    at = 0
    for word in reading.words:
        places = here[at : at + len(word.readable)]
        first, n = places[0], len(places)
        right = (
            first is not None
            and places == list(range(first, first + n))
            and f" {wanted} "[first : first + n + 2] == f" {word.text} "
        )
        known = word.calibration[0] - 1 if word.calibration else 0.0
        words.append(Read(len(glyphs), len(glyphs) + n, known, right))
        glyphs += [
            Told.of(glyph, place is not None)
            for glyph, place in zip(word.readable, places, strict=True)
        ]
        at += n + 1
    return Page(kind, tuple(glyphs), tuple(words))


def glyphs_of(pages: Sequence[Page], numbers: Numbers) -> Sure:
    """The glyphs of pages; each kind counts the same."""
    rows = [
        (glyph.confidence(numbers.certainty), glyph.right, page.kind, 0.0)
        for page in pages
        for glyph in page.glyphs
    ]
    return _sure(rows)


def words_of(pages: Sequence[Page], numbers: Numbers) -> Sure:
    """The words of pages, likewise."""
    rows = []
    for page in pages:
        sure = [glyph.confidence(numbers.certainty) for glyph in page.glyphs]
        rows += [
            (min(sure[one.first : one.end]), one.right, page.kind, one.known) for one in page.words
        ]
    return _sure(rows).calibrated(numbers)


def _sure(rows: Sequence[tuple[float, bool, str, float]]) -> Sure:
    counts = Counter(kind for _, _, kind, _ in rows)
    table = [(sure, right, 1 / counts[kind], known) for sure, right, kind, known in rows]
    return Sure(*np.array(table, np.float64).reshape(-1, 4).T)


def choose(pages: Sequence[Page]) -> Numbers:
    """The power with which what came true of glyphs was likeliest, then the numbers with which that
    of words was."""
    power = min(_POWERS, key=lambda one: glyphs_of(pages, Numbers(one)).surprise)
    plain = Numbers(float(power))
    return words_of(pages, plain).fitted(plain)


if __name__ == "__main__":
    sys.exit(main())
