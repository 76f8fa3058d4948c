"""Composed pages: deterministic, of every source, with maps that fit them; their batches."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from hwr_live.errors import InputError
from train.pages import validation
from train.pages.card import told
from train.pages.compose import Composer, core_of
from train.pages.feed import batch, batches
from train.pages.measure import Found, by_part, found
from train.pages.sources.diagrams import Diagrams, pages
from train.pages.target import CHANNELS, DRAWING, HAND, MAPS, PRINT, interleaved

SIDE = 128


@pytest.fixture(scope="module")
def composer(data: Path) -> Composer:
    return Composer(data, side=SIDE)


def test_missing_data_is_told(tmp_path: Path, data: Path) -> None:
    with pytest.raises(InputError, match="diagrams/train"):
        Diagrams(tmp_path, held=False)
    (tmp_path / "diagrams" / "train").mkdir(parents=True)
    (tmp_path / "diagrams" / "train" / "words.json").write_text('{"a.webp": 7}')
    with pytest.raises(InputError, match="diagrams/train"):
        Diagrams(tmp_path, held=False)


@pytest.mark.parametrize("source", validation.PARTS)
def test_every_source_gives_pages(composer: Composer, source: str) -> None:
    rng = np.random.default_rng(7)
    for _ in range(8):
        one = composer.sample(rng, source)
        assert one.source == source
        assert one.grey.dtype == np.uint8
        assert one.grey.shape == (SIDE, SIDE)
        assert one.target.maps.shape == (MAPS, SIDE // 2, SIDE // 2)
        lengths = np.linalg.norm(one.target.way, axis=0)
        assert np.allclose(lengths[one.target.told > 0], 1, atol=1e-3)
        if source == "empty":
            assert not one.target.maps[HAND].any()


def test_handwriting_print_and_drawings_are_all_composed(composer: Composer) -> None:
    rng = np.random.default_rng(3)
    sums = sum(composer.sample(rng, "composed").target.maps.sum((1, 2)) for _ in range(30))
    assert all(np.asarray(sums)[[HAND, PRINT, DRAWING]] > 0)


def test_the_same_seed_gives_the_same_pages(composer: Composer) -> None:
    one, other = (composer.sample(np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.grey, other.grey)
    assert np.array_equal(one.target.maps, other.target.maps)


def test_people_who_are_held_back_are_not_trained_on(data: Path) -> None:
    assert {page.writer for page in pages(data, held=True)} == {"bpmn5"}
    assert {page.writer for page in pages(data, held=False)} == {"bpmn1"}


def test_words_beside_each_other_are_one_line_and_boxes_are_other_ink(data: Path) -> None:
    (page,) = pages(data, held=False)
    ((first, second),) = page.lines
    assert (first.text, second.text) == ("check", "order")
    assert page.other[300, 400] == 255
    assert not page.other[185:205, 100:250].any()


@pytest.mark.parametrize("slope", [0.0, 0.05])
def test_the_core_of_a_line_follows_it(slope: float) -> None:
    ink = np.zeros((120, 700), np.uint8)
    for x in range(20, 680, 22):
        y = 60 + round(slope * (x - 350))
        cv2.ellipse(ink, (x, y), (8, 10), 0, 0, 360, 255, 2)
    core = core_of(ink)
    assert core is not None
    _, _, middle, found_slope, x_height = core
    assert found_slope == pytest.approx(slope, abs=0.005)
    assert middle + found_slope * 350 == pytest.approx(60, abs=1.5)
    assert 14 < x_height < 26


def test_of_no_ink_there_is_no_core() -> None:
    assert core_of(np.zeros((40, 90), np.uint8)) is None


def test_batches_hold_what_the_network_is_to_answer(composer: Composer) -> None:
    one = next(batches(composer, 3, [1]))
    quarter = (3, SIDE // 4, SIDE // 4)
    assert one.images.shape == (3, SIDE, SIDE)
    assert one.maps.shape == one.known.shape == (*quarter, 4 * MAPS)
    assert one.way.shape == (*quarter, 2)
    assert one.told.shape == quarter


def test_the_truth_is_found_and_its_opposite_is_not(composer: Composer) -> None:
    sample = composer.sample(np.random.default_rng(11), "diagrams")
    maps = interleaved(sample.target.maps).astype(np.float32)
    right = np.concatenate([2 * maps - 1, sample.target.way.transpose(1, 2, 0)], -1)
    assert right.shape[-1] == CHANNELS
    best = found(right, sample).rounded()
    assert best["hand recall"] == best["hand precision"] == best["directions"] == 1
    worst = found(-right, sample).rounded()
    assert worst["hand recall"] == worst["hand precision"] == worst["directions"] == 0
    assert "| diagrams |" in told({"diagrams": by_part([right], [sample])["diagrams"].rounded()})
    assert Found().rounded()["hand recall"] == 0
    assert batch([sample]).told.sum() == sample.target.told.sum()
