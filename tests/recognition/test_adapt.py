"""What a hand's samples say: much of glyphs like them, nothing of others, and never what is ink."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.adapt import MOST, Adaptation, newest
from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.models import find_model

Floats = npt.NDArray[np.float64]
CLASSES = ("a", "b", "c", None)
A, B, C, NONE = range(4)


def rows(*p: tuple[float, ...]) -> Floats:
    return np.array(p, np.float64).reshape(len(p), len(CLASSES))


def around(direction: int, count: int, seed: int = 0) -> Floats:
    """Embeddings near the axis ``direction`` of eight, of any length."""
    rng = np.random.default_rng(seed)
    axis = np.eye(8)[direction] + rng.normal(0, 0.05, (count, 8))
    return np.asarray(axis * rng.uniform(0.5, 30, (count, 1)), np.float64)


UNSURE = (0.25, 0.6, 0.1, 0.05)
"""What the network says of this hand's ``a``: rather ``b``."""


def taught(labels: str, directions: tuple[int, ...], p: tuple[float, ...] = UNSURE) -> Adaptation:
    seen = np.concatenate([around(d, 1, seed) for seed, d in enumerate(directions)])
    return Adaptation.learn(rows(*[p] * len(labels)), seen, list(labels), CLASSES)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_nothing_taught_changes_nothing(count: int) -> None:
    nothing = Adaptation.learn(rows(), np.zeros((0, 8)), [], CLASSES)
    p = rows(*[UNSURE] * count)
    np.testing.assert_array_equal(nothing.apply(p, around(0, count)), p)


def test_no_crops_are_no_rows() -> None:
    assert taught("aaa", (0, 0, 0)).apply(rows(), np.zeros((0, 8))).shape == (0, 4)


def test_what_was_taught_is_read_and_what_is_unlike_it_stays() -> None:
    adaptation = taught("aaa", (0, 0, 0))
    p = rows(*[UNSURE] * 6)
    seen = np.concatenate([around(0, 3, 7), around(4, 3, 8)])
    out = adaptation.apply(p, seen)
    assert (out[:3].argmax(1) == A).all()
    np.testing.assert_allclose(out[3:], p[3:], atol=1e-3)
    np.testing.assert_allclose(out.sum(1), 1)


def test_more_samples_say_more() -> None:
    says = [taught("a" * n, (0,) * n).apply(rows(UNSURE), around(0, 1, 9))[0, A] for n in (1, 3, 9)]
    assert 0.25 < says[0] < says[1] < says[2]


def test_what_is_no_character_stays_so() -> None:
    p = rows((0.01, 0.02, 0.0, 0.97), (0.0, 0.0, 0.0, 1.0), (0.1, 0.9, 0.0, 0.0))
    out = taught("aaa", (0, 0, 0)).apply(p, around(0, 3, 7))
    np.testing.assert_array_equal(out[:, NONE], p[:, NONE])
    np.testing.assert_allclose(out.sum(1), 1)


def test_what_the_network_knows_already_is_let_alone() -> None:
    sure = (0.999, 0.0005, 0.0005, 0.0)
    p = rows((0.2, 0.1, 0.7, 0.0))
    out = taught("aaaaa", (0,) * 5, sure).apply(p, around(0, 1, 7))
    np.testing.assert_allclose(out, p, atol=0.02)


def test_one_wrong_label_among_right_ones_is_outvoted() -> None:
    out = taught("aacaaaa", (0,) * 7).apply(rows(UNSURE), around(0, 1, 9))
    assert out[0].argmax() == A


@pytest.mark.parametrize("embedding", [np.zeros(8), np.full(8, 1e30), np.full(8, 1e-30)])
def test_any_embedding_gives_probabilities(embedding: Floats) -> None:
    learned = Adaptation.learn(
        rows((0.0, 1.0, 0.0, 0.0), UNSURE), np.stack([embedding, around(0, 1)[0]]), "aa", CLASSES
    )
    out = learned.apply(rows(UNSURE, (0.0, 0.0, 0.0, 1.0)), np.stack([embedding] * 2))
    np.testing.assert_allclose(out.sum(1), 1)


def test_a_form_that_nobody_else_writes_is_read_once_two_samples_say_so() -> None:
    """The network is sure that it is ``b``, and no two of them are much alike."""
    rng = np.random.default_rng(5)
    seen = np.eye(8)[0] + rng.normal(0, 0.15, (5, 8))
    p = rows(*[(0.0005, 0.999, 0.0005, 0.0)] * 5)

    def read(count: int, labels: str = "aaaa") -> Floats:
        learned = Adaptation.learn(p[:count], seen[:count], list(labels[:count]), CLASSES)
        return np.asarray(learned.apply(p[4:], seen[4:])[0])

    assert read(1)[A] < 0.1  # it may be a slip
    assert read(4, "aabb").argmax() == B  # those that the network reads right speak against it
    assert read(3)[A] > 0.5


def test_only_the_newest_are_learned_from() -> None:
    samples = [("a", i) for i in range(MOST + 5)] + [("b", -1)]
    assert newest(samples) == samples[5:]
    assert newest([]) == []


@pytest.mark.parametrize(
    ("crossed", "times"),
    [(False, 1), (True, 2)],  # a bar may be many things; a cross is surely a plus
    ids=["doubtful", "sure"],
)
def test_a_shape_that_was_put_right_is_read_so(crossed: bool, times: int) -> None:
    """With the shipped model: what it thought second likeliest of a shape is what it is, at once
    where it doubted, else once the user has said so twice, for one may be a slip."""
    classifier = Classifier(find_model("hwr62"))
    labels = classifier.card.labels
    shape = np.zeros((28, 28), np.uint8)
    shape[4:24, 12:16] = 255
    if crossed:
        shape[12:16, 4:24] = 255
    thinner, lower = (np.where(np.roll(shape, 1, axis) & shape, shape, 0) for axis in (1, 0))
    p, embeddings = classifier.look(np.stack([shape, lower, thinner]))
    second = int(p[2].argsort()[-2])
    told = [str(labels[second])] * times
    adaptation = Adaptation.learn(p[:times], embeddings[:times], told, labels)
    assert adaptation.apply(p[2:], embeddings[2:])[0].argmax() == second
