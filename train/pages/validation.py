"""Pages to choose by: composed once, of people and things that are never trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from train.pages.compose import Composer, Sample

PARTS = ("diagrams", "composed", "empty")
"""Sources of pages, each measured by itself."""

_SEED = 16


def compose(data: Path, side: int, count: int = 64) -> list[Sample]:
    """``count`` pages of each part."""
    composer = Composer(data, held=True, side=side)
    out: list[Sample] = []
    for number, part in enumerate(PARTS):
        rng = np.random.default_rng([_SEED, number])
        out += [composer.sample(rng, part) for _ in range(count)]
    return out
