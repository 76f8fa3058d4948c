"""Collections that characters come from, and what their licences allow."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class Source(NamedTuple):
    """A collection.

    Attributes:
        name: as cards and tables have it.
        licence: in words.
        free: whether what is trained on it may be used for anything, by the licence that is stated.
    """

    name: str
    licence: str
    free: bool


_NOT_STATED = "no stated licence"
SOURCES = (
    Source("MNIST", "CC BY-SA 3.0", True),
    Source("SD19", "US public domain (NIST)", True),
    Source("paper", "MIT", True),
    Source("Chars74K", _NOT_STATED, False),
    Source("CROHME", "CC BY-NC-SA 3.0: non-commercial", False),
    Source("fonts", "SIL OFL: drawn from handwriting fonts, no real writers", True),
    Source("thin62", _NOT_STATED, False),
    Source("htl", _NOT_STATED, False),
    Source("COMP472", _NOT_STATED, False),
    Source("touch", _NOT_STATED, False),
    Source("kenan", _NOT_STATED, False),
    Source("mitocr", _NOT_STATED, False),
    Source(
        "UNIPEN",
        "CC BY 4.0 by its Zenodo record; its notice of 1999 allows research and forbids commercial "
        "distribution of the data",
        True,
    ),
)
"""By the byte that data sets call them by."""

UNIPEN = 12
"""UNIPEN's byte."""

LICENCES = ("any", "free")
"""Which sources may be used: all, or those that are ``free``."""

ANYTHING, NON_COMMERCIAL = "anything", "non-commercial"
"""In one word what weights may be used for that are trained on free sources alone, or on others."""


def is_used(number: int, licences: str) -> bool:
    """Whether a source, by its byte, may be used; of one that is not known nothing is stated.

    Args:
        number: of the source.
        licences: one of ``LICENCES``.
    """
    return licences == "any" or (number < len(SOURCES) and SOURCES[number].free)


def are_used(numbers: npt.NDArray[np.integer[Any]], licences: str) -> npt.NDArray[np.bool_]:
    """(n,) the same of the sources, by their bytes, of n items."""
    used = np.array([is_used(number, licences) for number in range(256)], np.bool_)
    return np.asarray(used[numbers], np.bool_)
