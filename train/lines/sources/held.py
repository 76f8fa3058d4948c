"""Who is held back: people and things that are never trained on, to choose by.

Of UNIPEN, ``train.data.writers`` tells it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from hwr_live.errors import InputError
from train.data.datasets import load
from train.images.pool import cut_validation
from train.recipe import HWR62

PAPER_WRITERS = frozenset(f"bpmn{n}" for n in (5, 15, 25, 35, 45, 55))
"""Of hdBPMN, never trained on."""

TESTED = frozenset(f"chars74k-{n}" for n in range(35, 40))
"""Of Chars74K's strokes: the test part of hwr62, for final figures alone."""

GROUPS = Path("groups.txt")
"""Where a pack's folder has the groups of hwr62 that are held back: it has not all of hwr62."""


def belongs(group: str, data: Path, held: bool) -> bool:
    """Whether a group of hwr62 or of its stroke files may be used: those that hwr62's own training
    chooses by are held back, the reserved and the tested ones are nobody's."""
    if group in HWR62.reserve or group in TESTED:
        return False
    return (group in validation_groups(data)) == held


@lru_cache(maxsize=2)
def validation_groups(data: Path) -> frozenset[str]:
    """The groups that hwr62's training chooses by.

    Raises:
        InputError: if hwr62 is not in the folder, or tells no groups.
    """
    told = data / GROUPS
    if told.is_file():
        return frozenset(told.read_text(encoding="utf-8").split("\n"))
    part = load("hwr62", data).train
    if part.groups is None:
        raise InputError("hwr62 has no groups: line networks cannot tell its writers apart")
    _, valid = cut_validation(part, HWR62)
    return frozenset(str(group) for group in np.unique(part.groups[valid]))
