"""How good maps are: cores found and invented, and how far directions are off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from train.pages.compose import Sample
from train.pages.target import MAPS, interleaved

_SURE = 0.0  # logit from which a map is taken to be true
_NEAR = np.radians(30)  # a direction that is off by less is right


@dataclass(frozen=True)
class Found:
    """Counts of places; they add up.

    Attributes:
        both, told, true: for each map the places where it is true and told so, told, and true.
        way_right, way_all: places of lines whose direction is right, and all of them.
    """

    both: tuple[int, ...] = (0,) * MAPS
    told: tuple[int, ...] = (0,) * MAPS
    true: tuple[int, ...] = (0,) * MAPS
    way_right: int = 0
    way_all: int = 0

    def __add__(self, other: Found) -> Found:
        def summed(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(x + y for x, y in zip(a, b, strict=True))

        return Found(
            summed(self.both, other.both),
            summed(self.told, other.told),
            summed(self.true, other.true),
            self.way_right + other.way_right,
            self.way_all + other.way_all,
        )

    def rounded(self) -> dict[str, float]:
        """Figures for a card: of cores of handwriting, print and drawings how much is found
        ("recall") and how much of what is told is true ("precision"), and directions right."""
        out = {}
        for number, name in enumerate(("hand", "print", "drawing")):
            out[f"{name} recall"] = round(self.both[number] / max(1, self.true[number]), 4)
            out[f"{name} precision"] = round(self.both[number] / max(1, self.told[number]), 4)
        out["directions"] = round(self.way_right / max(1, self.way_all), 4)
        return out


def found(logits: npt.NDArray[np.float32], sample: Sample) -> Found:
    """What logits (h/4, w/4, channels) tell rightly of a page."""
    target = sample.target
    true = interleaved(target.maps) > 0
    known = interleaved(np.repeat(target.known[None], MAPS, 0)) > 0
    told = (logits[..., : 4 * MAPS] > _SURE) & known
    true = true & known

    def by_map(places: npt.NDArray[np.bool_]) -> tuple[int, ...]:
        sums = places.reshape(-1, MAPS, 4).sum((0, 2))
        return tuple(int(v) for v in sums)

    own = target.told > 0
    way = target.way.transpose(1, 2, 0)[own]
    given = logits[..., 4 * MAPS :][own]
    right = (given * way).sum(1) > np.cos(_NEAR) * np.maximum(np.linalg.norm(given, axis=1), 1e-6)
    return Found(by_map(told & true), by_map(told), by_map(true), int(right.sum()), int(own.sum()))


def by_part(
    answers: Sequence[npt.NDArray[np.float32]], samples: Sequence[Sample]
) -> dict[str, Found]:
    """What answers tell rightly, by the samples' sources."""
    out: dict[str, Found] = {}
    for logits, sample in zip(answers, samples, strict=True):
        out[sample.source] = out.get(sample.source, Found()) + found(logits, sample)
    return out
