"""What training has beside its data set: UNIPEN's people, their signs, and what is no writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.chars import SIGNS
from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.models import shipped_folder
from train.data.sources import UNIPEN
from train.data.writers import JOINED
from train.images import people as writers
from train.images import strangers
from train.images.doodles import FILE as DOODLES
from train.images.doodles import read_doodles
from train.images.people import of_usual_size, read_ligatures, read_people, too_few_strokes, whole
from train.images.signs import Own, draw_sign, signs_by_label
from train.images.strokes import Character, draw_crop, read_crohme
from train.recipe import Recipe

Crops = npt.NDArray[np.uint8]
Names = npt.NDArray[np.str_]

CHARS_TEST, SIGNS_TEST = (
    name.replace("_train", "_test") for name in (writers.CHARS, writers.SIGNS)
)

_HELD_OF_CUT = 4  # of those held back who were cut out of joined words, one in so many is used
_DOODLES, _SHAPES, _LETTERS, _HALVES, _LIGATURES = 0.5, 0.35, 0.45, 0.25, 0.03
"""How many of each kind of what is no writing there are, for each of ``draw_nonchars``."""
NONCHARS = _DOODLES + _SHAPES + _LETTERS + _HALVES + _LIGATURES
"""And of all together."""


def drawn_people(data: Path, part: str) -> tuple[Crops, Names]:
    """Characters of those whom nothing was trained on, a crop of each.

    Args:
        data: the folder of the data.
        part: "validation", those held back, or "test", other contributors.

    Returns:
        uint8 (n, 28, 28), and (n,) what they are.
    """
    rng = np.random.default_rng(1)
    if part == "test":
        found = [one for one in read_crohme(data / CHARS_TEST) if one.strokes]
    else:
        found = read_people(data / writers.CHARS, True, joined=False)
    return np.stack([draw_crop(one, rng) for one in found]), np.array([c.label for c in found])


def drawn_signs(data: Path, part: str) -> tuple[Crops, Names]:
    """Likewise of signs."""
    rng = np.random.default_rng(2)
    if part == "test":
        found = [one for one in read_crohme(data / SIGNS_TEST) if one.strokes]
    else:
        found = read_people(data / writers.SIGNS, True)
    found = [one for one in found if one.label in tuple(SIGNS)]
    return np.stack([draw_sign(one, rng) for one in found]), np.array([c.label for c in found])


def people_files(recipe: Recipe, data: Path | None) -> list[Path]:
    """UNIPEN's files of characters and signs; none where they are not all there, or not wanted."""
    if data is None or not recipe.source_weights.get(UNIPEN):
        return []
    files = [data / name for name in (writers.CHARS, writers.SIGNS)]
    return files if all(file.is_file() for file in files) else []


@dataclass(frozen=True)
class Others:
    """The pen strokes of UNIPEN's people.

    Attributes:
        data: the folder of the data.
        joined: whether letters cut out of joined words are trained on.
    """

    data: Path
    joined: bool = True

    @classmethod
    def find(cls, recipe: Recipe, data: Path | None) -> Others | None:
        """None where they are not wanted, or not there."""
        if data is None or not people_files(recipe, data):
            return None
        return cls(data)

    @cached_property
    def people(self) -> list[Character]:
        """The characters to train on, without those that lack a stroke."""
        found = read_people(self.data / writers.CHARS, False, joined=self.joined)
        own = [one for one in found if len(one.label) == 1]
        return whole(own, Classifier(shipped_folder() / "hwr62").probabilities)

    def held_crops(
        self, number: Mapping[str, int], seed: int
    ) -> tuple[Crops, npt.NDArray[np.int32]]:
        """A crop of each character to choose by, and its label."""
        rng = np.random.default_rng([seed, 16])
        found = [c for c in read_people(self.data / writers.CHARS, True) if c.label in number]
        cut = np.cumsum([one.group[:3] in JOINED for one in found])
        used = [
            one
            for one, n in zip(found, cut.tolist(), strict=True)
            if one.group[:3] not in JOINED or n % _HELD_OF_CUT == 0
        ]
        ink = np.stack([draw_crop(one, rng) for one in used])
        return ink, np.array([number[one.label] for one in used], np.int32)

    def signs(self, held: bool) -> Own:
        """The signs to train on, or to choose by."""
        signs = read_people(self.data / writers.SIGNS, held)
        chars = [c for c in read_people(self.data / writers.CHARS, held) if c.label in "oO0xX"]
        if not held:
            good = of_usual_size(signs) & ~too_few_strokes(signs)
            signs = [one for one, kept in zip(signs, good.tolist(), strict=True) if kept]
        return signs_by_label(signs, chars)

    def nonchars(
        self, count: int, crops: Crops, names: npt.NDArray[np.str_], seed: int, held: bool
    ) -> list[Crops]:
        """Crops of no character, by kind.

        Args:
            count: of those that ``draw_nonchars`` makes, beside which these are.
            crops: uint8 (n, 28, 28) of characters.
            names: (n,) their characters.
            seed: the same seed gives the same crops.
            held: whether of things and scripts held back.
        """
        # It draws with Pillow, which is not there where help and errors of the command are told.
        from train.images.scripts import draw_letters

        out = [
            strangers.draw_shapes(round(count * _SHAPES), seed),
            strangers.draw_halves(crops, names, round(count * _HALVES), seed),
            draw_letters(self.data / "fonts", round(count * _LETTERS), seed, held),
        ]
        if (self.data / DOODLES).is_file():
            doodles = read_doodles(self.data, held)
            out.append(strangers.draw_doodles(doodles, round(count * _DOODLES), seed))
        rng = np.random.default_rng([seed, 17])
        links = read_ligatures(self.data / writers.SIGNS, held)
        if links:
            some = rng.integers(len(links), size=round(count * _LIGATURES)).tolist()
            out.append(np.array([draw_sign(links[i], rng) for i in some], np.uint8))
        return [one.reshape(-1, 28, 28) for one in out]
