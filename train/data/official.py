"""What is known of the official data sets: classes, first label, totals."""

from __future__ import annotations

import string
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from train.data.dataset import Part

# In ByMerge and Balanced the other lower-case letters share their capital's class.
_MERGED = string.digits + string.ascii_uppercase + "abdefghnqrt"


@dataclass(frozen=True)
class Official:
    """An official data set.

    Attributes:
        chars: one character a class, in label order.
        train: number of training images.
        test: number of test images.
        first_label: the files' label of the first class; EMNIST Letters starts at 1.
        transposed: whether the files hold the images with their axes swapped.
    """

    chars: str
    train: int
    test: int
    first_label: int = 0
    transposed: bool = True


OFFICIAL = {
    "mnist": Official(string.digits, 60_000, 10_000, transposed=False),
    "emnist-byclass": Official(
        string.digits + string.ascii_uppercase + string.ascii_lowercase, 697_932, 116_323
    ),
    "emnist-bymerge": Official(_MERGED, 697_932, 116_323),
    "emnist-balanced": Official(_MERGED, 112_800, 18_800),
    "emnist-letters": Official(string.ascii_uppercase, 124_800, 20_800, first_label=1),
    "emnist-digits": Official(string.digits, 240_000, 40_000),
    "emnist-mnist": Official(string.digits, 60_000, 10_000),
}
"""Cohen et al. 2017, arXiv:1702.05373, table II; MNIST: LeCun et al. 1998."""

_STROKES = ("1", "I")
"""Characters that stand upright however they are written."""

_ENOUGH = 100
"""From so many images a class on, a class without any is no accident."""


def check(name: str, train: Part, test: Part, where: str) -> list[str]:
    """Compares what was read with what the official files hold.

    Returns:
        Warnings: one where the totals differ.

    Raises:
        InputError: where training and test are swapped or another split's files have this name.
    """
    official = OFFICIAL[name]
    found = (len(train.labels), len(test.labels))
    if found == (official.test, official.train):
        raise InputError(f"{where}: the training and the test files of {name} are swapped")
    classes, seen = len(official.chars), len(np.unique(train.labels))
    if found[0] >= _ENOUGH * classes and seen < 0.8 * classes:
        raise InputError(
            f"{where}: the training labels of {name} have {seen} of its {classes} classes: "
            "another split's files, renamed?"
        )
    if found == (official.train, official.test):
        return []
    return [
        f"{name} in {where} has {found[0]:,} training and {found[1]:,} test images; "
        f"the official files have {official.train:,} and {official.test:,}"
    ]


def lying(chars: tuple[str, ...], part: Part) -> list[str]:
    """A warning if the images lie on their side: a folder whose images were not stored transposed.

    The ones tell: on their own axes they are spread more from top to bottom than from left to
    right. Below 50 of them, or without a class that tells, nothing is said.
    """
    told = [char for char in _STROKES if char in chars]
    images = part.images[part.labels == chars.index(told[0])][:500] if told else part.images[:0]
    if len(images) < 50:
        return []
    ink = images.sum(0, dtype=np.float64)
    if not ink.any():
        return []
    rows, columns = (_spread(ink.sum(axis)) for axis in (1, 0))
    if rows >= columns:
        return []
    return [f"the images of {told[0]} lie on their side: were they stored upright, not transposed?"]


def _spread(ink: npt.NDArray[np.float64]) -> float:
    """Variance of the place of the ink along an axis."""
    places = np.arange(len(ink))
    mean = (ink * places).sum() / ink.sum()
    return float((ink * (places - mean) ** 2).sum() / ink.sum())
