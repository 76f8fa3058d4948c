"""UNIPEN's writers: who is held back to choose by, and how often each is shown.

A writer's name is its contributor, of three letters, and a number: ``ced012``. Who counts as one
person follows the data's own notes: of a family of contributors (``ap?``, ``ce?`` …) equal numbers
are one person.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

CONTRIBUTORS = frozenset(("pcl", "int", "kai", "syn"))
"""Never trained on: print, mixed and joined hands. By eye, before any training."""

JOINED = frozenset(("cea", "ceb", "mot", "lav", "sie", "kai"))
"""Contributors whose single letters were cut out of joined words, by the data's notes."""

_SHARE = 17  # of other people, one in so many is held back as well
_FAMILIES = ("ap", "ce", "bb", "hp")
# Case of their labels is unsure, by the data's notes.
_UNSURE = dict.fromkeys(("abm", "ibm", "att"), 0.4)
_FEW: Mapping[str, float] = {"val": 0.25, "gmd": 0.35} | _UNSURE | dict.fromkeys(JOINED, 0.3)
"""How much less a contributor counts than its size says; the first two are many of one hand."""


def is_held(writer: str) -> bool:
    """Whether a writer, such as ``ced012``, is held back: by contributor, else by person."""
    if writer[:3] in CONTRIBUTORS:
        return True
    person = (writer[:2] if writer[:2] in _FAMILIES else writer[:3]) + writer[3:]
    return zlib.crc32(person.encode()) % _SHARE == 0


def likelihoods(writers: Sequence[str], counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How likely each writer is drawn: by the root of what it wrote, and its contributor by the
    root of what all its writers have, so that the large ones do not drown the others.

    Args:
        writers: names, of which the first three letters are the contributor.
        counts: (n,), what each wrote.

    Returns:
        float64 (n,) of sum 1.
    """
    weight = np.sqrt(counts)
    total: dict[str, float] = defaultdict(float)
    for writer, one in zip(writers, weight.tolist(), strict=True):
        total[writer[:3]] += one
    share = [_FEW.get(w[:3], 1.0) / np.sqrt(total[w[:3]]) for w in writers]
    weight = weight * np.array(share)
    return np.asarray(weight / weight.sum(), np.float64)
