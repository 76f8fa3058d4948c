"""The pictures of data and training: where things are painted, and empty and broken input."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.errors import InputError
from train.results import confusions, curves, plots

IMAGES = np.random.default_rng(0).integers(0, 256, (30, 28, 28), np.uint8)
LABELS = np.arange(30) % 10
DIGITS = "0123456789"


def places(picture: npt.NDArray[np.uint8], image: npt.NDArray[np.uint8], scale: int = 2) -> int:
    """How often an enlarged image is in a picture."""
    large = np.repeat(np.repeat(image, scale, 0), scale, 1)
    windows = np.lib.stride_tricks.sliding_window_view(picture[..., 0], large.shape)
    candidates = np.argwhere(windows[:, :, 0, 0] == large[0, 0])
    return sum(np.array_equal(windows[y, x], large) for y, x in candidates)


def share_of(picture: npt.NDArray[np.uint8], colour: tuple[int, int, int]) -> float:
    near = np.abs(picture.astype(int) - colour).max(2) < 12
    return float(near.mean())


def test_a_sheet_shows_every_sample_upright_and_once() -> None:
    picture = plots.sheet(IMAGES, LABELS, DIGITS, columns=7)
    assert picture.dtype == np.uint8
    assert [places(picture, image) for image in IMAGES] == [1] * 30
    assert places(picture, IMAGES[0].T) == 0


def test_an_empty_sheet_is_a_small_page() -> None:
    picture = plots.sheet(IMAGES[:0], LABELS[:0], DIGITS)
    assert picture.shape[0] < 200
    assert (picture < 100).any(), "it says that there are none"


def test_a_label_of_several_letters_stays_in_its_place() -> None:
    picture = plots.sheet(IMAGES[:2], np.array([0, 1]), ["a", "none of the characters"], columns=2)
    assert places(picture, IMAGES[1]) == 1


@pytest.mark.parametrize(
    ("images", "labels", "chars"),
    [
        (IMAGES, LABELS[:9], DIGITS),
        (IMAGES, LABELS, "012"),
        (IMAGES, LABELS - 1, DIGITS),
        (IMAGES.astype(np.float32), LABELS, DIGITS),
        (IMAGES[0], LABELS, DIGITS),
    ],
)
def test_what_does_not_fit_is_refused(images: Any, labels: Any, chars: str) -> None:
    with pytest.raises(ValueError, match=r"images|labels"):
        plots.sheet(images, labels, chars)
    with pytest.raises(ValueError, match=r"images|labels"):
        confusions.worst_confusions(images, labels, labels, chars)


def test_pick_takes_some_of_every_class_and_the_same_for_the_same_seed() -> None:
    labels = np.array([2] * 50 + [0] * 50 + [1] * 2)
    chosen = plots.pick(labels, 3)
    assert labels[chosen].tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    assert np.array_equal(chosen, plots.pick(labels, 3))
    assert plots.pick(labels[:0], 3).tolist() == []


HISTORY = [
    {"epoch": e, "loss": 1 / e, "accuracy": 1 - 0.5 / e, "val_loss": 1 / e, "val_accuracy": 0.9}
    for e in range(1, 9)
]


@pytest.mark.parametrize("history", [HISTORY, HISTORY[:1], HISTORY * 100], ids=len)
def test_curves_have_a_line_for_training_and_one_for_validation(
    history: list[dict[str, float]],
) -> None:
    below_legend = curves.curves(history)[100:]
    assert share_of(below_legend, curves.TRAINING) > 0
    assert share_of(below_legend, curves.VALIDATION) > 0
    assert share_of(below_legend, curves.AVERAGE) == 0
    averaged = [{**row, "ema_loss": 0.1, "ema_accuracy": 0.95} for row in history]
    assert share_of(curves.curves(averaged)[100:], curves.AVERAGE) > 0


def test_a_falling_loss_is_a_falling_line_and_accuracy_rises() -> None:
    rows = [{"loss": 1 / e, "accuracy": 1 - 0.5 / e} for e in range(1, 30)]
    picture = curves.curves(rows)[100:]  # below the legend
    for side, falls in ((picture[:, :600], True), (picture[:, 640:], False)):
        ys, xs = np.nonzero(np.abs(side.astype(int) - curves.TRAINING).max(2) < 12)
        first, last = ys[xs < np.median(xs)].mean(), ys[xs > np.median(xs)].mean()
        assert (first < last) == falls


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"epoch": 1.0},
        {"loss": math.nan, "accuracy": math.inf},
        {"loss": 0.0, "accuracy": 1.0},
        {"loss": -5.0, "accuracy": 0.0},
        {"loss": 1e30, "accuracy": -3.0, "val_accuracy": 7.0},
    ],
)
@pytest.mark.parametrize("times", [1, 3])
def test_curves_of_values_that_no_axis_can_hold_are_still_a_picture(
    row: dict[str, float], times: int
) -> None:
    assert curves.curves([row] * times).shape == (520, 1240, 3)


def test_curves_without_epochs_are_refused() -> None:
    with pytest.raises(ValueError, match="without epochs"):
        curves.curves([])


def test_a_confusion_matrix_is_green_on_the_diagonal_and_red_beside_it() -> None:
    right = np.diag(np.arange(1, 11))
    picture = confusions.confusion(right, DIGITS)
    assert share_of(picture, confusions.RIGHT) > 0.05
    assert share_of(picture, confusions.WRONG) == 0
    wrong = confusions.confusion(np.roll(right, 1, axis=1), DIGITS)
    assert share_of(wrong, confusions.RIGHT) == 0
    assert share_of(wrong, confusions.WRONG) > 0.05


def test_rows_are_the_true_classes() -> None:
    matrix = np.zeros((10, 10), int)
    matrix[1, 8] = 5
    picture = confusions.confusion(matrix, DIGITS)
    ys, xs = np.nonzero(np.abs(picture.astype(int) - confusions.WRONG).max(2) < 12)
    assert ys.mean() < picture.shape[0] / 2
    assert xs.mean() > picture.shape[1] / 2


@pytest.mark.parametrize("classes", [1, 2, 26, 47, 63])
def test_every_number_of_classes_has_its_matrix(classes: int) -> None:
    chars = [chr(65 + n) for n in range(classes - 1)] + ["none"]
    picture = confusions.confusion(np.zeros((classes, classes)), chars)
    assert picture.shape[0] > 17 * classes


@pytest.mark.parametrize(
    ("matrix", "chars"),
    [
        (np.zeros((0, 0)), ""),
        (np.zeros((3, 2)), "abc"),
        (np.zeros((3, 3)), "ab"),
        (np.full((2, 2), -1), "ab"),
        (np.full((2, 2), np.nan), "ab"),
        (np.array([["a", "b"], ["c", "d"]]), "ab"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(matrix: Any, chars: str) -> None:
    with pytest.raises(ValueError, match="matrix"):
        confusions.confusion(matrix, chars)


def test_the_worst_confusions_show_the_misread_images_and_no_other() -> None:
    read = LABELS.copy()
    read[:5] = 9
    picture = confusions.worst_confusions(IMAGES, LABELS, read, DIGITS)
    assert [places(picture, image) for image in IMAGES] == [1] * 5 + [0] * 25


def test_the_commonest_confusion_comes_first_with_its_surest_mistakes() -> None:
    read = LABELS.copy()
    read[[0, 10, 20]] = 6  # three times 0 as 6
    read[[1]] = 7
    confidence = np.linspace(0, 1, 30)
    picture = confusions.worst_confusions(
        IMAGES, LABELS, read, DIGITS, k=1, each=2, confidence=confidence
    )
    assert [places(picture, IMAGES[n]) for n in (0, 10, 20, 1)] == [0, 1, 1, 0]


@pytest.mark.parametrize("count", [0, 30])
def test_without_confusions_it_says_so(count: int) -> None:
    picture = confusions.worst_confusions(IMAGES[:count], LABELS[:count], LABELS[:count], DIGITS)
    assert picture.shape[0] < 200
    assert (picture < 100).any()


def test_history_is_read_as_it_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("epoch,loss,accuracy,val_loss\n1,0.5,0.9,\n2,nan,0.95,0.4\n")
    rows = curves.read_history(path)
    assert rows[0] == {"epoch": 1, "loss": 0.5, "accuracy": 0.9}
    assert math.isnan(rows[1]["loss"])
    assert curves.curves(rows).any()


@pytest.mark.parametrize(
    "text", ["", "epoch,loss\n", "a,b\n1,2\n", "epoch,loss\n1,x\n", "loss\n1,2\n", "loss,b\n1\n"]
)
def test_what_is_no_history_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"history\.csv is no training history"):
        curves.read_history(path)
    with pytest.raises(InputError, match=r"cannot read .*other\.csv"):
        curves.read_history(tmp_path / "other.csv")
