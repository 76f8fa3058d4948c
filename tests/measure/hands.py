"""The hands that pages are composed of: of writers that the model was not trained on.

``test`` hands are those of the test parts, for the final figures only; ``validation`` hands are
those that a model is chosen by, and the writers of formulas that training reserves, for all else.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, DIGITS
from train.data.datasets import load
from train.data.writers import is_held
from train.images.marks import question_marks, read_marks
from train.images.pool import cut_validation
from train.images.strokes import Strokes, read_chars74k, read_crohme
from train.lines.sources.strokes import read_items
from train.recipe import HWR62

PARTS = ("test", "validation")
TEST_WRITERS = range(35, 40)  # of Chars74K: the test part of hwr62
TEST_PAPER = range(60, 70)  # numbers of the photographed characters of the test part
_LYING = 2.5  # times as wide as tall: a letter or digit of which only a level stroke was kept
_HELD = 0.06  # share at the end of the file of the marks that training holds back

Hand = dict[str, list[Strokes]]
Crops = dict[str, list[npt.NDArray[np.uint8]]]


def stroke_hands(data: Path, part: str) -> dict[str, Hand]:
    """Hands by name, each with strokes of all 62 characters and of the marks.

    Those of Chars74K are of one writer each, with one sample of a character; ``crohme`` is of many
    writers of formulas, and lacks no character only because Chars74K's fill it up.

    Args:
        data: the folder of the data.
        part: one of ``PARTS``.
    """
    groups = _test_groups() if part == "test" else _validation_groups(data)
    marks = _marks(data, part)
    hands: dict[str, Hand] = defaultdict(lambda: defaultdict(list))
    for one in read_chars74k(data / "strokes" / "chars74k.json"):
        if one.strokes and one.group in groups:
            hands[one.group][one.label].append(one.strokes)
    mixed: Hand = defaultdict(list)
    file = "crohme_test.npz" if part == "test" else "crohme_train.npz"
    for one in read_crohme(data / "strokes" / file):
        if one.strokes and (part == "test" or one.group in groups):
            mixed[one.label].append(one.strokes)
    others = [hands[name] for name in sorted(hands)]
    for char in ALL:
        if char not in mixed:
            mixed[char] = [strokes for hand in others for strokes in hand[char]]
    return {**{name: {**hands[name], **marks} for name in sorted(hands)}, "crohme": mixed | marks}


def paper_hand(data: Path, part: str) -> Crops:
    """Photographs of single characters, uint8 (h, w) grey, of all 62 characters.

    The numbers of the files tell no writer: size and ink differ as much within one as among all.
    """
    groups = _test_groups() if part == "test" else _validation_groups(data)
    out: Crops = defaultdict(list)
    with zipfile.ZipFile(data / "paper" / "paper.zip") as archive:
        for name in sorted(archive.namelist()):
            path = PurePosixPath(name)
            if path.suffix != ".png":
                continue
            if f"paper-{int(path.stem)}" in groups:
                kind, char = path.parent.name.split("_")
                label = char.upper() if kind == "upper" else char.lower()
                coded = np.frombuffer(archive.read(name), np.uint8)
                out[label].append(np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8))
    return out


def _marks(data: Path, part: str) -> Hand:
    """Strokes of the marks. A colon is two of the dots; question marks, which CROHME does not have,
    are drawn from the curve that training uses, bent anew, and so tell less."""
    file = "crohme_punctuation_test.npz" if part == "test" else "crohme_punctuation_train.npz"
    marks = read_marks(data / "strokes" / file)
    if part == "validation":
        marks = {m: own[-max(1, round(_HELD * len(own))) :] for m, own in marks.items()}
    dots = [np.concatenate(dot) * 0.15 for dot in marks["."]]
    dots += dots[:1]
    marks[":"] = [[one, two + np.array([0, 800])] for one, two in pairwise(dots)]
    marks["?"] = question_marks(20, seed=1 if part == "test" else 2)
    return marks


def _test_groups() -> set[str]:
    return {f"chars74k-{n}" for n in TEST_WRITERS} | {f"paper-{n}" for n in TEST_PAPER}


@lru_cache(maxsize=1)
def _validation_groups(data: Path) -> set[str]:
    """The groups that training with hwr62's own recipe chooses by or leaves out."""
    part = load("hwr62", data).train
    assert part.groups is not None
    _, valid = cut_validation(part, HWR62)
    return {str(group) for group in np.unique(part.groups[valid])} | set(HWR62.reserve)


def pen_hands(data: Path, part: str) -> dict[str, Hand]:
    """UNIPEN's people by name, each with the strokes of what they wrote: all ten digits, and with
    them what letters and other signs there are of theirs.

    Args:
        data: the folder of the data.
        part: one of ``PARTS``.
    """
    of = "test" if part == "test" else "train"
    hands: dict[str, Hand] = defaultdict(lambda: defaultdict(list))
    for kind in ("chars", "symbols"):
        items = read_items(data / "unipen" / f"unipen_{kind}_{of}.npz")
        for i, (label, writer) in enumerate(zip(items.labels, items.writers, strict=True)):
            if len(label) == 1 and (part == "test" or is_held(writer)):
                pen = items.path(i)
                wide, high = np.ptp(pen.points, axis=0)
                if label.isalnum() and wide > _LYING * high:
                    continue
                strokes = np.split(pen.points.astype(np.float64), pen.firsts[1:])
                hands[writer][label].append(strokes)
    return {name: dict(hands[name]) for name in sorted(hands) if hands[name].keys() >= set(DIGITS)}


def mnist_hand(data: Path, part: str) -> Crops:
    """MNIST's digits, uint8 (28, 28), bright ink on black: those of the test part, or those that
    hwr62's own training chooses by. They are of many people, whom nothing tells apart."""
    dataset = load("mnist" if part == "test" else "hwr62", data)
    own = dataset.test if part == "test" else dataset.train
    chosen = np.arange(len(own.labels))
    if part != "test":
        assert own.groups is not None
        _, chosen = cut_validation(own, HWR62)
        chosen = chosen[own.groups[chosen] == "mnist"]
    out: Crops = defaultdict(list)
    for i in chosen.tolist():
        out[ALL[int(own.labels[i])]].append(np.asarray(own.images[i], np.uint8))
    return out
