"""The memory of crops: the same has its answer, the like only for a while, the other never."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.crop import crop
from hwr_live.recognition.cache import AnswerCache, CropCache, LineCache
from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.models import find_model

Crops = npt.NDArray[np.uint8]


def crops(count: int, seed: int = 0) -> Crops:
    """Crops that hardly resemble each other."""
    blocks = np.random.default_rng(seed).integers(0, 2, (count, 7, 7)) * 255
    return np.asarray(np.kron(blocks, np.ones((4, 4))), np.uint8)


def answers(count: int) -> npt.NDArray[np.float32]:
    return np.arange(count * 3, dtype=np.float32).reshape(count, 3)


def almost(some: Crops, sigma: float) -> Crops:
    noise = np.random.default_rng(9).normal(0, sigma, some.shape)
    return np.clip(np.abs(some - np.abs(noise)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("tolerance", [0, 10])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_an_empty_memory_knows_nothing(tolerance: float, count: int) -> None:
    memory = AnswerCache(tolerance, 3)
    assert not memory.recall(crops(count))[0].any()
    memory.keep(crops(0), answers(0))
    assert not memory.recall(crops(count))[0].any()


def test_the_same_crop_has_its_answer_for_ever_and_no_other_has_it() -> None:
    memory, some = AnswerCache(0, 3), crops(20)
    memory.keep(some[:12], answers(12))
    for _ in range(50):
        known, found = memory.recall(some)
        assert known.tolist() == [True] * 12 + [False] * 8
        np.testing.assert_array_equal(found, answers(12))
    assert not memory.recall(some ^ np.uint8(1))[0].any()


def test_a_crop_like_another_has_its_answer_a_few_times() -> None:
    memory, some = AnswerCache(10, 3), crops(30)
    memory.keep(some, answers(30))
    assert not memory.recall(almost(some, 40))[0].any()
    given = np.zeros(30, int)
    for _ in range(20):
        known, found = memory.recall(almost(some, 4))
        np.testing.assert_array_equal(found, answers(30)[known])
        given += known
    assert (given.min(), given.max()) == (3, 8)
    memory.keep(some[:1], answers(1))
    assert memory.recall(some[:1])[0].all()


def test_the_oldest_is_forgotten_first() -> None:
    memory, some = AnswerCache(0, 3), crops(3000)
    for start in range(0, 3000, 100):
        memory.keep(some[start : start + 100], answers(3000)[start : start + 100])
    known, found = memory.recall(some)
    assert 500 < known.sum() < 1500
    assert (np.diff(np.flatnonzero(known)) == 1).all()
    assert known[-1]
    np.testing.assert_array_equal(found, answers(3000)[known])
    memory.keep(some, answers(3000))  # more than there is room for, at once
    assert memory.recall(some[-100:])[0].all()


def test_a_classifier_that_remembers_says_the_same() -> None:
    plain = Classifier(find_model("hwr62"))
    remembering = plain.remembering(0)
    some = crops(9)
    for part in (some[:4], some, some[2:], some[:0]):
        np.testing.assert_allclose(
            remembering.probabilities(part), plain.probabilities(part), atol=2e-3
        )
        ours, theirs = remembering.look(part), plain.look(part)
        np.testing.assert_allclose(ours[0], theirs[0], atol=0.05)
        np.testing.assert_allclose(ours[1], theirs[1], atol=0.05)


def test_ink_that_comes_again_has_the_same_crop() -> None:
    rng = np.random.default_rng(5)
    shapes = [(20, 30), (30, 20), (1, 1), (0, 0), (90, 8)]
    inks = [rng.integers(0, 256, shape, np.uint8) for shape in shapes]
    inks.append(inks[0].reshape(30, 20))  # the same bytes in another shape
    memory = CropCache()
    for _ in range(3):
        found = memory.crops(inks)
        np.testing.assert_array_equal(found, [crop(ink) for ink in inks])
        found[:] = 7  # the caller's own
    assert memory.crops([]).shape == (0, 28, 28)


def test_only_so_many_inks_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counted(ink: Crops) -> Crops:
        made.append(len(ink))
        return crop(ink)

    monkeypatch.setattr("hwr_live.recognition.cache.MOST", 3)
    monkeypatch.setattr("hwr_live.recognition.cache.crop", counted)
    memory = CropCache()
    heights = [*range(1, 30), 1, 29, 28, 27]
    for height in heights:
        ink = np.full((height, 3), 200, np.uint8)
        np.testing.assert_array_equal(memory.crops([ink])[0], crop(ink))
    assert made == [*range(1, 30), 1, 27], "only the newest three are known when asked for again"


def test_what_was_made_of_a_line_is_made_once() -> None:
    cache, made = LineCache(), []

    def make(number: int) -> int:
        made.append(number)
        return number

    line, other = np.arange(6.0), np.arange(6.0).reshape(2, 3)
    assert cache.get([line], lambda: make(1)) == 1
    assert cache.get([line.copy()], lambda: make(2)) == 1
    assert cache.get([other], lambda: make(3)) == 3, "another shape is another line"
    assert cache.get([line, other], lambda: make(4)) == 4
    assert made == [1, 3, 4]


def test_the_oldest_lines_are_forgotten() -> None:
    cache = LineCache()
    for number in range(1000):
        cache.get([np.array([number])], lambda number=number: number)  # type: ignore[misc]
    assert cache.get([np.array([999])], lambda: -1) == 999
    assert cache.get([np.array([0])], lambda: -1) == -1
