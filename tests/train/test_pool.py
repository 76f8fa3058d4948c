"""What training draws from: no writer on both sides, reserved writers on none, weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.chars import ALL
from tests.support.datasets import pictures
from train.data.datasets import Dataset, Part
from train.images.pool import Pool, make_pools
from train.recipe import Recipe

WRITERS = 60
PLAIN = Recipe(validation=0.2)


def dataset(groups: list[str], labels: npt.NDArray[np.uint8], sources: int | None = 3) -> Dataset:
    """Every image tells its number in its last two pixels."""
    n = len(labels)
    images = pictures(n, 0)
    images[:, 27, 26], images[:, 27, 27] = np.arange(n) // 256, np.arange(n) % 256
    given = np.array(groups, np.str_) if groups else None
    part = Part(images, labels, None if sources is None else np.full(n, sources, np.uint8), given)
    return Dataset("small", tuple(ALL), part, part, ())


def by_writers(each: int = 4) -> Dataset:
    """Images of the class 0 only, by writers 0 to 59."""
    groups = [f"chars74k-{writer}" for writer in range(WRITERS) for _ in range(each)]
    return dataset(groups, np.zeros(len(groups), np.uint8))


def stroke_file(data: Path) -> Path:
    """A character of every writer, of the class that is the writer's number and one."""
    table: dict[str, list[Any]] = {
        ALL[writer + 1]: [[]] * writer + [[[[0, 0], [10 + writer, 40]]]]
        for writer in range(WRITERS)
    }
    (data / "strokes").mkdir()
    (data / "strokes" / "chars74k.json").write_text(json.dumps(table))
    return data


def writers_of(pool: Pool, source: Dataset) -> set[str]:
    assert source.train.groups is not None
    own = pool.images[pool.labels == 0].astype(int)
    return set(source.train.groups[own[:, 27, 26] * 256 + own[:, 27, 27]])


def test_no_writer_is_in_both_parts() -> None:
    whole = by_writers()
    train, valid = (writers_of(pool, whole) for pool in make_pools(whole, PLAIN, None))
    assert not train & valid
    assert len(train | valid) == WRITERS
    assert len(valid) == WRITERS / 5


def test_every_training_has_the_same_validation_part() -> None:
    whole = by_writers()
    parts = [
        writers_of(make_pools(whole, replace(PLAIN, seed=seed), None)[1], whole)
        for seed in (1, 2, 3)
    ]
    assert parts[0] == parts[1] == parts[2]


def test_reserved_writers_are_in_neither_part_nor_drawn_anew(tmp_path: Path) -> None:
    whole = by_writers()
    reserve = tuple(f"chars74k-{writer}" for writer in range(0, WRITERS, 3))
    recipe = replace(PLAIN, reserve=reserve, redraw=1)
    pools = make_pools(whole, recipe, stroke_file(tmp_path))
    seen = set.union(*(writers_of(pool, whole) for pool in pools))
    assert seen == {f"chars74k-{writer}" for writer in range(WRITERS)} - set(reserve)
    drawn = {f"chars74k-{label - 1}" for label in pools[0].labels if label}
    assert drawn
    assert not drawn & set(reserve)


def test_only_training_writers_are_drawn_anew(tmp_path: Path) -> None:
    whole = by_writers()
    train, valid = make_pools(whole, replace(PLAIN, redraw=3), stroke_file(tmp_path))
    labels, counts = np.unique(train.labels[train.labels > 0], return_counts=True)
    assert {f"chars74k-{label - 1}" for label in labels} == writers_of(train, whole)
    assert set(counts) == {3}
    assert not valid.labels.any()


@pytest.mark.parametrize("given", [False, True])
def test_without_stroke_files_or_writers_nothing_is_drawn_anew(tmp_path: Path, given: bool) -> None:
    whole = dataset([], np.zeros(100, np.uint8)) if given else by_writers()
    data = stroke_file(tmp_path) if given else None
    train, _ = make_pools(whole, replace(PLAIN, redraw=2), data)
    assert not train.labels.any()


def test_weights_sum_to_one_and_nonchars_have_their_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("train.images.pool.NONCHARS_DRAWN", 50)
    whole = dataset([], (np.arange(400) % 62).astype(np.uint8))
    train, valid = make_pools(whole, replace(PLAIN, nonchars=0.1, balance=0.5), None)
    assert train.weights is not None
    assert train.weights.sum() == pytest.approx(1)
    assert train.weights[train.labels == 62].sum() == pytest.approx(0.1)
    assert (train.labels == 62).sum() == 50
    assert (valid.labels == 62).sum() == 8
    assert len(train.images) == len(train.labels) == len(train.weights) == 370


@pytest.mark.parametrize("balance", [0.0, 0.5, 1.0])
def test_balance_weighs_rare_classes_more(balance: float) -> None:
    labels = np.repeat(np.array([0, 1], np.uint8), [900, 100])
    recipe = replace(PLAIN, balance=balance, source_weights={9: 1.0})
    train, _ = make_pools(dataset([], labels, None), recipe, None)
    assert train.weights is not None
    mass = np.bincount(train.labels, train.weights)
    assert mass[0] / mass[1] == pytest.approx(9 ** (1 - balance))


def test_sources_are_weighted_and_redrawn_ones_shared(tmp_path: Path) -> None:
    whole = by_writers()
    weighted = replace(PLAIN, source_weights={3: 4 / 3}, redraw=1, balance=0.0)
    train, _ = make_pools(whole, weighted, stroke_file(tmp_path))
    assert train.weights is not None
    assert np.ptp(train.weights) < 1e-12, "the images and what is drawn anew are of one source"
    sources = (np.arange(WRITERS * 4) % 2).astype(np.uint8)
    mixed = replace(whole, train=replace(whole.train, sources=sources))
    train, _ = make_pools(mixed, replace(PLAIN, source_weights={1: 3.0}), None)
    assert train.weights is not None
    assert train.weights.max() / train.weights.min() == pytest.approx(3)


@pytest.mark.parametrize(("count", "rounds"), [(0, 1), (100, 1), (250, 3), (30, 1)])
def test_without_weights_each_image_is_taken_before_any_is_again(count: int, rounds: int) -> None:
    pool = Pool(pictures(100, 0), np.zeros(100, np.int32))
    order = pool.order(2, 7, count)
    assert len(order) == (count or 100)
    assert np.bincount(order).max() == rounds
    assert np.array_equal(order, pool.order(2, 7, count))
    assert not np.array_equal(order, pool.order(3, 7, count))


def test_with_weights_images_are_drawn_by_them() -> None:
    weights = np.array([0.0, 0.25, 0.75])
    pool = Pool(pictures(3, 0), np.zeros(3, np.int32), weights)
    drawn = np.bincount(pool.order(0, 1, 4000), minlength=3) / 4000
    assert np.allclose(drawn, weights, atol=0.03)
