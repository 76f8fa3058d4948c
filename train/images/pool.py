"""The images that training draws from: the data set's own, drawn anew, and non-characters."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.chars import MARKS, SIGNS
from hwr_live.errors import InputError
from train.data.datasets import Dataset, Part, split_validation
from train.data.sources import UNIPEN, are_used, is_used
from train.images.marks import FILE as MARKS_FILE
from train.images.marks import draw_marks, read_marks
from train.images.neighbours import draw_parted
from train.images.nonchars import draw_nonchars
from train.images.others import NONCHARS, Others, people_files
from train.images.people import writer_weights
from train.images.signs import draw_signs
from train.images.strokes import Character, draw_crop, read_chars74k, read_crohme
from train.recipe import Recipe

_SPLIT = 1
"""Seed of the validation part: the same for every training, or a network that another one begins
with or is taught by would have learned from it."""
NONCHARS_DRAWN = 24_000
"""Crops of no character that are made before the first pass; augmentation varies them further."""
MARKS_DRAWN = 44_000
"""Crops of punctuation that are drawn before the first pass."""
PARTED_TRIED = 60_000
"""Characters that are cut from a neighbour before the first pass; a cut that takes too much of a
character is thrown away, so fewer are used."""
_CHARS74K, _CROHME = _STROKE_SOURCES = (3, 4)  # hwr62's source bytes
_TIMES = 2  # that each of UNIPEN's characters is drawn
_STROKE_FILES = {"crohme_train.npz": read_crohme, "chars74k.json": read_chars74k}


Images = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Pool:
    """Images with labels, and how likely each is to be drawn.

    Attributes:
        images: uint8 (n, 28, 28), upright, bright ink on black.
        labels: int32 (n,), index into the model's classes.
        weights: float64 (n,) of sum 1, or None to take each image once a pass.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float64] | None = None

    def with_more(
        self,
        images: npt.NDArray[np.uint8],
        labels: npt.NDArray[np.integer],
        share: float | None = None,
    ) -> Pool:
        """The pool with further images, which are together drawn with a probability of ``share``;
        without it, like all others.

        Raises:
            ValueError: without a ``share`` for a pool of weighted images.
        """
        weights = self.weights
        if share is not None:
            if weights is None:
                weights = np.full(len(self.labels), 1 / len(self.labels))
            own = np.full(len(labels), share / max(1, len(labels)))
            weights = np.concatenate([weights * (1 - share), own])
        elif weights is not None:
            raise ValueError("the further images of a weighted pool need a share")
        return Pool(
            np.concatenate([self.images, images]),
            np.append(self.labels, labels.astype(np.int32)),
            weights,
        )

    def digest(self) -> str:
        """SHA-256 of all that it holds, to tell whether a training goes on with the same."""
        found = hashlib.sha256()
        for array in (self.images, self.labels, self.weights):
            if array is not None:
                found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()

    def order(self, epoch: int, seed: int, count: int) -> npt.NDArray[np.int64]:
        """Which images a pass takes, in order; the same seed and epoch give the same.

        Args:
            epoch: the pass, from 0.
            seed: of the order.
            count: how many images; 0 for as many as there are. Without weights none is taken again
                before all have been taken.
        """
        rng = np.random.default_rng([seed, 1, epoch])
        n = len(self.labels)
        count = count or n
        if self.weights is None:
            rounds = [rng.permutation(n) for _ in range(-(-count // n))]
            return np.concatenate(rounds)[:count]
        return rng.choice(n, count, p=self.weights)


def make_pools(dataset: Dataset, recipe: Recipe, data: Path | None) -> tuple[Pool, Pool]:
    """The pool to train from and the validation part, which shares no writer with it.

    Args:
        dataset: what was loaded.
        recipe: says what is added, weighted and reserved.
        data: the folder in which ``strokes/``, ``unipen/``, ``doodles/`` and ``fonts/`` are looked
            for; without it nothing is drawn anew.
    """
    others = Others.find(recipe, data)
    train, held = _characters(dataset, recipe, data, others)
    chars, labels = np.array(dataset.chars), labels_of(dataset, recipe, data)
    # What is not a character is made of characters as the data set has them, not of their parts.
    crops, names = train.images, chars[train.labels]
    held_crops, held_names = held.images, chars[held.labels]
    if recipe.parted:
        ink, own = draw_parted(crops, names, train.weights, PARTED_TRIED, recipe.seed)
        train = train.with_more(ink, train.labels[own], recipe.parted)
    held_count = len(held_crops)
    signs = [label for label in labels[len(chars) :] if label is not None]
    if signs:
        ink, of = _signs(signs, MARKS_DRAWN, recipe, data, others, held=False)
        train = train.with_more(ink, len(chars) + of, recipe.marks)
        count = round(held_count * recipe.marks)
        ink, of = _signs(signs, count, recipe, data, others, held=True)
        held = held.with_more(ink, len(chars) + of)
    if recipe.nonchars:
        none = len(labels) - 1

        def no_chars(count: int, crops: Images, names: npt.NDArray[np.str_], part: bool) -> Images:
            seed = recipe.seed + part
            ink = draw_nonchars(count, crops, names, seed, marks=not signs)
            more = others.nonchars(count, crops, names, seed, part) if others else []
            return np.concatenate([ink, *more])

        ink = no_chars(NONCHARS_DRAWN, crops, names, False)
        train = train.with_more(ink, np.full(len(ink), none), recipe.nonchars)
        share = recipe.nonchars / (1 + NONCHARS if others else 1)
        ink = no_chars(round(held_count * share), held_crops, held_names, True)
        held = held.with_more(ink, np.full(len(ink), none))
    return train, held


def _characters(
    dataset: Dataset, recipe: Recipe, data: Path | None, others: Others | None
) -> tuple[Pool, Pool]:
    """The characters alone: the data set's, drawn anew, and by UNIPEN's people."""
    part = dataset.train
    index, valid = cut_validation(part, recipe)
    if part.sources is not None:
        index = index[are_used(part.sources[index], recipe.licences)]
        if not len(index):
            raise InputError("no source of this data set has a licence that allows every use")
    images, labels = [part.images[index]], [part.labels[index].astype(np.int32)]
    held = Pool(part.images[valid], part.labels[valid].astype(np.int32))
    sources = part.sources[index] if part.sources is not None else np.zeros(len(index), np.uint8)
    number = {char: i for i, char in enumerate(dataset.chars)}
    rng = np.random.default_rng([recipe.seed, 3])
    counts = [np.ones(len(index))]
    if redrawn := _redrawn(dataset, recipe, data, index):
        images.append(np.stack([draw_crop(c, rng) for c in redrawn for _ in range(recipe.redraw)]))
        labels.append(np.repeat([number[c.label] for c in redrawn], recipe.redraw).astype(np.int32))
        stroke_sources = [3 if c.group.startswith("chars74k") else 4 for c in redrawn]
        sources = np.concatenate([sources, np.repeat(stroke_sources, recipe.redraw)])
        counts.append(np.ones(len(redrawn) * recipe.redraw))
    if others:
        people = [c for c in others.people if c.label in number]
        images.append(np.stack([draw_crop(c, rng) for c in people for _ in range(_TIMES)]))
        labels.append(np.repeat([number[c.label] for c in people], _TIMES).astype(np.int32))
        sources = np.append(sources, np.full(len(people) * _TIMES, UNIPEN))
        counts.append(np.repeat(writer_weights(people) / _TIMES, _TIMES))
        ink, of = others.held_crops(number, recipe.seed)
        held = held.with_more(ink, of)
    weights = _weights(np.concatenate(labels), sources, np.concatenate(counts), recipe)
    weighted = bool(recipe.balance or recipe.source_weights or others)
    train = Pool(np.concatenate(images), np.concatenate(labels), weights if weighted else None)
    return train, held


def _signs(
    signs: Sequence[str],
    count: int,
    recipe: Recipe,
    data: Path | None,
    others: Others | None,
    held: bool,
) -> tuple[Images, npt.NDArray[np.int32]]:
    """Crops of signs and which of them each is."""
    seed = recipe.seed + held
    ink, of = np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int32)
    if path := marks_file(recipe, data):
        # Where there are people's signs too, half as many of these.
        share = len(MARKS) / len(signs) / 2 if others else 1.0
        ink, of = draw_marks(read_marks(path), round(count * share), seed, held=held)
    if others:
        each = -(-count // len(signs))
        of = np.append(of, np.repeat(np.arange(len(signs)), each)).astype(np.int32)
        rng = np.random.default_rng([seed, 15])
        ink = np.concatenate([ink, draw_signs(others.signs(held), signs, each, rng)])
    return ink, of


def labels_of(dataset: Dataset, recipe: Recipe, data: Path | None) -> list[str | None]:
    """What the outputs of a network of this training mean: the data set's characters, then marks or
    all signs, then None for what is no character."""
    signs = ""
    if recipe.marks and people_files(recipe, data):
        signs = MARKS + "".join(sign for sign in SIGNS if sign not in MARKS)
    elif marks_file(recipe, data):
        signs = MARKS
    return [*dataset.chars, *signs, *([None] if recipe.nonchars else [])]


def marks_file(recipe: Recipe, data: Path | None) -> Path | None:
    """The file of pen strokes that punctuation is drawn from, or None where there is none."""
    if not recipe.marks or data is None or not is_used(_CROHME, recipe.licences):
        return None
    path = data / "strokes" / MARKS_FILE
    return path if path.is_file() else None


def cut_validation(
    part: Part, recipe: Recipe
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Indices of the images to train from and to choose by, without the reserved groups."""
    index, valid = split_validation(part, recipe.validation, _SPLIT)
    if recipe.reserve and part.groups is not None:
        kept = ~np.isin(part.groups, recipe.reserve)
        index, valid = index[kept[index]], valid[kept[valid]]
    return index, valid


def _weights(
    labels: npt.NDArray[np.int32],
    sources: npt.NDArray[np.integer],
    counts: npt.NDArray[np.float64],
    recipe: Recipe,
) -> npt.NDArray[np.float64]:
    weights = counts.copy()
    for source, weight in recipe.source_weights.items():
        weights[sources == source] *= weight
    if recipe.redraw:
        # Each is there several times; drawn by the live program's rules it is worth half more.
        weights[np.isin(sources, _STROKE_SOURCES)] *= 1.5 / (1 + recipe.redraw)
    if not weights.any():
        raise InputError("--source-weights leaves no images to train from")
    mass = np.bincount(labels, weights)
    weights /= np.maximum(mass, 1e-9)[labels] ** recipe.balance
    return np.asarray(weights / weights.sum(), np.float64)


def _redrawn(
    dataset: Dataset, recipe: Recipe, data: Path | None, index: npt.NDArray[np.int64]
) -> list[Character]:
    """Stroke characters of those writers that the training part names; of no other."""
    groups = dataset.train.groups
    if not recipe.redraw or data is None or groups is None:
        return []
    writers = set(np.unique(groups[index]).tolist())
    found: list[Character] = []
    for path in stroke_files(recipe, data):
        read = _STROKE_FILES[path.name]
        found += [c for c in read(path) if c.group in writers and c.strokes]
    return [c for c in found if c.label in dataset.chars]


def stroke_files(recipe: Recipe, data: Path | None) -> list[Path]:
    """The files of pen strokes that characters are drawn anew from."""
    if not recipe.redraw or data is None or recipe.licences == "free":
        return []
    return [path for name in _STROKE_FILES if (path := data / "strokes" / name).is_file()]
