"""CTC: no frames first, then every probability against a sum over all paths."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.ctc import (
    BLANK,
    NEVER,
    align,
    log_likelihood,
    log_softmax,
    spell,
    told_of,
    weighed,
)

Floats = npt.NDArray[np.float64]


def frames(n: int, outputs: int, seed: int, sharp: float = 2.0) -> Floats:
    return log_softmax(np.random.default_rng(seed).normal(0, sharp, (n, outputs)))


def all_texts(logp: Floats) -> dict[tuple[int, ...], float]:
    """Each text's probability, summed over all paths."""
    found: dict[tuple[int, ...], float] = {}
    for path in product(range(logp.shape[1]), repeat=len(logp)):
        text = tuple(sign for sign, _ in groupby(path) if sign != BLANK)
        p = float(np.exp(sum(logp[t, sign] for t, sign in enumerate(path))))
        found[text] = found.get(text, 0.0) + p
    return found


def path(signs: str, sure: float = 0.9) -> Floats:
    """Frames that hold these signs, ``.`` for blank and ``a``, ``b``, ``c`` for 1, 2, 3."""
    p = np.full((len(signs), 4), (1 - sure) / 3)
    p[np.arange(len(signs)), [".abc".index(sign) for sign in signs]] = sure
    return np.asarray(np.log(p), np.float64)


def test_no_frames_hold_the_empty_text_alone() -> None:
    none = np.empty((0, 4))
    assert len(spell(none).signs) == 0
    assert spell(none).p.shape == (0, 4)
    assert log_likelihood(none, []).shape == (0,)
    assert log_likelihood(none, [(), (1,)]).tolist() == [0.0, -1e30]


@pytest.mark.parametrize("seed", range(4))
def test_likelihoods_are_the_sums_over_all_paths(seed: int) -> None:
    logp = frames(5, 3, seed)
    texts = all_texts(logp)
    assert sum(texts.values()) == pytest.approx(1.0)
    found = np.exp(log_likelihood(logp, list(texts)))
    assert found == pytest.approx(list(texts.values()))


def test_a_text_that_does_not_fit_has_no_likelihood() -> None:
    logp = frames(3, 3, 0)
    # Two equal signs need a blank between them, so three frames hold two of them and not three.
    fits, not_quite = log_likelihood(logp, [(1, 1), (1, 1, 2)])
    assert fits > -50
    assert not_quite < -1e20


@pytest.mark.parametrize(
    ("signs", "text", "places"),
    [
        ("....", "", []),
        (".aa.b", "ab", [(1, 2), (4, 4)]),
        ("aabb", "ab", [(0, 1), (2, 3)]),
        ("a.a", "aa", [(0, 0), (2, 2)]),
        ("c..", "c", [(0, 0)]),
    ],
)
def test_the_best_path_and_where_its_signs_are(
    signs: str, text: str, places: list[tuple[int, int]]
) -> None:
    logp = path(signs)
    spelling = spell(logp)
    numbers = [".abc".index(sign) for sign in text]
    assert spelling.signs.tolist() == numbers
    assert list(zip(spelling.first.tolist(), spelling.last.tolist(), strict=True)) == places
    assert spelling.p.sum(1) == pytest.approx(np.ones(len(text)))
    assert spelling.p.argmax(1).tolist() == numbers


def test_what_else_could_stand_there_is_told() -> None:
    logp = np.log([[0.97, 0.01, 0.01, 0.01], [0.05, 0.5, 0.4, 0.05], [0.9, 0.05, 0.01, 0.04]])
    (row,) = spell(logp).p
    assert row.argsort()[::-1].tolist()[:2] == [1, 2]
    assert row[1] == pytest.approx(0.5, abs=0.02)


def test_signs_that_may_not_be_read_are_not() -> None:
    logp = path("aab.c")
    held = weighed(logp, np.array([0, NEVER, 0, 0]))
    assert np.exp(held).sum(1) == pytest.approx(np.ones(5))
    assert spell(held).signs.tolist() == [2, 3]


def test_a_temperature_makes_less_sure_of_the_same() -> None:
    logits = np.random.default_rng(0).normal(0, 3, (6, 5))
    sharp, soft = log_softmax(logits), log_softmax(logits, 2.0)
    assert (sharp.argmax(1) == soft.argmax(1)).all()
    assert (soft.max(1) < sharp.max(1)).all()


def test_no_signs_stand_nowhere() -> None:
    first, last = align(path("..."), [])
    assert len(first) == len(last) == 0
    assert len(told_of(path("..."), first, first, last).signs) == 0


@pytest.mark.parametrize(
    ("frames", "text", "first", "last"),
    [
        ("a", [1], [0], [0]),
        (".aa.b", [1, 2], [1, 4], [2, 4]),
        ("a.a", [1, 1], [0, 2], [0, 2]),
        ("aab", [1, 2], [0, 2], [1, 2]),
    ],
)
def test_signs_are_where_the_likeliest_way_has_them(
    frames: str, text: list[int], first: list[int], last: list[int]
) -> None:
    found = align(path(frames), text)
    assert [one.tolist() for one in found] == [first, last]


@pytest.mark.parametrize("seed", range(6))
def test_the_best_path_is_aligned_to_itself(seed: int) -> None:
    logp = frames(12, 5, seed)
    best = spell(logp)
    first, last = align(logp, best.signs.tolist())
    assert first.tolist() == best.first.tolist()
    assert last.tolist() == best.last.tolist()


def test_a_text_that_is_not_the_best_path_is_aligned_all_the_same() -> None:
    first, last = align(path("a.b.c"), [1, 1, 2, 3])
    assert (first <= last).all()
    assert (last[:-1] < first[1:]).all()
