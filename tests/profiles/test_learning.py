"""What is put right is learnt once, and what is taken back is forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hwr_live.profiles.corrections import Change, Correction
from hwr_live.profiles.learning import Learner
from hwr_live.profiles.profile import Profile
from hwr_live.reading import Glyph
from tests.support.profiles import ink


def right(char: str | None, seed: int = 0, *, has_ink: bool = True) -> Correction:
    return Correction(Glyph("x", 0.5, (0, 0, 9, 9), ink=ink(seed) if has_ink else None), char)


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    return Learner(Profile.open(tmp_path / "ann", new=True), "pad")


def kept(learner: Learner) -> str:
    return "".join(s.char for s in Profile.open(learner.profile.folder, new=True).samples)


def test_what_is_no_character_or_has_no_ink_is_not_learnt(learner: Learner) -> None:
    assert learner.take(Change((), (right(None), right("a", has_ink=False)))) == ""
    assert not learner.profile.exists


def test_what_is_put_right_anew_is_learnt_anew(learner: Learner) -> None:
    first, second = right("a"), right("b")
    assert learner.take(Change((), (first,))) == "learnt: a"
    assert learner.take(Change((first,), (second,))) == "learnt: b"
    assert kept(learner) == "b"
    assert learner.take(Change((second,), ())) == "forgotten: b"
    assert kept(learner) == ""


def test_the_same_once_more_is_known_before(learner: Learner) -> None:
    first, again, elsewhere = right("a"), right("a"), right("a")
    learner.take(Change((), (first,)))
    assert learner.take(Change((first,), (again,))) == "known before: a"
    assert learner.take(Change((), (elsewhere,))) == "known before: a"
    assert kept(learner) == "a"
    assert learner.take(Change((elsewhere,), ())) == "", "it was never kept of this one"
    assert learner.take(Change((again,), ())) == "forgotten: a"
    assert kept(learner) == ""


def test_the_sample_has_the_source_and_the_ink(tmp_path: Path) -> None:
    profile = Profile.open(tmp_path / "ann", new=True)
    Learner(profile, "camera").take(Change((), (right("q", 3),)))
    (sample,) = Profile.open(tmp_path / "ann").samples
    assert sample.source == "camera"
    np.testing.assert_array_equal(sample.ink, ink(3))
