"""What a training begins with: broken and missing first, then that nothing known is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from hwr_live.profiles.profile import Profile
from tests.support.datasets import blocks
from train.fit.start import Start, columns_of, network_files, teacher_files, with_profile
from train.images.pool import Pool
from train.recipe import HWR62, started

INK = np.full((40, 30), 255, np.uint8)


def pool() -> Pool:
    images, labels = blocks(20, 1)
    return Pool(images, labels.astype(np.int32))


def profile(folder: Path, chars: str) -> str:
    Profile.open(folder / "me", new=True).add_all([(char, INK) for char in chars], "pad")
    return str(folder / "me")


def test_a_profile_that_is_not_there_or_has_nothing_of_the_data_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no profile"):
        with_profile(pool(), tuple("0123456789"), str(tmp_path / "me"), 0.1)
    with pytest.raises(InputError, match="no character of this data set"):
        with_profile(pool(), tuple("0123456789"), profile(tmp_path, "abc"), 0.1)


def test_a_profiles_samples_have_their_share(tmp_path: Path) -> None:
    more = with_profile(pool(), tuple("01234567CD"), profile(tmp_path, "7cdd7"), 0.2)
    # c is written like C, so a class C holds both; d is not written like D.
    assert more.labels[20:].tolist() == [7, 8, 7]
    assert more.images.shape == (23, 28, 28)
    assert more.weights is not None
    assert more.weights.sum() == pytest.approx(1)
    assert more.weights[20:].sum() == pytest.approx(0.2)


class Net:
    """Stands for a network of two inputs to the last layer."""

    name = "net"

    def __init__(self, classes: int, wide: int = 2) -> None:
        self.own = [np.zeros((5, wide)), np.full((wide, classes), -1.0), np.full(classes, -1.0)]

    def get_weights(self) -> list[Any]:
        return [weights.copy() for weights in self.own]


def start(labels: str) -> Start:
    count = len(labels)
    weights = [np.ones((5, 2)), np.arange(2.0 * count).reshape(2, count), np.arange(1.0 * count)]
    return Start("old", [*labels], weights, "")


def test_outputs_are_found_by_their_label_and_new_ones_begin_anew() -> None:
    old = start("abc")
    first, kernel, bias = old.weights_for(Net(4), ["c", "x", None, "a"])
    assert (first == 1).all()
    np.testing.assert_array_equal(bias, [2, -1, -1, 0])
    np.testing.assert_array_equal(kernel, [[2, -1, -1, 0], [5, -1, -1, 3]])
    np.testing.assert_array_equal(old.weights[-1], [0, 1, 2])


def test_another_network_is_refused() -> None:
    with pytest.raises(InputError, match="another network than net"):
        start("abc").weights_for(Net(3, wide=3), ["a"])


def test_a_teacher_is_of_the_same_characters_or_fewer(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text(json.dumps({"name": "m", "labels": ["a", "b"]}))
    (tmp_path / "model.keras").write_bytes(b"")
    file = tmp_path / "model.keras"
    assert teacher_files(str(tmp_path), ["a", "b"]) == [file]
    assert teacher_files(str(tmp_path), ["c", "b", "a", None]) == [file]
    assert columns_of(file, ["c", "b", "a", None]) == [2, 1]
    with pytest.raises(InputError, match="m is of other characters"):
        teacher_files(str(tmp_path), ["b", "c"])


@pytest.mark.parametrize("with_card", [False, True])
def test_a_model_without_its_network_cannot_be_started_from(
    tmp_path: Path, with_card: bool
) -> None:
    if with_card:
        (tmp_path / "card.json").write_text(json.dumps({"name": "m", "labels": ["a"]}))
    with pytest.raises(InputError, match=r"no model\.keras" if with_card else "no model"):
        network_files(str(tmp_path))


def test_a_started_training_is_short_and_takes_small_steps() -> None:
    assert started(HWR62).epochs < HWR62.epochs / 2
    assert started(HWR62).learning_rate < HWR62.learning_rate / 2


def averaged(monkeypatch: pytest.MonkeyPatch, *made: Start) -> Start:
    monkeypatch.setattr("train.fit.start.network_files", lambda models: list(range(len(made))))
    monkeypatch.setattr(Start, "of_file", lambda number: made[number])
    return Start.load("some,models")


def test_several_networks_are_averaged(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = start("ab"), start("ab")
    two = Start(two.name, two.labels, [3 * weights for weights in two.weights], "other")
    both = averaged(monkeypatch, one, two)
    for mean, weights in zip(both.weights, one.weights, strict=True):
        np.testing.assert_array_equal(mean, 2 * weights)
    assert both.digest not in (one.digest, two.digest)
    assert averaged(monkeypatch, one) is one


def test_only_networks_of_the_same_classes_are_averaged(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="different networks"):
        averaged(monkeypatch, start("ab"), start("ba"))
