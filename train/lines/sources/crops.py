"""Texts of hwr62's crops beside each other: pictures of single characters on real paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from train.data.datasets import load
from train.data.sources import are_used
from train.images.pool import cut_validation
from train.lines.sources.zones import ZONES
from train.recipe import HWR62

Grey = npt.NDArray[np.uint8]

_X_HEIGHT = 18.0  # pixels: a capital is then a little taller than in a crop
_BASELINE, _HIGH = 48.0, 80  # rows


KEPT = Path("hwr62.npz")
"""Where a pack's folder has the crops: some of each character and source."""


@dataclass(frozen=True)
class Glyphs:
    """Crops of single characters: first those to train on, then those that are held back.

    Attributes:
        images: uint8 (n, 28, 28).
        labels: (n,), index into ``chars``.
        sources: (n,), number of the collection.
        chars: what the labels mean.
        trained: how many are to train on.
    """

    images: Grey
    labels: npt.NDArray[np.int64]
    sources: npt.NDArray[np.uint8]
    chars: tuple[str, ...]
    trained: int

    def pools(
        self, some: npt.NDArray[np.int64]
    ) -> Iterator[tuple[int, list[npt.NDArray[np.int64]]]]:
        """Of each character those of ``some``, a pool for each source, in their order."""
        for number in range(len(self.chars)):
            own = some[self.labels[some] == number]
            yield number, [own[self.sources[own] == s] for s in np.unique(self.sources[own])]

    def few(self, most: int) -> Glyphs:
        """At most so many of each character and source, of either kind, evenly out of all."""
        kept: list[npt.NDArray[np.int64]] = []
        every = np.arange(len(self.labels))
        for some in (every[: self.trained], every[self.trained :]):
            pools = [pool for _, of in self.pools(some) for pool in of]
            few = [p[np.linspace(0, len(p) - 1, min(most, len(p))).astype(int)] for p in pools]
            kept.append(np.sort(np.concatenate([every[:0], *few])))
        i = np.concatenate(kept)
        return Glyphs(self.images[i], self.labels[i], self.sources[i], self.chars, len(kept[0]))


def read_glyphs(data: Path) -> Glyphs:
    """hwr62's crops, or those of a pack's folder.

    Raises:
        InputError: if they are missing or broken.
    """
    if (data / KEPT).is_file():
        with np.load(data / KEPT, allow_pickle=False) as file:
            chars = tuple(file["chars"].tolist())
            labels, sources = file["labels"].astype(np.int64), file["sources"]
            return Glyphs(file["images"], labels, sources, chars, int(file["trained"]))
    dataset = load("hwr62", data)
    part = dataset.train
    index, valid = cut_validation(part, HWR62)
    i = np.concatenate([index, valid])
    sources = np.zeros(len(part.labels), np.uint8) if part.sources is None else part.sources
    labels = part.labels[i].astype(np.int64)
    return Glyphs(part.images[i], labels, sources[i], tuple(dataset.chars), len(index))


class Crops:
    """hwr62's crops by character and source, of those held back or of all others.

    Args:
        data: the folder of the data.
        held: of which.
        licences: "any", or "free": of collections whose stated licence allows every use.
    """

    def __init__(self, data: Path, held: bool, licences: str = "any") -> None:
        every = read_glyphs(data)
        some = np.arange(len(every.labels))
        some = some[every.trained :] if held else some[: every.trained]
        some = some[are_used(every.sources[some], licences)]
        self._images = every.images
        self._of = {every.chars[number]: pools for number, pools in every.pools(some) if pools}

    def draw(self, text: str, rng: np.random.Generator) -> Grey | None:
        """A text, mostly of one source of images: uint8 (80, w), bright on black; None if there is
        no image of a character, or an empty one."""
        if any(char not in self._of for char in text.replace(" ", "")):
            return None
        letter = float(rng.choice([rng.uniform(-3, 1), rng.uniform(1, 5), rng.uniform(4, 16)]))
        parts: list[tuple[Grey, int, int]] = []
        x = 10.0
        same = int(rng.integers(12)) if rng.random() < 0.6 else -1
        for char in text:
            if char == " ":
                x += max(letter, 2) * rng.uniform(1.2, 2) + rng.uniform(7, 17)
                continue
            glyph = self._glyph(char, same, rng)
            if glyph is None:
                return None
            y = round(_BASELINE - ZONES[char][0] * _X_HEIGHT + rng.normal(0, 0.8))
            parts.append((glyph, max(0, round(x)), max(0, y)))
            x += glyph.shape[1] + letter + rng.normal(0, 0.8)
        if not parts:
            return None
        out = np.zeros((_HIGH, int(x) + 24), np.uint8)
        for glyph, left, first in parts:
            spot = out[first : first + glyph.shape[0], left : left + glyph.shape[1]]
            np.maximum(spot, glyph[: spot.shape[0], : spot.shape[1]], out=spot)
        return out

    def _glyph(self, char: str, same: int, rng: np.random.Generator) -> Grey | None:
        """One character as tall as its zone, without what is empty around it."""
        pools = self._of[char]
        pool = pools[same % len(pools)] if same >= 0 else pools[int(rng.integers(len(pools)))]
        crop = self._images[int(pool[rng.integers(len(pool))])]
        x, y, w, h = cv2.boundingRect((crop > 64).astype(np.uint8))
        if not w:
            return None
        top, bottom = ZONES[char]
        high = max(4, round((top - bottom) * _X_HEIGHT * float(np.exp(rng.normal(0, 0.07)))))
        wide = max(2, round(w * high / h * float(np.exp(rng.normal(0, 0.08)))))
        wide = min(wide, int(2.2 * _X_HEIGHT))
        return np.asarray(cv2.resize(crop[y : y + h, x : x + w], (wide, high)), np.uint8)
