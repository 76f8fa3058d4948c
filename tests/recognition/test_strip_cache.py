"""What was said of strips: nothing first, then the same, the like, and the other."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.strip_cache import StripCache


def drawn(width: int = 200, at: int = 40) -> npt.NDArray[np.uint8]:
    strip = np.zeros((48, width), np.uint8)
    strip[12:36, at : at + 9] = 255
    strip[20:30, at + 60 : at + 90] = 255
    return strip


LOGITS = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize("tolerance", [0.0, 10.0])
def test_of_nothing_nothing_is_known(tolerance: float) -> None:
    assert StripCache(tolerance).recall(drawn()) is None


@pytest.mark.parametrize("tolerance", [0.0, 10.0])
def test_the_same_strip_has_its_answer_and_another_has_not(tolerance: float) -> None:
    cache = StripCache(tolerance)
    cache.keep(drawn(), LOGITS)
    assert cache.recall(drawn()) is LOGITS
    assert cache.recall(drawn(at=100)) is None
    assert cache.recall(drawn(width=400)) is None


def test_without_tolerance_a_pixel_is_another_strip_and_an_answer_never_grows_old() -> None:
    cache = StripCache(0.0)
    cache.keep(drawn(), LOGITS)
    other = drawn()
    other[0, 0] = 1
    assert cache.recall(other) is None
    assert all(cache.recall(drawn()) is LOGITS for _ in range(50))


def test_a_camera_sees_the_like_and_asks_anew_after_a_while() -> None:
    cache = StripCache(10.0)
    cache.keep(drawn(), LOGITS)
    wider = cv2.resize(drawn(), (204, 48))
    noisy = np.clip(wider + np.random.default_rng(0).normal(0, 5, wider.shape), 0, 255)
    given = [cache.recall(noisy.astype(np.uint8)) for _ in range(12)]
    assert 3 <= sum(one is not None for one in given) <= 8
    assert given[-1] is None


def test_the_oldest_are_forgotten() -> None:
    cache = StripCache(0.0)
    for at in range(260):
        cache.keep(drawn(400, at), LOGITS)
    assert cache.recall(drawn(400, 0)) is None
    assert cache.recall(drawn(400, 259)) is LOGITS
