"""Accuracies, calibration and rejection on small cases worked out by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.chars import ALL
from train.results import metrics as measure

DIGITS = "0123456789"


def certain(labels: list[int], classes: int) -> npt.NDArray[np.float64]:
    """Probabilities that choose ``labels`` clearly, the others in falling order."""
    p = np.tile(np.linspace(0.2, 0.1, classes) / classes, (len(labels), 1))
    p[np.arange(len(labels)), labels] = 0.8
    return p


def index(chars: str) -> npt.NDArray[np.int64]:
    return np.array([ALL.index(char) for char in chars])


def test_softmax_survives_large_logits_and_softens_by_temperature() -> None:
    p = measure.softmax(np.array([[1000.0, 999.0]]))
    assert p[0].tolist() == pytest.approx([0.731059, 0.268941], abs=1e-6)
    assert measure.softmax(np.array([[2.0, 0.0]]), 2.0)[0, 0] == pytest.approx(0.731059, abs=1e-6)


def test_no_images_have_probabilities_but_no_accuracy() -> None:
    assert measure.softmax(np.zeros((0, 10))).shape == (0, 10)
    with pytest.raises(ValueError, match="no images"):
        measure.accuracies(np.zeros((0, 10)), np.zeros(0, int), DIGITS)


def test_accuracy_and_top_three() -> None:
    p = certain([1, 1, 1, 1], 10)  # then 0, then 2
    out = measure.accuracies(p, np.array([1, 0, 2, 3]), DIGITS)
    assert out == {"accuracy": 0.25, "top3": 0.75}


def test_two_classes_have_a_top_three_too() -> None:
    out = measure.accuracies(certain([0, 1], 2), np.array([0, 0]), "01")
    assert out == {"accuracy": 0.5, "top3": 1.0}


@pytest.mark.parametrize(
    ("true", "read", "accuracy", "merged", "shapes"),
    [
        ("cxA7", "cxA7", 1, 1, 1),
        ("cCxX", "CcXx", 0, 1, 1),  # one class of ByMerge
        ("0O1I", "O0l1", 0, 0, 1),  # one shape
        ("aAbB", "AaBb", 0, 0, 0),  # told apart by all
    ],
)
def test_letters_are_also_counted_by_merged_and_shape_classes(
    true: str, read: str, accuracy: float, merged: float, shapes: float
) -> None:
    out = measure.accuracies(certain(index(read).tolist(), 62), index(true), ALL)
    assert (out["accuracy"], out["merged"], out["shapes"]) == (accuracy, merged, shapes)


def test_probabilities_of_a_group_add_up() -> None:
    """Neither s nor S is the likeliest class, but together they are."""
    p = np.full((1, 62), 0.001)
    p[0, index("sS5")] = 0.3, 0.3, 0.35
    out = measure.accuracies(p, index("s"), ALL)
    assert (out["accuracy"], out["merged"]) == (0, 1)


def test_the_class_none_is_left_out_of_the_choice() -> None:
    p = certain([10, 10], 11)
    p[:, 4] = 0.15
    assert measure.accuracies(p, np.array([4, 4]), DIGITS)["accuracy"] == 1


def test_each_source_by_its_name() -> None:
    p = certain([0, 1, 2, 3], 10)
    labels, sources = np.array([0, 1, 0, 3]), np.array([0, 0, 2, 99], np.uint8)
    out = measure.by_source(p, labels, sources, DIGITS)
    assert {name: (row["count"], row["accuracy"]) for name, row in out.items()} == {
        "MNIST": (2, 1),
        "paper": (1, 0),
        "99": (1, 1),
    }


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    p = np.tile([0.8, 0.2], (10, 1))
    right = np.array([0] * 8 + [1] * 2)
    assert measure.calibration_error(p, right) == pytest.approx(0)
    assert measure.calibration_error(p, 1 - right) == pytest.approx(0.6)
    assert measure.calibration_error(np.array([[1.0, 0.0]]), np.array([0])) == 0
    assert measure.calibration_error(p[:0], right[:0]) == 0


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_the_temperature_of_overconfident_logits_is_found(true: float) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (6_000, 10))
    p = measure.softmax(logits)
    labels = (p.cumsum(1) < rng.random((len(p), 1))).sum(1).clip(0, 9)
    assert measure.fit_temperature(logits * true, labels) == pytest.approx(true, rel=0.08)
    assert measure.fit_temperature(logits[:0], labels[:0]) == 1


def test_the_threshold_keeps_the_share_of_characters() -> None:
    none = np.linspace(0, 1, 1001)
    is_char = np.ones(1001, bool)
    assert measure.reject_threshold(none, is_char, 0.99) == pytest.approx(0.99)
    is_char[500:] = False
    assert measure.reject_threshold(none, is_char, 0.9) == pytest.approx(0.9 * 0.499)
    assert measure.reject_threshold(none, ~np.ones(1001, bool), 0.9) == 0.5
