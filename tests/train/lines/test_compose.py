"""Composed lines: deterministic, spellable, of the sources asked for; their batches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hwr_live.errors import InputError
from hwr_live.recognition.kinds import HAND, NONE, PRINT
from hwr_live.strip import HEIGHT
from train.lines import validation
from train.lines.alphabet import CLASSES, OUTPUTS, STRIDE, UNKNOWN, frames_needed
from train.lines.compose import SHARES, Composer, Line
from train.lines.feed import batch, batches
from train.lines.measure import kinds_right, spellable, test_lines


@pytest.fixture(scope="module")
def composer(data: Path) -> Composer:
    return Composer(data)


def test_missing_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unipen_words_train"):
        Composer(tmp_path)


def test_a_source_that_is_left_out_needs_no_data(data: Path) -> None:
    only = Composer(data, shares={"fonts": 1.0, "paper": 0.0})
    rng = np.random.default_rng(1)
    assert {only.line(rng).source for _ in range(10)} == {"fonts"}


@pytest.mark.parametrize("source", list(SHARES))
def test_every_source_gives_lines(composer: Composer, source: str) -> None:
    rng = np.random.default_rng(7)
    for _ in range(12):
        line = composer.line(rng, source)
        assert line.source == source
        assert line.image.dtype == np.uint8
        assert line.image.shape[0] == HEIGHT
        assert line.image.shape[1] % STRIDE == 0
        assert frames_needed(line.text) < line.image.shape[1] // STRIDE
        assert (line.text == "") == (source == "empty")
        kinds = line.kinds
        assert kinds.shape == (line.image.shape[1] // STRIDE,)
        if source == "form":
            assert line.border != 0
            assert set(kinds.tolist()) == {HAND, PRINT, UNKNOWN}
            assert kinds[0 if line.border > 0 else -1] == PRINT
            continue
        only = {"empty": NONE, "print": PRINT, "fonts": UNKNOWN}.get(source, HAND)
        assert (line.border, set(kinds.tolist())) == (0, {only})


def test_the_same_seed_gives_the_same_lines(composer: Composer) -> None:
    first, second = ([composer.line(np.random.default_rng(3)) for _ in range(5)] for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert a.text == b.text
        assert np.array_equal(a.image, b.image)


def test_batches_are_of_like_width_and_hold_their_texts(composer: Composer) -> None:
    made = next(batches(composer, 4, [1, 2]))
    assert made.images.shape[:2] == (4, HEIGHT)
    assert made.images.shape[2] % 32 == 0
    assert (made.frames * STRIDE <= made.images.shape[2]).all()
    assert made.texts.shape == (4, max(1, made.lengths.max()))
    assert all((row[n:] == 0).all() for row, n in zip(made.texts, made.lengths, strict=True))


def test_a_batch_without_any_text_is_whole() -> None:
    made = batch([Line(np.zeros((HEIGHT, 32), np.uint8), "", "empty")] * 2)
    assert made.texts.shape == (2, 1)
    assert made.lengths.tolist() == [0, 0]
    assert made.kinds.tolist() == [[NONE] * 8] * 2


def test_validation_lines_are_kept_in_a_file(data: Path, tmp_path: Path) -> None:
    lines = validation.compose(data, count=2)
    assert {line.source for line in lines} == set(validation.PARTS)
    cache = tmp_path / "validation.npz"
    validation.keep(lines, cache)
    again = validation.load(data, cache)
    assert [line.text for line in again] == [line.text for line in lines]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(lines, again, strict=True))


def test_test_lines_are_of_every_part(data: Path) -> None:
    lines = test_lines(data)
    assert {line.source for line in lines} == {"unipen words", "unipen texts", "paper"}
    assert 0 <= spellable(lines, STRIDE) <= 1


test_lines.__test__ = False  # type: ignore[attr-defined]  # no test, but lines of the test parts


def test_kinds_are_counted_by_frames() -> None:
    image = np.zeros((HEIGHT, 32), np.uint8)
    lines = [Line(image, "", "empty"), Line(image, "a b", "form", 16), Line(image, "a", "fonts")]
    logits = np.zeros((3, 8, OUTPUTS), np.float32)
    logits[..., CLASSES + PRINT] = 1
    logits[0, :4, CLASSES + NONE] = 2
    assert kinds_right(lines, [*logits]) == {"hand": 0.0, "print": 1.0, "none": 0.5}
    assert kinds_right([], []) == {"hand": 0.0, "print": 0.0, "none": 0.0}
